"""Days as people write them in French and English, and whether two of them can be the same."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

_MONTHS = (
    "janvier|janv|january|jan", "fevrier|fevr|fev|february|feb", "mars|march",
    "avril|avr|april|apr", "mai|may", "juin|june|jun", "juillet|juil|july|jul",
    "aout|august|aug", "septembre|september|sept|sep", "octobre|october|oct",
    "novembre|november|nov", "decembre|december|dec",
)  # fmt: skip
_WEEKDAYS = (
    "lundis?|mondays?", "mardis?|tuesdays?", "mercredis?|wednesdays?", "jeudis?|thursdays?",
    "vendredis?|fridays?", "samedis?|saturdays?", "dimanches?|sundays?",
)  # fmt: skip
_SHORT_WEEKDAYS = (
    "lun|mon", "mar|tues|tue", "mer|wed", "jeu|thurs|thur|thu", "ven|fri", "sam|sat", "dim|sun"
)  # fmt: skip
#: `Day.weekday` of "this weekend"; Saturday and Sunday are both it.
WEEKEND = 7
_RELATIVE = {
    r"apres-demain|day after tomorrow": 2,
    r"avant-hier": -2,
    r"demain|tomorrow|tmrw|tmw": 1,
    r"hier|yesterday|last night": -1,
    r"aujourdhui|ajd|auj|today|ce matin|ce midi|cet (?:apres-midi|aprem)|ce soir|cette nuit|"
    r"tonight|this (?:morning|evening|afternoon)|a l'instant|right now": 0,
}
_MONTH = "|".join(_MONTHS)
_WEEKDAY = "|".join(_WEEKDAYS)
_SHORT = "|".join(_SHORT_WEEKDAYS)
_TH = r"(?:er|st|nd|rd|th)?"
_NOT_A_DAY = r"(?! ?(?:h\b|h\d|€|%|:|\d|am\b|pm\b|euros?\b|ans\b|kg\b|km\b|\.\d|,\d))"
_ON = rf"(?:(?P<w>{_WEEKDAY}|{_SHORT})\.?,? )?(?:le |the )?"
_RANGE = re.compile(
    rf"\b{_ON}(?P<d>\d{{1,2}}){_TH}(?: of)?(?: (?:au|a|to|et|and|&|ou|or|-) | ?[-&/] ?|, )"
    rf"(?:(?P<w2>{_WEEKDAY}|{_SHORT})\.? )?(?P<d2>\d{{1,2}}){_TH}(?: of)? (?P<m>{_MONTH})\b"
)
_DAY_MONTH = re.compile(rf"\b{_ON}(?P<d>\d{{1,2}}){_TH}(?: of)? (?P<m>{_MONTH})\b")
_MONTH_DAY = re.compile(
    rf"\b(?:(?P<w>{_WEEKDAY}|{_SHORT})\.?,? )?(?P<m>{_MONTH})\.? (?P<d>\d{{1,2}}){_TH}"
    rf"(?: ?(?:-|to|and) ?(?P<d2>\d{{1,2}}){_TH})?\b{_NOT_A_DAY}"
)
_SLASHED = re.compile(
    rf"(?:\b(?P<w>{_WEEKDAY}|{_SHORT})\.?,? )?"
    r"(?<![\d/])(?:(?P<y>20\d\d)-(?P<m2>\d\d)-(?P<d2>\d\d)|"
    r"(?P<d>[0-3]?\d)/(?P<m>[01]?\d)(?:/(?:20)?\d\d)?)(?![\d/])(?! ans)"
)
_WEEKDAY_DAY = re.compile(
    rf"\b(?P<w>{_WEEKDAY}|{_SHORT})\.? (?:the |le )?(?P<d>\d{{1,2}}){_TH}\b{_NOT_A_DAY}"
    rf"(?: (?:et|and|au|ou|&) (?:(?P<w2>{_WEEKDAY}) )?(?P<d2>\d{{1,2}})\b{_NOT_A_DAY})?"
)
_DAY_ONLY = re.compile(
    rf"\b(?:du (?P<d>\d{{1,2}}){_TH} au (?P<d2>\d{{1,2}})|le (?P<d3>\d{{1,2}})(?:er)?|"
    rf"the (?P<d4>\d{{1,2}})(?:st|nd|rd|th)|"
    rf"(?:jusqu'|(?:decal|report|repouss|deplac|avanc)\w{{1,4}} )au (?P<d5>\d{{1,2}}))"
    rf"\b{_NOT_A_DAY}(?! ?[a-z]{{4,}})"
)
_WEEKDAY_ONLY = re.compile(
    rf"(?P<all>\b(?:tous les|chaque|every|each|le|les|on) )?\b(?P<w>{_WEEKDAY})\b"
)
_WEEKEND = re.compile(r"\b(?:ce|this) week[ -]?end\b")
_MONTH_ONLY = re.compile(
    rf"\b(?P<m>{_MONTH.replace('|may', '').replace('mai', 'mai').replace('|march', '')})\b|"
    r"\b(?:in|of|end|by|from|since|until|next|last|early|late|this) (?P<m2>may|march)\b"
)
_RELATIVES = [(re.compile(rf"\b(?:{words})\b"), offset) for words, offset in _RELATIVE.items()]
_WORD = re.compile(r"[^\W\d_]+")
_DIGIT = re.compile(r"\d")
# Words of which one at least stands where the patterns find something.
_MONTH_WORDS = frozenset(_MONTH.split("|"))
_WEEKDAY_WORDS = frozenset(_WEEKDAY.replace("?", "").split("|")) | frozenset(
    _WEEKDAY.replace("s?", "").split("|")
)
_DATE_WORDS = (
    _MONTH_WORDS | _WEEKDAY_WORDS | frozenset(_SHORT.split("|")) | {"au", "du", "le", "the"}
)
_RELATIVE_WORDS = frozenset((
    "ajd", "apres", "aprem", "auj", "aujourdhui", "afternoon", "demain", "evening", "hier",
    "instant", "matin", "midi", "morning", "night", "now", "nuit", "soir", "tmrw", "tmw", "today",
    "tomorrow", "tonight", "week", "weekend", "yesterday",
))  # fmt: skip


class Day(NamedTuple):
    """A day as far as the text tells it; what it does not tell is None."""

    #: Monday is 0; `WEEKEND`.
    weekday: int | None = None
    day: int | None = None
    month: int | None = None
    #: Days from the day of the post.
    offset: int | None = None
    #: Every week.
    recurring: bool = False


def take_days(text: str) -> tuple[list[Day], str]:
    """Return the days of a folded lower-case text, and the text with them blanked out."""
    found: list[Day] = []
    words = _WORD.findall(text)

    def keep(match: re.Match[str]) -> str:
        days = [d for d in _days_of(match.groupdict()) if _possible(d)]
        found.extend(days)
        return " \u00a7 " if days else match.group()

    for pattern in _possible_patterns(text, words):
        text = pattern.sub(keep, text)
    if not _RELATIVE_WORDS.isdisjoint(words):
        found += [Day(offset=n) for pattern, n in _RELATIVES if pattern.search(text)]
        found += [Day(weekday=WEEKEND)] if _WEEKEND.search(text) else []
    if not _WEEKDAY_WORDS.isdisjoint(words):
        text = _WEEKDAY_ONLY.sub(keep, text)
    if not _MONTH_WORDS.isdisjoint(words):
        text = _MONTH_ONLY.sub(keep, text)
    return list(dict.fromkeys(found)), text


def _possible_patterns(text: str, words: list[str]) -> Iterator[re.Pattern[str]]:
    """Yield those patterns of days in figures that can find something."""
    if not _DIGIT.search(text):
        return
    if "/" in text or "-" in text:
        yield _SLASHED
    if not _MONTH_WORDS.isdisjoint(words):
        yield from (_RANGE, _DAY_MONTH, _MONTH_DAY)
    if not _DATE_WORDS.isdisjoint(words):
        yield from (_WEEKDAY_DAY, _DAY_ONLY)


def _days_of(groups: dict[str, str | None]) -> Iterator[Day]:
    month = _index(groups.get("m") or groups.get("m2"), _MONTHS)
    weekday = _index(groups.get("w"), _WEEKDAYS, _SHORT_WEEKDAYS)
    days = [groups.get(name) for name in ("d", "d2", "d3", "d4", "d5")]
    numbers = [int(d) for d in days if d]
    if groups.get("y"):
        yield Day(day=numbers[0], month=month)
        return
    if not numbers:
        every = groups.get("all") or ""
        plural = (groups.get("w") or "").endswith("s")
        yield Day(weekday, None, month, recurring=bool(every and (plural or every != "on ")))
        return
    yield Day(weekday, numbers[0], month)
    second = _index(groups.get("w2"), _WEEKDAYS, _SHORT_WEEKDAYS)
    for number in numbers[1:]:
        yield Day(second, number, month)


@lru_cache(maxsize=1024)
def _index(word: str | None, *tables: tuple[str, ...]) -> int | None:
    """Return the place of `word` in a table of alternatives; a number is a month."""
    if word is None:
        return None
    if word.isdigit():
        return int(word) - 1
    for table in tables:
        for index, alternatives in enumerate(table):
            if re.fullmatch(alternatives, word):
                return index
    return None


def _possible(day: Day) -> bool:
    return (day.day is None or 1 <= day.day <= 31) and (day.month is None or 0 <= day.month <= 11)


def may_be_same(a: Day, b: Day, posted_a: date | None, posted_b: date | None) -> bool:
    """Tell whether two days can be one; without the days of posting, by what is written."""
    if a == b and (a.offset is None or posted_a == posted_b):
        return True
    if posted_a is None or posted_b is None or a.recurring or b.recurring:
        return _fields_agree(a, b)
    meant_a, meant_b = _meant(a, posted_a), _meant(b, posted_b)
    if meant_a is None or meant_b is None:
        return _fields_agree(a, b)
    return not meant_a.isdisjoint(meant_b)


def _fields_agree(a: Day, b: Day) -> bool:
    if a.offset is not None and b.offset is not None:
        return a.offset == b.offset
    if WEEKEND in (a.weekday, b.weekday):
        other = b.weekday if a.weekday == WEEKEND else a.weekday
        return other in (None, 4, 5, 6, WEEKEND)
    pairs = ((a.weekday, b.weekday), (a.day, b.day), (a.month, b.month))
    return all(x is None or y is None or x == y for x, y in pairs)


def _meant(day: Day, posted: date) -> frozenset[date] | None:
    """Return the dates that `day` can mean in a post of that date; None: too many to say."""
    if day.offset is not None:
        return frozenset((posted + timedelta(days=day.offset),))
    around = [posted + timedelta(days=n) for n in range(-7, 8)]
    if day.weekday == WEEKEND:
        return frozenset(d for d in around[6:] if d.weekday() >= 5)
    if day.day is None:
        return (
            None
            if day.month is not None
            else frozenset(d for d in around if d.weekday() == day.weekday)
        )
    if day.month is not None:
        years = (posted.year - 1, posted.year, posted.year + 1)
        dates = [d for y in years if (d := _date(y, day.month + 1, day.day))]
    else:
        months = [(posted.year * 12 + posted.month - 1 + n) for n in (-1, 0, 1, 2)]
        dates = [d for m in months if (d := _date(m // 12, m % 12 + 1, day.day))]
        dates = [d for d in dates if day.weekday in (None, d.weekday())] or dates
        dates = [d for d in dates if d >= posted - timedelta(days=7)][:1]
    return frozenset(d for d in dates if abs((d - posted).days) <= 183)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
