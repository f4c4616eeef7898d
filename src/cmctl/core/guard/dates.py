"""Days as people write them in French and English: dates, weekdays, tomorrow, next week."""

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import NamedTuple

_MONTHS = (
    "janvier|janv|january|jan", "fevrier|fevr|fev|february|feb", "mars|march",
    "avril|avr|april|apr", "mai|may", "juin|june|jun", "juillet|juil|july|jul",
    "aout|august|aug", "septembre|september|sept|sep", "octobre|october|oct",
    "novembre|november|nov", "decembre|december|dec",
)  # fmt: skip
_WEEKDAYS = (
    "lundis?|mondays?", "mardis?|tuesdays?|tues", "mercredis?|wednesdays?|weds",
    "jeudis?|thursdays?|thurs",
    "vendredis?|fridays?", "samedis?|saturdays?", "dimanches?|sundays?",
)  # fmt: skip
_SHORT_WEEKDAYS = (
    "lun|mon", "mar|tue", "mer|wed", "jeu|thur|thu", "ven|fri", "sam|sat", "dim|sun"
)  # fmt: skip
#: `Day.weekday` of "this weekend", "this week" and "this month".
WEEKEND, WEEK, MONTH = 7, 8, 9
_RELATIVE = {
    r"apres-demain|day after tomorrow": 2,
    r"avant-hier": -2,
    r"demain|tomorrow|tmrw|tmw": 1,
    r"hier|yesterday|last night": -1,
    r"aujourdhui|ajd|auj|today|ce matin|ce midi|cet (?:apres-midi|aprem)|ce soir|cette nuit|"
    r"tonight|tonite|this (?:morning|evening|afternoon)|a l'instant|right now": 0,
}
_MONTH = "|".join(_MONTHS)
_WEEKDAY = "|".join(_WEEKDAYS)
_SHORT = "|".join(_SHORT_WEEKDAYS)
_TH = r"(?:er|st|nd|rd|th)?"
_NOT_A_DAY = r"(?! ?(?:h\b|h\d|€|%|:|\d|am\b|pm\b|euros?\b|ans\b|kg\b|km\b|\.\d|,\d))"
_ON = rf"(?:(?P<w>{_WEEKDAY}|{_SHORT})\.?,? )?(?:le |the )?"
_RANGE = re.compile(
    # Not the minutes of `9 h 30, samedi 21 mars`.
    rf"\b(?<!\dh )(?<!\d h )(?<!\d[:.]){_ON}(?P<d>\d{{1,2}}){_TH}(?: of)?"
    rf"(?: (?:au|a|to|et|and|&|ou|or|-) | ?[-&/] ?|, )"
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
#: `le 24.12`, as the Swiss write it.
_DOTTED = re.compile(r"\b(?:le|du|au) (?P<d>[0-3]?\d)\.(?P<m>[01]\d)(?![\d.,]| ?[€%])")
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
    rf"(?P<all>\b(?:tous les|chaque|every|each|le|les|on) )?(?P<far>\b(?:next|last|past) )?"
    rf"\b(?P<w>{_WEEKDAY})\b(?: (?P<turn>prochains?|derniers?|passes?))?"
)
_SPANS = {
    WEEKEND: r"week[ -]?ends?|(?<=\bce )we",
    # Not what holds for every week: `tous les jours de la semaine`, `deux fois la semaine`.
    WEEK: r"(?<!jours de la )(?<!soirs de la )(?<!midis de la )(?<!fois la )semaine|week",
    MONTH: r"mois|month",
}
_SPAN_BEFORE = (
    r"\b(?:(?P<far>next|last|past|coming|following)|"
    r"(?P<near>cet?(?:te)?|this|d[eu](?: la)?|toute la|of the|all)|l[ae]|the) "
)
_SPAN_AFTER = (
    r"\b(?: (?P<turn>prochain|pro|suivant|dernier|passe|ecoule|precedent)e?s?\b|"
    r" (?P<coming>a venir|qui vient)\b)?(?! d[eu]s?\b| d'|[ -]?end)"
)
_SPAN = [
    (span, re.compile(rf"{_SPAN_BEFORE}(?:{words}){_SPAN_AFTER}")) for span, words in _SPANS.items()
]
_LAST = frozenset(("last", "past", "dernier", "derniers", "passe", "passes", "ecoule", "precedent"))
_IN_DAYS = re.compile(
    r"\b(?:(?:dans|in) (?P<n>\d{1,2}|une?|a|one) (?P<u>jour|day|semaine|week)s?\b|"
    r"il y a (?P<n2>\d{1,2}|une?) (?P<u2>jour|semaine)s?\b|"
    r"(?P<n3>\d{1,2}|a|one) (?P<u3>day|week)s? ago\b)"
)
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
_SPAN_WORDS = frozenset(
    ("week", "weeks", "weekend", "weekends", "we", "semaine", "semaines", "mois", "month")
)
_COUNT_WORDS = frozenset(("jour", "jours", "day", "days", "semaine", "semaines", "week", "weeks"))
_RELATIVE_WORDS = frozenset((
    "ajd", "apres", "aprem", "auj", "aujourdhui", "afternoon", "demain", "evening", "hier",
    "instant", "matin", "midi", "morning", "night", "now", "nuit", "soir", "tmrw", "tmw", "today",
    "tomorrow", "tonight", "tonite", "yesterday",
))  # fmt: skip


class Day(NamedTuple):
    """A day as far as the text tells it; what it does not tell is None."""

    #: Monday is 0; `WEEKEND`, `WEEK`, `MONTH`.
    weekday: int | None = None
    day: int | None = None
    month: int | None = None
    #: Days from the day of the post.
    offset: int | None = None
    #: Every week.
    recurring: bool = False
    #: 1: the next one, of a weekday or a span; -1: the last one; 0: this one.
    turn: int | None = None
    #: The day of the post, where what it says of a day depends on that.
    said: date | None = None


def take_days(text: str) -> tuple[list[Day], str]:
    """Return the days of a folded lower-case text, and the text with them blanked out."""
    found: list[Day] = []
    words = _WORD.findall(text)

    def keep(match: re.Match[str]) -> str:
        days = [d for d in _days_of(match.groupdict()) if _possible(d)]
        found.extend(days)
        return " \u00a7 " if days else match.group()

    if not _COUNT_WORDS.isdisjoint(words):
        text = _IN_DAYS.sub(lambda m: _counted(m, found), text)
    for pattern in _possible_patterns(text, words):
        text = pattern.sub(keep, text)
    if not _SPAN_WORDS.isdisjoint(words):
        found += [day for span, pattern in _SPAN for day in _spans(span, pattern, text)]
    if not _RELATIVE_WORDS.isdisjoint(words):
        found += [Day(offset=n) for pattern, n in _RELATIVES if pattern.search(text)]
    if not _WEEKDAY_WORDS.isdisjoint(words):
        text = _WEEKDAY_ONLY.sub(keep, text)
    if not _MONTH_WORDS.isdisjoint(words):
        text = _MONTH_ONLY.sub(keep, text)
    return list(dict.fromkeys(found)), text


def _counted(match: re.Match[str], found: list[Day]) -> str:
    """Note a day as it is counted from that of the post: `dans 3 jours`, `a week ago`."""
    groups = match.groupdict()
    number, unit = (next(groups[k] for k in (n, f"{n}2", f"{n}3") if groups.get(k)) for n in "nu")
    count = int(number) if number.isdigit() else 1
    if unit in ("semaine", "week"):
        count *= 7
    elif unit == "jour" and count in (8, 15):  # a week and two weeks, as the French count them
        count -= 1
    found.append(Day(offset=count if groups["n"] else -count))
    return " \u00a7 "


def _spans(span: int, pattern: re.Pattern[str], text: str) -> Iterator[Day]:
    for match in pattern.finditer(text):
        far, near, turn, coming = match.group("far", "near", "turn", "coming")
        if far or turn or coming:
            yield Day(weekday=span, turn=_turn(far or turn))
        elif near or span == WEEK:
            yield Day(weekday=span, turn=0)


def _turn(word: str | None) -> int:
    return -1 if word in _LAST else 1


def _possible_patterns(text: str, words: list[str]) -> Iterator[re.Pattern[str]]:
    """Yield those patterns of days in figures that can find something."""
    if not _DIGIT.search(text):
        return
    if "/" in text or "-" in text:
        yield _SLASHED
    if "." in text:
        yield _DOTTED
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
        if turn := groups.get("turn") or (groups.get("far") or "").strip():
            yield Day(weekday, turn=_turn(turn))
        else:
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
