"""Facebook: the posts of a Page.

developers.facebook.com, "Pages API" (Posts, Comments), Graph API reference (Page Feed, Page
Photos). There is no key against doubles, and a post may stand although the answer was a 500
(github.com/arsduo/koala/issues/699), so that after any doubt the Page's feed is read first.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import ClassVar

from cmctl.channels.base import (
    Attachment,
    Capabilities,
    Length,
    MediaRules,
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
from cmctl.channels.vendors.meta.graph import Code, Graph
from cmctl.channels.vendors.meta.sign_in import PAGE_SCOPES, facebook
from cmctl.core.model import Content, Problem, Receipt
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
        media=MediaRules(count=10, bytes=4_000_000, formats=("jpg", "jpeg", "png")),
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

    def __init__(self, *, page: str, token: str, url: str = _URL) -> None:
        self._page = page
        self._path = at(page)
        self._http: Graph = Graph(
            f"{url.rstrip('/')}/{_VERSION}",
            token,
            permission="pages_manage_posts, pages_read_engagement, pages_read_user_content and "
            "pages_manage_engagement",
            refusals=_REFUSALS,
        )

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
        """Post once, with images that were uploaded unseen; then the first comment."""
        photos = [item.uploaded or self.upload(item) for item in outgoing.attachments]
        link, answers = "" if photos else outgoing.content.link, outgoing.content.reply_to

        def post(part: Part, made: list[str]) -> str:
            if made or answers:
                return self._say(answers or made[0], "comments", part.text)
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

    def _parts(self, outgoing: Outgoing) -> list[Part]:
        """Return the post and its comment; without images the link goes where its preview is."""
        return parts(outgoing.content, link=bool(outgoing.attachments))

    def _is_own(self, item: Item) -> bool:
        return posts.is_by(item, self._page)
