"""Which of this machine's files the plan may be made from, where other machines have copies too.

An SQLite store belongs to one machine, whose files are the plan. In front of a database there may
be several, and one that has an older copy must not drop what a newer one planned; see
`core/copies.py` for the rule. What this machine last agreed on stands in a file beside its journal.
"""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from cmctl.app.context import Context
from cmctl.app.health.daemons import working
from cmctl.app.rights import Worker, right
from cmctl.config.files import read_file
from cmctl.config.scan import FileStamp, scan
from cmctl.config.state_folder import make_private
from cmctl.core.copies import Digests, behind, differing, fingerprint
from cmctl.core.model import Place, Problem
from cmctl.store.base import Source

#: The right that one machine has at a time.
PLANNING = "plan from the files"
#: How long it is good for where its holder's machine is gone.
_LIFE = timedelta(minutes=1)
#: So many pauses, in seconds, are waited for another planner; what it leaves is done the next time.
_TRIES, _PAUSE = 25, 0.2


class Copies(NamedTuple):
    """The files here, beside those that the plan is made from."""

    #: What the store is told of each file here.
    own: Mapping[str, Source]
    #: Those that are to be taken in.
    changed: frozenset[str]
    #: Those that another machine planned from a copy that is not here.
    behind: frozenset[str] = frozenset()


class _Known(NamedTuple):
    """What this machine remembers."""

    #: Of each file as it was last looked at here; spares reading it again.
    own: Mapping[str, Source]
    #: On what it last agreed with the plan; None: it never did.
    agreed: Digests | None


def look(ctx: Context, *, anyway: bool = False) -> Copies:
    """Compare the files here with those that are planned from; `anyway`: those here are right."""
    files, planned = scan(ctx.settings.root, ctx.settings.config), ctx.store.sources()
    if ctx.settings.store_file is not None:
        own = {path: Source(*stamp) for path, stamp in files.items()}
        return Copies(own, differing(_stamps(own), _stamps(planned)))
    known = _remembered(ctx)
    own = {path: _read(ctx, path, stamp, known.own) for path, stamp in files.items()}
    here, there = _digests(own), _digests(planned)
    if anyway or (known.agreed is None and not _others(ctx)):
        late: frozenset[str] = frozenset()
    else:
        late = behind(here, known.agreed or {}, there)
    apart = differing(here, there)
    paths = here.keys() | there.keys() | (known.agreed or {}).keys()
    same = {path: here.get(path) for path in paths - apart}  # None: both deleted it
    # Who never agreed with the plan does so first with all of it.
    _remember(ctx, known, own, {} if known.agreed is None and apart else same)
    return Copies(own, apart - late, late)


@contextmanager
def planning(ctx: Context) -> Iterator[bool]:
    """Plan alone, after whoever plans on another machine now; yields False where it still does."""
    if ctx.settings.store_file is not None:
        yield True
        return
    worker = Worker(ctx.worker, ctx.alive, ctx.now)
    for _ in range(_TRIES):
        with right(ctx.store, PLANNING, worker, life=_LIFE) as alone:
            if alone:
                yield True
                return
        ctx.wait(_PAUSE)
    yield False


def sources(ctx: Context, copies: Copies) -> Mapping[str, Source]:
    """Return what the plan is made from once `copies.changed` is taken in."""
    if ctx.settings.store_file is not None:
        return copies.own
    planned = ctx.store.sources()
    kept = {path: source for path, source in planned.items() if path in copies.behind}
    return {path: own for path, own in copies.own.items() if path not in copies.behind} | kept


def problems(copies: Copies) -> Iterator[Problem]:
    """Return a problem for each file that another machine planned from another copy."""
    for path in sorted(copies.behind):
        yield Problem(
            code="other-copy",
            message="another machine planned from another copy of this file; its plan stands",
            fix="bring the files of both together (git pull), or, if those here are right, type "
            "cmctl store adopt",
            place=Place(path),
        )


def fingerprint_here(ctx: Context) -> str:
    """Return what tells the files of this machine from those of others; empty: it is alone."""
    if ctx.settings.store_file is not None:
        return ""
    return fingerprint(_digests(_remembered(ctx).own))


def _others(ctx: Context) -> bool:
    return any(one.name != ctx.worker for one in working(ctx.store, ctx.now(), ctx.alive))


def _stamps(files: Mapping[str, Source]) -> Digests:
    return {path: f"{one.size} {one.mtime_ns}" for path, one in files.items()}


def _digests(files: Mapping[str, Source]) -> Digests:
    return {path: one.sha256 for path, one in files.items()}


def _read(ctx: Context, path: str, stamp: FileStamp, known: Mapping[str, Source]) -> Source:
    before = known.get(path)
    if before is not None and before[:2] == stamp[:2]:
        return before
    found = read_file(ctx.settings.root, path)
    # What cannot be read is another thing than any file, and the same on every machine.
    return Source(stamp.size, stamp.mtime_ns, found.stamp.sha256 or "unreadable")


def _remembered(ctx: Context) -> _Known:
    with suppress(OSError, ValueError, TypeError, KeyError):
        found = json.loads(_path(ctx).read_text(encoding="utf-8"))
        own = {path: Source(*stamp) for path, stamp in found["own"].items()}
        return _Known(own, found["agreed"])
    return _Known({}, None)


def _remember(
    ctx: Context, known: _Known, own: Mapping[str, Source], agreed: Mapping[str, str | None]
) -> None:
    """Keep what was seen; a disk that refuses only costs another look."""
    if agreed or known.agreed is not None:
        kept = {**(known.agreed or {}), **agreed}
        now = _Known(own, {path: digest for path, digest in kept.items() if digest is not None})
    else:
        now = _Known(own, None)
    if now == known:
        return
    path = _path(ctx)
    part = path.with_name(f".{os.getpid()}-{path.name}.part")
    with suppress(OSError):
        make_private(path.parent)
        part.write_text(json.dumps(now._asdict()), encoding="utf-8")
        part.replace(path)


def _path(ctx: Context) -> Path:
    return ctx.settings.home / f"{ctx.settings.config}.files"
