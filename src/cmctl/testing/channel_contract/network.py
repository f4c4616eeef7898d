"""What a subclass of the contract gives, and what the tests share."""

import struct
import zlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import ClassVar

import pytest

from cmctl.channels.base import Attachment, Channel, Outgoing
from cmctl.core.model import Content, Media, Problem, Severity


class Network:
    """The hooks. Every test must find an account of its own, with nothing posted on it."""

    #: As in YAML and in the entry point.
    kind: ClassVar[str]
    #: A channel's YAML block that is right, secrets as references; at least one option.
    options: ClassVar[Mapping[str, object]]
    #: The secret that `open_channel` signs in with; it must never be seen. Empty: there is none.
    canary: ClassVar[str] = ""
    #: The network refuses a text that stands already on the account.
    refuses_doubles: ClassVar[bool] = False

    def server(self) -> str:
        """Return the address of the server behind, `http://...`; empty where there is none."""
        return ""

    def open_channel(self, url: str) -> Channel:
        """Return a new channel to this test's account, reaching the server at `url`."""
        raise NotImplementedError

    def post_by_hand(self, text: str) -> str:
        """Post as the owner does, without cmctl; return the remote id."""
        raise NotImplementedError

    def remote_texts(self) -> list[str]:
        """Return every text that stands on the account, read without the adapter."""
        raise NotImplementedError

    def remote_alts(self) -> list[str]:
        """Return every alt text that stands on the account, read without the adapter."""
        raise NotImplementedError

    def comment_by_hand(self, post: str, text: str) -> str:
        """Answer a post as a follower does; return the comment's remote id.

        For adapters with `replies` or a protocol of `channels/inbox.py`.
        """
        raise NotImplementedError

    def is_hidden(self, comment: str) -> bool:
        """Tell, read without the adapter, whether followers do not see a comment.

        For adapters that hide comments.
        """
        raise NotImplementedError

    def outgoing(self, content: Content | str, *, key: str = "", images: int = 0) -> Outgoing:
        """Return what an attempt sends; for a network that takes no text alone, with an image."""
        return outgoing(content, key=key, images=images)

    def pictures(self, count: int) -> tuple[Media, ...]:
        """Return how a post names the images that `outgoing(..., images=count)` carries."""
        return pictures(count)

    @pytest.fixture
    def channel(self) -> Iterator[Channel]:
        """Open a channel to the server itself."""
        channel = self.open_channel(self.server())
        yield channel
        channel.close()


def outgoing(content: Content | str, *, key: str = "", images: int = 0) -> Outgoing:
    """Return what an attempt sends; its key is derived from its text unless it is given."""
    if isinstance(content, str):
        content = Content(text=content)
    key = key or sha256(content.text.encode()).hexdigest()[:32]
    now = datetime.now(UTC)
    return Outgoing(
        key=key,
        content=content,
        language="fr",
        created_at=now.replace(microsecond=now.microsecond // 1000 * 1000),
        attachments=tuple(picture(number) for number in range(images)),
    )


def picture(number: int) -> Attachment:
    """Return a small image that differs by its number."""
    return Attachment(
        name=f"facade-{number}.png",
        data=_png(number),
        type="image/png",
        alt=f"La façade n° {number} « d'été » 🏭",
    )


def pictures(count: int) -> tuple[Media, ...]:
    """Return the images that `outgoing(..., images=count)` carries, as a post names them."""
    return tuple(
        Media(file=f"media/{item.name}", alt=item.alt) for item in map(picture, range(count))
    )


def errors(channel: Channel, content: Content) -> list[Problem]:
    """Return the problems for which a content would not go out."""
    found = channel.problems(content)
    return [problem for problem in found if problem.severity is Severity.ERROR]


def _png(shade: int) -> bytes:
    """Return a grey square of 8 by 8 pixels (PNG specification, third edition)."""
    size, row = 8, bytes([0]) + bytes([shade * 16 % 256]) * 8
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", size, size, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(row * size)),
        (b"IEND", b""),
    )
    parts = (
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)
