"""WordPress: posts on a site of one's own, or on any host that gives application passwords.

developer.wordpress.org, "REST API Handbook": posts, media, tags, categories, comments, and
"Application passwords". WordPress honours no key, so one is made of two steps: a draft under a slug
that only this delivery has, asked for first and unseen by followers, and then one request that
publishes *this* draft, which is the same post however often it arrives.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import ClassVar
from urllib.parse import quote

from cmctl.channels.adapter import HttpAdapter
from cmctl.channels.base import (
    Attachment,
    Capabilities,
    Counts,
    MediaRules,
    Outgoing,
    Rejected,
    TextRules,
    Uncertain,
)
from cmctl.channels.body import file_body, json_body
from cmctl.channels.content import Part, content_problems, refuse_heavy
from cmctl.channels.evidence import altered
from cmctl.channels.headline import headline_problems
from cmctl.channels.http import Request
from cmctl.channels.inbox import Comment
from cmctl.channels.options import Option
from cmctl.channels.vendors.wordpress import post as posts
from cmctl.channels.vendors.wordpress.comments import Discussion, is_comment
from cmctl.channels.vendors.wordpress.comments import path as comment_path
from cmctl.channels.vendors.wordpress.draft import Drafts
from cmctl.channels.vendors.wordpress.options import OPTIONS
from cmctl.channels.vendors.wordpress.site import API, Site, number, read
from cmctl.core.model import Content, Problem, Receipt, Status

_GONE = frozenset({404, 410})


class WordPressChannel(HttpAdapter):
    """One site, written to by one of its users; a post's remote id is WordPress's own."""

    kind: ClassVar[str] = "wordpress"
    options: ClassVar[tuple[Option, ...]] = OPTIONS
    capabilities: ClassVar[Capabilities] = Capabilities(
        text=TextRules(limit=0),
        media=MediaRules(count=20, bytes=8 << 20),
        recovery=frozenset({"key", "lookup"}),
        replies=True,
        # PHP gives up on a request after 30 seconds.
        settling=timedelta(seconds=40),
    )

    def __init__(
        self, *, url: str, user: str, password: str, status: str = "publish", categories: str = ""
    ) -> None:
        self._site = Site(url, user=user, password=password)
        self._http = self._site.http
        self._said = Discussion(self._site)
        self._drafts = Drafts(self._site, status)
        self._status = status
        self._categories = [name.strip() for name in categories.split(",") if name.strip()]

    def problems(self, content: Content) -> Iterable[Problem]:
        """Yield what a post cannot have, and a warning where it would have no title."""
        yield from content_problems(content, "WordPress", self.capabilities)
        yield from headline_problems(
            posts.written(content), "WordPress", "it stands there without a title"
        )

    def publish(self, outgoing: Outgoing) -> Receipt:
        """Find or make the draft, then fill and publish exactly it."""
        if outgoing.content.reply_to:
            return self._said.reply(outgoing)
        draft = self._drafts.of(outgoing)
        if self._drafts.is_done(draft):
            return self._proof(draft)
        path = f"{API}/posts/{posts.remote_id(draft)}?context=edit"
        answer = self._http.post(path, json_body(self._body(outgoing)))
        made = answer.record()
        if made.get("status") not in {self._status, None}:
            message = f"{self._http.host} keeps the post as `{made['status']}`"
            raise Rejected(f"{message}: may this user publish?")
        written = [Part(posts.written(outgoing.content), None)]
        stands = [read(answer, posts.text, made)]
        return replace(read(answer, posts.receipt, made), altered=altered(written, stands))

    def _proof(self, item: dict[str, object]) -> Receipt:
        try:
            return posts.receipt(item)
        except ValueError as problem:
            message = f"{self._http.host} lists it as {problem}"
            raise Uncertain(message) from None

    def upload(self, attachment: Attachment) -> str:
        """Put an image into the site's media library; return its id and address as JSON."""
        refuse_heavy(attachment, self.capabilities.media, "WordPress")
        body = file_body({"alt_text": attachment.alt}, {"file": attachment})
        answer = self._site.unseen(f"{API}/media", body)
        return read(answer, posts.picture, answer.record())

    def find(self, outgoing: Outgoing) -> Receipt | None:
        """Ask for the post by its slug; a draft that is not published yet is none."""
        if outgoing.content.reply_to:
            return self._said.find(outgoing)
        post = self._drafts.standing(outgoing)
        return self._proof(post) if post and self._drafts.is_done(post) else None

    def timeline(self, since: datetime) -> Iterable[Status]:
        """Return the site's published posts, whoever wrote them; its times are whole seconds."""
        first = since.replace(microsecond=0)
        query = {
            "context": "edit",
            "status": "publish",
            "after": (first - posts.ZONES).isoformat(),
            "_embed": "author",
        }
        listed = (
            read(answer, posts.status, item)
            for answer, item in self._site.listing(f"{API}/posts", query)
        )
        return [post for post in listed if post.at >= first]

    def delete(self, remote_id: str) -> None:
        """Delete a post for good, past the trash; one that is gone already is no error."""
        if is_comment(remote_id):
            self._said.delete(remote_id)
            return
        self._http.send(
            Request(
                method="DELETE",
                path=f"{API}/posts/{quote(remote_id, safe='')}",
                query={"force": "true"},
                accept=_GONE,
            )
        )

    def exists(self, remote_id: str) -> bool:
        """Ask for the post by its id; what lies in the trash does not stand any more."""
        path = f"{API}/posts/{quote(remote_id, safe='')}"
        path = comment_path(remote_id) if is_comment(remote_id) else path
        answer = self._http.get(path, {"context": "edit"}, accept=_GONE)
        return answer.status not in _GONE and answer.text("status") != "trash"

    def counts(self, remote_id: str) -> Counts:
        """Return how many comments are approved."""
        query = {"post": remote_id, "per_page": "1", "_fields": "id"}
        answer = self._http.get(f"{API}/comments", query)
        return Counts(comments=number(answer, "x-wp-total"))

    def inbox(self, since: datetime) -> Iterable[Comment]:
        """Return the comments of others since then, those that wait for approval as hidden."""
        return self._said.since(since)

    def comments(self, remote_id: str) -> Iterable[Comment]:
        """Return all comments below a post."""
        return self._said.below(remote_id)

    def hide(self, comment: str, *, hidden: bool) -> None:
        """Take a comment's approval away, or approve it."""
        self._said.hide(comment, hidden=hidden)

    def delete_comment(self, comment: str) -> bool:
        """Delete a comment for good; one that is gone already is no error."""
        return self._said.delete(comment)

    def probe(self) -> str:
        """Return the user's name, and look whether the site has what the options name."""
        answer = self._http.get(f"{API}/users/me", {"context": "edit"}, accept=_GONE)
        if answer.status in _GONE:
            message = f"{self._http.host} has no REST API at /wp-json; in Settings, Permalinks, "
            raise Rejected(f"{message}choose any structure but Plain")
        self._site.category_ids(self._categories)
        return answer.text("name")

    def _body(self, outgoing: Outgoing) -> dict[str, object]:
        uploads = [item.uploaded or self.upload(item) for item in outgoing.attachments]
        body = posts.post(outgoing, uploads) | {"status": self._status}
        if self._categories:
            body["categories"] = self._site.category_ids(self._categories)
        if outgoing.content.hashtags:
            body["tags"] = self._site.tag_ids(outgoing.content.hashtags)
        return body
