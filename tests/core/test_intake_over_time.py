"""A community manager edits files, time passes, the daemon publishes: in any order."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from cmctl.core.intake import take_in
from cmctl.core.model import At, Every, Hold, HoldReason, Key, NextSlot, State
from cmctl.core.plan import plan

RULES = [
    "FREQ=DAILY;BYHOUR=12;BYMINUTE=0;BYSECOND=0",
    "FREQ=DAILY;BYHOUR=2,18;BYMINUTE=30;BYSECOND=0",
    "FREQ=WEEKLY;BYDAY=TU,SU;BYHOUR=9;BYMINUTE=0;BYSECOND=0",
]
HORIZON = timedelta(days=6)
names = st.sampled_from("abcd")
kinds = st.integers(0, 2)
hours = st.integers(-10, 200)


class Workspace(RuleBasedStateMachine):
    make: Any

    def __init__(self) -> None:
        super().__init__()
        self.now: datetime = self.make.utc("2026-10-22 08:00")  # the clocks change on the 25th
        self.client = self.make.client(
            "mastodon", "bluesky", slots=[(day, 9, 0) for day in range(7)] + [(6, 2, 30)]
        )
        self.ledger = self.make.ledger()
        self.posts: dict[str, Any] = {}
        self.cancelled: set[Key] = set()
        self.by_hand: set[Key] = set()

    # --- what the community manager does ---

    def _schedules(self, kind: int, hour: int) -> Any:
        if kind == 0:
            return At(instant=self.now + timedelta(hours=hour))
        return NextSlot() if kind == 1 else Every(rule=RULES[hour % len(RULES)])

    @rule(
        name=names, kind=st.integers(0, 2), hour=hours, line=st.integers(1, 9), both=st.booleans()
    )
    def writes_or_reschedules(self, name: str, kind: int, hour: int, line: int, both: bool) -> None:
        channels = ("mastodon", "bluesky") if both else ("mastodon",)
        values = {"channels": channels, "text": f"{name} {hour % 3}"}
        self.posts[name] = self.make.post(name, self._schedules(kind, hour), line, **values)
        self._takes_in()

    @rule(name=names, draft=st.booleans(), guard=st.booleans(), text=st.integers(0, 2))
    def edits(self, name: str, draft: bool, guard: bool, text: int) -> None:
        if name in self.posts:
            values = {"draft": draft, "guard": guard, "text": f"{name} {text}"}
            self.posts[name] = replace(self.posts[name], **values)
            self._takes_in()

    @rule(name=names)
    def deletes(self, name: str) -> None:
        self.posts.pop(name, None)
        self._takes_in()

    @rule(name=names)
    def is_caught_in_the_middle_of_writing(self, name: str) -> None:
        """The file is there and half of it: nothing of its posts changes."""
        before = {key: fact for key, fact in self.ledger.facts.items() if key.post == name}
        post = self.posts.pop(name, None)
        self._takes_in(unread=name)
        after = {key: fact for key, fact in self.ledger.facts.items() if key.post == name}
        assert before == after
        if post is not None:
            self.posts[name] = post

    @rule(pick=st.integers(0, 99), reason=st.sampled_from([None, *HoldReason]))
    def holds_or_cancels(self, pick: int, reason: HoldReason | None) -> None:
        keys = [key for key, fact in self.ledger.facts.items() if fact.state is State.PLANNED]
        if not keys:
            return
        key = keys[pick % len(keys)]
        if reason is None:
            self.ledger.set(key, state=State.CANCELLED)
            self.cancelled.add(key)
            return
        self.ledger.set(key, state=State.HELD, hold=Hold(reason=reason, detail="by hand"))
        if reason is HoldReason.APPROVAL:
            self.by_hand.add(key)

    # --- what time and the daemon do ---

    @rule(passed=st.integers(0, 40))
    def time_passes(self, passed: int) -> None:
        self.now += timedelta(hours=passed)
        self._takes_in()

    @rule()
    def the_daemon_publishes(self) -> None:
        for key, fact in list(self.ledger.facts.items()):
            if fact.state is State.PLANNED and fact.due <= self.now:
                self.ledger.publish(key, self.now)

    # --- what must hold ---

    def _takes_in(self, unread: str = "") -> None:
        operations = self._asks(unread)
        self.ledger.take_in(operations)
        assert self._asks(unread) == []

    def _asks(self, unread: str = "") -> list[Any]:
        def keep(key: Key) -> bool:
            return key.post == unread

        facts = self.ledger.facts
        made = plan(self.posts.values(), self.client, facts, self.now, HORIZON, keep=keep)
        keys = [planned.key for planned in made.planned]
        assert len(set(keys)) == len(keys)
        return take_in(made.planned, facts, self.now, keep=keep)

    @invariant()
    def nothing_goes_out_twice(self) -> None:
        assert len(set(self.ledger.sent)) == len(self.ledger.sent)

    @invariant()
    def what_is_published_stays_published(self) -> None:
        for key in self.ledger.sent:
            assert self.ledger.facts[key].state is State.PUBLISHED

    @invariant()
    def what_a_person_decided_stands(self) -> None:
        for key in self.cancelled:
            assert self.ledger.facts[key].state is State.CANCELLED
        for key in self.by_hand:
            assert self.ledger.facts[key].state is State.HELD

    @invariant()
    def no_two_slot_posts_share_a_slot(self) -> None:
        taken: set[Any] = set()
        for key, fact in self.ledger.facts.items():
            post = self.posts.get(key.post)
            waits = fact.state in {State.PLANNED, State.HELD} and fact.due > self.now
            if post is not None and isinstance(post.schedule, NextSlot) and waits:
                assert (key.channel, fact.due) not in taken
                taken.add((key.channel, fact.due))

    @precondition(lambda self: self.posts)
    @invariant()
    def every_post_on_a_channel_is_known(self) -> None:
        """Nothing is silently lost: what a file plans once has a row, whatever happened to it."""
        for post in self.posts.values():
            if isinstance(post.schedule, At):
                for channel in post.channels:
                    assert Key(post.id, "", f"atlas/{channel}") in self.ledger.facts


def test_no_order_of_edits_time_and_publishing_breaks_a_promise(make):
    machine = type("Machine", (Workspace,), {"make": make})
    case = machine.TestCase
    case.settings = settings(max_examples=100, stateful_step_count=25, deadline=None)
    case("runTest").runTest()
