"""Whether a program printed what a page says: the same, but for what time and chance make of it."""

import re

_DAY = (
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
)
_UNIT = r"\d+ (?:s|min|h|d)(?: \d+)?(?: h)?"
#: What differs from run to run, and what stands for it.
_VARYING = (
    # The folder of a test is in /tmp, that of a reader seldom.
    (r"the unit cannot see .*\n", ""),
    (rf"{_DAY}(?: \d{{4}})?", "DAY"),
    (r"\b\d\d:\d\d(?::\d\d)?\b", "TIME"),
    (r"\b(?:CET|CEST|UTC)\b", "ZONE"),
    (rf"\bin {_UNIT}\b|\b{_UNIT} (?:ago|before|after)\b|\bnow\b", "SPAN"),
    (r"\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:\d\d))?", "DATE"),
    # A text of the day that is spoken of needs no day: before nine, `tomorrow 9:00` is today.
    (r"\bpost of (?:DAY )?TIME(?: ZONE)?", "post of TIME"),
    (r"127\.0\.0\.1:\d+", "HOST"),
    (r"[─━═╌┄-]{2,}", "--"),
    (r"[ \t]+", " "),
)

_NEWLINE = re.escape("\n")


def alike(said: str, printed: str) -> bool:
    """Tell whether `printed` is what a page said.

    `...` in it stands for anything; on a line of its own, for any lines or none.
    """
    pattern = re.escape(f"\n{_settled(said)}\n")
    pattern = pattern.replace(rf"{_NEWLINE}\.\.\.{_NEWLINE}", r"\n(?:.*\n)?").replace(
        r"\.\.\.", ".*?"
    )
    return re.fullmatch(pattern, f"\n{_settled(printed)}\n", re.DOTALL) is not None


def _settled(text: str) -> str:
    for pattern, word in _VARYING:
        text = re.sub(pattern, word, text)
    return "\n".join(line.strip() for line in text.strip().splitlines())
