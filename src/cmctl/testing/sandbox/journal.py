"""Appending to the oracle file: durable before it is answered, many lines in one fsync."""

import asyncio
import fcntl
import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from cmctl.testing.sandbox.oracle import Line


class DirectoryInUseError(Exception):
    """Another sandbox writes to this directory."""


class Journal:
    """The oracle file, open for appending by one server at a time."""

    def __init__(self, path: Path) -> None:
        for folder in reversed(path.parents):
            folder.mkdir(mode=0o700, exist_ok=True)
        self._file = path.open("ab", buffering=0)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as problem:
            self._file.close()
            message = f"another sandbox runs on {path.parent}"
            raise DirectoryInUseError(message) from problem
        if self._file.tell():
            self._file.write(b"\n")  # after a line that a kill cut short
        _sync_directory(path.parent)
        self._lines: list[bytes] = []
        self._waiting: list[asyncio.Future[None]] = []
        self._writer: asyncio.Task[None] | None = None
        self._disk = ThreadPoolExecutor(1, "sandbox-disk")

    async def add(self, line: Line | None) -> None:
        """Return when the line, and every one before it, is on the disk; None waits only."""
        if line is not None:
            self._lines.append(json.dumps(line, ensure_ascii=False).encode() + b"\n")
        elif self._writer is None:
            return
        future = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        if self._writer is None:
            self._writer = asyncio.create_task(self._write())
        await asyncio.shield(future)

    async def _write(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            lines, self._lines = self._lines, []
            waiting, self._waiting = self._waiting, []
            try:
                await loop.run_in_executor(self._disk, self._append, b"".join(lines))
            except OSError as problem:
                for future in waiting:
                    future.set_exception(problem)
            else:
                for future in waiting:
                    future.set_result(None)
        self._writer = None

    def _append(self, data: bytes) -> None:
        self._file.write(data)
        os.fsync(self._file.fileno())

    async def close(self) -> None:
        """Finish what is being written and let go of the file."""
        if self._writer is not None:
            await self._writer
        self._disk.shutdown()
        self._file.close()


def _sync_directory(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
