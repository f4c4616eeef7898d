"""The keys of `config.yaml`: the tables that reading, problems and the JSON Schema come from."""

import re
from zoneinfo import ZoneInfo, available_timezones

from cmctl.config.guard_fields import DURATION, GUARD
from cmctl.config.inline_secrets import refuse_inline
from cmctl.config.kinds import Choice, ListOf, Text
from cmctl.config.post_fields import HASHTAG, NAME_PATTERN, NAME_RULE
from cmctl.config.records import Field, MapOf, Record
from cmctl.config.secrets import is_reference, parse_reference
from cmctl.config.slots import parse_slot
from cmctl.config.store_field import StoreField
from cmctl.config.wrong import Wrong, did_you_mean, quoted
from cmctl.core.links import PLACEHOLDERS, UTM_PARAMETERS, placeholders
from cmctl.core.settings import AltTexts


def _parse_zone(text: str) -> str:
    if text == "localtime":  # there is a file of this name, another on each machine
        raise Wrong(f"{quoted(text)} is not a time zone", "write it like Europe/Paris")
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


def _parse_apprise(text: str) -> str:
    if not is_reference(text):
        message = "an Apprise address holds secrets: it never stands here"
        raise Wrong(message, "write apprise: env:CMCTL_APPRISE", "secret")
    return str(parse_reference(text))


def _parse_utm(text: str) -> str:
    for name in placeholders(text):
        if name not in PLACEHOLDERS:
            near = did_you_mean(name, PLACEHOLDERS)
            known = ", ".join(f"{{{one}}}" for one in PLACEHOLDERS)
            raise Wrong(f'nothing is called "{{{name}}}" here{near}', f"there are {known}")
    return text


def _parse_site(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", text, re.IGNORECASE):
        raise Wrong(
            f"{quoted(text)} is not a host", "write it like atlas.example, without https://"
        )
    return text.lower()


def _parse_argument(text: str) -> str:
    refuse_inline("command", text, variable="CMCTL_SECRET")
    return text


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

_UTM_VALUE = Text(what="a value", parse=_parse_utm, about={"examples": ["{network}", "social"]})
_UTM = Record(
    "utm",
    (
        *(
            Field(name, _UTM_VALUE, f"The value of utm_{name}; may name {{network}} or {{post}}.")
            for name in UTM_PARAMETERS
        ),
        Field(
            "sites",
            ListOf(Text(what="a host", parse=_parse_site), "[atlas.example]"),
            "The hosts whose links are meant; every link where this is left out.",
        ),
    ),
)
_HASHTAGS = Field(
    "hashtags",
    MapOf("a set of hashtags", NAME_PATTERN, NAME_RULE, ListOf(HASHTAG, "[logistics, rennes]")),
    "Sets of hashtags by name, which posts name in braces.",
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
    Field("grace", DURATION, "How late a post may still go out."),
    Field("pace", DURATION, "The least time between two posts of a channel."),
    Field(
        "alt",
        Choice(tuple(choice.value for choice in AltTexts)),
        "What is said of an image without an alt text: required refuses it.",
    ),
    Field("utm", _UTM, "UTM parameters that are added to links; {} for none."),
    Field("guard", GUARD, "How strict the guard against repeated news is."),
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
        _HASHTAGS,
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
HOSTING = Record(
    "hosting",
    (
        Field(
            "kind",
            Text(what="a kind of host"),
            "s3, sftp, webdav or wordpress; the other keys are its own.",
            required=True,
        ),
    ),
    others=True,
)
CONFIG = Record(
    "the config",
    (
        Field(INHERITED[0].name, INHERITED[0].kind, INHERITED[0].description, required=True),
        *INHERITED[1:],
        _HASHTAGS,
        Field(
            "store",
            StoreField(),
            "Where what happened is kept: a file, relative to this one, or a PostgreSQL database.",
        ),
        Field("hosting", HOSTING, "Where images stand in public for networks that fetch them."),
        Field("daemon", _DAEMON, "What `cmctl daemon` does beside publishing."),
        Field(
            "clients",
            MapOf("a client", NAME_PATTERN, NAME_RULE, CLIENT),
            "The businesses whose accounts you run.",
            required=True,
        ),
    ),
)
