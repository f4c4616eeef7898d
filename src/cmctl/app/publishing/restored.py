"""A store that was restored from a backup does not know what went out since (window W11).

Beside the store this machine keeps how far it has seen the store's log. A log that is shorter now,
or another store's, or a store that knows itself to be a backup, was put back. A PostgreSQL database
knows it of itself where a dump was read in, a standby took over, or it was put back to an instant:
also a machine that never saw it before is told so, and nothing can be claimed meanwhile. The
journals of workers that died say which attempts began: where the log lacks one, the store lost it,
as it does by one wrong byte in its write-ahead log. Then everything past due is held, until a look
at the accounts, or a person, says what became of it.
"""

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from cmctl.app import calls
from cmctl.app.changes import Stop, change, held, published
from cmctl.app.context import Context
from cmctl.app.media.reading import MediaError
from cmctl.app.posts.take_in import take_in
from cmctl.app.publishing.journal import kept, worker_of
from cmctl.app.publishing.outgoing import outgoing
from cmctl.channels.base import ChannelError, Finds
from cmctl.core.errors import CmctlError
from cmctl.core.model import Delivery, Hold, HoldReason, State
from cmctl.core.state import Move
from cmctl.store.base import Change, Query, ReceiptTakenError

#: How the holds begin, by which `reconcile` knows them.
SINCE = "the store was put back from a backup"
LOST = "the store lost what was committed last"
_ATTEMPTS = frozenset({Move.SEND, Move.RESEND})
_HINT = "cmctl store reconcile looks on the accounts"


class Seen(NamedTuple):
    """How far a machine has seen the log of a store."""

    epoch: str
    #: Of the last event.
    event: int
    #: When a store that was put back was last dealt with, in milliseconds; 0: never.
    settled: int = 0


class Looked(NamedTuple):
    """What a look at the account said of one delivery."""

    delivery: Delivery
    #: What became of it: `published`, `planned`, or why it stays held.
    outcome: str


def hold_past_due(ctx: Context) -> list[Delivery]:
    """Hold what may have gone out since the backup; nothing where the store was not put back.

    The files are taken in first: what was planned after the backup is past due as well.
    """
    why = _why(ctx)
    done = []
    if why:
        take_in(ctx, whole=True)
        for delivery in _past_due(ctx):
            after = ctx.store.apply(_held(delivery, why, ctx.now()))
            if after is not None:
                done.append(after)
        ctx.store.forget_backup(at=ctx.now())
    remember(ctx)
    return done


def remember(ctx: Context) -> None:
    """Keep how far the log has come; a disk that refuses only costs the notice."""
    path, seen = _path(ctx), _now(ctx)
    if _remembered(path) == seen:
        return
    part = path.with_name(f".{os.getpid()}-{path.name}.part")
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part.write_text(json.dumps(seen), encoding="utf-8")
        part.replace(path)


def reconcile(ctx: Context) -> Iterator[Looked]:
    """Look on the accounts for what is held because of a backup, and settle what can be settled.

    Found: published. Not there, by a network that can tell: planned again. Else it stays held.
    """
    query = Query(states=frozenset({State.HELD}))
    for delivery in ctx.store.deliveries(query):
        if delivery.hold is not None and delivery.hold.detail.startswith((SINCE, LOST)):
            yield Looked(delivery, _look(ctx, delivery))


def _why(ctx: Context) -> str:
    """Return how it is known that the store was put back; empty: it was not."""
    info = ctx.store.info()
    if made := info["backup_at"]:
        at = datetime.fromtimestamp(int(made) / 1000, UTC)
        return f"{SINCE} of {at:%Y-%m-%d %H:%M} UTC"
    if info["moved"]:
        return f"{SINCE}, or its database was moved"
    before, now = _remembered(_path(ctx)), _now(ctx)
    if before is not None and now.settled > before.settled:
        return ""  # another machine has dealt with it
    if _forgot(ctx):
        return f"{LOST} (a damaged write-ahead log, or a backup)"
    return _older(before, now) if before is not None else ""


def _older(before: Seen, now: Seen) -> str:
    if before.epoch != now.epoch:
        return f"{SINCE}, or another one was begun"
    return SINCE if now.event < before.event else ""


def _forgot(ctx: Context) -> bool:
    """Tell whether an attempt began that the log does not know."""
    for path, _, attempts in kept(ctx.journal.folder):
        if ctx.alive(worker_of(path)):
            continue
        for number, attempt in attempts.items():
            known = sum(event.kind in _ATTEMPTS for event in ctx.store.events(number))
            if known < attempt:
                return True
    return False


def _past_due(ctx: Context) -> list[Delivery]:
    waiting = frozenset({State.PLANNED, State.CLAIMED})
    return [*ctx.store.deliveries(Query(states=waiting, until=ctx.now()))]


def _held(delivery: Delivery, why: str, now: datetime) -> Change:
    detail = f"{why}, and nobody knows whether this went out since: {_HINT}"
    return held(delivery, Stop(Hold(reason=HoldReason.UNCERTAIN, detail=detail)), now)


def _look(ctx: Context, delivery: Delivery) -> str:
    try:
        name = delivery.key.channel
        if not calls.can(ctx, name, Finds):
            return "the network cannot be asked; look at the account"
        receipt = calls.found(ctx, name, outgoing(ctx, delivery, delivery.due))
        if receipt is not None:
            ctx.store.apply(published(delivery, receipt, ctx.now(), how="found"))
            return State.PUBLISHED
    except ReceiptTakenError:
        return "what stands on the account is another delivery's; look at it"
    except (ChannelError, MediaError, CmctlError) as problem:
        return f"could not be looked for: {problem}"
    data = {"why": "put back from a backup; it does not stand on the account"}
    ctx.store.apply(change(delivery, Move.RELEASE, ctx.now(), data=data))
    return State.PLANNED


def _now(ctx: Context) -> Seen:
    last = ctx.store.events(limit=1)
    info = ctx.store.info()
    return Seen(info["epoch"], last[0].id if last else 0, int(info["settled_at"] or 0))


def _path(ctx: Context) -> Path:
    return ctx.settings.home / f"{ctx.settings.config}.seen"


def _remembered(path: Path) -> Seen | None:
    with suppress(FileNotFoundError, PermissionError, ValueError, TypeError):
        return Seen(*json.loads(path.read_text(encoding="utf-8")))
    return None
