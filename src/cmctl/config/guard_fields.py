"""The keys of `guard` in `config.yaml`."""

import re
from datetime import timedelta

from cmctl.config import durations
from cmctl.config.kinds import Choice, Flag, Kind, Text
from cmctl.config.records import Field, Record
from cmctl.config.wrong import Wrong, quoted
from cmctl.core.model import Decision
from cmctl.core.money import ONE_DOLLAR
from cmctl.core.settings import EVER, OnBlind, OnGone, OnMatch

_AMOUNT = r"\d{1,6}(?:\.\d{1,2})?"


def _parse_window(text: str) -> timedelta:
    if text.strip() == "ever":
        return EVER
    try:
        return min(durations.parse_duration(text), EVER)
    except Wrong as wrong:
        raise Wrong(wrong.message, "write it like 90s, 2h or 14d, or ever") from None


def _parse_count(text: str) -> int:
    if not re.fullmatch(r"\d{1,4}", text.strip(), re.ASCII):
        raise Wrong(f"{quoted(text)} is not a number of channels", "write it like 3; 0: no limit")
    return int(text)


def _parse_amount(text: str) -> int:
    if not re.fullmatch(_AMOUNT, text.strip(), re.ASCII):
        raise Wrong(f"{quoted(text)} is not an amount", "write US dollars like 5 or 2.50")
    return round(float(text) * ONE_DOLLAR)


def _parse_score(text: str) -> float:
    if not re.fullmatch(r"0?\.\d{1,4}|[01](\.0{1,4})?", text.strip(), re.ASCII):
        raise Wrong(f"{quoted(text)} is not a score", "write a number from 0 to 1, like 0.45")
    return float(text)


DURATION: Kind = Text(
    what="a duration",
    parse=durations.parse_duration,
    about={"pattern": f"^{durations.PATTERN}$", "examples": ["90s", "10m", "2h", "14d"]},
)
_WINDOW: Kind = Text(
    what="a duration",
    parse=_parse_window,
    about={"pattern": f"^(?:{durations.PATTERN}|ever)$", "examples": ["14d", "90d", "ever"]},
)
_SCORE: Kind = Text(
    what="a score",
    parse=_parse_score,
    about={
        "pattern": r"^(?:0?\.\d{1,4}|[01](?:\.0{1,4})?)$",
        "minimum": 0,
        "maximum": 1,
        "examples": [0.45],
    },
)
_MATCH = Choice(tuple(choice.value for choice in OnMatch))
_WORST = Choice(tuple(choice.value for choice in reversed(Decision)))

GUARD = Record(
    "guard",
    (
        Field("enabled", Flag(), "Whether the guard looks for repeated news at all."),
        Field("window", _WINDOW, "How far back and ahead the same news counts; ever: without end."),
        Field("on_block", _MATCH, "What to do with a post that tells the same news."),
        Field("on_flag", _MATCH, "What to do with a post that may tell the same news."),
        Field(
            "on_blind",
            Choice(tuple(choice.value for choice in OnBlind)),
            "What to do when the timeline cannot be read.",
        ),
        Field(
            "on_gone",
            Choice(tuple(choice.value for choice in OnGone)),
            "What to do with a held post when the text that it repeats was deleted or rewritten.",
        ),
        Field(
            "translations",
            _WORST,
            "The worst that is said of a text that stands there in another language.",
        ),
        Field(
            "teasers",
            _WORST,
            "The worst that is said of the full text of what was only announced before.",
        ),
        Field(
            "cooldown",
            DURATION,
            "How soon the same recurring or evergreen post may come again without a word.",
        ),
        Field("flag", _SCORE, "From which score, 0 to 1, a text may tell the same news."),
        Field("block", _SCORE, "From which score, 0 to 1, a text tells the same news."),
        Field(
            "community_limit",
            Text(
                what="a number of channels",
                parse=_parse_count,
                about={"pattern": r"^\d{1,4}$", "examples": [3]},
            ),
            "On so many channels of one network the same text may go out within a day; 0: on any.",
        ),
        Field(
            "budget",
            Text(
                what="an amount",
                parse=_parse_amount,
                about={"pattern": rf"^{_AMOUNT}$", "examples": ["2.50"]},
            ),
            "What reading may cost in a month, in US dollars; then it is read before a slot only.",
        ),
        Field("freshness", DURATION, "How old the last reading may be at sending."),
    ),
)
