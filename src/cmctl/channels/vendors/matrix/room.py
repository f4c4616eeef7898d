"""One Matrix room as one account sees it.

spec.matrix.org, Client-Server API: rooms, `whoami`, "Transaction identifiers", "Redactions".
Nothing is asked before it is needed.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from typing import Final
from urllib.parse import quote

from cmctl.channels.answer import Answer
from cmctl.channels.base import Attachment, Rejected
from cmctl.channels.body import Body, json_body
from cmctl.channels.http import Http, Request
from cmctl.channels.vendors.matrix import event as events
from cmctl.channels.vendors.matrix.event import Event

_API: Final = "/_matrix/client/v3"
#: "Relationships": only there.
_RELATIONS: Final = "/_matrix/client/v1"
_PAGE: Final = 100
_MISSING: Final = frozenset({404})


class Room:
    """A room by its id or address."""

    def __init__(self, http: Http, named: str) -> None:
        self._http = http
        self._named = named
        self._id = ""
        self._user = ""

    def path(self) -> str:
        """Return the room's path.

        Raises:
            Rejected: messages there are encrypted.
        """
        if not self._id:
            room = self._named
            if room.startswith("#"):
                answer = self._http.get(f"{_API}/directory/room/{quote(room, safe='')}")
                room = answer.text("room_id")
            path = f"{_API}/rooms/{quote(room, safe='')}"
            state = self._http.get(f"{path}/state/m.room.encryption", accept=_MISSING)
            if state.status not in _MISSING and state.text("algorithm"):
                message = f"{self._named} is encrypted, and cmctl writes in the clear"
                raise Rejected(f"{message}; use a room without encryption")
            self._id = room
        return f"{_API}/rooms/{quote(self._id, safe='')}"

    def me(self) -> str:
        """Return the account's user id."""
        if not self._user:
            self._user = self._http.get(f"{_API}/account/whoami").text("user_id")
        return self._user

    def address(self, event_id: str) -> str:
        """Return where a person sees an event, once the room is known."""
        return f"https://matrix.to/#/{quote(self._id, safe='')}/{quote(event_id, safe='')}"

    def upload(self, attachment: Attachment) -> str:
        """Upload an image, which nobody sees before a message names it; return its address."""
        path = f"/_matrix/media/v3/upload?filename={quote(attachment.name, safe='')}"
        body = Body(attachment.data, attachment.type)
        answer = self._http.send(Request(method="POST", path=path, body=body, repeatable=True))
        return answer.text("content_uri")

    def send(self, content: Event, transaction: str) -> str:
        """Send one message and return its event id."""
        path = f"{self.path()}/send/{events.TYPE}/{transaction}"
        answer = self._http.send(Request(method="PUT", path=path, body=json_body(content)))
        return answer.text("event_id")

    def redact(self, event_id: str) -> None:
        """Empty a message."""
        transaction = sha256(f"redact {event_id}".encode()).hexdigest()
        path = f"{self.path()}/redact/{quote(event_id, safe='')}/{transaction}"
        self._http.send(Request(method="PUT", path=path, body=json_body({})))

    def event(self, event_id: str) -> Event | None:
        """Return an event that still says something."""
        path = f"{self.path()}/event/{quote(event_id, safe='')}"
        answer = self._http.get(path, accept=_MISSING)
        if answer.status in _MISSING:
            return None
        answer.text("event_id")
        event = answer.record()
        return event if events.stands(event) else None

    def messages(self, since: datetime) -> Iterator[Event]:
        """Yield the room's messages, newest first, until a page has none since then."""
        query = {"dir": "b", "limit": str(_PAGE), "filter": json.dumps({"types": [events.TYPE]})}
        for page in self._pages(f"{self.path()}/messages", query, "end"):
            yield from page
            if page and max(map(events.made_at, page)) < since:
                return

    def reactions(self, event_id: str) -> Iterator[Event]:
        """Yield the reactions to a message."""
        path = self.path().replace(_API, _RELATIONS, 1)
        path = f"{path}/relations/{quote(event_id, safe='')}/m.annotation"
        for page in self._pages(path, {"limit": str(_PAGE)}, "next_batch"):
            yield from page

    def _pages(self, path: str, query: dict[str, str], cursor: str) -> Iterator[list[Event]]:
        """Yield pages as long as one names the next under `cursor`."""
        while True:
            answer = self._http.get(path, query)
            page, end = _page(answer, cursor)
            yield page
            if not end:
                return
            if end == query.get("from"):
                raise answer.malformed("with a listing that does not advance")
            query["from"] = end


def _page(answer: Answer, cursor: str) -> tuple[list[Event], str]:
    """Return the events of one page and where the next begins."""
    page, end = answer.record().get("chunk"), answer.record().get(cursor)
    if not isinstance(page, list) or not all(isinstance(event, dict) for event in page):
        raise answer.malformed("without a list of events")
    try:
        for event in page:
            events.identity(event)
            events.made_at(event)
    except ValueError as problem:
        raise answer.malformed(f"with {problem}") from None
    return page, end if isinstance(end, str) else ""
