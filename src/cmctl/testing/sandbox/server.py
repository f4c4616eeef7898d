"""The sandbox's server: connections, the disk, and life in a thread or for ever."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import Self

from cmctl.testing.sandbox import oracle, page
from cmctl.testing.sandbox.api import Api
from cmctl.testing.sandbox.bending import answer
from cmctl.testing.sandbox.done import Done
from cmctl.testing.sandbox.faults import Fault
from cmctl.testing.sandbox.journal import Journal
from cmctl.testing.sandbox.listener import Listener
from cmctl.testing.sandbox.rules import Rules
from cmctl.testing.sandbox.wire import (
    Ask,
    BadRequestError,
    Reply,
    error,
    read_ask,
    send,
)

#: The oracle's name in the server's directory.
ORACLE = "oracle.jsonl"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class SandboxServer:
    """A sandbox network in a thread of this process.

    `directory` keeps what was accepted; a second server on it goes on where the first one ended.
    `port` 0 takes a free one. It listens on this machine only, unless `host` says otherwise.
    """

    def __init__(
        self,
        directory: Path,
        port: int = 0,
        *,
        host: str = "127.0.0.1",
        rules: Rules | None = None,
    ) -> None:
        self.directory = directory
        self._rules = rules or Rules()
        self._listener = Listener(host, port, self._serve)

    @property
    def url(self) -> str:
        """Where it listens, without a slash at the end."""
        return self._listener.url

    @property
    def port(self) -> int:
        """Where it listens; 0 until it does, unless one was asked for."""
        return self._listener.port

    @property
    def oracle(self) -> Path:
        """The file that bears witness."""
        return self.directory / ORACLE

    def start(self) -> Self:
        """Listen; returns when connections are taken.

        Raises:
            OSError: the port is taken.
            DirectoryInUseError: another sandbox writes to the directory.
        """
        self._listener.start(self.run)
        return self

    def stop(self) -> None:
        """End every connection and let go of port and files; safe to call twice."""
        self._listener.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    async def run(self, ready: Callable[[], None], *, until_signal: bool = False) -> None:
        """Serve until stopped, or until SIGINT or SIGTERM."""
        self._journal = Journal(self.oracle)
        try:
            state = oracle.State()
            for line in oracle.read(self.oracle):
                state.add(line)
            self._api = Api(state, self._rules, lambda: self.url)
            await self._listener.run(ready, until_signal=until_signal)
        finally:
            await self._journal.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Serve one request; tell whether another may follow on this connection."""
        try:
            ask = await read_ask(reader)
        except BadRequestError as problem:
            await send(writer, error(problem.status, str(problem)), self._rules.now())
            return False
        if ask is None:
            return False
        if not self._is_for_us(ask):
            await send(writer, error(421, "this address is not ours"), self._rules.now())
            return False
        if ask.path[:1] in {("media",), ("style.css",), ()} or ask.path[0].startswith("@"):
            await send(writer, self._shown(ask), self._rules.now())
            return _goes_on(ask)
        faults = self._api.strike(ask)
        stands = await answer(writer, faults, lambda: self._work(ask, faults), self._rules.now)
        return stands and _goes_on(ask)

    def _is_for_us(self, ask: Ask) -> bool:
        """Tell whether a name that somebody made lead to this machine was asked for instead."""
        if self._listener.host not in _LOOPBACK:
            return True
        host = ask.headers.get("host", "").rpartition(":")[0] or ask.headers.get("host", "")
        return host.strip("[]") in _LOOPBACK

    async def _work(self, ask: Ask, faults: tuple[Fault, ...]) -> Reply:
        """Do what is asked and make it durable."""
        bent = {fault.kind for fault in faults}
        return await self._keep(self._api.answer(ask, bent=bent))

    async def _keep(self, done: Done) -> Reply:
        """Make durable what an answer tells of, its own line or that of an earlier request."""
        try:
            if done.image is not None:
                self._keep_image(*done.image)
            await self._journal.add(done.line)
        except OSError as problem:
            return error(500, f"the disk failed: {problem.strerror}")
        return done.reply

    def _keep_image(self, digest: str, data: bytes) -> None:
        path = self.directory / "media" / digest
        path.parent.mkdir(exist_ok=True)
        new = path.with_suffix(".new")
        with new.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)

    # --- pages -------------------------------------------------------------------------------

    def _shown(self, ask: Ask) -> Reply:
        state = self._api.state
        match (ask.method, *ask.path):
            case ("GET",):
                names = (
                    (name, len(state.accounts[name].statuses)) for name in sorted(state.accounts)
                )
                return _html(page.accounts_page(names))
            case ("GET", "style.css"):
                return Reply(body=page.STYLE.encode(), type="text/css", headers=page.HEADERS)
            case ("GET", "media", digest):
                return self._image(digest)
            case ("GET", name, *rest) if name[1:] in state.accounts:
                return self._timeline(name[1:], rest)
        return error(404, "there is no such page")

    def _timeline(self, name: str, rest: list[str]) -> Reply:
        account = self._api.state.accounts[name]
        if not rest:
            return _html(
                page.timeline_page(name, list(account.newest(None, None)), self._rules.zone)
            )
        entry = account.statuses.get(rest[0])
        if entry is None:
            return error(404, "there is no such status")
        return _html(page.timeline_page(name, [entry], self._rules.zone))

    def _image(self, digest: str) -> Reply:
        for account in self._api.state.accounts.values():
            for picture in account.pictures.values():
                if picture.sha256 == digest:
                    data = (self.directory / "media" / digest).read_bytes()
                    return Reply(body=data, type=picture.type, headers=page.HEADERS)
        return error(404, "there is no such image")


def _goes_on(ask: Ask) -> bool:
    """Tell whether another request may follow on this connection."""
    return ask.headers.get("connection", "").lower() != "close"


def _html(text: str) -> Reply:
    body = text.encode("utf-8", "replace")
    return Reply(body=body, type="text/html; charset=utf-8", headers=page.HEADERS)


def serve(server: SandboxServer, announce: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM; `announce` is called with the address once it listens.

    Raises:
        OSError, DirectoryInUseError: as for `SandboxServer.start`.
    """
    asyncio.run(server.run(lambda: announce(server.url), until_signal=True))
