"""The keys of `config.yaml`: the tables that reading, problems and the JSON Schema come from."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo, available_timezones

from cmctl.config import durations
from cmctl.config.inline_secrets import refuse_inline
from cmctl.config.kinds import Choice, Flag, Kind, ListOf, Text
from cmctl.config.post_fields import NAME_PATTERN, NAME_RULE
from cmctl.config.records import Field, MapOf, Record
from cmctl.config.secrets import is_reference, parse_reference
from cmctl.config.slots import parse_slot
from cmctl.config.store_field import StoreField
from cmctl.config.wrong import Wrong, did_you_mean, quoted
from cmctl.core.model import Decision
from cmctl.core.settings import EVER, AltTexts, OnBlind, OnGone, OnMatch


def _parse_zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (OSError, ValueError, LookupError):
        near = did_you_mean(text, available_timezones())
        lower = {name.lower(): name for name in available_timezones()}
        near = near or (f'; did you mean "{lower[text.lower()]}"?' if text.lower() in lower else "")
        raise Wrong(f"{quoted(text)} is not a time zone{near}", "write it like Europe/Paris")  # noqa: B904
    return text


def _parse_language(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", text):
        raise Wrong(f"{quoted(text)} is not a language", "write a BCP 47 tag like fr or pt-BR")
    return text


def _parse_webhook(text: str) -> str:
    return _parse_called("webhook", text)


def _parse_ping(text: str) -> str:
    return _parse_called("ping", text)


def _parse_called(name: str, text: str) -> str:
    """Return an address that is called, or the reference to it: who knows it can use it."""
    if is_reference(text):
        return str(parse_reference(text))
    variable = f"CMCTL_{name.upper()}"
    refuse_inline(name, text, variable=variable)
    if not re.fullmatch(r"https://[^\s/]+\S*", text):
        message = f"a {name} is a reference to a secret or an https address"
        raise Wrong(message, f"write {name}: env:{variable}")
    return text


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


def _parse_score(text: str) -> float:
    if not re.fullmatch(r"0?\.\d{1,4}|[01](\.0{1,4})?", text.strip(), re.ASCII):
        raise Wrong(f"{quoted(text)} is not a score", "write a number from 0 to 1, like 0.45")
    return float(text)


def _parse_apprise(text: str) -> str:
    if not is_reference(text):
        message = "an Apprise address holds secrets: it never stands here"
        raise Wrong(message, "write apprise: env:CMCTL_APPRISE", "secret")
    return str(parse_reference(text))


def _parse_argument(text: str) -> str:
    refuse_inline("command", text, variable="CMCTL_SECRET")
    return text


_DURATION: Kind = Text(
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

_GUARD = Record(
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
            _DURATION,
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
        Field("freshness", _DURATION, "How old the last reading may be at sending."),
    ),
)
_NOTIFIER = Record(
    "a notifier",
    (
        Field(
            "command",
            ListOf(Text(what="a word of a command", parse=_parse_argument), "[notify-send, cmctl]"),
            "A program that gets the notice as JSON on its standard input.",
        ),
        Field(
            "webhook",
            Text(what="a reference or an https address", parse=_parse_webhook),
            "Where the notice is posted as JSON: a secret reference or an https address.",
        ),
        Field(
            "apprise",
            Text(what="a reference", parse=_parse_apprise),
            "A secret reference to an Apprise address: e-mail, ntfy, Telegram, Slack, SMS, ...",
        ),
    ),
)

#: May stand at the top, under a client and under a channel; the nearest counts.
INHERITED = (
    Field(
        "timezone",
        Text(what="a time zone", parse=_parse_zone, about={"examples": ["Europe/Paris"]}),
        "An IANA time zone, such as Europe/Paris.",
    ),
    Field(
        "language",
        Text(what="a language", parse=_parse_language, about={"examples": ["fr", "en"]}),
        "The language of the posts, BCP 47.",
    ),
    Field(
        "slots",
        ListOf(
            Text(
                what="a slot",
                parse=parse_slot,
                about={"examples": ["mon-fri 09:00", "tue,fri 12:00", "daily 18:00"]},
            ),
            '["mon-fri 09:00"]',
        ),
        "Weekly times for posts with `slot: next`.",
    ),
    Field("grace", _DURATION, "How late a post may still go out."),
    Field("pace", _DURATION, "The least time between two posts of a channel."),
    Field(
        "alt",
        Choice(tuple(choice.value for choice in AltTexts)),
        "What is said of an image without an alt text: required refuses it.",
    ),
    Field("guard", _GUARD, "How strict the guard against repeated news is."),
    Field(
        "notify", ListOf(_NOTIFIER, "[{webhook: env:CMCTL_WEBHOOK}]"), "Who is told of what waits."
    ),
)

CHANNEL = Record(
    "a channel",
    (
        Field(
            "network",
            Text(what="a network"),
            "The adapter's kind; may be left out where it is the channel's name.",
        ),
        *INHERITED,
    ),
    others=True,
)
CLIENT = Record(
    "a client",
    (
        Field("name", Text(what="a name"), "The client as a person writes it.", required=True),
        *INHERITED,
        Field(
            "channels",
            MapOf("a channel", NAME_PATTERN, NAME_RULE, CHANNEL),
            "The client's accounts, by the name that posts use.",
            required=True,
        ),
    ),
)
_DAEMON = Record(
    "daemon",
    (
        Field(
            "ping",
            Text(what="a reference or an https address", parse=_parse_ping),
            "Asked for every minute while all is well; who misses it knows that it is not.",
        ),
    ),
)
CONFIG = Record(
    "the config",
    (
        Field(INHERITED[0].name, INHERITED[0].kind, INHERITED[0].description, required=True),
        *INHERITED[1:],
        Field(
            "store",
            StoreField(),
            "Where what happened is kept: a file, relative to this one, or a PostgreSQL database.",
        ),
        Field("daemon", _DAEMON, "What `cmctl daemon` does beside publishing."),
        Field(
            "clients",
            MapOf("a client", NAME_PATTERN, NAME_RULE, CLIENT),
            "The businesses whose accounts you run.",
            required=True,
        ),
    ),
)
