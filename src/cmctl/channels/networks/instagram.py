"""Instagram: the posts of a professional account.

developers.facebook.com, "Instagram Platform: Content Publishing", "Error Codes", Graph API
reference (IG User, IG Media, IG Comment). There is no key against doubles: after any doubt the
account's media are read.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import ClassVar

from cmctl.channels.base import (
    Capabilities,
    Length,
    MediaRules,
    Outgoing,
    Rate,
    TextRules,
)
from cmctl.channels.content import Part, content_problems, measured, parts, post_in_order
from cmctl.channels.fetched import address_problems
from cmctl.channels.grant import Grant
from cmctl.channels.inbox import Comment, comment
from cmctl.channels.options import Form, Option
from cmctl.channels.sign_in import SignIn
from cmctl.channels.vendors.meta import instagram_post as posts
from cmctl.channels.vendors.meta import sign_in as meta_sign_in
from cmctl.channels.vendors.meta.account import CommentedAccount, Item, Reading, at
from cmctl.channels.vendors.meta.container import FILM_BYTES, FILMS, Containers
from cmctl.channels.vendors.meta.graph import Graph
from cmctl.core.model import Content, Problem, Receipt
from cmctl.core.text import utf16_units

_URL = "https://graph.facebook.com"
_VERSION = "v25.0"
_SKEW = timedelta(minutes=5)
_REEL = {"media_type": "REELS", "share_to_feed": "true"}


class InstagramChannel(CommentedAccount):
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
            films=FILMS,
            film_bytes=FILM_BYTES,
            fetched=True,
        ),
        # What the account may really do is told by `channel test`.
        rate=Rate(most=50, per=timedelta(days=1)),
        recovery=frozenset({"lookup"}),
        first_comment=True,
        replies=True,
        settling=timedelta(minutes=1),
    )

    reading: ClassVar[Reading] = Reading(
        edge="media",
        tagged="tags",
        fields=posts.FIELDS,
        commented=posts.COMMENTED,
        counted=posts.COUNTS,
        comment_fields=posts.COMMENT_FIELDS,
        status=posts.status,
        is_commented=posts.is_commented,
        counts=posts.counts,
        comment=posts.comment,
    )

    def __init__(
        self,
        *,
        account: str,
        token: str,
        url: str = _URL,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._path = at(account)
        # The reference of `tags` names the servers of Facebook Login only.
        self._tells_tags = url.rstrip("/") != meta_sign_in.INSTAGRAM
        self._http: Graph = Graph(
            f"{url.rstrip('/')}/{_VERSION}",
            token,
            permission="instagram_basic, instagram_content_publish and instagram_manage_comments",
            refusals=posts.REFUSALS,
        )
        self._is_own_login = url.rstrip("/") == meta_sign_in.INSTAGRAM
        self._username = ""
        self._containers = Containers(
            self._http, self._path, edge="media", state="status_code", sleep=sleep
        )

    @classmethod
    def sign_in(cls, options: Mapping[str, object]) -> SignIn:
        """Return where the account, or a person who manages its Page, lets us in."""
        url = str(options.get("url", _URL)).rstrip("/")
        if url == meta_sign_in.INSTAGRAM:
            return meta_sign_in.instagram(meta_sign_in.INSTAGRAM_SCOPES)
        return meta_sign_in.facebook(url, _VERSION, meta_sign_in.INSTAGRAM_BY_PAGE_SCOPES)

    @classmethod
    def own_token(cls, options: Mapping[str, object], token: str) -> str:
        """Return the own token of the Page that the account belongs to."""
        person = cls(**{**options, "token": token})  # type: ignore[arg-type] # checked before
        try:
            return meta_sign_in.token_of_page(person._http, str(options["account"]))
        finally:
            person.close()

    def lengths(self, content: Content) -> Iterable[Length]:
        """Yield how long each text is, as Instagram counts."""
        return measured(content, self.capabilities, count=utf16_units)

    def problems(self, content: Content) -> Iterable[Problem]:
        """Yield captions that are too long, and images that are missing or cannot be fetched."""
        yield from content_problems(content, "Instagram", self.capabilities, self.lengths(content))
        yield from posts.problems(content)
        yield from address_problems(content, "Instagram", self.capabilities.media)

    def publish(self, outgoing: Outgoing) -> Receipt:
        """Make the post's container and show it once; then write the first comment."""

        answers = outgoing.content.reply_to

        def post(part: Part, made: list[str]) -> str:
            if answers:
                return self._say(answers, "replies", part.text)
            if made:
                return self._say(made[0], "comments", part.text)
            fields = self._containers.media(outgoing, {}, _REEL)
            if part.text:
                fields["caption"] = part.text
            return self._containers.publish(self._containers.made(fields))

        wanted = parts(outgoing.content)
        made = post_in_order(wanted, post)
        if answers:  # a comment has no address of its own
            return Receipt(remote_id=made[0], parts=tuple(made))
        return self._containers.receipt(made, wanted, "caption", posts.caption)

    def find(self, outgoing: Outgoing) -> Receipt | None:
        """Look for the post among the account's media, and for its comment below it."""
        if outgoing.content.reply_to:
            return self._proof_of_reply(outgoing, "replies")
        own = list(self.timeline(outgoing.created_at - _SKEW))
        return self._proof(parts(outgoing.content), len(outgoing.content.media), own)

    def comments(self, remote_id: str) -> Iterable[Comment]:
        """Return the comments on a post and the answers to them."""
        own = self._name()
        listed = self._http.listing(f"{at(remote_id)}/comments", posts.THREAD_FIELDS)
        return [
            comment(said, hidden=item.get("hidden") is True, own=said.author == own)
            for said, item in posts.thread(remote_id, listed)
        ]

    def hide(self, comment: str, *, hidden: bool) -> None:
        """Hide a comment from all but its author, or show it again."""
        self._http.set(at(comment), "hide", on=hidden)

    def probe(self) -> str:
        """Return the account's name, and how much of the day's quota is used."""
        self._username = ""
        return f"{self._name()}, {self._containers.quota('content_publishing_limit')}"

    def grant(self) -> Grant | None:
        """Return what Meta says of the token; of one of Instagram Login it says nothing."""
        needed = meta_sign_in.INSTAGRAM_BY_PAGE_SCOPES
        return None if self._is_own_login else self._http.grant(needed)

    def _name(self) -> str:
        if not self._username:
            answer = self._http.get(self._path, {"fields": "id,username"})
            self._username = answer.text("username")
        return self._username

    def _is_own(self, item: Item) -> bool:
        return item.get("username") == self._name()
