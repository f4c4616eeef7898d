"""Matrix: a room for news, on any homeserver.

spec.matrix.org, Client-Server API. The safe key is the transaction id: the same one sent again with
the same token is the same event ("Transaction identifiers"). Our own field in the message tells
which delivery it is, for evidence that outlives the token.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from typing import ClassVar
from urllib.parse import quote

from cmctl.channels import matrix_event as events
from cmctl.channels import options as yaml
from cmctl.channels.adapter import HttpAdapter
from cmctl.channels.answer import Answer
from cmctl.channels.base import (
    Attachment,
    Capabilities,
    ChannelError,
    MediaRules,
    Outgoing,
    Rejected,
    TextRules,
    Uncertain,
)
from cmctl.channels.body import Body, json_body
from cmctl.channels.content import content_problems, parts
from cmctl.channels.http import Http, Request
from cmctl.channels.matrix_event import Event
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
_API = "/_matrix/client/v3"
_PAGE = 100
_MISSING = frozenset({404})
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
    )

    def __init__(self, *, url: str, token: str, room: str) -> None:
        self._http = Http(url, {"Authorization": f"Bearer {token}"}, secrets=(token,))
        self._named = room
        self._room = ""
        self._user = ""

    def problems(self, content: Content) -> Iterable[Problem]:
        """Yield texts that are too long and images that cannot go."""
        return content_problems(content, "Matrix", self.capabilities, count=len)

    def publish(self, outgoing: Outgoing) -> Receipt:
        """Send the images, then every part, each under a transaction id of its own."""
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
            done.append(self._send(content, f"{outgoing.key}-{number}", images + done))
        return self._receipt(done, outgoing.created_at)

    def upload(self, attachment: Attachment) -> str:
        """Upload an image and return its `mxc://` address."""
        limit = self.capabilities.media.bytes
        if len(attachment.data) > limit:
            message = f"{attachment.name} has {len(attachment.data)} bytes; cmctl sends {limit}"
            raise Rejected(message)
        path = f"/_matrix/media/v3/upload?filename={quote(attachment.name, safe='')}"
        body = Body(attachment.data, attachment.type)
        answer = self._http.send(Request(method="POST", path=path, body=body, repeatable=True))
        return answer.text("content_uri")

    def find(self, outgoing: Outgoing) -> Receipt | None:
        """Look for all parts among the messages of this account in the room."""
        found = {}
        me = self._me()
        for event in self._messages(outgoing.created_at - _SKEW):
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
        listed = events.statuses(self._messages(since))
        found = [status for status in listed if status.at >= since]
        return sorted(found, key=lambda status: status.at, reverse=True)

    def delete(self, remote_id: str) -> None:
        """Redact a message and its images; what is redacted already is no error."""
        event = self._event(remote_id)
        if event is None:
            return
        for one in [*events.ours(event).get("images", ()), remote_id]:
            transaction = sha256(f"redact {one}".encode()).hexdigest()
            path = f"{self._path()}/redact/{quote(one, safe='')}/{transaction}"
            self._http.send(Request(method="PUT", path=path, body=json_body({})))

    def exists(self, remote_id: str) -> bool:
        """Ask for the event: a redacted one is there, empty."""
        return self._event(remote_id) is not None

    def probe(self) -> str:
        """Return the user's id, and look whether the room can be written to in the clear."""
        self._path()
        return self._me()

    def _send(self, content: Event, transaction: str, before: list[str]) -> str:
        """Send one message and return its event id."""
        path = f"{self._path()}/send/{events.TYPE}/{transaction}"
        try:
            answer = self._http.send(Request(method="PUT", path=path, body=json_body(content)))
            return answer.text("event_id")
        except ChannelError as problem:
            if not before:
                raise
            message = f"the post stands in part: {problem}"
            raise Uncertain(message) from problem

    def _event(self, event_id: str) -> Event | None:
        """Return an event that still says something."""
        path = f"{self._path()}/event/{quote(event_id, safe='')}"
        answer = self._http.get(path, accept=_MISSING)
        if answer.status in _MISSING:
            return None
        answer.text("event_id")
        event = answer.record()
        return event if events.stands(event) else None

    def _messages(self, since: datetime) -> Iterator[Event]:
        """Yield the room's messages, newest first, until a page has none since then."""
        query = {"dir": "b", "limit": str(_PAGE), "filter": json.dumps({"types": [events.TYPE]})}
        while True:
            answer = self._http.get(f"{self._path()}/messages", query)
            page, end = _page(answer)
            yield from page
            if not end or (page and max(map(events.made_at, page)) < since):
                return
            if end == query.get("from"):
                raise answer.malformed("with a listing that does not advance")
            query["from"] = end

    def _path(self) -> str:
        """Return the room's path, once it is known that messages there are not encrypted."""
        if not self._room:
            room = self._named
            if room.startswith("#"):
                room = self._http.get(f"{_API}/directory/room/{quote(room, safe='')}").text(
                    "room_id"
                )
            path = f"{_API}/rooms/{quote(room, safe='')}"
            state = self._http.get(f"{path}/state/m.room.encryption", accept=_MISSING)
            if state.status not in _MISSING and state.text("algorithm"):
                message = f"{self._named} is encrypted, and cmctl writes in the clear"
                raise Rejected(f"{message}; use a room without encryption")
            self._room = room
        return f"{_API}/rooms/{quote(self._room, safe='')}"

    def _me(self) -> str:
        if not self._user:
            self._user = self._http.get(f"{_API}/account/whoami").text("user_id")
        return self._user

    def _receipt(self, done: list[str], at: datetime) -> Receipt:
        url = f"https://matrix.to/#/{quote(self._room, safe='')}/{quote(done[0], safe='')}"
        return Receipt(remote_id=done[0], url=url, at=at, parts=tuple(done))


def _page(answer: Answer) -> tuple[list[Event], str]:
    """Return the events of one page and where the next begins."""
    page, end = answer.record().get("chunk"), answer.record().get("end")
    if not isinstance(page, list) or not all(isinstance(event, dict) for event in page):
        raise answer.malformed("without a list of events")
    try:
        for event in page:
            events.identity(event)
            events.made_at(event)
    except ValueError as problem:
        raise answer.malformed(f"with {problem}") from None
    return page, end if isinstance(end, str) else ""
