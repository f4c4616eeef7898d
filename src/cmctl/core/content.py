"""What of a post goes out on one channel."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from cmctl.core.links import tag_link, tag_links
from cmctl.core.model import Content, Media, Post, PublicEvent, Variant

if TYPE_CHECKING:  # settings are more than what reads a store has to load
    from cmctl.core.settings import ChannelSettings

#: In a text: where the hashtags stand, instead of at its end.
HASHTAGS = "{hashtags}"


def content_for(post: Post, channel: "ChannelSettings") -> Content:
    """Return what followers would see of a post on a channel."""
    text, media, hashtags, event = post.text, post.media, post.hashtags, None
    for variant in reversed([*_variants(post, channel.short, channel.network)]):
        text = text if variant.text is None else variant.text
        media = media if variant.media is None else variant.media
        hashtags = hashtags if variant.hashtags is None else variant.hashtags
        event = event if variant.event is None else variant.event
    content = Content(
        text=text,
        link=post.link,
        hashtags=hashtags,
        media=media,
        thread=post.thread,
        first_comment=post.first_comment,
        event=event,
    )
    return _with_utm(_with_hashtags_in_place(content), post, channel)


def _with_hashtags_in_place(content: Content) -> Content:
    """Put the hashtags where a text asks for them, and then nowhere else."""
    texts = (content.text, *content.thread, content.first_comment)
    if not any(HASHTAGS in text for text in texts):
        return content
    tags = " ".join(f"#{tag}" for tag in content.hashtags)
    return replace(
        content,
        text=content.text.replace(HASHTAGS, tags),
        hashtags=(),
        thread=tuple(part.replace(HASHTAGS, tags) for part in content.thread),
        first_comment=content.first_comment.replace(HASHTAGS, tags),
    )


def _with_utm(content: Content, post: Post, channel: "ChannelSettings") -> Content:
    if not channel.utm.parameters:
        return content
    names = {
        "client": channel.client,
        "channel": channel.short,
        "network": channel.network,
        "post": post.id,
    }
    query, sites = channel.utm.query(names), channel.utm.sites
    return replace(
        content,
        text=tag_links(content.text, query, sites),
        link=tag_link(content.link, query, sites) if content.link else "",
        thread=tuple(tag_links(part, query, sites) for part in content.thread),
        first_comment=tag_links(content.first_comment, query, sites),
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
        "reply_to": content.reply_to,
        "event": event_fields(content.event),
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


def event_fields(event: PublicEvent | None) -> list[object]:
    """Return an event as a list of plain values; empty: there is none."""
    if event is None:
        return []
    said = (event.title, event.starts, event.ends, event.offer, event.coupon, event.terms)
    return [*said]


def event_from(fields: Sequence[Any]) -> PublicEvent | None:
    """Return the event of `event_fields`."""
    if not fields:
        return None
    title, starts, ends, offer, coupon, terms = fields
    return PublicEvent(
        title=title, starts=starts, ends=ends, offer=offer, coupon=coupon, terms=terms
    )


def _variants(post: Post, channel: str, network: str) -> Iterator[Variant]:
    """Yield what applies to a channel: its own variant before its network's."""
    if not post.variants:
        return
    if channel in post.variants:
        yield post.variants[channel]
    if network != channel and network in post.variants:
        yield post.variants[network]
