"""What a run would do at a time, found out without writing or sending anything that changes."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from cmctl.app import calls
from cmctl.app.changes import Stop
from cmctl.app.context import Context
from cmctl.app.guard.judging import beside, judge_among, looks, stop, unseen, worded_elsewhere
from cmctl.app.guard.pictures import look_at
from cmctl.app.guard.watch import seen
from cmctl.app.media.fitting import UnfitError, unfit
from cmctl.app.media.outlook import changes
from cmctl.app.posts.planning import ClientPlan, plan_client
from cmctl.app.publishing.readiness import Lane, Wait, ready
from cmctl.app.publishing.upcoming import ahead_of, by_channel, waits_on
from cmctl.channels.base import Timeline
from cmctl.config.load import scan
from cmctl.core.errors import CmctlError
from cmctl.core.guard.pasting import DAY
from cmctl.core.lateness import too_late
from cmctl.core.ledger import Fact
from cmctl.core.model import (
    Delivery,
    Hold,
    HoldReason,
    Key,
    Match,
    Planned,
    Problem,
    Receipt,
    Seen,
    State,
)
from cmctl.core.settings import ChannelSettings
from cmctl.core.text import follower_text
from cmctl.store.base import Query


class Foreseen(NamedTuple):
    """What would become of one delivery."""

    planned: Planned
    #: The store's number; 0 where the store does not have it yet.
    number: int
    #: None: it would be published.
    hold: Hold | None
    match: Match | None = None
    #: Its turn comes only after the time that was asked about.
    wait: Wait | None = None
    #: What becomes of its images before they go out, a line each.
    images: Sequence[str] = ()


class Preview(NamedTuple):
    """What a run would do."""

    #: What is due, and of what goes out later what the guard would hold now.
    deliveries: Sequence[Foreseen]
    problems: Sequence[Problem]
    #: Channels whose timeline could not be read, and why.
    blind: Sequence[tuple[str, CmctlError]]
    #: How many more wait for a person, and would go on waiting.
    held: int = 0


def preview(ctx: Context, at: datetime) -> Preview:
    """Foresee everything that would be due by `at`, as the files stand now.

    What is not due by then is there where the guard would hold it now already. Timelines are read;
    the store is only read, and no cache is written.
    """
    files = scan(ctx.settings.root, ctx.settings.config)
    found: list[Foreseen] = []
    problems: list[Problem] = []
    blind: list[tuple[str, CmctlError]] = []
    held = 0
    for client in ctx.settings.clients:
        planned = plan_client(ctx, client, files=files, write_cache=False)
        problems += planned.problems
        held += sum(waits_on(one, planned.ledger, ctx.now()) for one in ahead_of(planned, at))
        for name, due, ahead in by_channel(planned, at):
            channel = _Channel(ctx, name, planned, at, is_due=bool(due))
            found += channel.foresee(due)
            found += channel.advise(ahead)
            blind += channel.blind
    found.sort(key=lambda one: (one.planned.due, one.planned.key))
    return Preview(found, problems, blind, held)


class _Channel:
    """Foresees the deliveries of one channel."""

    def __init__(
        self, ctx: Context, name: str, planned: ClientPlan, at: datetime, *, is_due: bool
    ) -> None:
        """`is_due`: something goes out, so that its timeline is read whatever that costs."""
        self.settings: ChannelSettings = ctx.settings.channel(name)
        self.blind: list[tuple[str, CmctlError]] = []
        self._ctx = ctx
        self._plan = planned
        self._at = at
        self._looked: dict[Key, Seen] = {}
        self._lane = Lane(ctx, name, min(at, ctx.now()))
        self._timeline: Sequence[Seen] = self._read(is_due=is_due)

    def foresee(self, due: Iterable[Planned]) -> Iterator[Foreseen]:
        for planned, known in sorted(((one, self._known(one)) for one in due), key=_claimed_by):
            delivery = _as_planned(planned, known)
            number = delivery.number
            hold = planned.hold or delivery.hold or self._own_hold(delivery)
            if hold is not None:
                yield Foreseen(planned, number, hold)
                continue
            found = self._judge(delivery)
            if found is not None:
                yield Foreseen(planned, number, *found)
                continue
            copies = changes(self._ctx, self.settings.name, delivery.content)
            if isinstance(copies, UnfitError):
                yield Foreseen(planned, number, unfit(copies))
                continue
            turn = self._lane.turn(planned.due, delivery.not_before)
            waits = turn.until is not None and turn.until > self._at
            yield Foreseen(planned, number, None, wait=turn if waits else None, images=copies)

    def advise(self, ahead: Iterable[Planned]) -> Iterator[Foreseen]:
        """Foresee what the guard would hold now of what goes out later."""
        if not self.settings.guard.enabled:
            return
        for planned in ahead:
            delivery = _as_planned(planned, self._known(planned))
            if found := self._judge(delivery):
                yield Foreseen(planned, delivery.number, *found)

    def _known(self, planned: Planned) -> Delivery | None:
        """Return what the store has of a delivery."""
        fact = self._plan.ledger.get(planned.key)
        return self._ctx.store.delivery(fact.number) if fact else None

    def _own_hold(self, delivery: Delivery) -> Hold | None:
        if self._lane.paused:
            return Hold(reason=HoldReason.PAUSED, detail=self._lane.paused)
        late = too_late(delivery, self._ctx.now(), self.settings.grace)
        why = self.blind[0][1] if self.blind else None
        return late or unseen(self.settings.guard, delivery, why)

    def _judge(self, delivery: Delivery) -> Stop | None:
        policy = self.settings.guard
        if not looks(policy, delivery):
            return None
        at = max(delivery.due, self._ctx.now())
        rulings = self._ctx.store.rulings_about(follower_text(delivery.content))
        known, elsewhere = self._corpus(delivery, at), self._elsewhere(delivery, at)
        return stop(judge_among(self._ctx, delivery, at, known, rulings, elsewhere), policy)

    def _corpus(self, planned: Delivery, at: datetime) -> list[Seen]:
        """Return what stands before a delivery: the files' queue, history, the timeline as read."""
        window = self.settings.guard.window
        known = self._ctx.store.seen(planned.key.channel, since=at - window, until=at)
        history = [one for one in known if one.source == "history"]
        queue = self._queue(planned, frozenset({planned.key.channel}), since=at - window)
        corpus = [*queue[planned.key.channel], *history, *self._timeline]
        again = bool(self.settings.guard.cooldown)  # what recurs is judged where it has a cool-down
        return [one for one in corpus if again or one.post != planned.key.post]

    def _elsewhere(self, planned: Delivery, at: datetime) -> dict[str, list[Seen]]:
        """Return what goes out on other channels before a delivery, and may say its words."""
        others = beside(self._ctx, planned)
        found = self._queue(planned, others, since=at - DAY)
        for name, known in worded_elsewhere(self._ctx, planned, at).items():
            found[name] += [one for one in known if one.source != "queue"]
        return found

    def _queue(
        self, planned: Delivery, channels: AbstractSet[str], *, since: datetime
    ) -> dict[str, list[Seen]]:
        """Return what the files plan before a delivery, by channel."""
        found: dict[str, list[Seen]] = {name: [] for name in channels}
        for other in self._plan.plan.planned:  # in order of time
            if (other.due, other.key) >= (planned.due, planned.key):
                break
            if other.due >= since and other.key.channel in found and self._plan.is_open(other):
                found[other.key.channel].append(self._seen(other))
        return found

    def _seen(self, planned: Planned) -> Seen:
        """Return a delivery of the queue as it is compared, looked at once."""
        if planned.key not in self._looked:
            fact = self._plan.ledger.get(planned.key)
            pictures = look_at(self._ctx, planned.content).pictures
            self._looked[planned.key] = _queued(planned, fact, pictures)
        return self._looked[planned.key]

    def _read(self, *, is_due: bool) -> Sequence[Seen]:
        policy = self.settings.guard
        if not policy.enabled:
            return ()
        try:
            if not calls.can(self._ctx, self.settings.name, Timeline):
                return ()
            if not is_due and self._costs():
                return self._last()
            since = self._ctx.now() - policy.window
            own = self._own(since)
            there = calls.listed(self._ctx, self.settings.name, since)
            return [seen(one) for one in there if one.remote_id not in own]
        except CmctlError as problem:
            self.blind.append((self.settings.name, problem))
            return ()

    def _costs(self) -> bool:
        """Tell whether the network charges who reads."""
        return self._ctx.channels.checker(self.settings.name).capabilities.prices is not None

    def _last(self) -> Sequence[Seen]:
        """Return the timeline as it was read last."""
        now, window = self._ctx.now(), self.settings.guard.window
        known = self._ctx.store.seen(self.settings.name, since=now - window, until=now)
        return [one for one in known if one.source == "timeline"]

    def _own(self, since: datetime) -> set[str]:
        """Return the remote ids of what cmctl published here: the history has it already."""
        query = Query(states=frozenset({State.PUBLISHED}), channel=self.settings.name, since=since)
        published = self._ctx.store.deliveries(query)
        return {part for one in published if one.receipt for part in _parts(one.receipt)}


def _claimed_by(one: tuple[Planned, Delivery | None]) -> tuple[datetime, int]:
    """Return by what deliveries of a channel are claimed in turn; new ones come last."""
    planned, known = one
    not_before = known.not_before if known else None
    return ready(planned.due, not_before), known.number if known else sys.maxsize


def _as_planned(planned: Planned, known: Delivery | None) -> Delivery:
    """Return a delivery as the files plan it, with what happened to it."""
    if known is not None:
        return replace(
            known,
            due=planned.due,
            content=planned.content,
            expires=planned.expires,
            guard=planned.guard,
            evergreen=planned.evergreen,
        )
    return Delivery(
        number=0,
        key=planned.key,
        network=planned.network,
        due=planned.due,
        content=planned.content,
        digest="",
        state=State.PLANNED,
        expires=planned.expires,
        guard=planned.guard,
        evergreen=planned.evergreen,
    )


def _parts(receipt: Receipt) -> tuple[str, ...]:
    return (receipt.remote_id, *receipt.parts)


def _queued(planned: Planned, known: Fact | None, pictures: tuple[str, ...]) -> Seen:
    return Seen(
        source="queue",
        ref=str(known.number) if known else "/".join(filter(None, planned.key[:2])),
        text=follower_text(planned.content),
        at=planned.due,
        post=planned.key.post,
        evergreen=planned.evergreen,
        pictures=pictures,
    )
