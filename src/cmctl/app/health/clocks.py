"""Whether this machine's clock is right, by what servers say the time is."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from statistics import median

from cmctl.app.health.finding import Finding, fail, ok, warn
from cmctl.core.show import counted, duration

#: `Date` has whole seconds, and an answer takes some.
SLACK = timedelta(seconds=30)
#: Leases, grace and signatures are minutes.
WRONG = timedelta(minutes=2)
#: Zones differ by whole quarters of an hour.
_QUARTER = timedelta(minutes=15)


def against_servers(ahead: Mapping[str, timedelta], now: datetime) -> Finding:
    """Return what servers say of our clock; `ahead` is by how much each of theirs is.

    The middle one counts: one server may be wrong by itself.
    """
    shown = f"{now:%Y-%m-%d %H:%M:%S} UTC"
    if not ahead:
        return ok("clock", f"{shown}; no server was asked")
    off = timedelta(seconds=median(one.total_seconds() for one in ahead.values()))
    if abs(off) <= SLACK:
        return ok("clock", f"{shown}, as {counted(len(ahead), 'server')} say")
    way = "behind" if off > timedelta() else "ahead of"
    detail = f"{shown} is {duration(abs(off))} {way} what {counted(len(ahead), 'server')} say"
    if abs(off) < WRONG:
        return warn("clock", detail, _SET)
    zone = abs(off - round(off / _QUARTER) * _QUARTER) <= SLACK
    return fail("clock", detail, _LOCAL if zone else _SET)


_SET = "set the clock (timedatectl set-ntp true)"
_LOCAL = (
    "whole quarters of an hour: it keeps local time as if it were UTC"
    " (timedatectl set-local-rtc 0; timedatectl set-ntp true)"
)
