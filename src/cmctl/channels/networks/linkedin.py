"""LinkedIn: the posts of an organisation's page.

learn.microsoft.com/linkedin, "Posts API", "Images API", "Comments API", "Reactions and Social
Metadata". No key is documented. LinkedIn refuses a text that stands already (422 `DUPLICATE_POST`,
with a URN), which is evidence and no proof, for it also names posts that were deleted: the page is
looked at. There is no machine-readable description and no recording, so that none of this is
verified.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from cmctl.channels.base import Capabilities, ChannelError, Counts, Outgoing, TextRules
from cmctl.channels.content import parts
from cmctl.channels.evidence import altered, proof, standing
from cmctl.channels.inbox import MONTH, Comment, comment
from cmctl.channels.options import Option
from cmctl.channels.vendors.linkedin import post as posts
from cmctl.channels.vendors.linkedin.author import OPTIONS, TOKEN, LinkedInAuthor
from cmctl.channels.vendors.linkedin.media import RULES
from cmctl.channels.vendors.linkedin.rest import read
from cmctl.channels.vendors.linkedin.text import LIMIT, shown
from cmctl.core.model import Receipt, Status

#: The server's clock and ours may differ by this much.
_SKEW = timedelta(minutes=5)
_EVER = datetime(1970, 1, 1, tzinfo=UTC)


class LinkedInChannel(LinkedInAuthor):
    """One organisation's page, by the token of one of its administrators."""

    kind: ClassVar[str] = "linkedin"
    options: ClassVar[tuple[Option, ...]] = (
        TOKEN,
        Option(name="organization", what="the number in the page's admin address, in quotes"),
        *OPTIONS,
    )
    scopes: ClassVar[tuple[str, ...]] = (
        *("w_organization_social", "r_organization_social"),
        *("w_organization_social_feed", "r_organization_social_feed"),  # of comments
    )
    capabilities: ClassVar[Capabilities] = Capabilities(
        text=TextRules(limit=LIMIT),
        media=RULES,
        recovery=frozenset({"lookup"}),
        first_comment=True,
        replies=True,
        settling=timedelta(minutes=1),
        verified=False,
    )

    def __init__(
        self,
        *,
        organization: str,
        **own: Any,  # what both kinds of authors have
    ) -> None:
        super().__init__(**own)
        self._organization = f"urn:li:organization:{organization}"

    def publish(self, outgoing: Outgoing) -> Receipt:
        """Post once; then look once how it reads.

        A text that LinkedIn cuts is cut in silence, with the answer of success.
        """
        receipt = super().publish(outgoing)
        if outgoing.content.reply_to:  # comments are not known to be cut
            return receipt
        try:
            stands = posts.text(self._http.post_of(receipt.remote_id))
        except ChannelError:  # it is published all the same
            return receipt
        sent = parts(outgoing.content, link=bool(outgoing.attachments))[:1]
        wanted = [part._replace(text=shown(part.text)) for part in sent]
        return replace(receipt, altered=altered(wanted, [stands]))

    def find(self, outgoing: Outgoing) -> Receipt | None:
        """Look for the post among the page's own, and for its first comment below it."""
        if answers := outgoing.content.reply_to:
            wanted, said = parts(outgoing.content), self._comments(answers)
            return proof(wanted, standing(wanted, 0, said, reply_to=answers))
        images = len(outgoing.attachments)
        sent = parts(outgoing.content, link=bool(images))
        card = not sent[0].text  # the card is all that there is of it
        told = parts(outgoing.content, link=card or bool(images))
        wanted = [part._replace(text=shown(part.text)) for part in told[:1]] + told[1:]
        found = standing(wanted, images, self._own(outgoing.created_at - _SKEW, card=card))
        if found and len(wanted) > 1:
            found = standing(wanted, images, [found[0], *self._comments(found[0].remote_id)])
        return proof(wanted, found)

    def timeline(self, since: datetime) -> Iterable[Status]:
        """Return the page's posts with whatever tool, newest first."""
        return self._own(since, card=True)

    def delete(self, remote_id: str) -> None:
        """Delete a post or comment; one that is gone already is no error."""
        self._http.remove(remote_id, self._organization)

    def exists(self, remote_id: str) -> bool:
        """Ask for the post or comment by its URN."""
        return self._http.stands(remote_id)

    def counts(self, remote_id: str) -> Counts:
        """Return a post's reactions and comments."""
        return posts.counts(self._http.social(remote_id))

    def inbox(self, since: datetime) -> Iterable[Comment]:
        """Return comments on the posts of a month: one request tells which have any.

        Who has named the page elsewhere is told by another API.
        """
        listed = self._http.own(self._organization, since - MONTH)
        urns = [read(answer, posts.status, item).remote_id for answer, item in listed]
        said = (one for urn in self._http.commented(urns) for one in self.comments(urn))
        return [one for one in said if one.at >= since and not one.own]

    def comments(self, remote_id: str) -> Iterable[Comment]:
        """Return the comments on a post and the answers to them."""
        return [
            comment(one, own=one.author == self._organization) for one in self._below(remote_id)
        ]

    def probe(self) -> str:
        """Return the page's URN, after a look at what stands on it."""
        next(self._http.own(self._organization, _EVER), None)
        return self._organization

    def _author(self) -> str:
        return self._organization

    def _own(self, since: datetime, *, card: bool) -> list[Status]:
        listed = self._http.own(self._organization, since)
        found = [read(answer, posts.status, item, card=card) for answer, item in listed]
        found.sort(key=lambda status: status.at, reverse=True)
        return [status for status in found if status.at >= since]

    def _comments(self, on: str) -> list[Status]:
        """Return the page's own comments on a post, or answers to a comment."""
        listed = self._http.comments(on)
        found = [read(answer, posts.comment, item, on=on) for answer, item in listed]
        return [one for one in found if one.author == self._organization]

    def _below(self, on: str) -> Iterator[Status]:
        for answer, item in self._http.comments(on):
            found = read(answer, posts.comment, item, on=on)
            yield found
            if posts.is_answered(item) and not item.get("parentComment"):
                yield from self._below(found.remote_id)
