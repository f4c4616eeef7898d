"""Say in words what a comparison found: every sentence is read off the comparison itself."""

from collections.abc import Iterable

from cmctl.core.guard.compare import Comparison, Difference
from cmctl.core.guard.dates import WEEKEND, Day
from cmctl.core.guard.prepare import Prepared

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_NEAR = {-2: "two days before", -1: "yesterday", 0: "today", 1: "tomorrow", 2: "in two days"}
_SHOWN = 6


def reasons(ours: Prepared, theirs: Prepared, found: Comparison) -> tuple[str, ...]:
    """Return sentences on what agrees, what differs, and what only one text says."""
    lines = [*_agreements(ours, theirs, found), *map(_difference, found.differences)]
    words = sorted(ours.written[s] for s in found.only_ours if s in ours.written)
    others = sorted(theirs.written[s] for s in found.only_theirs if s in theirs.written)
    if words:
        lines.append(f"only in yours: {_listed(words)}")
    if others:
        lines.append(f"only in theirs: {_listed(others)}")
    return tuple(lines)


def _agreements(ours: Prepared, theirs: Prepared, found: Comparison) -> Iterable[str]:
    if ours.plain.text == theirs.plain.text:
        yield "the same text"
        return
    names = sorted((ours.names | theirs.names) & found.shared)
    if names:
        written = [ours.written.get(n) or theirs.written[n] for n in names]
        yield f"same names: {_listed(w.capitalize() for w in written)}"
    for label, mine, other in (
        ("prices", ours.facts.prices, theirs.facts.prices),
        ("percentages", ours.facts.percents, theirs.facts.percents),
        ("numbers", ours.facts.numbers, theirs.facts.numbers),
    ):
        if both := sorted(mine & other):
            yield f"same {label}: {_listed(shown_value(label[:-1], v) for v in both)}"
    days = [d for d in ours.facts.days if d in theirs.facts.days and d.offset is None]
    if days:
        yield f"same dates: {_listed(map(shown_day, days))}"
    if both_times := sorted(ours.facts.times & theirs.facts.times):
        yield f"same times: {_listed(shown_value('time', t) for t in both_times)}"
    words = sorted(ours.written[s] for s in found.shared if s in ours.written and s not in names)
    if words:
        yield f"same words: {_listed(words)}"


def _difference(difference: Difference) -> str:
    ours = _listed(shown_value(difference.kind, v) for v in difference.ours)
    theirs = _listed(shown_value(difference.kind, v) for v in difference.theirs)
    return f"different {difference.kind}: {ours} and {theirs}"


def shown_value(kind: str, value: object) -> str:
    """Return one value as a French reader writes it."""
    if isinstance(value, Day):
        return shown_day(value)
    if isinstance(value, str):
        return value.capitalize()
    if not isinstance(value, int | float):
        return str(value)
    if kind == "time":
        return f"{int(value) // 60} h {int(value) % 60:02d}".removesuffix(" 00")
    figure = f"{value:g}" if value == int(value) else f"{value:.2f}".replace(".", ",")
    units = {"price": f"{figure} €", "percentage": f"{figure} %", "countdown": f"J-{figure}"}
    return units.get(kind, figure)


def shown_day(day: Day) -> str:
    """Return a day as it was written: `Thursday 19`, `1 December`, `tomorrow`."""
    if day.offset is not None:
        return _NEAR[day.offset]
    weekday = ""
    if day.weekday is not None:
        weekday = "the weekend" if day.weekday == WEEKEND else _WEEKDAYS[day.weekday]
    month = "" if day.month is None else _MONTHS[day.month]
    return " ".join(p for p in (weekday, str(day.day or ""), month) if p)


def _listed(things: Iterable[str]) -> str:
    items = list(things)
    return ", ".join(items[:_SHOWN]) + (f" and {len(items) - _SHOWN} more" * (len(items) > _SHOWN))
