"""From a claimed delivery to what is sent: media read and uploaded, the request's values frozen."""

from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from cmctl.app import calls
from cmctl.app.context import Context
from cmctl.app.media import attachment
from cmctl.channels.base import Channel, Outgoing, Uploads
from cmctl.core.model import Delivery


def outgoing(ctx: Context, delivery: Delivery, at: datetime) -> Outgoing:
    """Return what an attempt sends; equal for every attempt of the delivery.

    Raises:
        MediaError: an image cannot be sent as the post names it.
        Unavailable: an image's address could not be read now.
    """
    root = ctx.settings.root
    return Outgoing(
        key=delivery.idempotency_key,
        content=delivery.content,
        language=ctx.settings.channel(delivery.key.channel).language,
        created_at=delivery.sent_at or at,
        attachments=tuple(attachment(root, media, ctx.fetch) for media in delivery.content.media),
    )


def uploaded(channel: Channel, out: Outgoing) -> Outgoing:
    """Return `out` with its images uploaded, where the network wants them before the post."""
    if not isinstance(channel, Uploads):
        return out
    done = tuple(replace(item, uploaded=calls.upload(channel, item)) for item in out.attachments)
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
