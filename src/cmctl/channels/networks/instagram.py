"""Instagram: the posts of a professional account.

developers.facebook.com, "Instagram Platform: Content Publishing", "Error Codes", Graph API
reference (IG User, IG Media, IG Comment). There is no key against doubles: after any doubt the
account's media are read.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import quote

from cmctl.channels import instagram_post as posts
from cmctl.channels import meta_sign_in
from cmctl.channels.adapter import HttpAdapter
from cmctl.channels.answer import Answer
from cmctl.channels.base import (
    Capabilities,
    Counts,
    MediaRules,
    Outgoing,
    Rate,
    Rejected,
    TextRules,
)
from cmctl.channels.container import Containers, picture
from cmctl.channels.content import Part, content_problems, parts, post_in_order
from cmctl.channels.evidence import proof, standing
from cmctl.channels.fetched import address_problems
from cmctl.channels.graph import Code, Graph, identity, inner, objects
from cmctl.channels.inbox import MONTH, Comment, comment
from cmctl.channels.options import Form, Option
from cmctl.channels.sign_in import SignIn
from cmctl.core.model import Content, Problem, Receipt, Status
from cmctl.core.text import utf16_units

_URL = "https://graph.facebook.com"
_VERSION = "v25.0"
_SKEW = timedelta(minutes=5)
_PUBLIC = "Instagram cannot fetch the image: is its address public, and no redirect?"
_REFUSALS = {
    Code(9, 2207042): "the account has used up what Instagram lets programs publish in a day",
    Code(4, 2207051): "Instagram takes it for spam: open the app and read what it says",
    Code(25, 2207050): "the account is restricted or inactive: open the app and do what it asks",
    Code(9004): _PUBLIC,
    Code(-2, 2207003): _PUBLIC,
    Code(36000, 2207004): "the image is larger than 8 MiB: make it smaller",
    Code(36001, 2207005): "Instagram takes JPEG only: save the image as one",
    Code(36003, 2207009): "Instagram takes pictures from 4:5 to 1.91:1: crop it",
    Code(36004, 2207010): "the caption is too long: 2,200 characters, 30 hashtags, 20 mentions",
    Code(24, 2207006): "Instagram has lost what it had made ready: it will be made anew",
}


#: Of Instagram Login, and of Facebook Login.
_OWN_SCOPES = (
    "instagram_business_basic",
    "instagram_business_content_publish",
    "instagram_business_manage_comments",
)
_PAGE_SCOPES = (
    "instagram_basic",
    "instagram_content_publish",
    "instagram_manage_comments",
    "pages_show_list",
    "pages_read_engagement",
)


class InstagramChannel(HttpAdapter):
    """One professional account; a post's remote id is Instagram's."""

    kind: ClassVar[str] = "instagram"
    options: ClassVar[tuple[Option, ...]] = (
        Option(name="account", what="the account's number in quotes, such as '178414...'"),
        Option(name="token", what="a reference to the access token", form=Form.SECRET),
        Option(
            name="url",
            what=f"https://graph.instagram.com for a token of Instagram Login; {_URL} else",
            form=Form.ADDRESS,
            required=False,
        ),
    )
    capabilities: ClassVar[Capabilities] = Capabilities(
        text=TextRules(limit=2200),
        # Wider than 1440 is made smaller there; 1800 is 4:5 of that width.
        media=MediaRules(
            count=10,
            bytes=8 << 20,
            formats=("jpg", "jpeg"),
            side=1800,
            ratio=(4 / 5, 1.91),
            fetched=True,
        ),
        # What the account may really do is told by `channel test`.
        rate=Rate(most=50, per=timedelta(days=1)),
        recovery=frozenset({"lookup"}),
        first_comment=True,
        replies=True,
        settling=timedelta(minutes=1),
    )

    def __init__(
        self,
        *,
        account: str,
        token: str,
        url: str = _URL,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._path = f"/{quote(account, safe='')}"
        self._http: Graph = Graph(
            f"{url.rstrip('/')}/{_VERSION}",
            token,
            permission="instagram_basic, instagram_content_publish and instagram_manage_comments",
            refusals=_REFUSALS,
        )
        self._containers = Containers(
            self._http, self._path, edge="media", state="status_code", sleep=sleep
        )

    @classmethod
    def sign_in(cls, options: Mapping[str, object]) -> SignIn:
        """Return where the account, or a person who manages its Page, lets us in."""
        url = str(options.get("url", _URL)).rstrip("/")
        if url == meta_sign_in.INSTAGRAM:
            return meta_sign_in.instagram(_OWN_SCOPES)
        return meta_sign_in.facebook(url, _VERSION, _PAGE_SCOPES)

    @classmethod
    def own_token(cls, options: Mapping[str, object], token: str) -> str:
        """Return the own token of the Page that the account belongs to."""
        person = cls(**{**options, "token": token})  # type: ignore[arg-type] # checked before
        try:
            return person._token_of_page(str(options["account"]))
        finally:
            person.close()

    def problems(self, content: Content) -> Iterable[Problem]:
        """Yield captions that are too long, and images that are missing or cannot be fetched."""
        yield from content_problems(content, "Instagram", self.capabilities, count=utf16_units)
        yield from posts.problems(content)
        yield from address_problems(content, "Instagram", self.capabilities.media)

    def publish(self, outgoing: Outgoing) -> Receipt:
        """Make the post's container and show it once; then write the first comment."""

        answers = outgoing.content.reply_to

        def post(part: Part, made: list[str]) -> str:
            if answers:
                path = f"/{quote(answers, safe='')}/replies"
                return self._http.form(path, {"message": part.text}).text("id")
            if made:
                path = f"/{quote(made[0], safe='')}/comments"
                return self._http.form(path, {"message": part.text}).text("id")
            fields = self._media(outgoing)
            if part.text:
                fields["caption"] = part.text
            return self._containers.publish(self._containers.made(fields))

        made = post_in_order(parts(outgoing.content), post)
        url = "" if answers else self._containers.address(made[0])  # a comment has none of its own
        return Receipt(remote_id=made[0], url=url, parts=tuple(made))

    def find(self, outgoing: Outgoing) -> Receipt | None:
        """Look for the post among the account's media, and for its comment below it."""
        wanted, count = parts(outgoing.content), len(outgoing.content.media)
        if answers := outgoing.content.reply_to:
            said = list(self._own_replies(answers))
            return proof(wanted, standing(wanted, 0, said, reply_to=answers))
        own = list(self.timeline(outgoing.created_at - _SKEW))
        found = standing(wanted, count, own)
        if found and len(wanted) > 1:
            found = standing(wanted, count, [found[0], *self._comments(found[0])])
        return proof(wanted, found)

    def timeline(self, since: datetime) -> Iterable[Status]:
        """Return the account's media, newest first; its stories are not among them."""
        first = since.replace(microsecond=0)  # its times are whole seconds
        found = [posts.status(answer, item) for answer, item in self._listing(first)]
        return sorted(found, key=lambda status: status.at, reverse=True)

    def delete(self, remote_id: str) -> None:
        """Delete a post or comment; one that is gone already is no error."""
        self._http.delete(f"/{quote(remote_id, safe='')}")

    def exists(self, remote_id: str) -> bool:
        """Ask for the post by its id, and for the account itself before it counts as gone."""
        return self._http.stands(f"/{quote(remote_id, safe='')}", self._path)

    def counts(self, remote_id: str) -> Counts:
        """Return a post's likes and comments."""
        path = f"/{quote(remote_id, safe='')}"
        return posts.counts(self._http.get(path, {"fields": posts.COUNTS}).record())

    def inbox(self, since: datetime) -> Iterable[Comment]:
        """Return comments on the posts of a month: a request for the posts, one for each of these.

        Instagram tells mentions to servers that it can reach alone (webhooks).
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
        own = self._name()
        return [
            comment(said, hidden=item.get("hidden") is True, own=said.author == own)
            for said, item in self._thread(remote_id)
        ]

    def hide(self, comment: str, *, hidden: bool) -> None:
        """Hide a comment from all but its author, or show it again."""
        self._http.set(f"/{quote(comment, safe='')}", "hide", on=hidden)

    def delete_comment(self, comment: str) -> None:
        """Delete a comment; one that is gone already is no error."""
        self.delete(comment)

    def probe(self) -> str:
        """Return the account's name, and how much of the day's quota is used."""
        return f"{self._name()}, {self._containers.quota('content_publishing_limit')}"

    def _name(self) -> str:
        return self._http.get(self._path, {"fields": "id,username"}).text("username")

    def _commented(self, since: datetime) -> Iterator[str]:
        """Yield the media made since then that have comments."""
        for answer, item in self._http.listing(f"{self._path}/media", posts.COMMENTED):
            if posts.status(answer, item).at < since:
                return
            if item.get("comments_count"):
                yield identity(answer, item)

    def _thread(self, post: str) -> Iterator[tuple[Status, Mapping[str, Any]]]:
        """Yield the comments on a post, each followed by the answers to it."""
        path = f"/{quote(post, safe='')}/comments"
        for answer, item in self._http.listing(path, posts.THREAD_FIELDS):
            said = posts.comment(answer, item, post)
            yield said, item
            for below in objects(inner(item, "replies")):
                yield posts.comment(answer, below, said.remote_id), below

    def _token_of_page(self, account: str) -> str:
        """Return the own token of the Page that `account` belongs to (`GET /me/accounts`)."""
        fields = "access_token,instagram_business_account"
        for answer, page in self._http.listing("/me/accounts", fields):
            if inner(page, "instagram_business_account").get("id") == account:
                if not isinstance(token := page.get("access_token"), str) or not token:
                    raise answer.malformed("without the Page's token")
                return token
        message = f"no Page that you let us in to belongs to the Instagram account {account}"
        raise Rejected(message)

    def _media(self, outgoing: Outgoing) -> dict[str, str]:
        """Return what makes a post an image or a carousel."""
        count = len(outgoing.content.media)
        if count == 1:
            return picture(outgoing, 0)
        children = [
            self._containers.made({"is_carousel_item": "true", **picture(outgoing, index)})
            for index in range(count)
        ]
        return {"media_type": "CAROUSEL", "children": ",".join(children)}

    def _listing(self, since: datetime) -> Iterator[tuple[Answer, dict[str, object]]]:
        """Yield media, newest first, until they are older than `since`."""
        for answer, item in self._http.listing(f"{self._path}/media", posts.FIELDS):
            if posts.status(answer, item).at < since:
                return
            yield answer, item

    def _own_replies(self, comment: str) -> Iterator[Status]:
        """Yield the account's own replies to a comment."""
        own = self._name()
        path = f"/{quote(comment, safe='')}/replies"
        for answer, item in self._http.listing(path, posts.COMMENT_FIELDS):
            reply = posts.comment(answer, item, comment)
            if reply.author == own:
                yield reply

    def _comments(self, post: Status) -> Iterator[Status]:
        """Yield the account's own comments on a post."""
        path = f"/{quote(post.remote_id, safe='')}/comments"
        for answer, item in self._http.listing(path, posts.COMMENT_FIELDS):
            comment = posts.comment(answer, item, post.remote_id)
            if comment.author == post.author:
                yield comment
