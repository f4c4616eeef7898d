"""Statuses of the Mastodon API as values.

docs.joinmastodon.org, entities `Status` and `Instance`.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from cmctl.channels import evidence
from cmctl.channels.answer import Answer
from cmctl.channels.base import Counts
from cmctl.channels.markup import plain
from cmctl.channels.vendors.mastodon.text import LINK_LENGTH, short_mentions
from cmctl.core.model import Status

#: Seen by those who are mentioned only, so no follower has read it.
DIRECT = "direct"


class Limits(NamedTuple):
    """What a server takes."""

    characters: int = 500
    link_length: int = LINK_LENGTH


def limits(instance: Mapping[str, object]) -> Limits:
    """Return a server's limits from its `Instance`, version 1 or 2, with Mastodon's own else."""
    configuration = inner(inner(instance.get("configuration")).get("statuses"))
    characters = configuration.get("max_characters") or instance.get("max_toot_chars")
    link_length = configuration.get("characters_reserved_per_url")
    return Limits(_positive(characters, 500), _positive(link_length, LINK_LENGTH))


def status(item: Mapping[str, object]) -> Status:
    """Return what a status tells followers.

    Raises:
        ValueError: it lacks its id or its time.
    """
    warning, text = str(item.get("spoiler_text") or ""), plain(str(item.get("content") or ""))
    account, application = inner(item.get("account")), inner(item.get("application"))
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
        images=_images(media),
    )


def _images(media: object) -> tuple[str, ...]:
    """Return the previews of images, which show all of each."""
    items = [item for item in media if isinstance(item, dict)] if isinstance(media, list) else []
    found = (
        item.get("preview_url") or item.get("url") for item in items if item.get("type") == "image"
    )
    return tuple(str(address) for address in found if address)


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


def goes_on(answer: Answer) -> bool:
    """Tell whether a page has a next one; a server that sends no links must be asked."""
    link = answer.headers.get("link")
    return link is None or 'rel="next"' in link


def essence(text: str) -> str:
    """Return what of a text no server of this API changes."""
    return evidence.essence(short_mentions(text))


def _id(item: Mapping[str, object]) -> str:
    value = item.get("id")
    if not isinstance(value, str) or not value:
        message = "a status without an id"
        raise ValueError(message)
    return value


def inner(value: object) -> Mapping[str, object]:
    """Return an object that stands in another one; where it is none, an empty one."""
    return value if isinstance(value, dict) else {}


def _positive(value: object, default: int) -> int:
    return value if isinstance(value, int) and value > 0 else default
