"""Statuses of the Mastodon API as values, and which of them are the parts of a delivery.

docs.joinmastodon.org, entities `Status` and `Instance`.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from cmctl.channels.base import Counts
from cmctl.channels.content import Part
from cmctl.channels.markup import plain
from cmctl.channels.mastodon_text import LINK_LENGTH, short_mentions
from cmctl.core.model import Status

#: Seen by those who are mentioned only, so no follower has read it.
DIRECT = "direct"


class Limits(NamedTuple):
    """What a server takes."""

    characters: int = 500
    link_length: int = LINK_LENGTH


def limits(instance: Mapping[str, object]) -> Limits:
    """Return a server's limits from its `Instance`, version 1 or 2, with Mastodon's own else."""
    configuration = _object(_object(instance.get("configuration")).get("statuses"))
    characters = configuration.get("max_characters") or instance.get("max_toot_chars")
    link_length = configuration.get("characters_reserved_per_url")
    return Limits(_positive(characters, 500), _positive(link_length, LINK_LENGTH))


def status(item: Mapping[str, object]) -> Status:
    """Return what a status tells followers.

    Raises:
        ValueError: it lacks its id or its time.
    """
    warning, text = str(item.get("spoiler_text") or ""), plain(str(item.get("content") or ""))
    account, application = _object(item.get("account")), _object(item.get("application"))
    media = item.get("media_attachments")
    return Status(
        channel="",
        remote_id=_id(item),
        at=created(item),
        text=f"{warning}\n\n{text}" if warning else text,
        url=str(item.get("url") or ""),
        author=str(account.get("acct") or ""),
        tool=str(application.get("name") or ""),
        media_count=len(media) if isinstance(media, list) else 0,
        reply_to=str(item.get("in_reply_to_id") or ""),
    )


def counts(item: Mapping[str, object]) -> Counts:
    """Return a status's favourites, replies and boosts."""
    names = {"likes": "favourites_count", "comments": "replies_count", "shares": "reblogs_count"}
    found = {name: item.get(field) for name, field in names.items()}
    return Counts(**{name: value for name, value in found.items() if isinstance(value, int)})


def created(item: Mapping[str, object]) -> datetime:
    """Return when a status was made.

    Raises:
        ValueError: it does not say.
    """
    try:
        at = datetime.fromisoformat(str(item.get("created_at")))
    except ValueError:
        message = "a status without its time"
        raise ValueError(message) from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def standing(parts: Sequence[Part], images: int, statuses: Sequence[Status]) -> list[Status]:
    """Return the statuses that are the first parts of a delivery, in order; empty: it is not there.

    Of several the longest, of those the first in `statuses`. Servers render a text in their own
    ways, so it is recognised by its letters and digits, and by the number of its images.
    """
    known = {_mark(item): item for item in reversed(statuses)}
    first = (essence(parts[0].text), "", images)
    roots = (item for item in statuses if _mark(item) == first)
    return max((_chain(root, parts[1:], known) for root in roots), key=len, default=[])


def _mark(item: Status) -> tuple[str, str, int]:
    """Return by what a status is recognised."""
    return essence(item.text), item.reply_to, item.media_count


def _chain(
    root: Status, parts: Sequence[Part], known: Mapping[tuple[str, str, int], Status]
) -> list[Status]:
    """Return the first part and those after it as far as they stand."""
    chain = [root]
    for part in parts:
        found = known.get((essence(part.text), chain[part.parent or 0].remote_id, 0))
        if found is None:
            break
        chain.append(found)
    return chain


def essence(text: str) -> str:
    """Return what of a text no server changes: its letters and digits, or else its signs."""
    folded = unicodedata.normalize("NFKC", short_mentions(text)).casefold()
    letters = "".join(character for character in folded if character.isalnum())
    return letters or "".join(folded.split())


def _id(item: Mapping[str, object]) -> str:
    value = item.get("id")
    if not isinstance(value, str) or not value:
        message = "a status without an id"
        raise ValueError(message)
    return value


def _object(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _positive(value: object, default: int) -> int:
    return value if isinstance(value, int) and value > 0 else default
