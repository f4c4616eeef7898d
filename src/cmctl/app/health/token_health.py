"""When tokens end, and which posts are due after that."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

from cmctl.app.context import Context
from cmctl.app.health.finding import Finding, fail, ok, warn
from cmctl.core.errors import CmctlError
from cmctl.core.model import State
from cmctl.core.show import counted, local, relative
from cmctl.store.base import Query

#: So long before its end a person is told of a token.
SOON = timedelta(days=7)
_QUEUE = frozenset({State.PLANNED, State.HELD})


class Ending(NamedTuple):
    """A token that somebody must replace before it ends."""

    #: `client/channel`.
    channel: str
    at: datetime
    #: How many posts of the account are queued, and how many of them are due from `at` on.
    queued: int
    late: int

    @property
    def login(self) -> str:
        """What to type."""
        return f"cmctl channel login {self.channel}"


def endings(ctx: Context, told: Mapping[str, datetime] = MappingProxyType({})) -> Iterator[Ending]:
    """Yield the tokens whose end is known and that nobody renews but a person.

    `told` is what networks say of tokens that do not say it themselves, by channel.
    What cannot be read is left out: `doctor` tells of missing secrets, and so does what is held.
    """
    for settings in ctx.settings.channels():
        try:
            life = ctx.channels.life(settings.name)
        except CmctlError:
            continue
        if life is None or (life.ends is None and life.renews):
            continue
        ends = life.ends or told.get(settings.name)
        if ends is None:
            continue
        queue = Query(states=_QUEUE, channel=settings.name)
        late = ctx.store.count(queue._replace(since=ends))
        yield Ending(settings.name, ends, ctx.store.count(queue), late)


def in_words(ctx: Context, one: Ending) -> str:
    """Return when a token ends, and what of the queue comes after that."""
    now, zone = ctx.now(), ctx.settings.channel(one.channel).zone
    ends = "ended" if one.at <= now else "ends"
    told = f"the token of {one.channel} {ends} {local(one.at, zone, now=now)}"
    if one.late:
        late = f"{one.late} of {counted(one.queued, 'queued post')}"
        return f"{told}, {late} {'is' if one.late == 1 else 'are'} due after it"
    return f"{told} ({relative(one.at, now)})"


def token_health(
    ctx: Context, told: Mapping[str, datetime] = MappingProxyType({})
) -> Iterator[Finding]:
    """Yield what somebody should know of tokens; `told` as for `endings`."""
    found = sorted(endings(ctx, told), key=lambda one: one.at)
    now = ctx.now()
    for one in found:
        if one.late or one.at <= now:
            yield fail("token", in_words(ctx, one), one.login)
        elif one.at - now <= SOON:
            yield warn("token", in_words(ctx, one), one.login)
    if found and not found[0].late and found[0].at - now > SOON:
        yield ok("tokens", f"the next to end: {in_words(ctx, found[0])}")
