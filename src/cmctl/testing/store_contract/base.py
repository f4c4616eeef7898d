"""Handles on a store under test, and the values that the suite fills it with."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cmctl.core.ledger import Add, Change, Intake, Ledger
from cmctl.core.model import Content, Delivery, Hold, HoldReason, Key, Planned, Receipt, State
from cmctl.core.state import Move
from cmctl.store.base import Claim, Query, Store

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LANE = "atlas/mastodon"


class Handles:
    """Fixtures: a store, and more handles on the same one as other processes would have."""

    def open_store(self, folder: Path) -> Store:
        """Open one more handle on the store in `folder`; the first one makes it."""
        raise NotImplementedError

    def set_clock(self, store: Store, at: datetime) -> None:
        """Set the clock by which leases end; nothing to do where the given instants count."""

    @pytest.fixture
    def another(self, tmp_path: Path) -> Iterator[Callable[[], Store]]:
        """A function that opens one more handle on the store under test."""
        opened: list[Store] = []

        def open_one() -> Store:
            opened.append(self.open_store(tmp_path))
            return opened[-1]

        yield open_one
        for store in opened:
            store.close()

    @pytest.fixture
    def store(self, another: Callable[[], Store]) -> Store:
        """The store under test, empty."""
        return another()


def planned(post: str = "p1", channel: str = LANE, **what: Any) -> Planned:
    """Return a delivery as files plan it, due at noon."""
    text = what.pop("text", f"Bonjour, voici {post}")
    values: dict[str, Any] = {"network": "sandbox", "due": NOON, "content": Content(text=text)}
    return Planned(key=Key(post, what.pop("occurrence", ""), channel), **values | what)


def add(post: str = "p1", channel: str = LANE, **what: Any) -> Add:
    """Return the operation that takes in a delivery."""
    one = planned(post, channel, **what)
    return Add(planned=one, digest=f"digest of {one.content.text}")


def take_in(store: Store, *operations: Any, at: datetime = NOON) -> None:
    """Commit operations of the client `atlas`."""
    store.take_in(Intake(client="atlas", operations=operations, at=at))


def only(store: Store, post: str = "p1") -> Delivery:
    """Return the one delivery of a post."""
    (found,) = store.deliveries(Query(post=post))
    return found


def ledger(store: Store) -> Ledger:
    """Return all facts of the client `atlas`; of replies there are none."""
    return store.ledger("atlas", (), now=NOON - timedelta(days=1000))


def claim(store: Store, channel: str = LANE, now: datetime = NOON) -> Delivery | None:
    """Claim for a minute."""
    return store.claim(Claim(channel, now, "host/1/1", MINUTE))


def claimed(store: Store, channel: str = LANE, now: datetime = NOON) -> Delivery:
    """Claim for a minute what is certainly due."""
    delivery = claim(store, channel, now)
    assert delivery is not None
    return delivery


def change(delivery: Delivery, move: Move, **what: Any) -> Change:
    """Return a change of a delivery as it was seen, with what the move needs."""
    if move is Move.PUBLISH:
        what.setdefault("receipt", Receipt(remote_id=f"r{delivery.number}"))
    if move is Move.RESEND:
        what = {"owner": "host/2/2", "lease": 2 * MINUTE} | what
    if move is Move.KEEP:
        what.setdefault("lease", 2 * MINUTE)
    values: dict[str, Any] = {
        "number": delivery.number,
        "state": delivery.state,
        "fence": delivery.fence,
        "at": NOON,
    }
    return Change(move=move, **values | what)


def moved(store: Store, delivery: Delivery, move: Move, **what: Any) -> Delivery:
    """Apply a change that certainly holds."""
    after = store.apply(change(delivery, move, **what))
    assert after is not None
    return after


def hold(reason: str = "duplicate", *, from_files: bool = False) -> Hold:
    """Return a hold."""

    return Hold(reason=HoldReason(reason), detail=f"because: {reason}", from_files=from_files)


def brought_to(store: Store, state: State, post: str = "p1", channel: str = LANE) -> Delivery:
    """Take in a delivery and bring it to a state, by the moves that really lead there."""
    take_in(store, add(post, channel))
    if state is State.HELD:
        return moved(store, only(store, post), Move.HOLD, hold=hold())
    if state is State.CANCELLED:
        return moved(store, only(store, post), Move.CANCEL)
    if state is State.PLANNED:
        return only(store, post)
    delivery = claimed(store, channel)
    if state is State.CLAIMED:
        return delivery
    delivery = moved(store, delivery, Move.SEND)
    last = {
        State.PUBLISHED: Move.PUBLISH,
        State.REFUSED: Move.REFUSE,
        State.UNCERTAIN: Move.DOUBT,
    }
    return moved(store, delivery, last[state]) if state in last else delivery
