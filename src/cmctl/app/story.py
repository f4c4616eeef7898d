"""All that is known of one delivery, for a person who asks."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cmctl.app.context import Context
from cmctl.app.guard.evidence import evidence
from cmctl.app.media.fitting import UnfitError
from cmctl.app.media.outlook import changes
from cmctl.app.posts.find_post import post_of
from cmctl.app.posts.planning import goes_on
from cmctl.app.steps import Step, gone_steps, steps
from cmctl.channels.base import Measures
from cmctl.core.errors import CmctlError
from cmctl.core.guard import WITHOUT_MEANING
from cmctl.core.model import Delivery, HoldReason, Match, Place, State
from cmctl.store.base import Event

#: What a person can let go out again.
_TO_BE_RELEASED = frozenset({State.CANCELLED, State.REFUSED})


class Story(NamedTuple):
    """One delivery, whole."""

    delivery: Delivery
    #: Where its post stands now; None where no file has it, or only with errors.
    place: Place | None
    #: What it repeats; None where it is not held for that.
    match: Match | None
    #: Oldest first.
    events: Sequence[Event]
    #: What can be typed next.
    steps: Sequence[Step]
    #: What the guard does with it, where that is less than it could; else empty.
    guard: str = ""
    #: What becomes of its images before they go out, a line each.
    images: Sequence[str] = ()
    #: How long each of its texts is, by its network's own count; none where it has no limit.
    lengths: Sequence[tuple[str, str]] = ()


def story(ctx: Context, delivery: Delivery) -> Story:
    """Return all that is known of a delivery."""
    post = post_of(ctx, delivery)
    repeats = delivery.hold is not None and delivery.hold.reason is HoldReason.DUPLICATE
    match = evidence(ctx, delivery.number) if repeats else None
    return Story(
        delivery=delivery,
        place=post.place if post else None,
        match=match,
        events=ctx.store.events(delivery.number),
        steps=tuple(_steps(ctx, delivery, match)),
        guard=_guard(ctx, delivery),
        images=_images(ctx, delivery),
        lengths=_lengths(ctx, delivery),
    )


def _steps(ctx: Context, delivery: Delivery, match: Match | None) -> Iterator[Step]:
    if delivery.state in _TO_BE_RELEASED and not goes_on(ctx, delivery):
        return gone_steps(delivery)
    return steps(delivery, match, now=ctx.now())


def _lengths(ctx: Context, delivery: Delivery) -> Sequence[tuple[str, str]]:
    """Return `part 2`, or nothing for the first part, and `214 of 280 characters`."""
    try:
        checker = ctx.channels.checker(delivery.key.channel)
    except CmctlError:  # the channel is gone, or its options are wrong now: said elsewhere
        return ()
    found = checker.lengths(delivery.content) if isinstance(checker, Measures) else ()
    return [(one.part, str(one)) for one in found if one.rules.limit and one.text]


def _images(ctx: Context, delivery: Delivery) -> Sequence[str]:
    if delivery.state not in {State.PLANNED, State.HELD}:
        return ()
    found = changes(ctx, delivery.key.channel, delivery.content)
    return (f"cannot go out: {found}; {found.fix}",) if isinstance(found, UnfitError) else found


def _guard(ctx: Context, delivery: Delivery) -> str:
    if not delivery.guard:
        return "does not look at it (guard: off)"
    again = "only flags it before its cool-down is over (evergreen: true)"
    said = [again] if delivery.evergreen else []
    return "; ".join([*said, *(() if ctx.encoder else (WITHOUT_MEANING,))])
