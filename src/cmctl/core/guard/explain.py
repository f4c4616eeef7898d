"""Say in words what a comparison found: every sentence is read off the comparison itself."""

from collections.abc import Iterable, Iterator, Sequence

from cmctl.core.guard.called import called
from cmctl.core.guard.compare import Agreement, Comparison
from cmctl.core.guard.dates import MONTH, WEEK, WEEKEND, Day
from cmctl.core.guard.normalise import fold
from cmctl.core.guard.prepare import Prepared

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_NEAR = {-2: "two days before", -1: "yesterday", 0: "today", 1: "tomorrow", 2: "in two days"}
_SPANS = {WEEKEND: "weekend", WEEK: "week", MONTH: "month"}
_TURNS = {-1: "last ", 0: "this ", 1: "next "}
#: What is said of two texts that speak of one thing in opposite states.
_STATES = {
    "open": ("open", "closed"),
    "running": ("works", "out of order"),
    "available": ("available", "none left"),
    "happens": ("takes place", "called off"),
    "found": ("found", "lost"),
    "filled": ("found", "looked for"),
}
_ORDER = (
    "name",
    "title",
    "date",
    "time",
    "price",
    "percentage",
    "edition",
    "version",
    "code",
    "countdown",
    "result",
    "number",
)
#: In the order in which they are told.
FACTS = (*_ORDER, "link", "contact")
_PLURALS = {"countdown": "countdowns", "percentage": "percentages"}
_SHOWN = 6


def reasons(ours: Prepared, theirs: Prepared, found: Comparison) -> tuple[str, ...]:
    """Return sentences on what agrees, what differs, and what only one text says."""
    if ours.text == theirs.text:
        return ("the same text",)
    facts = [found.facts[kind] for kind in FACTS if kind in found.facts]
    return (
        *_agreements(facts, ours, theirs),
        *(_different(fact, ours, theirs) for fact in facts if fact.differs),
        *_opposites(ours, theirs),
        *_shared_words(ours, theirs, found),
        *_only(ours, theirs, found),
    )


def _agreements(facts: Iterable[Agreement], ours: Prepared, theirs: Prepared) -> Iterator[str]:
    """Say what agrees, each figure once: under the first kind that has it."""
    told: set[object] = set()
    for fact in facts:
        new = [value for value in fact.both if value not in told]
        told.update(new)
        if new:
            values = shown(fact.kind, new, ours, theirs)
            yield f"same {_named(fact.kind, len(values))}: {_listed(values)}"


def _different(fact: Agreement, ours: Prepared, theirs: Prepared) -> str:
    mine, other = shown(fact.kind, fact.ours, ours), shown(fact.kind, fact.theirs, theirs)
    named = _named(fact.kind, len(mine))
    return f"different {named}: {_listed(mine)} (yours) and {_listed(other)} (theirs)"


def _named(kind: str, count: int) -> str:
    return kind if count == 1 else _PLURALS.get(kind, f"{kind}s")


def _opposites(ours: Prepared, theirs: Prepared) -> Iterator[str]:
    for mine, other in opposites(ours, theirs):
        yield f"yours says {mine}, theirs {other}"


def opposites(ours: Prepared, theirs: Prepared) -> Iterator[tuple[str, str]]:
    """Yield in which opposite states two texts speak of one thing, ours first."""
    for axis, (yes, no) in _STATES.items():
        mine, other = ours.states.get(axis, 0), theirs.states.get(axis, 0)
        if mine * other < 0:
            yield (yes, no) if mine > 0 else (no, yes)


def _shared_words(ours: Prepared, theirs: Prepared, found: Comparison) -> Iterator[str]:
    names = ours.names | theirs.names
    words = [w for w in dict.fromkeys(ours.concepts) if w in found.shared and w not in names]
    if words:
        yield f"words in both: {_listed(_both_ways(w, ours, theirs) for w in words)}"


def _both_ways(word: str, ours: Prepared, theirs: Prepared) -> str:
    """Return a word as we wrote it, and as they did where that is not a form of it."""
    mine, other = ours.written[word], theirs.written.get(word, "")
    alike = not other or fold(mine).lower()[:4] == fold(other).lower()[:4]
    return mine.lower() if alike else f"{mine.lower()} = {other.lower()}"


def _only(ours: Prepared, theirs: Prepared, found: Comparison) -> Iterator[str]:
    facts = [
        f
        for f in found.facts.values()
        if f.kind not in ("name", "title", "moment") and not f.differs
    ]
    mine = _alone(ours, found.only_ours, [(f.kind, f.ours) for f in facts])
    other = _alone(theirs, found.only_theirs, [(f.kind, f.theirs) for f in facts])
    differs = any(f.differs for f in found.facts.values())
    if not mine and not other and not differs:
        yield "neither says anything that the other lacks"
    elif not other and not differs:
        yield "their text says nothing that yours lacks"
    elif not mine and not differs:
        yield "your text says nothing that theirs lacks"
    if mine:
        yield f"only in yours: {_listed(mine)}"
    if other:
        yield f"only in theirs: {_listed(other)}"


def _alone(
    text: Prepared, left: frozenset[str], facts: Iterable[tuple[str, tuple[object, ...]]]
) -> list[str]:
    """Return the words and figures that only one text has, in its own order."""
    words = [text.written[w].lower() for w in dict.fromkeys(text.concepts) if w in left]
    return words + [one for kind, values in facts for one in shown(kind, values, text)]


def shown(kind: str, values: Sequence[object], *texts: Prepared) -> list[str]:
    """Return values as a French reader writes them, names as the texts do."""
    if kind in ("name", "title"):
        return called([str(value) for value in values], *texts)
    return [_shown(kind, value) for value in values]


def _shown(kind: str, value: object) -> str:
    """Return one value: `12,50 €`, `19 h 30`, `J-7`, `78 - 72`."""
    if isinstance(value, Day):
        return shown_day(value)
    if isinstance(value, tuple):
        return " - ".join(f"{part:g}" for part in value)
    if not isinstance(value, int | float):
        return str(value)
    if kind == "time":
        return f"{int(value) // 60} h {int(value) % 60:02d}".removesuffix(" 00")
    figure = f"{value:.0f}" if value == int(value) else f"{value:.2f}".replace(".", ",")
    units = {"price": f"{figure} €", "percentage": f"{figure} %", "countdown": f"J-{figure}"}
    return units.get(kind, figure)


def shown_day(day: Day) -> str:
    """Return a day as far as the text tells it: `Thursday 19`, `tomorrow (said on 3 November)`."""
    if day.said is None:
        return _bare_day(day)
    return f"{_bare_day(day)} (said on {day.said.day} {_MONTHS[day.said.month - 1]})"


def _bare_day(day: Day) -> str:
    if day.offset is not None:
        return _NEAR.get(day.offset) or (
            f"in {day.offset} days" if day.offset > 0 else f"{-day.offset} days before"
        )
    weekday = ""
    if day.weekday is not None:
        span = _SPANS.get(day.weekday)
        turn = _TURNS[day.turn or 0] if span or day.turn is not None else ""
        weekday = f"{turn}{span or _WEEKDAYS[day.weekday]}"
    month = "" if day.month is None else _MONTHS[day.month]
    return " ".join(p for p in (weekday, str(day.day or ""), month) if p)


def _listed(things: Iterable[str]) -> str:
    items = list(things)
    more = f" and {len(items) - _SHOWN} more" if len(items) > _SHOWN else ""
    return ", ".join(items[:_SHOWN]) + more
