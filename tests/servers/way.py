"""A way to a PostgreSQL server, over which answers are lost and machines are cut off."""

import socket
import threading
from contextlib import suppress

from servers.postgres import Postgres


class Way:
    """Carries bytes between clients on TCP and the server's socket; a context manager."""

    def __init__(self, postgres: Postgres) -> None:
        self._socket = f"{postgres.folder}/.s.PGSQL.5432"
        self._server = socket.create_server(("127.0.0.1", 0))
        self._open = threading.Event()
        self._open.set()
        #: Lose the answer to the next commit, and hang up.
        self.losing = False
        #: Lose the next commit itself, and hang up.
        self.swallowing = False
        #: How many commits, or answers to them, were lost.
        self.lost = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def url(self, user: str = "cmctl") -> str:
        return f"postgresql://{user}@127.0.0.1:{self._server.getsockname()[1]}/postgres"

    def cut(self) -> None:
        """Carry nothing any more, without a word to either side."""
        self._open.clear()

    def heal(self) -> None:
        """Go on."""
        self._open.set()

    def __enter__(self) -> "Way":
        return self

    def __exit__(self, *_: object) -> None:
        self.heal()
        self._server.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                ours = self._server.accept()[0]
                theirs = socket.socket(socket.AF_UNIX)
                theirs.connect(self._socket)
                is_lost = threading.Event()
                for here, there in ((ours, theirs), (theirs, ours)):
                    carried = (here, there, here is ours, is_lost)
                    threading.Thread(target=self._carry, args=carried, daemon=True).start()

    def _carry(
        self,
        here: socket.socket,
        there: socket.socket,
        is_asking: bool,
        is_lost: threading.Event,
    ) -> None:
        with here, suppress(OSError):
            while data := here.recv(65536):
                self._open.wait()
                if is_asking and self.swallowing and b"COMMIT" in data:
                    self.swallowing = False
                    self.lost += 1
                    break
                if is_asking and self.losing and b"COMMIT" in data:
                    self.losing = False
                    is_lost.set()
                if is_lost.is_set() and not is_asking:
                    self.lost += 1  # the server has answered: it is done
                    break
                there.sendall(data)
        with suppress(OSError):
            there.shutdown(socket.SHUT_RDWR)
