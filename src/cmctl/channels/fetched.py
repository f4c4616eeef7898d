"""Images that a network fetches itself, each from a public address (`MediaRules.fetched`)."""

from collections.abc import Iterator
from pathlib import PurePath

from cmctl.channels.base import MediaRules, Outgoing
from cmctl.core.model import Content, Problem


def address(outgoing: Outgoing, index: int) -> str:
    """Return where an image was put, or where the post says that it stands."""
    media, items = outgoing.content.media[index], outgoing.attachments
    return (items[index].uploaded if index < len(items) else "") or media.file


def address_problems(content: Content, network: str, rules: MediaRules) -> Iterator[Problem]:
    """Yield the images at addresses of the post's own that are not as the network takes them.

    What it fetches there is the image itself, never a copy that was made to fit.
    """
    for media in content.media:
        if media.is_remote and PurePath(media.name).suffix.lower().lstrip(".") not in (
            *rules.formats,
            *rules.films,
        ):
            yield Problem(
                code="image-format",
                message=f"{network} fetches {media.file} as it is, and does not take it",
                fix=f"put it there as one of {', '.join(rules.formats)}",
            )
