"""Builders of posts and clients, and a ledger that is a dictionary."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cmctl.core.intake import digest
from cmctl.core.ledger import Add, Alter, Change, Drop, Fact, MarkEdited, Operation
from cmctl.core.model import At, Content, Key, Place, Planned, Post, State
from cmctl.core.settings import ChannelSettings, ClientSettings, GuardPolicy, WeeklySlot
from cmctl.core.state import Move, after


@dataclass
class LedgerModel:
    """What a store's contract says of the ledger, without a store."""

    facts: dict[Key, Fact] = field(default_factory=dict)
    #: Every time something went out, in order.
    sent: list[Key] = field(default_factory=list)
    numbers: int = 0

    def take_in(self, operations: Iterable[Operation]) -> None:
        for operation in operations:
            if isinstance(operation, Add):
                self._add(operation.planned, operation.digest)
                continue
            key, fact = self._row(operation.number)
            match operation:
                case Alter():
                    assert fact.state in {State.PLANNED, State.HELD}
                    self._alter(key, fact, operation)
                case Drop() if fact.state is State.PLANNED:
                    del self.facts[key]
                case Drop():
                    assert fact.state is State.HELD
                    self.set(key, state=State.CANCELLED, hold=None, dropped=True)
                case MarkEdited():
                    assert fact.edited != operation.edited
                    self.set(key, edited=operation.edited)
                case Change():
                    self._change(key, fact, operation)

    def _add(self, planned: Planned, its_digest: str) -> None:
        assert planned.key not in self.facts
        self.numbers += 1
        self.facts[planned.key] = Fact(
            number=self.numbers,
            state=State.HELD if planned.hold else State.PLANNED,
            due=planned.due,
            digest=its_digest,
            fence=0,
            hold=planned.hold,
            expires=planned.expires,
            edited=False,
            guard=planned.guard,
            evergreen=planned.evergreen,
            published_at=None,
        )

    def _alter(self, key: Key, fact: Fact, alter: Alter) -> None:
        planned = alter.planned
        assert planned.key == key
        self.facts[key] = fact._replace(
            due=planned.due,
            digest=alter.digest,
            expires=planned.expires,
            guard=planned.guard,
            edited=False,
        )

    def _change(self, key: Key, fact: Fact, change: Change) -> None:
        assert (fact.state, fact.fence) == (change.state, change.fence)
        state = after(fact.state, change.move)
        dropped = fact.dropped and change.move is not Move.RELEASE
        self.set(key, state=state, hold=change.hold, dropped=dropped)

    def _row(self, number: int) -> tuple[Key, Fact]:
        return next((key, fact) for key, fact in self.facts.items() if fact.number == number)

    def set(self, key: Key, **values: Any) -> None:
        self.facts[key] = self.facts[key]._replace(**values)

    def publish(self, key: Key, at: datetime) -> None:
        self.sent.append(key)
        self.set(key, state=State.PUBLISHED, hold=None, published_at=at)


class Make:
    """Values with sensible defaults."""

    paris = ZoneInfo("Europe/Paris")

    def at(self, text: str, zone: ZoneInfo = paris) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=zone)

    def utc(self, text: str) -> datetime:
        return self.at(text).astimezone(UTC)

    def client(
        self,
        *channels: str,
        slots: Iterable[tuple[int, int, int]] = (),
        pace: timedelta = timedelta(),
        grace: timedelta = timedelta(hours=2),
        zone: ZoneInfo = paris,
    ) -> ClientSettings:
        place = Place("config.yaml")
        settings = {
            name: ChannelSettings(
                name=f"atlas/{name}",
                client="atlas",
                network=name.rstrip("2"),
                zone=zone,
                language="fr",
                slots=tuple(
                    WeeklySlot(weekday=day, hour=hour, minute=minute) for day, hour, minute in slots
                ),
                grace=grace,
                pace=pace,
                guard=GuardPolicy(),
                notifiers=(),
                options={},
                place=place,
            )
            for name in channels or ("mastodon",)
        }
        return ClientSettings(
            key="atlas",
            name="Atlas",
            zone=zone,
            language="fr",
            guard=GuardPolicy(),
            channels=settings,
            place=place,
        )

    def post(self, name: str, schedule: Any, line: int = 1, **values: Any) -> Post:
        if isinstance(schedule, str):
            schedule = At(instant=self.at(schedule))
        defaults: dict[str, Any] = {"text": f"Texte de {name}", "channels": ("mastodon",)}
        return Post(
            id=name,
            client="atlas",
            place=Place("posts/atlas/a.yaml", line),
            schedule=schedule,
            **{**defaults, **values},
        )

    def fact(self, due: datetime, state: State = State.PLANNED, **values: Any) -> Fact:
        defaults: dict[str, Any] = {
            "number": 1,
            "digest": digest(Content(text="?")),
            "fence": 0,
            "hold": None,
            "expires": None,
            "edited": False,
            "guard": True,
            "published_at": due if state is State.PUBLISHED else None,
        }
        return Fact(state=state, due=due.astimezone(UTC), **{**defaults, **values})

    def ledger(self) -> LedgerModel:
        return LedgerModel()


@pytest.fixture(scope="session")
def make() -> Make:
    return Make()
