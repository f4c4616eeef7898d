"""From a claimed delivery to what is sent: media read and uploaded, the request's values frozen."""

import mimetypes
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from cmctl.app.context import Context
from cmctl.channels.base import Attachment, Channel, Outgoing, Uploads
from cmctl.core.model import Delivery, Media

#: Larger files are never read: no network here takes them.
MEDIA_LIMIT = 100 * 1024 * 1024


class MediaError(Exception):
    """An image cannot be sent as the post names it."""


def outgoing(ctx: Context, delivery: Delivery, at: datetime) -> Outgoing:
    """Return what an attempt sends; equal for every attempt of the delivery.

    Raises:
        MediaError: an image is missing, too large, or outside of the workspace.
    """
    root = ctx.settings.root
    return Outgoing(
        key=delivery.idempotency_key,
        content=delivery.content,
        language=ctx.settings.channel(delivery.key.channel).language,
        created_at=delivery.sent_at or at,
        attachments=tuple(_attachment(root, media) for media in delivery.content.media),
    )


def uploaded(channel: Channel, out: Outgoing) -> Outgoing:
    """Return `out` with its images uploaded, where the network wants them before the post."""
    if not isinstance(channel, Uploads):
        return out
    done = tuple(replace(item, uploaded=channel.upload(item)) for item in out.attachments)
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


def _attachment(root: Path, media: Media) -> Attachment:
    # Resolved again here: a link may have been swapped since the files were checked.
    path = (root / media.file).resolve()
    if not path.is_relative_to(root.resolve()):
        message = f"{media.file} leads out of the workspace"
        raise MediaError(message)
    try:
        if not path.is_file() or path.stat().st_size > MEDIA_LIMIT:
            message = f"{media.file} is missing or larger than {MEDIA_LIMIT >> 20} MiB"
            raise MediaError(message)
        data = path.read_bytes()
    except OSError as problem:
        message = f"{media.file} cannot be read: {problem.strerror}"
        raise MediaError(message) from problem
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Attachment(name=path.name, data=data, type=kind, alt=media.alt)
