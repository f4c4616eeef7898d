"""From posts and the ledger to deliveries: what goes out, where and when.

The order is the meaning:

1. posts with a time of their own (`at`, `every`), and slot posts that the ledger has settled
   already, stand where they stand;
2. every other slot post takes, in the order of files and lines, the next slot of each of its
   channels at which nothing of those goes out;
3. what is then closer together than a channel's pace is said.

Instants come out in UTC, to the millisecond, as a store keeps them.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

from cmctl.core import remarks
from cmctl.core.content import content_for, digest, time_for
from cmctl.core.holds import hold_ends
from cmctl.core.ledger import Fact, Keep, Ledger, keep_none
from cmctl.core.model import (
    At,
    Content,
    Every,
    Hold,
    HoldReason,
    Key,
    NextSlot,
    Planned,
    Post,
    Problem,
    Severity,
    State,
)
from cmctl.core.recurrence import Occurrence, RuleError, occurrences
from cmctl.core.settings import ChannelSettings, ClientSettings
from cmctl.core.slots import slot_instants
from cmctl.core.state import FINAL
from cmctl.core.when import utc

HORIZON = timedelta(days=35)
#: The most occurrences of one post in one plan.
MOST = 1000

Faults = Mapping[str, Sequence[Problem]]
_NO_FAULTS: Faults = MappingProxyType({})


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What the files of one client plan."""

    #: In order of time. What is published already is among them, what a person cancelled is not.
    planned: Sequence[Planned]
    problems: Sequence[Problem]
    #: Drafts that have no time yet on some of their channels.
    unscheduled: Sequence[Post]


def plan(  # noqa: PLR0913 - all that decides stands here
    posts: Iterable[Post],
    client: ClientSettings,
    ledger: Ledger,
    now: datetime,
    horizon: timedelta = HORIZON,
    *,
    faults: Faults = _NO_FAULTS,
    keep: Keep = keep_none,
) -> Plan:
    """Return the deliveries of one client's posts as they stand at `now`.

    Recurring posts and slots are planned up to `now + horizon`, posts with a time without end.
    `faults` are the known problems of each post by its id: an error holds the post on the problem's
    channel, or on all where that is empty; they are not said again. Post ids are unique.

    Raises:
        ValueError: a post belongs to another client.
    """
    planning = _Planning(client, ledger, utc(now), utc(now + horizon), faults, keep)
    for post in sorted(posts, key=lambda post: (*post.place, post.id)):
        if post.client != client.key:
            message = f"{post.id} is of {post.client}, not of {client.key}"
            raise ValueError(message)
        planning.add(post)
    planning.fill_slots()
    planning.planned.sort(key=lambda planned: (planned.due, planned.key))
    planning.compare_pace()
    return Plan(
        planned=planning.planned, problems=planning.problems, unscheduled=planning.unscheduled
    )


class _Target(NamedTuple):
    """A post on one channel."""

    post: Post
    channel: ChannelSettings
    content: Content
    hold: Hold | None


def _delivery(target: _Target, key: Key, due: datetime) -> Planned:
    post = target.post
    return Planned(
        key=key,
        network=target.channel.network,
        due=due,
        content=target.content,
        expires=post.expires and utc(post.expires),
        hold=target.hold,
        guard=post.guard,
        evergreen=post.evergreen,
    )


@dataclass(slots=True)
class _Planning:
    """A plan in the making."""

    client: ClientSettings
    ledger: Ledger
    now: datetime
    end: datetime
    faults: Faults
    keep: Keep
    planned: list[Planned] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unscheduled: list[Post] = field(default_factory=list)
    posts: dict[str, Post] = field(default_factory=dict)
    #: Slot posts that wait for a slot, by key, in order.
    waiting: dict[Key, _Target] = field(default_factory=dict)
    _recurred: dict[tuple[str, str], list[tuple[Key, Fact]]] | None = None

    # --- 1. what has a time ---

    def add(self, post: Post) -> None:
        self.posts[post.id] = post
        if isinstance(post.schedule, Every):
            self._add_recurring(post, post.schedule)
            return
        dues = [self._add_once(target) for target in self._targets(post)]
        if post.schedule is None and not all(dues):
            self.unscheduled.append(post)

    def _targets(self, post: Post) -> Iterator[_Target]:
        """Yield a post's channels; one that is not configured is a fault known before."""
        for name in dict.fromkeys(post.channels):
            if name in self.client.channels:
                channel = self.client.channels[name]
                content = content_for(post, channel)
                yield _Target(post, channel, content, self._hold(post, channel))

    def _hold(self, post: Post, channel: ChannelSettings) -> Hold | None:
        errors = [
            fault.message
            for fault in self.faults.get(post.id, ())
            if fault.severity is Severity.ERROR and fault.channel in {"", channel.name}
        ]
        if errors:
            more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
            return Hold(reason=HoldReason.INVALID, detail=errors[0] + more, from_files=True)
        if post.draft:
            return Hold(reason=HoldReason.APPROVAL, detail="a draft", from_files=True)
        return None

    def _add_once(self, target: _Target) -> bool:
        """Plan a post that goes out once; False where it has no time."""
        post, channel = target.post, target.channel
        due = time_for(post, channel.short, channel.network)
        if due is None and isinstance(post.schedule, At):
            due = post.schedule.instant
        if due is not None:
            self._plan(target, "", utc(due))
        elif isinstance(post.schedule, NextSlot):
            self._settle_slot(target)
        return due is not None

    def _settle_slot(self, target: _Target) -> None:
        """Leave a slot post where the ledger settled it, or let it wait for its slot."""
        key = Key(target.post.id, "", target.channel.name)
        fact = self.ledger.get(key)
        if fact is None or self._may_move(key, fact, target):
            self.waiting[key] = target
        else:
            self._plan(target, "", utc(fact.due))

    def _may_move(self, key: Key, fact: Fact, target: _Target) -> bool:
        if fact.state is State.PLANNED:
            return fact.due > self.now
        if fact.state is State.HELD and target.hold is None:  # is it approved, or written anew?
            as_it_stands = _delivery(target, key, utc(fact.due))
            return hold_ends(as_it_stands, digest(target.content), fact, self.now)
        return fact.dropped

    def _add_recurring(self, post: Post, every: Every) -> None:
        upcoming = self._upcoming(post, every)
        names = {occurrence.name for occurrence in upcoming}
        for target in self._targets(post):
            for name, instant in upcoming:
                self._plan(target, name, instant)
            self._keep_others(target, names)

    def _upcoming(self, post: Post, every: Every) -> list[Occurrence]:
        end = min(utc(end) for end in (self.end, every.until, post.expires) if end is not None)
        try:
            found = occurrences(every, self.client.zone, self.now, end, MOST + 1)
        except RuleError as error:
            self.problems.append(remarks.bad_rule(post, error))
            return []
        if len(found) > MOST:
            self.problems.append(remarks.too_many(post, MOST, end - self.now))
        return found[:MOST]

    def _keep_others(self, target: _Target, upcoming: set[str]) -> None:
        """Keep what the ledger has outside of the time that is planned here: late or far ahead."""
        for key, fact in self._recurring_facts().get((target.post.id, target.channel.name), ()):
            inside = self.now < fact.due <= self.end
            if key.occurrence not in upcoming and fact.state not in FINAL and not inside:
                self._plan(target, key.occurrence, utc(fact.due))

    def _recurring_facts(self) -> Mapping[tuple[str, str], list[tuple[Key, Fact]]]:
        if self._recurred is None:
            self._recurred = defaultdict(list)
            for key, fact in self.ledger.items():
                if key.occurrence:
                    self._recurred[key.post, key.channel].append((key, fact))
        return self._recurred

    def _plan(self, target: _Target, occurrence: str, due: datetime) -> None:
        post, channel = target.post, target.channel
        key = Key(post.id, occurrence, channel.name)
        fact = self.ledger.get(key)
        if fact is None and self.now - due > channel.grace:
            self.problems.append(remarks.past(post, channel, due))
        if fact is not None and fact.state is State.CANCELLED and not fact.dropped:
            # One time of many is left out on purpose; the others show that the post lives.
            if due > self.now and not occurrence:
                self.problems.append(remarks.cancelled(post, key, fact))
            return
        self.planned.append(_delivery(target, key, due))

    # --- 2. what takes the next slot ---

    def fill_slots(self) -> None:
        if not self.waiting:
            return
        taken = self._taken()
        free: dict[str, deque[datetime]] = {}
        for target in self.waiting.values():
            channel = target.channel
            if channel.name not in free:
                instants = slot_instants(channel.slots, channel.zone, self.now, self.end)
                free[channel.name] = deque(sorted(set(instants) - taken[channel.name]))
            self._take_slot(target, free[channel.name])

    def _take_slot(self, target: _Target, free: deque[datetime]) -> None:
        post, channel = target.post, target.channel
        if not channel.slots:
            self.problems.append(remarks.no_slots(post, channel))
        elif not free:
            self.problems.append(remarks.all_taken(post, channel, self.end))
        elif post.expires is not None and free[0] > utc(post.expires):
            self.problems.append(remarks.expires_first(post, channel, free[0]))
        else:
            self._plan(target, "", free.popleft())

    def _taken(self) -> Mapping[str, set[datetime]]:
        """Return the instants of each channel at which something else goes out already."""
        taken: dict[str, set[datetime]] = defaultdict(set)
        for planned in self.planned:
            taken[planned.key.channel].add(planned.due)
        standing = {planned.key for planned in self.planned} | self.waiting.keys()
        for key, fact in self.ledger.items():
            if fact.due > self.now and key not in standing and self._stays(key, fact):
                taken[key.channel].add(utc(fact.due))
        return taken

    def _stays(self, key: Key, fact: Fact) -> bool:
        """Tell whether a delivery that no post plans any more goes on to stand there."""
        if fact.state in {State.PLANNED, State.HELD}:
            return self.keep(key)
        return fact.state is not State.CANCELLED

    # --- 3. what is too close ---

    def compare_pace(self) -> None:
        last: dict[str, Planned] = {}
        for planned in self.planned:
            fact = self.ledger.get(planned.key)
            if planned.due <= self.now or (fact is not None and fact.state in FINAL):
                continue
            channel = self.client.channels[planned.key.channel.partition("/")[2]]
            before, last[channel.name] = last.get(channel.name), planned
            if before is not None and planned.due - before.due < channel.pace:
                post = self.posts[planned.key.post]
                self.problems.append(remarks.too_close(post, channel, before, planned))
