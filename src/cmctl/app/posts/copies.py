"""Which of this machine's files the plan may be made from, where other machines have copies too.

An SQLite store belongs to one machine, whose files are the plan. In front of a database there may
be several, and one that has an older copy must not drop what a newer one planned; see
`core/copies.py` for the rule. What this machine last agreed on stands in a file beside its journal,
and in another what it set out to plan from: it may die before it writes down that it did, and the
file may be another one by then.
"""

import json
import os
from collections.abc import Collection, Iterator, Mapping
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
#: What cannot be read is another thing than any file, and the same on every machine.
_UNREADABLE = "unreadable"
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
    ours = {path: one for path, one in _proposed(ctx).items() if there.get(path) == one}
    agreed = _merged(known.agreed, ours)
    if anyway or (agreed is None and not _others(ctx)):
        late: frozenset[str] = frozenset()
    else:
        late = behind(here, agreed or {}, there)
    apart = differing(here, there)
    paths = here.keys() | there.keys() | (agreed or {}).keys()
    same = {path: here.get(path) for path in paths - apart}  # None: both deleted it
    # Who never agreed with the plan does so first with all of it.
    agreed = _merged(agreed, {} if agreed is None and apart else same)
    if (now := _Known(own, agreed)) != known:
        _write(_path(ctx), now._asdict())
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


def sources(ctx: Context, copies: Copies, unread: Collection[str]) -> Mapping[str, Source]:
    """Return what the plan is made from once `copies.changed` is taken in.

    Those `unread` look like no file, so that they are looked at until they can be read.
    """
    own = {**copies.own, **{path: Source(0, 0, 0, _UNREADABLE) for path in unread}}
    if ctx.settings.store_file is not None:
        return own
    planned = ctx.store.sources()
    kept = {path: source for path, source in planned.items() if path in copies.behind}
    ours = {path: own.get(path) for path in (own.keys() | planned.keys()) - kept.keys()}
    _write(_proposal(ctx), {path: one and one.sha256 for path, one in ours.items()})
    return {path: one for path, one in ours.items() if one is not None} | kept


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
    return {path: f"{one.size} {one.mtime_ns} {one.ctime_ns}" for path, one in files.items()}


def _digests(files: Mapping[str, Source]) -> Digests:
    return {path: one.sha256 for path, one in files.items()}


def _read(ctx: Context, path: str, stamp: FileStamp, known: Mapping[str, Source]) -> Source:
    before = known.get(path)
    if before is not None and before[:3] == stamp[:3] and before.sha256 != _UNREADABLE:
        return before
    found = read_file(ctx.settings.root, path)
    return Source(*stamp[:3], found.stamp.sha256 or _UNREADABLE)


def _remembered(ctx: Context) -> _Known:
    with suppress(FileNotFoundError, PermissionError, ValueError, TypeError, KeyError):
        found = json.loads(_path(ctx).read_text(encoding="utf-8"))
        own = {path: Source(*stamp) for path, stamp in found["own"].items()}
        return _Known(own, found["agreed"])
    return _Known({}, None)


def _proposed(ctx: Context) -> Mapping[str, str | None]:
    """Return what this machine last set out to plan from; None: a file that it deleted."""
    with suppress(FileNotFoundError, PermissionError, ValueError, TypeError):
        return dict(json.loads(_proposal(ctx).read_text(encoding="utf-8")))
    return {}


def _merged(agreed: Digests | None, more: Mapping[str, str | None]) -> Digests | None:
    """Return what was agreed on with more of it; None: nothing ever was."""
    if agreed is None and not more:
        return None
    return {path: one for path, one in {**(agreed or {}), **more}.items() if one is not None}


def _write(path: Path, said: Mapping[str, object]) -> None:
    """Keep something; a disk that refuses only costs another look."""
    part = path.with_name(f".{os.getpid()}-{path.name}.part")
    with suppress(OSError):
        make_private(path.parent)
        part.write_text(json.dumps(said), encoding="utf-8")
        part.replace(path)


def _path(ctx: Context) -> Path:
    return ctx.settings.home / f"{ctx.settings.config}.files"


def _proposal(ctx: Context) -> Path:
    return ctx.settings.home / f"{ctx.settings.config}.proposed"
