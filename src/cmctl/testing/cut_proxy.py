"""A line that breaks: bytes pass both ways until a rule says stop, for networks without HTTP."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Self
from urllib.parse import urlsplit

from cmctl.testing.sandbox.listener import Listener

#: Decides by what client and server have said on one connection, the piece that comes included.
Rule = Callable[[bytes, bytes], bool]


class CutProxy:
    """A proxy in a thread, in front of the server at the host and port of `upstream`."""

    def __init__(self, upstream: str) -> None:
        url = urlsplit(upstream)
        self._upstream = (url.hostname or "", url.port or 0)
        self._listener = Listener("127.0.0.1", 0, self._serve)
        self._rule: Rule | None = None
        self._silent = False
        #: How many connections came.
        self.connections = 0

    @property
    def url(self) -> str:
        """Where it listens; only host and port of it count."""
        return self._listener.url

    def cut(self, rule: Rule) -> None:
        """Hang up on both sides in place of passing on the piece for which the rule says so."""
        self._rule, self._silent = rule, False

    def fall_silent(self, rule: Rule) -> None:
        """Pass nothing on any more from the piece on for which the rule says so."""
        self._rule, self._silent = rule, True

    def heal(self) -> None:
        """Let everything pass again."""
        self._rule = None

    def __enter__(self) -> Self:
        self._listener.start(self._listener.run)
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.stop()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        self.connections += 1
        there, back = await asyncio.open_connection(*self._upstream)
        said = [b"", b""]
        pumps = [
            asyncio.create_task(self._pump(reader, back, said, 0)),
            asyncio.create_task(self._pump(there, writer, said, 1)),
        ]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            back.close()
            with suppress(ConnectionError):
                await back.wait_closed()
        return False

    async def _pump(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        said: list[bytes],
        side: int,
    ) -> None:
        """Pass on what one side says; return when it ends or is cut off."""
        while piece := await reader.read(1 << 16):
            said[side] += piece
            if self._rule is not None and self._rule(*said):
                if self._silent:
                    await asyncio.Event().wait()
                return
            writer.write(piece)
            await writer.drain()
