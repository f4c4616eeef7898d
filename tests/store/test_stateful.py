"""Deliveries moved at random, against a model of a few lines; the store must agree at each step."""

import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from cmctl.core.model import State
from cmctl.core.state import IN_FLIGHT, TABLE, Move
from cmctl.store.base import Query
from cmctl.store.sqlite import open_store
from cmctl.testing.store_contract.base import MINUTE, NOON, add, change, claim, hold, only, take_in

LANES = ["atlas/one", "atlas/two", "rest/one"]
POSTS = [f"p{number}" for number in range(6)]
MOVES = sorted(set(Move) - {Move.CLAIM})


@dataclass
class Known:
    lane: str
    due: datetime
    state: State = State.PLANNED
    fence: int = 0
    attempts: int = 0


class Deliveries(RuleBasedStateMachine):
    @initialize()
    def begin(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "cmctl.db"
        self.store = open_store(self.path, epoch="e1")
        self.known: dict[str, Known] = {}
        self.paused: set[str] = set()
        self.now = NOON
        self.events = 0

    def stopped(self, lane: str) -> bool:
        return bool(self.paused & {"", lane, lane.partition("/")[0]})

    def busy(self, lane: str) -> bool:
        return any(one.lane == lane and one.state in IN_FLIGHT for one in self.known.values())

    @rule(post=st.sampled_from(POSTS), lane=st.sampled_from(LANES), wait=st.integers(0, 3))
    def plan(self, post, lane, wait):
        if post not in self.known:
            due = self.now + wait * MINUTE
            take_in(self.store, add(post, lane, due=due))
            self.known[post] = Known(lane, due)
            self.events += 1

    @rule(lane=st.sampled_from(LANES))
    def claim(self, lane):
        delivery = claim(self.store, lane, self.now)
        ready = [
            (one.due, post)
            for post, one in self.known.items()
            if one.lane == lane and one.state is State.PLANNED and one.due <= self.now
        ]
        if not ready or self.stopped(lane) or self.busy(lane):
            assert delivery is None
            return
        assert delivery is not None
        one = self.known[delivery.key.post]
        assert one.due == min(ready)[0]
        one.state = State.CLAIMED
        one.fence += 1
        self.events += 1

    @rule(post=st.sampled_from(POSTS), move=st.sampled_from(MOVES), stale=st.booleans())
    def move(self, post, move, stale):
        one = self.known.get(post)
        if one is None or (one.state, move) not in TABLE:
            return
        seen = only(self.store, post)
        what = {"at": self.now, "fence": seen.fence - stale}
        if move is Move.HOLD:
            what["hold"] = hold()
        if move is Move.RESEND:
            what |= {"owner": "host/2/2", "lease": MINUTE}
        after = self.store.apply(change(seen, move, **what))
        timed = move in {Move.SEND, Move.KEEP}
        refused = stale or (timed and seen.lease_until <= self.now)
        if move in {Move.SEND, Move.RESEND}:
            beside = move is Move.RESEND and self.busy(one.lane)
            refused = refused or beside or self.stopped(one.lane)
        assert (after is None) == refused
        if after is not None:
            one.state = TABLE[one.state, move]
            one.attempts += move in {Move.SEND, Move.RESEND}
            one.fence += move is Move.RESEND
            self.events += 1

    @rule(scope=st.sampled_from(["", "atlas", *LANES]), on=st.booleans())
    def pause(self, scope, on):
        if on:
            self.store.pause(scope, reason="crisis", at=self.now)
            self.paused.add(scope)
            self.events += 1
        else:
            assert self.store.resume(scope, at=self.now) == (scope in self.paused)
            self.events += scope in self.paused
            self.paused.discard(scope)

    @rule()
    def time_passes(self):
        self.now += MINUTE

    @rule()
    def reopen(self):
        self.store.close()
        self.store = open_store(self.path, epoch="e2")

    @invariant()
    def the_store_says_what_the_model_says(self):
        rows = {delivery.key.post: delivery for delivery in self.store.deliveries(Query())}
        assert set(rows) == set(self.known)
        for post, one in self.known.items():
            row = rows[post]
            assert (row.state, row.fence, row.attempts) == (one.state, one.fence, one.attempts)

    @invariant()
    def what_can_be_claimed_is_told(self):
        free = [
            one
            for one in self.known.values()
            if one.state is State.PLANNED and not self.stopped(one.lane) and not self.busy(one.lane)
        ]
        assert self.store.next_due() == min((one.due for one in free), default=None)
        due = {one.lane for one in free if one.due <= self.now}
        assert set(self.store.due_channels(self.now)) == due

    @invariant()
    def every_step_is_in_the_log(self):
        assert len(self.store.events()) == self.events
        assert not self.store.verify()

    def teardown(self):
        if hasattr(self, "store"):
            self.store.close()
            self.folder.cleanup()


TestDeliveries = Deliveries.TestCase
TestDeliveries.settings = settings(
    max_examples=25,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
