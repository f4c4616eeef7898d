"""The accounts: what they are, whether they answer, and what stands on them."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple, TypeVar

from cmctl.app import calls
from cmctl.app.context import Context
from cmctl.app.publishing.doubts import read, readings
from cmctl.app.sign_in.tokens import Life
from cmctl.channels.base import (
    Capabilities,
    Channel,
    Probes,
    TellsTime,
    Timeline,
)
from cmctl.channels.grant import Grant
from cmctl.channels.registry import load
from cmctl.core.errors import CmctlError, ExitStatus, LockedOutError, UsageError
from cmctl.core.model import HoldReason, State, Status
from cmctl.core.settings import ChannelSettings, Settings
from cmctl.core.show import counted
from cmctl.store.base import Query

#: What cmctl is called where a network tells which tool posted.
OURS = "cmctl"
#: How many accounts are asked at once.
AT_ONCE = 16

Answer = TypeVar("Answer")


class Account(NamedTuple):
    """One configured channel."""

    settings: ChannelSettings
    #: What it can do in a few words; empty where its adapter cannot be used.
    can: Sequence[str]
    #: Why its adapter cannot be used.
    problem: str
    #: The reason of a pause in force, or empty.
    paused: str
    #: When its timeline was last read whole.
    read_at: datetime | None
    #: How long its token lets us in; None: it has none, or it cannot be read.
    token: Life | None


class Probed(NamedTuple):
    """What an account answered when it was asked who we are."""

    channel: str
    #: The account's name as the network gives it; empty where it did not answer so.
    account: str
    #: Why not; empty where all is well.
    problem: str
    status: ExitStatus
    #: Somebody must sign in again, or see to the secret.
    locked_out: bool = False
    #: By how much its server's clock is ahead of ours; None where it did not tell.
    ahead: timedelta | None = None
    #: What the network says of the token; None: it does not.
    grant: Grant | None = None


class Standing(NamedTuple):
    """One status on an account, and whose it is."""

    status: Status
    #: The delivery that made it; 0: somebody else did, or cmctl without a delivery that is known.
    number: int
    post: str
    #: It reads like an attempt that is not proved yet, or its tool says that it is cmctl.
    likely: bool = False


def accounts(ctx: Context) -> Iterator[Account]:
    """Yield every configured channel in the order of the file; no network is asked."""
    pauses = ctx.store.pauses()
    for settings in ctx.settings.channels():
        stops = (row.reason or "paused" for row in pauses if row.stops(settings.name))
        paused = next(stops, "")
        try:
            can, problem = abilities(load(settings.network)), ""
        except CmctlError as error:
            can, problem = (), str(error)
        read_at = ctx.store.read_at(settings.name)
        yield Account(settings, can, problem, paused, read_at, _life(ctx, settings.name))


def _life(ctx: Context, name: str) -> Life | None:
    try:
        return ctx.channels.life(name)
    except CmctlError:  # `doctor` says why
        return None


def abilities(adapter: type[Channel]) -> tuple[str, ...]:
    """Return in words what an adapter's network can do."""
    can: Capabilities = adapter.capabilities
    unit = can.text.unit
    words = [f"{can.text.limit} {unit}" if can.text.limit else "any length"]
    words.append(counted(can.media.count, "image") if can.media.count else "no images")
    named = {
        "threads": can.threads,
        "comments": can.first_comment,
        "timeline": hasattr(adapter, "timeline"),
        "delete": hasattr(adapter, "delete"),
        "counts": hasattr(adapter, "counts"),
        "replies": can.replies,
        "inbox": hasattr(adapter, "inbox"),
    }
    return (*words, *(word for word, has in named.items() if has))


def chosen(settings: Settings, names: Sequence[str]) -> list[str]:
    """Return the channels that are named, a client standing for all of its own; none: all.

    Raises:
        UsageError: there is no such channel.
    """
    known = [channel.name for channel in settings.channels()]
    found: list[str] = []
    for name in names:
        own = [one for one in known if one == name or one.startswith(f"{name}/")]
        if not own:
            message = f"there is no client or channel {name!r}"
            raise UsageError(message, hint="cmctl channel list shows the channels")
        found += own
    return list(dict.fromkeys(found)) if names else known


def one_of(settings: Settings, name: str) -> str:
    """Return the channel that is named.

    Raises:
        UsageError: there is no such channel, or it is a client.
    """
    if name not in chosen(settings, [name]):
        message = f"{name} is a client, and not one of its channels"
        raise UsageError(message, hint="cmctl channel list shows the channels")
    return name


def probe_all(ctx: Context, names: Sequence[str]) -> list[Probed]:
    """Ask each channel's network who we are, changing nothing."""
    return _at_once(lambda name: probe(ctx, name), names)


def probe(ctx: Context, name: str) -> Probed:
    """Ask one channel's network who we are."""
    try:
        is_able = calls.can(ctx, name, Probes)
    except CmctlError as problem:  # it is not opened a second time
        return _failed(name, problem)
    try:
        account = calls.probed(ctx, name) if is_able else "cannot be asked"
    except CmctlError as problem:
        return _failed(name, problem)._replace(ahead=_ahead(ctx, name))
    ahead, grant = _ahead(ctx, name), _granted(ctx, name)
    return Probed(name, account, "", ExitStatus.FINE, ahead=ahead, grant=grant)


def _granted(ctx: Context, name: str) -> Grant | None:
    """Return what a network says of a token; an end that is put off by itself is none."""
    grant, life = calls.granted(ctx, name), _life(ctx, name)
    return replace(grant, ends=None) if grant and life and life.renews else grant


def _ahead(ctx: Context, name: str) -> timedelta | None:
    """Return by how much a server's clock is ahead of ours, as its last answer told."""
    try:
        channel = ctx.channels.open(name)
    except CmctlError:
        return None
    told = channel.server_time() if isinstance(channel, TellsTime) else None
    return told - ctx.now() if told else None


def _failed(name: str, problem: CmctlError) -> Probed:
    return Probed(name, "", str(problem), problem.status, isinstance(problem, LockedOutError))


def timeline(ctx: Context, name: str, since: datetime) -> list[Standing]:
    """Read an account's timeline now, newest first, and say which of it is our own.

    Nothing is written down: the watcher does that by itself.

    Raises:
        CmctlError: there is no such channel, or its network cannot list.
        ChannelError: it could not be read.
    """
    if not calls.can(ctx, one_of(ctx.settings, name), Timeline):
        message = f"the network of {name} cannot list what stands on an account"
        raise CmctlError(message, hint=f"cmctl history --channel {name} lists what cmctl published")
    own, open_ = _own_parts(ctx, name), _open_texts(ctx, name)

    def whose(status: Status) -> Standing:
        if proved := own.get(status.remote_id):
            return Standing(status, *proved)
        if likely := open_.get(read(status.text)):
            return Standing(status, *likely, likely=True)
        return Standing(status, 0, "", likely=status.tool.lower() == OURS)

    return [whose(status) for status in calls.listed(ctx, name, since)]


def _open_texts(ctx: Context, name: str) -> dict[str, tuple[int, str]]:
    """Return the texts of attempts of which nobody knows yet whether they stand there."""
    held = ctx.store.deliveries(Query(states=frozenset({State.HELD}), channel=name))
    doubtful = [one for one in held if one.hold and one.hold.reason is HoldReason.UNCERTAIN]
    return {
        text: (one.number, one.key.post)
        for one in [*doubtful, *ctx.store.in_flight()]
        if one.key.channel == name and one.sent_at is not None
        for text in readings(one.content)
    }


def _own_parts(ctx: Context, name: str) -> dict[str, tuple[int, str]]:
    published = ctx.store.deliveries(Query(states=frozenset({State.PUBLISHED}), channel=name))
    return {
        part: (one.number, one.key.post)
        for one in published
        if one.receipt
        for part in (one.receipt.remote_id, *one.receipt.parts)
    }


def _at_once(ask: Callable[[str], Answer], names: Sequence[str]) -> list[Answer]:
    if not names:
        return []
    with ThreadPoolExecutor(min(AT_ONCE, len(names)), thread_name_prefix="ask") as askers:
        return list(askers.map(ask, names))
