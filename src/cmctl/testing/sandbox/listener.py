"""Listening: in a thread of this process, or in the foreground until a signal."""

import asyncio
import contextlib
import signal
import threading
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

#: Serves one request of a connection; tells whether another may follow.
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[bool]]
Main = Callable[[Callable[[], None]], Coroutine[Any, Any, None]]


class Listener:
    """A port, its connections, and how they begin and end."""

    def __init__(self, host: str, port: int, serve: Serve) -> None:
        self.host = host
        #: 0 until a free one is taken.
        self.port = port
        self._serve = serve
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._connections: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """Where it listens, without a slash at the end."""
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    def start(self, main: Main) -> None:
        """Run `main` in a thread; return when it calls what it is given, raise if it cannot."""
        ready = threading.Event()
        failure: list[BaseException] = []

        def run() -> None:
            try:
                asyncio.run(main(ready.set))
            except BaseException as problem:  # noqa: BLE001 - handed to who started it
                failure.append(problem)
            finally:
                ready.set()

        thread = threading.Thread(target=run, name="sandbox", daemon=True)
        thread.start()
        ready.wait()
        if failure:
            thread.join()
            raise failure[0]
        self._thread = thread

    def stop(self) -> None:
        """End every connection and let go of the port; safe to call twice."""
        thread, self._thread = self._thread, None
        if thread is not None and self._loop is not None and self._stopping is not None:
            with contextlib.suppress(RuntimeError):  # it has ended by itself
                self._loop.call_soon_threadsafe(self._stopping.set)
            thread.join()

    async def run(self, ready: Callable[[], None], *, until_signal: bool = False) -> None:
        """Serve until stopped, or until SIGINT or SIGTERM."""
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        if until_signal:
            for number in (signal.SIGINT, signal.SIGTERM):
                self._loop.add_signal_handler(number, self._stopping.set)
        server = await asyncio.start_server(self._connected, self.host, self.port)
        self.port = server.sockets[0].getsockname()[1]
        ready()
        await self._stopping.wait()
        server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._connections.add(task)
            task.add_done_callback(self._connections.discard)
        try:
            while await self._serve(reader, writer):
                pass
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError, asyncio.CancelledError):
                await writer.wait_closed()
