"""Matrix: a room for news, on any homeserver.

spec.matrix.org, Client-Server API. The safe key is the transaction id: the same one sent again with
the same token is the same event ("Transaction identifiers"). Our own field in the message tells
which delivery it is, for evidence that outlives the token.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import ClassVar

from cmctl.channels import options as yaml
from cmctl.channels.adapter import HttpAdapter
from cmctl.channels.base import (
    Attachment,
    Capabilities,
    ChannelError,
    Counts,
    Length,
    MediaRules,
    Outgoing,
    Rejected,
    TextRules,
    Uncertain,
)
from cmctl.channels.content import content_problems, measured, parts, refuse_heavy
from cmctl.channels.conversation import Said, said_below, said_to_us
from cmctl.channels.http import Http
from cmctl.channels.inbox import MONTH, Comment
from cmctl.channels.vendors.matrix import event as events
from cmctl.channels.vendors.matrix.event import Event
from cmctl.channels.vendors.matrix.room import Room
from cmctl.core.model import Content, Problem, Receipt, Status

_OPTIONS = (
    yaml.Option(
        name="url",
        what="the homeserver's address, such as https://matrix.org",
        form=yaml.Form.ADDRESS,
    ),
    yaml.Option(
        name="token",
        what="a reference to an access token (Element: All settings, Help & About, Access token)",
        form=yaml.Form.SECRET,
    ),
    yaml.Option(
        name="room",
        what="the room's id or address, such as `!abc:matrix.org` or `#atlas:matrix.org`",
    ),
)
#: The servers' clocks and ours may differ by this much.
_SKEW = timedelta(minutes=5)


class MatrixChannel(HttpAdapter):
    """One room; a post's remote id is the event's id."""

    kind: ClassVar[str] = "matrix"
    options: ClassVar[tuple[yaml.Option, ...]] = _OPTIONS
    capabilities: ClassVar[Capabilities] = Capabilities(
        # An event has at most 65,536 bytes, and the text is in it twice.
        text=TextRules(limit=4000),
        media=MediaRules(count=10, bytes=10 << 20),
        recovery=frozenset({"key", "lookup"}),
        # Synapse keeps transaction ids for at least 30 minutes.
        key_life=timedelta(minutes=25),
        threads=True,
        first_comment=True,
        replies=True,
    )

    def __init__(self, *, url: str, token: str, room: str) -> None:
        self._http = Http(url, {"Authorization": f"Bearer {token}"}, secrets=(token,))
        self._room = Room(self._http, room)

    def lengths(self, content: Content) -> Iterable[Length]:
        """Yield how long each text is, as Matrix counts."""
        return measured(content, self.capabilities, count=len)

    def problems(self, content: Content) -> Iterable[Problem]:
        """Yield texts that are too long and images that cannot go."""
        return content_problems(content, "Matrix", self.capabilities, self.lengths(content))

    def publish(self, outgoing: Outgoing) -> Receipt:
        """Send the images, then every part, each under a transaction id of its own."""
        above = outgoing.content.reply_to
        if above and self._room.event(above) is None:
            raise _gone(above)
        addresses = [item.uploaded or self.upload(item) for item in outgoing.attachments]
        contents = [
            events.image(*pair) for pair in zip(outgoing.attachments, addresses, strict=True)
        ]
        images: list[str] = []
        for number, content in enumerate(contents):
            images.append(self._send(content, f"{outgoing.key}-i{number}", images))
        done: list[str] = []
        for number, part in enumerate(parts(outgoing.content)):
            before = () if number else images
            content = events.text(part, outgoing.key, number, done=done, images=before)
            if above and not done:
                content = events.answering(content, above)
            done.append(self._send(content, f"{outgoing.key}-{number}", images + done))
        return self._receipt(done, outgoing.created_at)

    def upload(self, attachment: Attachment) -> str:
        """Upload an image and return its `mxc://` address."""
        refuse_heavy(attachment, self.capabilities.media, "Matrix")
        return self._room.upload(attachment)

    def find(self, outgoing: Outgoing) -> Receipt | None:
        """Look for all parts among the messages of this account in the room."""
        found = {}
        me = self._room.me()
        for event in self._room.messages(outgoing.created_at - _SKEW):
            ours = events.ours(event)
            if event.get("sender") == me and ours.get("key") == outgoing.key:
                found[ours.get("part")] = event
        wanted = len(parts(outgoing.content))
        if not found:
            return None
        if set(found) != set(range(wanted)):
            message = f"{len(found)} of {wanted} parts stand in the room"
            raise Uncertain(message)
        done = [events.identity(found[number]) for number in range(wanted)]
        return self._receipt(done, events.made_at(found[0]))

    def timeline(self, since: datetime) -> Iterable[Status]:
        """Return what stands in the room, whoever wrote it."""
        listed = events.statuses(self._room.messages(since))
        found = [status for status in listed if status.at >= since]
        return sorted(found, key=lambda status: status.at, reverse=True)

    def delete(self, remote_id: str) -> None:
        """Redact a message and its images; what is redacted already is no error."""
        self.delete_comment(remote_id)

    def exists(self, remote_id: str) -> bool:
        """Ask for the event: a redacted one is there, empty."""
        return self._room.event(remote_id) is not None

    def counts(self, remote_id: str) -> Counts:
        """Return how many reactions a message has."""
        return Counts(likes=sum(1 for _ in self._room.reactions(remote_id)))

    def inbox(self, since: datetime) -> Iterable[Comment]:
        """Return what others answer to the account's messages, and messages that call it."""
        return said_to_us(self._said(since - MONTH), since)

    def comments(self, remote_id: str) -> Iterable[Comment]:
        """Return the answers to a message, and the answers to them.

        Raises:
            Rejected: it is gone.
        """
        event = self._room.event(remote_id)
        if event is None:
            raise _gone(remote_id)
        return said_below(self._said(events.made_at(event)), remote_id)

    def delete_comment(self, comment: str) -> bool:
        """Redact somebody's message, for which the room must give the account the power."""
        event = self._room.event(comment)
        for one in [*events.ours(event).get("images", ()), comment] if event else ():
            self._room.redact(one)
        return event is not None

    def probe(self) -> str:
        """Return the user's id, and look whether the room can be written to in the clear."""
        self._room.path()
        return self._room.me()

    def _said(self, since: datetime) -> list[Said]:
        """Return the room's messages since then, and some before, as those of others and ours."""
        listed, me = list(self._room.messages(since)), self._room.me()
        called = {events.identity(event) for event in listed if events.calls(event, me)}
        return [
            Said(one, one.author == me, one.remote_id in called) for one in events.statuses(listed)
        ]

    def _send(self, content: Event, transaction: str, before: list[str]) -> str:
        """Send one message, after those `before` it, and return its event id."""
        try:
            return self._room.send(content, transaction)
        except ChannelError as problem:
            if not before:
                raise
            message = f"the post stands in part: {problem}"
            raise Uncertain(message) from problem

    def _receipt(self, done: list[str], at: datetime) -> Receipt:
        url = self._room.address(done[0])
        return Receipt(remote_id=done[0], url=url, at=at, parts=tuple(done))


def _gone(remote_id: str) -> Rejected:
    return Rejected(f"the room has no message {remote_id}: was it deleted?")
