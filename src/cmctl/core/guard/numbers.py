"""Numbers as people write them: `11 800`, `54,000`, `12,50`, `10k`, `deux`, `twenty-one`."""

import re

_UNITS = {
    "zero": 0, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "sept": 7, "huit": 8, "neuf": 9,
    "dix": 10, "onze": 11, "douze": 12, "treize": 13, "quatorze": 14, "quinze": 15, "seize": 16,
    "vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60, "septante": 70,
    "huitante": 80, "octante": 80, "nonante": 90,
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15,
    "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30,
    "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_SCALES = {"cent": 100, "cents": 100, "hundred": 100, "mille": 1000, "thousand": 1000}
_GROUPS = {
    "dozen": 12, "dizaine": 10, "douzaine": 12, "quinzaine": 15, "vingtaine": 20, "trentaine": 30,
    "quarantaine": 40, "cinquantaine": 50, "soixantaine": 60, "centaine": 100,
}  # fmt: skip
_ORDINALS = {
    "deuxieme": 2, "troisieme": 3, "quatrieme": 4, "cinquieme": 5, "sixieme": 6, "septieme": 7,
    "huitieme": 8, "neuvieme": 9, "dixieme": 10, "onzieme": 11, "douzieme": 12, "treizieme": 13,
    "quatorzieme": 14, "quinzieme": 15, "seizieme": 16, "vingtieme": 20, "trentieme": 30,
    "cinquantieme": 50, "centieme": 100,
    "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
    "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15,
    "sixteenth": 16, "seventeenth": 17, "eighteenth": 18, "nineteenth": 19, "twentieth": 20,
    "thirtieth": 30, "fiftieth": 50,
}  # fmt: skip
_MORE = {"un", "une", "one"}
_ANY = sorted({*_UNITS, *_SCALES}, key=len, reverse=True)


def _spelled(words: list[str]) -> re.Pattern[str]:
    any_of = "|".join(words)
    return re.compile(rf"\b(?:{any_of})(?:(?:[ -]|-et-| et )(?:{any_of}|un|une|one)(?:s\b|\b))*\b")


_SPELLED = _spelled(_ANY)
#: In French, `four` is an oven.
_SPELLED_FRENCH = _spelled([word for word in _ANY if word != "four"])
_ORDINAL = re.compile(rf"\b(?:{'|'.join(_ORDINALS)})s?\b")
_GROUP = re.compile(rf"\b(?:{'|'.join(_GROUPS)})s?\b")
_NINE_OR_NEW = re.compile(r"\b(?:tout|toute|est|sont|a|remis|flambant|comme|et|l[ae]|du) neuf\b")

_LETTERS = re.compile(r"[^\W\d_]+")
#: Words of which one at least stands where a number, a group or an ordinal does.
_COUNTING = frozenset((
    "neuf", *_UNITS, *_SCALES, *_GROUPS, *_ORDINALS,
    *(f"{word}s" for word in (*_UNITS, *_SCALES, *_GROUPS, *_ORDINALS)),
))  # fmt: skip
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
_NO_DIGIT = re.compile(r"\D")

#: A number in digits, thousands parted by a blank, a point or a comma.
NUMBER = r"\d{1,3}(?:[ .,]\d{3}){1,4}(?!\d)|\d{1,12}(?!\d)(?:[.,]\d{1,2}(?!\d))?"


def spelled_to_digits(text: str, *, english: bool = True) -> str:
    """Replace number words of a folded lower-case text by digits; `un`, `une`, `one` stay."""
    if _COUNTING.isdisjoint(_LETTERS.findall(text)):
        return text
    text = _NINE_OR_NEW.sub(lambda m: m.group().replace("neuf", "nouveau"), text)
    text = _GROUP.sub(lambda m: str(_GROUPS[m.group().rstrip("s")]), text)
    text = _ORDINAL.sub(lambda m: f"{_ORDINALS[m.group().rstrip('s')]}e", text)
    return (_SPELLED if english else _SPELLED_FRENCH).sub(lambda m: _digits(m.group()), text)


def _digits(spelled: str) -> str:
    """Return one number, or several where the words do not add up to one (`cinq six`)."""
    done: list[int] = []
    thousands = part = last = 0
    for word in re.split(r"[ -]", spelled):
        if word in ("et", ""):
            continue
        if word in _SCALES:
            scale = _SCALES[word]
            thousands += max(part, 1) * scale if scale == 1000 else 0
            part, last = (0, 1000) if scale == 1000 else (max(part, 1) * 100, 100)
            continue
        value = 1 if word in _MORE else _UNITS[word if word in _UNITS else word.rstrip("s")]
        if part == 4 and value == 20:
            part, last = 80, 20
        elif not last or _goes_on(last, value):
            part, last = part + value, value
        else:
            done.append(thousands + part)
            thousands, part, last = 0, value, value
    return " ".join(str(n) for n in [*done, thousands + part])


def _goes_on(last: int, value: int) -> bool:
    """Tell whether `value` after `last` belongs to the same number: `vingt deux`, `dix-sept`."""
    return value < last and (last >= 20 or (last == 10 and value >= 7))


def value_of(digits: str) -> float:
    """Return the number that digits with French or English separators mean."""
    squeezed = digits.replace(" ", "")
    if _GROUPED.fullmatch(squeezed):
        return float(_NO_DIGIT.sub("", squeezed))
    return float(squeezed.replace(",", "."))
