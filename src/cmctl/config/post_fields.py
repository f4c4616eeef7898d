"""The keys of a post: the one table that reading, problems and the JSON Schema come from."""

import re

from cmctl.config import every, times
from cmctl.config.kinds import Choice, Flag, ListOf, Text
from cmctl.config.records import Field, MapOf, Record
from cmctl.config.wrong import Wrong, quoted

ID_PATTERN = r"(?!.*(//|/$))[a-z0-9][a-z0-9_/-]{0,199}"
NAME_PATTERN = r"[a-z0-9][a-z0-9_-]{0,63}"
NAME_RULE = "a-z, 0-9, - and _"
# Lower case and ASCII, so that one address has one spelling; no name or password in it.
_HTTPS = re.compile(r"https://[a-z0-9.-]+(/[!-~]*)?")
_SHA256 = "[0-9a-f]{64}"
_LINK = re.compile(r"https?://[^\s/?#]+\S*", re.IGNORECASE)


def parse_id(text: str) -> str:
    """Return a post's id.

    Raises:
        Wrong: it has other signs than an id may have.
    """
    if not re.fullmatch(ID_PATTERN, text):
        from cmctl.config.slugs import slug  # noqa: PLC0415 - only for the fix

        raise Wrong(f"{quoted(text)} cannot be an id", f"write it like {slug(text)}")
    return text


def _parse_filled(text: str) -> str:
    if not text.strip():
        raise Wrong("a text with nothing in it", "write something, or remove it")
    return text


def _parse_link(text: str) -> str:
    if not _LINK.fullmatch(text):
        raise Wrong(f"{quoted(text)} is not a web address", "write it like https://…")
    return text


def _parse_hashtag(text: str) -> str:
    """Return a hashtag without `#`."""
    word = text.removeprefix("#")
    if not word or re.search(r"[\s#]", word):
        raise Wrong(f"{quoted(text)} is not one hashtag", "one word an item, without #")
    return word


def _parse_path(text: str) -> str:
    if text.startswith(("/", "~")) or "\\" in text or not text.strip():
        message = f"{quoted(text)} is not a path inside the workspace"
        raise Wrong(message, "write it relative to this file, like media/photo.jpg")
    if re.match(r"[a-z]+://", text, re.IGNORECASE):
        raise Wrong(f"{quoted(text)} is an address and no path", 'write "url:" instead of "file:"')
    return text


def _parse_https(text: str) -> str:
    if not _HTTPS.fullmatch(text):
        message = f"{quoted(text)} is not an address that an image can be read from"
        raise Wrong(message, "write it like https://example.org/photo.jpg, other signs as %XX")
    return text


def _parse_sha256(text: str) -> str:
    if not re.fullmatch(_SHA256, text):
        message = f"{quoted(text)} is not a SHA-256"
        raise Wrong(message, "64 signs of 0-9 and a-f, as `sha256sum` prints them")
    return text


def _parse_hashtag_or_set(text: str) -> str:
    """Return a hashtag without `#`, or the name of a set in braces."""
    return text if re.fullmatch(rf"\{{{NAME_PATTERN}\}}", text) else _parse_hashtag(text)


_MOMENT = {"pattern": f"^{times.PATTERN}$", "examples": ["2026-11-24 10:15"]}

_TEXT = Text(what="a text", parse=_parse_filled)
_AT = Text(what="a date and time", parse=times.parse_moment, about=_MOMENT)
_MEDIA = ListOf(
    Record(
        "an image",
        (
            Field(
                "file",
                Text(what="a path", parse=_parse_path),
                "The image, relative to this file, inside the workspace.",
            ),
            Field(
                "url",
                Text(
                    what="an https address",
                    parse=_parse_https,
                    about={"pattern": f"^{_HTTPS.pattern}$"},
                ),
                "Instead of `file`: the public https address that the image is read from.",
            ),
            Field(
                "sha256",
                Text(what="a SHA-256", parse=_parse_sha256, about={"pattern": f"^{_SHA256}$"}),
                "What the image must hash to, so that no other goes out.",
            ),
            Field("alt", Text(), "What a person who does not see the picture should know."),
        ),
        one_of=("file", "url"),
    ),
    "[{file: media/photo.jpg, alt: What it shows}]",
)
#: One of a client's set.
HASHTAG = Text(what="a hashtag", parse=_parse_hashtag)
_HASHTAGS = ListOf(
    Text(what="a hashtag", parse=_parse_hashtag_or_set), '[logistics, "{name-of-a-set}"]'
)
_LOCAL = Text(what="a day or a date and time", parse=times.parse_local, about=_MOMENT)
_EVENT = Record(
    "an event",
    (
        Field("title", _TEXT, "What it is called.", required=True),
        Field("from", _LOCAL, "When it begins: a day, or wall time.", required=True),
        Field("to", _LOCAL, "When it ends: a day, or wall time.", required=True),
        Field("offer", Flag(), "true: something is sold for less meanwhile."),
        Field("coupon", _TEXT, "The code of an offer."),
        Field("terms", _TEXT, "What an offer asks for."),
    ),
)
_VARIANT = Record(
    "a variant",
    (
        Field("text", _TEXT, "The text on this channel instead."),
        Field("media", _MEDIA, "The images on this channel instead; [] for none."),
        Field("hashtags", _HASHTAGS, "The hashtags on this channel instead; [] for none."),
        Field("at", _AT, "The time on this channel instead."),
        Field("event", _EVENT, "What the post invites to, where the network has events."),
    ),
)

POST = Record(
    "a post",
    (
        Field(
            "id",
            Text(what="an id", parse=parse_id, about={"pattern": f"^{ID_PATTERN}$"}),
            "Unique within the client; what cmctl knows the post by, for ever.",
        ),
        Field("text", _TEXT, "What followers read.", required=True),
        Field(
            "channels",
            ListOf(Text(what="a channel's name"), "[mastodon]"),
            "The channels it goes to; all of the client's where this is left out.",
        ),
        Field("at", _AT, "When it goes out: wall time of the client, or with an offset."),
        Field("slot", Choice(("next",)), "next: the next free weekly slot of each channel."),
        Field(
            "every",
            Text(
                what="a recurrence",
                parse=every.parse_every,
                about={"examples": ["tue,fri 12:00", "daily 18:00", "first mon 10:00"]},
            ),
            "When it recurs: days and times, or an RFC 5545 RRULE.",
        ),
        Field(
            "since",
            Text(what="a day", parse=times.parse_day, about=_MOMENT),
            "With `every`: the first day.",
        ),
        Field(
            "until",
            Text(what="a day", parse=times.parse_wall, about=_MOMENT),
            "With `every`: the last day, or the last moment.",
        ),
        Field(
            "expires",
            Text(what="a date and time", parse=times.parse_wall, about=_MOMENT),
            "It must not go out later than this.",
        ),
        Field("media", _MEDIA, "Images, in their order."),
        Field("link", Text(what="a web address", parse=_parse_link), "The address it points to."),
        Field("thread", ListOf(_TEXT, '["The next part…"]'), "Further parts, sent as replies."),
        Field("first_comment", _TEXT, "The first comment, where the network has comments."),
        Field("hashtags", _HASHTAGS, "Hashtags without #, and the client's sets in braces."),
        Field(
            "variants",
            MapOf("a channel or network", NAME_PATTERN, NAME_RULE, _VARIANT),
            "What differs, by channel or by network.",
        ),
        Field("labels", ListOf(_TEXT, "[news]"), "For your own order; never published."),
        Field("draft", Flag(), "true: held until somebody approves it."),
        Field("guard", Flag(), "off: the guard against repeated news need not look."),
        Field("evergreen", Flag(), "true: it may come again after `guard.cooldown`."),
        Field("note", Text(), "For colleagues; never published."),
    ),
)
