"""Facebook: the posts of a Page.

developers.facebook.com, "Pages API" (Posts, Comments), "Video API", Graph API reference (Page Feed,
Page Photos). There is no key against doubles, and a post may stand although the answer was a 500
(github.com/arsduo/koala/issues/699), so that after any doubt the Page's feed is read first.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import ClassVar

from cmctl.channels.base import (
    Attachment,
    Capabilities,
    Length,
    Outgoing,
    Rejected,
    TextRules,
)
from cmctl.channels.content import Part, content_problems, measured, parts, post_in_order
from cmctl.channels.grant import Grant
from cmctl.channels.inbox import Comment, comment
from cmctl.channels.options import Form, Option
from cmctl.channels.sign_in import SignIn
from cmctl.channels.vendors.meta import facebook_post as posts
from cmctl.channels.vendors.meta.account import CommentedAccount, Item, Reading, at
from cmctl.channels.vendors.meta.film import RULES, Films
from cmctl.channels.vendors.meta.graph import Graph
from cmctl.channels.vendors.meta.sign_in import PAGE_SCOPES, facebook
from cmctl.core.model import Content, Problem, Receipt
from cmctl.core.text import utf16_units

_URL = "https://graph.facebook.com"
_FILMS = "https://graph-video.facebook.com"
_VERSION = "v25.0"
_SKEW = timedelta(minutes=5)


class FacebookPageChannel(CommentedAccount):
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
        media=RULES,
        recovery=frozenset({"lookup"}),
        first_comment=True,
        replies=True,
        # Meta's servers copy a new post to each other before every one of them lists it.
        settling=timedelta(minutes=1),
    )

    reading: ClassVar[Reading] = Reading(
        edge="feed",
        tagged="tagged",
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
        page: str,
        token: str,
        url: str = _URL,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._page = page
        self._path = at(page)
        self._http: Graph = _graph(url, token)
        uploads = _graph(_FILMS if url == _URL else url, token)
        self._films = Films(page, self._http, uploads, sleep)

    @classmethod
    def sign_in(cls, options: Mapping[str, object]) -> SignIn:
        """Return where a person lets us in who manages the Page."""
        return facebook(str(options.get("url", _URL)), _VERSION, PAGE_SCOPES)

    @classmethod
    def own_token(cls, options: Mapping[str, object], token: str) -> str:
        """Return the Page's own token (Page, `access_token`)."""
        person = cls(**{**options, "token": token})  # type: ignore[arg-type] # checked before
        try:
            return person._http.get(person._path, {"fields": "access_token"}).text("access_token")
        finally:
            person.close()

    def lengths(self, content: Content) -> Iterable[Length]:
        """Yield how long each text is, as Facebook counts."""
        link = bool(content.media)
        return measured(content, self.capabilities, count=utf16_units, link=link)

    def problems(self, content: Content) -> Iterable[Problem]:
        """Yield texts that are too long and images that cannot go."""
        return content_problems(content, "Facebook", self.capabilities, self.lengths(content))

    def publish(self, outgoing: Outgoing) -> Receipt:
        """Post once, with images or a film that were uploaded unseen; then the first comment."""
        photos = [item.uploaded or self.upload(item) for item in outgoing.attachments]
        link, answers = "" if photos else outgoing.content.link, outgoing.content.reply_to
        is_film = any(item.is_film for item in outgoing.attachments)

        def post(part: Part, made: list[str]) -> str:
            if made or answers:
                return self._say(answers or made[0], "comments", part.text)
            if is_film:
                return self._films.publish(photos[0], part.text)
            fields = posts.fields(part.text, link, photos)
            return self._http.form(f"{self._path}/feed", fields).text("id")

        made = post_in_order(self._parts(outgoing), post)
        return Receipt(remote_id=made[0], url=posts.address(made[0]), parts=tuple(made))

    def upload(self, attachment: Attachment) -> str:
        """Upload an image with its alt text, or a film, that no post shows yet; return its id."""
        if attachment.is_film:
            return self._films.upload(attachment)
        fields = {"published": "false"}
        if attachment.alt:
            fields["alt_text_custom"] = attachment.alt
        return self._http.file(f"{self._path}/photos", fields, attachment).text("id")

    def find(self, outgoing: Outgoing) -> Receipt | None:
        """Look for the post in the Page's feed, and for its first comment below it."""
        if outgoing.content.reply_to:
            return self._proof_of_reply(outgoing, "comments")
        card = not self._parts(outgoing)[0].text  # its preview is all that there is of it
        wanted = parts(outgoing.content, link=card or bool(outgoing.attachments))
        own = [
            posts.status(answer, item, card=card)
            for answer, item in self._listing(outgoing.created_at - _SKEW)
            if posts.is_by(item, self._page)
        ]
        return self._proof(wanted, len(outgoing.attachments), own)

    def comments(self, remote_id: str) -> Iterable[Comment]:
        """Return the comments on a post and the answers to them."""
        path = f"{at(remote_id)}/comments"
        return [
            comment(
                posts.comment(answer, item, remote_id),
                hidden=item.get("is_hidden") is True,
                own=self._is_own(item),
            )
            for answer, item in self._http.listing(path, posts.COMMENT_FIELDS, posts.EVERY_COMMENT)
        ]

    def hide(self, comment: str, *, hidden: bool) -> None:
        """Hide a comment from all but its author and their friends, or show it again."""
        self._http.set(at(comment), "is_hidden", on=hidden)

    def probe(self) -> str:
        """Return the Page's name, and refuse a token that is not the Page's own."""
        answer = self._http.get("/me", {"fields": "id,name"})
        name = answer.text("name")
        if answer.text("id") != self._page:
            message = f"the token is of {name}, not of the Page {self._page}: take the Page's own"
            raise Rejected(f"{message} (GET /me/accounts)")
        return name

    def grant(self) -> Grant | None:
        """Return what Meta says of the token."""
        return self._http.grant(PAGE_SCOPES)

    def close(self) -> None:
        """Let go of connections; safe to call twice."""
        super().close()
        self._films.close()

    def _parts(self, outgoing: Outgoing) -> list[Part]:
        """Return the post and its comment; without images the link goes where its preview is."""
        return parts(outgoing.content, link=bool(outgoing.attachments))

    def _is_own(self, item: Item) -> bool:
        return posts.is_by(item, self._page)


def _graph(server: str, token: str) -> Graph:
    address = f"{server.rstrip('/')}/{_VERSION}"
    return Graph(address, token, permission=posts.NEEDED, refusals=posts.REFUSALS)
