"""From a claimed delivery to what is sent: media read and uploaded, the request's values frozen."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from cmctl.app import calls
from cmctl.app.context import Context
from cmctl.app.media.fitting import Fitted, fitted
from cmctl.app.media.hosting import in_public
from cmctl.app.media.reading import attachment
from cmctl.channels.base import Outgoing, Uploads
from cmctl.core.model import Content, Delivery
from cmctl.core.settings import ChannelSettings


def outgoing(ctx: Context, delivery: Delivery, at: datetime) -> Outgoing:
    """Return what an attempt sends; equal for every attempt of the delivery.

    Raises:
        MediaError: an image cannot be sent as the post names it.
        Unavailable: an image's address could not be read now.
    """
    settings = ctx.settings.channel(delivery.key.channel)
    fits = images(ctx, settings, delivery.content) if delivery.content.media else ()
    return Outgoing(
        key=delivery.idempotency_key,
        content=delivery.content,
        language=settings.language,
        created_at=delivery.sent_at or at,
        attachments=tuple(fit.attachment for fit in fits),
    )


def images(ctx: Context, settings: ChannelSettings, content: Content) -> Iterator[Fitted]:
    """Yield the images of a content as they go out on a channel.

    Raises:
        MediaError, Unavailable: as `outgoing`.
    """
    rules = ctx.channels.checker(settings.name).capabilities.media
    for media in content.media:
        read = attachment(ctx.settings.root, media, ctx.fetch)
        yield fitted(read, rules, settings.network)


def uploaded(ctx: Context, delivery: Delivery, out: Outgoing) -> Outgoing:
    """Return `out` with its images where the network wants them before the post.

    Raises:
        MediaError: they cannot be put where the network finds them.
        Rejected, Unavailable: as the network says.
    """
    name = delivery.key.channel
    if not calls.can(ctx, name, Uploads):
        return in_public(ctx, delivery, out)
    done = tuple(replace(item, uploaded=calls.upload(ctx, name, item)) for item in out.attachments)
    return replace(out, attachments=done)


def intent(out: Outgoing, digest: str, attempt: int) -> dict[str, object]:
    """Return what the log keeps of an attempt before it leaves."""
    return {
        "attempt": attempt,
        "key": out.key,
        "digest": digest,
        "text": out.content.text,
        "thread": list(out.content.thread),
        "media": [sha256(item.data).hexdigest() for item in out.attachments],
    }
