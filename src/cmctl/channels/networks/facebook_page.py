"""Facebook: the posts of a Page.

developers.facebook.com, "Pages API" (Posts, Comments), Graph API reference (Page Feed, Page
Photos). There is no key against doubles, and a post may stand although the answer was a 500
(github.com/arsduo/koala/issues/699), so that after any doubt the Page's feed is read first.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import quote

from cmctl.channels import facebook_post as posts
from cmctl.channels.adapter import HttpAdapter
from cmctl.channels.answer import Answer
from cmctl.channels.base import (
    Attachment,
    Capabilities,
    Counts,
    MediaRules,
    Outgoing,
    Rejected,
    TextRules,
)
from cmctl.channels.content import Part, content_problems, parts, post_in_order
from cmctl.channels.evidence import proof, standing
from cmctl.channels.graph import Code, Graph, identity
from cmctl.channels.inbox import MONTH, Comment, comment
from cmctl.channels.meta_sign_in import facebook
from cmctl.channels.options import Form, Option
from cmctl.channels.sign_in import SignIn
from cmctl.core.model import Content, Problem, Receipt, Status
from cmctl.core.text import utf16_units

_URL = "https://graph.facebook.com"
_VERSION = "v25.0"
_SKEW = timedelta(minutes=5)
_REFUSALS = {
    Code(1500): "Facebook does not take the link: write its whole address, https and all",
    Code(1609005): "Facebook does not take the link: write its whole address, https and all",
    Code(324): "Facebook cannot read the image: save it anew as JPEG or PNG",
    Code(283): "the token may not read the Page: it needs pages_read_engagement",
    Code(210): "the token is of a person: take the Page's own (GET /me/accounts)",
}


_SCOPES = (
    "pages_show_list",
    "pages_manage_posts",
    "pages_read_engagement",
    "pages_read_user_content",
    "pages_manage_engagement",
)


class FacebookPageChannel(HttpAdapter):
    """One Page, by the Page's own token; a post's remote id is `PAGE_POST`, as Facebook has it."""

    kind: ClassVar[str] = "facebook_page"
    options: ClassVar[tuple[Option, ...]] = (
        Option(name="page", what="the Page's number in quotes (About, Page transparency)"),
        Option(name="token", what="a reference to the Page's access token", form=Form.SECRET),
        Option(
            name="url",
            what=f"another Graph API server; {_URL} where nothing is said",
            form=Form.ADDRESS,
            required=False,
        ),
    )
    capabilities: ClassVar[Capabilities] = Capabilities(
        text=TextRules(limit=63_206),
        media=MediaRules(count=10, bytes=4_000_000, formats=("jpg", "jpeg", "png")),
        recovery=frozenset({"lookup"}),
        first_comment=True,
        replies=True,
        # Meta's servers copy a new post to each other before every one of them lists it.
        settling=timedelta(minutes=1),
    )

    def __init__(self, *, page: str, token: str, url: str = _URL) -> None:
        self._page = page
        self._path = f"/{quote(page, safe='')}"
        self._http: Graph = Graph(
            f"{url.rstrip('/')}/{_VERSION}",
            token,
            permission="pages_manage_posts, pages_read_engagement and pages_manage_engagement",
            refusals=_REFUSALS,
        )

    @classmethod
    def sign_in(cls, options: Mapping[str, object]) -> SignIn:
        """Return where a person lets us in who manages the Page."""
        return facebook(str(options.get("url", _URL)), _VERSION, _SCOPES)

    @classmethod
    def own_token(cls, options: Mapping[str, object], token: str) -> str:
        """Return the Page's own token (Page, `access_token`)."""
        person = cls(**{**options, "token": token})  # type: ignore[arg-type] # checked before
        try:
            return person._http.get(person._path, {"fields": "access_token"}).text("access_token")
        finally:
            person.close()

    def problems(self, content: Content) -> Iterable[Problem]:
        """Yield texts that are too long and images that cannot go."""
        link = bool(content.media)
        yield from content_problems(
            content, "Facebook", self.capabilities, count=utf16_units, link=link
        )

    def publish(self, outgoing: Outgoing) -> Receipt:
        """Post once, with images that were uploaded unseen; then the first comment."""
        photos = [item.uploaded or self.upload(item) for item in outgoing.attachments]
        link, answers = "" if photos else outgoing.content.link, outgoing.content.reply_to

        def post(part: Part, made: list[str]) -> str:
            if made or answers:
                path = f"/{quote(answers or made[0], safe='')}/comments"
                return self._http.form(path, {"message": part.text}).text("id")
            fields = {"message": part.text} if part.text else {}
            if link:
                fields["link"] = link
            if photos:
                attached = [{"media_fbid": photo} for photo in photos]
                fields["attached_media"] = json.dumps(attached, separators=(",", ":"))
            return self._http.form(f"{self._path}/feed", fields).text("id")

        made = post_in_order(self._parts(outgoing), post)
        return Receipt(remote_id=made[0], url=posts.address(made[0]), parts=tuple(made))

    def upload(self, attachment: Attachment) -> str:
        """Upload an image that no post shows yet, with its alt text, and return its id."""
        fields = {"published": "false"}
        if attachment.alt:
            fields["alt_text_custom"] = attachment.alt
        return self._http.file(f"{self._path}/photos", fields, attachment).text("id")

    def find(self, outgoing: Outgoing) -> Receipt | None:
        """Look for the post in the Page's feed, and for its first comment below it."""
        if answers := outgoing.content.reply_to:
            wanted, said = parts(outgoing.content), list(self._own_comments(answers))
            return proof(wanted, standing(wanted, 0, said, reply_to=answers))
        card = not self._parts(outgoing)[0].text  # its preview is all that there is of it
        wanted = parts(outgoing.content, link=card or bool(outgoing.attachments))
        own = [
            posts.status(answer, item, card=card)
            for answer, item in self._listing(outgoing.created_at - _SKEW)
            if posts.is_by(item, self._page)
        ]
        found = standing(wanted, len(outgoing.attachments), own)
        if found and len(wanted) > 1:
            comments = self._own_comments(found[0].remote_id)
            found = standing(wanted, len(outgoing.attachments), [found[0], *comments])
        return proof(wanted, found)

    def timeline(self, since: datetime) -> Iterable[Status]:
        """Return the Page's feed, newest first: its own posts and those that visitors made."""
        first = since.replace(microsecond=0)  # its times are whole seconds
        found = [posts.status(answer, item) for answer, item in self._listing(first)]
        return sorted(found, key=lambda status: status.at, reverse=True)

    def delete(self, remote_id: str) -> None:
        """Delete a post or a comment; one that is gone already is no error."""
        self._http.delete(f"/{quote(remote_id, safe='')}")

    def exists(self, remote_id: str) -> bool:
        """Ask for the post by its id, and for the Page itself before it counts as gone."""
        return self._http.stands(f"/{quote(remote_id, safe='')}", self._path)

    def counts(self, remote_id: str) -> Counts:
        """Return a post's reactions, comments and shares."""
        path = f"/{quote(remote_id, safe='')}"
        return posts.counts(self._http.get(path, {"fields": posts.COUNTS}).record())

    def inbox(self, since: datetime) -> Iterable[Comment]:
        """Return comments on the posts of a month: a request for the posts, one for each of these.

        Facebook lists nowhere who has named the Page elsewhere.
        """
        first = since.replace(microsecond=0)
        return [
            said
            for post in self._commented(first - MONTH)
            for said in self.comments(post)
            if said.at >= first and not said.own
        ]

    def comments(self, remote_id: str) -> Iterable[Comment]:
        """Return the comments on a post and the answers to them."""
        path = f"/{quote(remote_id, safe='')}/comments"
        return [
            comment(
                posts.comment(answer, item, remote_id),
                hidden=item.get("is_hidden") is True,
                own=posts.is_by(item, self._page),
            )
            for answer, item in self._http.listing(path, posts.COMMENT_FIELDS, posts.EVERY_COMMENT)
        ]

    def hide(self, comment: str, *, hidden: bool) -> None:
        """Hide a comment from all but its author and their friends, or show it again."""
        self._http.set(f"/{quote(comment, safe='')}", "is_hidden", on=hidden)

    def delete_comment(self, comment: str) -> None:
        """Delete a comment; one that is gone already is no error."""
        self.delete(comment)

    def probe(self) -> str:
        """Return the Page's name, and refuse a token that is not the Page's own."""
        answer = self._http.get("/me", {"fields": "id,name"})
        name = answer.text("name")
        if answer.text("id") != self._page:
            message = f"the token is of {name}, not of the Page {self._page}: take the Page's own"
            raise Rejected(f"{message} (GET /me/accounts)")
        return name

    def _parts(self, outgoing: Outgoing) -> list[Part]:
        """Return the post and its comment; without images the link goes where its preview is."""
        return parts(outgoing.content, link=bool(outgoing.attachments))

    def _commented(self, since: datetime) -> Iterator[str]:
        """Yield the posts made since then that have comments."""
        for answer, item in self._http.listing(f"{self._path}/feed", posts.COMMENTED):
            if posts.status(answer, item).at < since:
                return
            if posts.is_commented(item):
                yield identity(answer, item)

    def _listing(self, since: datetime) -> Iterator[tuple[Answer, dict[str, Any]]]:
        """Yield posts, newest first, until they are older than `since`."""
        for answer, item in self._http.listing(f"{self._path}/feed", posts.FIELDS):
            if posts.status(answer, item).at < since:
                return
            yield answer, item

    def _own_comments(self, post: str) -> Iterator[Status]:
        path = f"/{quote(post, safe='')}/comments"
        for answer, item in self._http.listing(path, posts.COMMENT_FIELDS):
            if posts.is_by(item, self._page):
                yield posts.comment(answer, item, post)
