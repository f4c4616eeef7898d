"""What the sandbox accepted: a file of JSON lines that is only ever appended to, and its sum.

Each line is one fact with its `op`: `post`, `media`, `edit`, `delete`, `counts`, and for what
followers say `comment`, `hide`, `uncomment`. The state is what
the lines add up to, so that a restart is reading them again, and a test that reads the file itself
sees exactly what followers were shown.
"""

import json
from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

Line = Mapping[str, Any]


@dataclass(slots=True, kw_only=True)
class Picture:
    """An image that was uploaded."""

    id: str
    name: str
    type: str
    alt: str
    sha256: str


@dataclass(slots=True, kw_only=True)
class Entry:
    """A status as the sandbox keeps it."""

    id: str
    account: str
    text: str
    at: datetime
    key: str
    tool: str
    language: str
    reply_to: str
    media: Sequence[Picture]
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Said:
    """What a follower said to an account."""

    id: str
    author: str
    text: str
    at: datetime
    #: The status or comment that it answers; empty for a mention.
    on: str
    hidden: bool = False


@dataclass(slots=True)
class Account:
    """One account: made at its first use."""

    name: str
    statuses: dict[str, Entry] = field(default_factory=dict)
    #: Oldest first.
    order: list[tuple[datetime, int]] = field(default_factory=list)
    #: The status that each key made, and when; kept when the status is deleted.
    keys: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    pictures: dict[str, Picture] = field(default_factory=dict)
    #: Oldest first.
    comments: dict[str, Said] = field(default_factory=dict)

    def newest(
        self, since: datetime | None, before: tuple[datetime, int] | None
    ) -> Iterator[Entry]:
        """Yield statuses that stand, newest first, older than `before`."""
        end = len(self.order) if before is None else bisect_left(self.order, before)
        for index in range(end - 1, -1, -1):
            at, number = self.order[index]
            if since is not None and at < since:
                return
            yield self.statuses[str(number)]


class State:
    """The sum of the lines."""

    def __init__(self) -> None:
        self.accounts: dict[str, Account] = {}
        self.last = 0

    def account(self, name: str) -> Account:
        """Return an account, making it at its first use."""
        return self.accounts.setdefault(name, Account(name))

    def add(self, line: Line) -> None:
        """Count one line in."""
        account = self.account(line["account"])
        self.last = max(self.last, int(line["id"]))
        match line["op"]:
            case "post":
                self._post(account, line)
            case "media":
                fields = {name: line[name] for name in ("id", "name", "type", "alt", "sha256")}
                account.pictures[line["id"]] = Picture(**fields)
            case "edit":
                account.statuses[line["id"]].text = line["text"]
            case "delete":
                entry = account.statuses.pop(line["id"])
                account.order.remove((entry.at, int(entry.id)))
            case "counts":
                account.statuses[line["id"]].counts = line["counts"]
            case "comment":
                at = datetime.fromisoformat(line["at"])
                fields = {name: line[name] for name in ("id", "author", "text", "on")}
                account.comments[line["id"]] = Said(**fields, at=at)
            case "hide":
                account.comments[line["id"]].hidden = line["hidden"]
            case "uncomment":
                account.comments.pop(line["id"])

    def _post(self, account: Account, line: Line) -> None:
        entry = Entry(
            id=line["id"],
            account=account.name,
            text=line["text"],
            at=datetime.fromisoformat(line["at"]),
            key=line["key"],
            tool=line["tool"],
            language=line["language"],
            reply_to=line["reply_to"],
            media=[account.pictures[name] for name in line["media"]],
        )
        account.statuses[entry.id] = entry
        insort(account.order, (entry.at, int(entry.id)))
        if entry.key:
            account.keys[entry.key] = (entry.id, entry.at)


def read(path: Path) -> Iterator[Line]:
    """Yield the lines of an oracle file; what a kill cut short was never answered for."""
    if not path.exists():
        return
    with path.open("rb") as file:
        for raw in file:
            try:
                line = json.loads(raw)
            except ValueError:
                continue
            if isinstance(line, dict):
                yield line
