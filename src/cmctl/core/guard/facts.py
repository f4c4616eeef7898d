"""The facts of a text that must agree where two texts tell the same news."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from cmctl.core.guard.dates import Day, take_days
from cmctl.core.guard.normalise import lean
from cmctl.core.guard.numbers import NUMBER, spelled_to_digits, value_of

_PRICE = re.compile(
    rf"(?P<a>{NUMBER}) ?(?:(?P<k>k|m|mille|millions?) ?(?:d'|de )?)?"
    r"(?:€|euros?\b|eur\b|balles\b|\$|£|dollars?\b|pounds?\b|quid\b|bucks\b|e(?=\d\d\b))"
    r"(?P<c>\d\d\b)?|"
    rf"[€$£] ?(?P<b>{NUMBER})(?: ?(?P<k2>k|m|million)\b)?"
)
_PERCENT = re.compile(rf"(?P<a>{NUMBER}) ?(?:%|pour ?(?:cent|100)\b|percent\b|per cent\b)")
_CLOCK = r"(?:\d{1,2}(?:[.:][0-5]\d)? ?[ap]\.?m\b\.?|\d{1,2} ?[h:] ?[0-5]\d|\d{1,2} ?h(?! ?\d\d))"
_TIME_RANGE = re.compile(r"\b(\d{1,2}) ?(?:-|a|to) ?(?=\d{1,2} ?(?:h\b|h ?\d|am\b|pm\b))")
_TIME = re.compile(rf"(?<![\d.,]){_CLOCK}(?![\w])")
_NOON = re.compile(
    r"\b(?:(?:a|des|jusqu'a|vers|de|at|until|from|till|to|by|le) (midi)|(noon)|(minuit|midnight))\b"
)
#: `18 heures 30`, and `à 18 heures`, which is no duration.
_HOURS = re.compile(
    r"\b(?:(?<=\ba )|(?<=\bdes )|(?<=\bde )|(?<=\bvers )|(?<=\bjusqu'a )|(?<=\bet )|(?<=\bpour ))"
    r"(\d{1,2}) heures?\b(?! d[eu']| par)(?: (\d\d)\b)?|\b(\d{1,2}) heures? (\d\d)\b"
)
_O_CLOCK = re.compile(r"\b(?:(half|quarter) (past|to) )?(\d{1,2})(?: ?o'clock\b)?")
_RANK = re.compile(r"\b(\d+)(?:e|eme|ere|er|re|st|nd|rd|th)\b")
_RESULT = re.compile(
    r"(?<![\w.,/-])(\d{1,3}) ?(?:-|a|to) ?(\d{1,3})"
    r"(?![\w%€/]|[.,]\d| ?(?:ans|years|h\b|euros|m\b|kg))"
)
_VERSION = re.compile(r"\bv?(\d{1,3}(?:\.\d{1,3}){2,3})\b(?!\d)")
#: `3a096533`: letters and digits in turn, and not `10h30a12h30` or `12x100cl`.
_CODE = re.compile(r"(?<!\w)(?=[a-z]*\d+[a-z]+\d|[a-z]+\d+[a-z])[a-z\d]{8,}(?!\w)")
_MEASURED = re.compile(
    r"(?:\d+(?:h|x|e|k?m|min|k?g|[cm]?l|[cm]m|s|j|ans)|\d{1,4}(?:h\d*)?a)+\d{0,4}"
)
_COUNTDOWN = re.compile(r"\bj ?- ?(\d+)\b")
_SCALED = re.compile(rf"(?<![\w.,])(?P<a>{NUMBER}) ?(?P<k>k|m|mille|million|millions|milliards?)\b")
_NUMBER = re.compile(rf"(?<![\w.,])(?P<a>{NUMBER})")
_SCALE = {"k": 1e3, "mille": 1e3, "m": 1e6, "million": 1e6, "millions": 1e6}
_MOMENTS = {
    "morning": r"ce matin|this morning|matin|morning",
    "noon": r"ce midi|lunch",
    "afternoon": r"apres-midi|aprem|afternoon",
    "evening": r"ce soir|soir|soiree|tonight|evening",
}
_MOMENT = [(name, re.compile(rf"\b(?:{words})\b")) for name, words in _MOMENTS.items()]
_SEPT = re.compile(r"(\d(?:er)?) sept\b\.?")
_WORD = re.compile(r"[^\W\d_]+")
_DIGIT = re.compile(r"\d")
_DIGITS = re.compile(r"\d+")
# What stands at least where the patterns find something; most sentences have none of it.
_HALF_PAST = re.compile(r"\b(\d{1,2}) ?(?:h|heures?) et (?:(demie?)|(quart))\b")
_MOMENT_WORDS = frozenset(
    [
        "matin",
        "morning",
        "midi",
        "lunch",
        "aprem",
        "afternoon",
        "soir",
        "soiree",
        "tonight",
        "evening",
    ]
)
_NOON_WORDS = frozenset(("midi", "noon", "minuit", "midnight"))
_PERCENT_SIGN = re.compile(r"%|p(?:our|er)")
_PRICE_SIGN = re.compile(r"[€$£]|\de\d\d|eur|balles|dollar|pound|quid|bucks")
_CLOCK_SIGN = re.compile(r"\d ?[h:.ap]")
_SCALE_WORDS = frozenset(["k", "m", "mille", "million", "millions", "milliard", "milliards"])
_RANK_WORDS = frozenset(["e", "eme", "ere", "er", "re", "st", "nd", "rd", "th"])

_SETS = (
    "prices",
    "percents",
    "times",
    "ranks",
    "countdowns",
    "results",
    "versions",
    "codes",
    "numbers",
    "moments",
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a text says in figures."""

    #: In the text's own currency.
    prices: frozenset[float] = frozenset()
    percents: frozenset[float] = frozenset()
    #: Minutes from midnight.
    times: frozenset[int] = frozenset()
    days: tuple[Day, ...] = ()
    #: `13e édition`, `2nd`.
    ranks: frozenset[float] = frozenset()
    #: `J-7`.
    countdowns: frozenset[float] = frozenset()
    #: `78 - 72`, the smaller one first: results of matches, and spans such as `18-25`.
    results: frozenset[tuple[float, float]] = frozenset()
    #: `2.0.1`.
    versions: frozenset[str] = frozenset()
    #: `3a096533`, of orders, lots, vouchers; the letter of `group B`.
    codes: frozenset[str] = frozenset()
    #: Whatever number is none of these.
    numbers: frozenset[float] = frozenset()
    #: Parts of the day: `morning`, `noon`, `afternoon`, `evening`.
    moments: frozenset[str] = frozenset()

    #: Every figure, whatever it counts: one text's `4` can be the other's `16:00`.
    values: frozenset[float] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        hours = {h for minutes in self.times for h in readings(minutes)}
        days = {float(d.day) for d in self.days if d.day is not None}
        groups = self.prices | self.percents | self.ranks | self.countdowns | self.numbers
        object.__setattr__(self, "values", lean(frozenset(groups | hours | days)))

    @classmethod
    def together(cls, parts: Sequence["Facts"]) -> "Facts":
        """Return what several sentences say as one."""
        parts = [part for part in parts if part is not NONE]
        if len(parts) < 2:
            return parts[0] if parts else NONE
        sets = {
            name: lean(frozenset().union(*[getattr(part, name) for part in parts]))
            for name in _SETS
        }
        return cls(**sets, days=tuple(dict.fromkeys(d for part in parts for d in part.days)))

    def __bool__(self) -> bool:
        return bool(self.values or self.days or self.moments)


NONE = Facts()
_NOTHING: frozenset[Any] = lean(frozenset())


def readings(minutes: int) -> frozenset[float]:
    """Return the bare numbers that can stand for a time of day: `8.3` and `20.3` for 20:30."""
    hour, rest = divmod(minutes, 60)
    return frozenset((hour + rest / 100, (hour - 12 if hour > 12 else hour) + rest / 100))


def facts_of(text: str, *, english: bool = True) -> tuple[Facts, str]:
    """Return the facts of a folded lower-case text, and the text with figures blanked out.

    A code is a fact, and a word of the text as well.
    """
    text = _SEPT.sub(r"\1 septembre", text.replace("aujourd'hui", "aujourdhui"))
    text = spelled_to_digits(text, english=english)
    words = _WORD.findall(text)
    moments = _NOTHING if _MOMENT_WORDS.isdisjoint(words) else _moments(text)
    if not _DIGIT.search(text) and _NOON_WORDS.isdisjoint(words):
        days, text = take_days(text)
        return (Facts(days=tuple(days), moments=moments) if days or moments else NONE), text
    codes = [code for code in _CODE.findall(text) if not _MEASURED.fullmatch(code)]
    for code in codes:
        text = text.replace(code, " \u00a7 ")
    versions = lean(frozenset(_VERSION.findall(text)))
    text = _VERSION.sub(" \u00a7 ", text) if versions else text
    prices, text = _take(_PRICE, text, _PRICE_SIGN.search(text))
    percents, text = _take(_PERCENT, text, _PERCENT_SIGN.search(text))
    days, text = take_days(text)
    countdowns, text = _take(_COUNTDOWN, text, "j" in words)
    times, text = _take_times(text, words)
    results = lean(frozenset(_in_order(float(m[1]), float(m[2])) for m in _RESULT.finditer(text)))
    scaled, text = _take(_SCALED, text, not _SCALE_WORDS.isdisjoint(words))
    ranks, text = _take(_RANK, text, not _RANK_WORDS.isdisjoint(words))
    numbers, text = _take(_NUMBER, text, _DIGIT.search(text))
    return (
        Facts(
            prices=prices, percents=percents, times=times, days=tuple(days), ranks=ranks,
            countdowns=countdowns, results=results, versions=versions, codes=lean(frozenset(codes)),
            numbers=lean(numbers | scaled), moments=moments,
        ),
        " ".join((text, *codes)),
    )  # fmt: skip


def _in_order(a: float, b: float) -> tuple[float, float]:
    return (a, b) if a <= b else (b, a)


def _moments(text: str) -> frozenset[str]:
    return lean(frozenset(name for name, pattern in _MOMENT if pattern.search(text)))


def _take(pattern: re.Pattern[str], text: str, possible: object) -> tuple[frozenset[float], str]:
    """Return the values that `pattern` finds where it can, and the text with them blanked out."""
    if not possible:
        return _NOTHING, text
    found: set[float] = set()

    def keep(match: re.Match[str]) -> str:
        found.add(_value(match))
        return " \u00a7 "

    text = pattern.sub(keep, text)
    return lean(frozenset(found)), text


def _value(match: re.Match[str]) -> float:
    groups = match.groupdict()
    value = value_of(groups.get("a") or groups.get("b") or match.group(1))
    if groups.get("c"):
        value += int(groups["c"]) / 100
    return value * _SCALE.get(groups.get("k") or groups.get("k2") or "", 1)


def _take_times(text: str, words: Sequence[str]) -> tuple[frozenset[int], str]:
    times: set[int] = set()
    text = _with_clock(text, words)
    if not _CLOCK_SIGN.search(text) and _NOON_WORDS.isdisjoint(words):
        return _NOTHING, text

    def keep(match: re.Match[str]) -> str:
        minutes = minutes_of(match.group())
        if minutes is None:
            return match.group()
        times.add(minutes)
        return " \u00a7 "

    text = _TIME_RANGE.sub(_with_unit, text)
    text = _NOON.sub(lambda m: " 0h " if m[3] else " 12h ", text)
    text = _TIME.sub(keep, text)
    return lean(frozenset(times)), text


def _with_clock(text: str, words: Sequence[str]) -> str:
    """Write times in words in figures: `à 18 heures 30`, `half past 6`, `7 o'clock`."""
    if "demi" in words or "demie" in words or "quart" in words:
        text = _HALF_PAST.sub(lambda m: f"{m[1]}h{30 if m[2] else 15}", text)
    if "heures" in words or "heure" in words:
        text = _HOURS.sub(lambda m: f"{m[1] or m[3]}h{m[2] or m[4] or ''}", text)
    if "half" in words or "quarter" in words or "clock" in words:
        text = _O_CLOCK.sub(_as_clock, text)
    return text


def _as_clock(match: re.Match[str]) -> str:
    part, side, hour = match[1], match[2], int(match[3])
    if not part:
        return f"{hour}h" if match.group().endswith("clock") else match.group()
    minutes = (30 if part == "half" else 15) * (1 if side == "past" else -1)
    return f"{hour - (minutes < 0)}:{minutes % 60:02d}"


def _with_unit(match: re.Match[str]) -> str:
    """Give the first half of `9-17h` and `9-5pm` a unit of its own."""
    rest = match.string[match.end() : match.end() + 8]
    unit = "h" if "h" in rest else "am" if int(match[1]) >= 7 else "pm"
    return f"{match[1]}{unit} - "


def minutes_of(clock: str) -> int | None:
    """Return minutes from midnight; None where it is no time of day (`39h` a week)."""
    figures = [int(n) for n in _DIGITS.findall(clock)]
    hour, minute = figures[0], figures[1] if len(figures) > 1 else 0
    if "p" in clock and hour < 12:
        hour += 12
    return hour * 60 + minute if hour <= 24 and minute < 60 else None
