"""What of a post goes out on one channel."""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from hashlib import sha256

from cmctl.core.model import Content, Media, Post, Variant


def content_for(post: Post, channel: str, network: str) -> Content:
    """Return what followers would see of a post on a channel (its short name) of a network."""
    text, media = post.text, post.media
    for variant in reversed([*_variants(post, channel, network)]):
        text = text if variant.text is None else variant.text
        media = media if variant.media is None else variant.media
    return Content(
        text=text,
        link=post.link,
        hashtags=post.hashtags,
        media=media,
        thread=post.thread,
        first_comment=post.first_comment,
    )


def time_for(post: Post, channel: str, network: str) -> datetime | None:
    """Return the instant that a variant sets for a channel, or None."""
    for variant in _variants(post, channel, network):
        if variant.at is not None:
            return variant.at
    return None


def digest(content: Content) -> str:
    """Return the SHA-256, in hex, of a content's canonical JSON; it tells an edit.

    What is empty is left out, so that a field that a later version adds changes no digest.
    """
    fields = {
        "text": content.text,
        "link": content.link,
        "hashtags": content.hashtags,
        "media": [media_fields(media) for media in content.media],
        "thread": content.thread,
        "first_comment": content.first_comment,
    }
    said = {name: value for name, value in fields.items() if value}
    return sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def media_fields(media: Media) -> list[str]:
    """Return an image as a list of texts; what is empty at its end is left out after the second."""
    return [media.file, media.alt, *filter(None, [media.sha256])]


def media_from(fields: Sequence[str]) -> Media:
    """Return the image of `media_fields`."""
    file, alt, *sha256 = fields
    return Media(file=file, alt=alt, sha256=sha256[0] if sha256 else "")


def _variants(post: Post, channel: str, network: str) -> Iterator[Variant]:
    """Yield what applies to a channel: its own variant before its network's."""
    if not post.variants:
        return
    if channel in post.variants:
        yield post.variants[channel]
    if network != channel and network in post.variants:
        yield post.variants[network]
