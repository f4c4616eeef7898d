"""A real Nostr relay, nostr-relay, on SQLite; and an account's own look at it."""

import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from coincurve import PrivateKey
from websockets.sync.client import connect
from websockets.sync.server import ServerConnection, serve

from servers.installed import installed
from servers.process import ServerProcess, free_port


class NostrRelay:
    """One relay on loopback."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        config = folder / "relay.yaml"
        storage = {
            "sqlalchemy.url": f"sqlite+aiosqlite:///{folder}/relay.db",
            "validators": ["nostr_relay.validators.is_not_too_large"]
            + [f"nostr_relay.validators.{name}" for name in ("is_signed", "is_recent")],
        }
        gunicorn = {"bind": f"127.0.0.1:{port}", "workers": 1, "loglevel": "warning"}
        settings = {"storage": storage, "gunicorn": gunicorn, "max_event_size": 100_000}
        config.write_text(json.dumps(settings))  # JSON is YAML
        program = installed("nostr") / "nostr" / "bin" / "nostr-relay"
        self._server = ServerProcess(
            [str(program), "-c", str(config), "serve"],
            port=port,
            ready="/",
            env={},
            log=folder / "relay.log",
        )
        self.url = self._server.url

    @property
    def address(self) -> str:
        return self.url.replace("http", "ws", 1)

    def start(self) -> None:
        self._server.start()

    def stop(self) -> None:
        self._server.stop()

    def note(
        self, key: str, text: str, tags: Sequence[Sequence[str]] = (), *, kind: int = 1
    ) -> str:
        """Sign and publish a note, or another event, as a client would; return its id."""
        private = PrivateKey(bytes.fromhex(key))
        author, now = private.public_key_xonly.format().hex(), int(time.time())
        signed = json.dumps(
            [0, author, now, kind, tags, text], separators=(",", ":"), ensure_ascii=False
        )
        number = sha256(signed.encode()).digest()
        note = {
            "id": number.hex(),
            "pubkey": author,
            "created_at": now,
            "kind": kind,
            "tags": tags,
            "content": text,
            "sig": private.sign_schnorr(number).hex(),
        }
        with connect(self.address, proxy=None) as socket:
            socket.send(json.dumps(["EVENT", note]))
            assert json.loads(socket.recv())[2] is True
        return number.hex()

    def notes(self, key: str) -> list[dict[str, Any]]:
        """Return the account's notes."""
        author = PrivateKey(bytes.fromhex(key)).public_key_xonly.format().hex()
        with connect(self.address, proxy=None) as socket:
            socket.send(json.dumps(["REQ", "look", {"authors": [author], "kinds": [1]}]))
            found = []
            while (said := json.loads(socket.recv()))[0] == "EVENT":
                found.append(said[2])
        return found


@contextmanager
def scripted(*answers: object) -> Iterator[str]:
    """Run a stand-in for a relay that answers everything with these messages; yield its address."""

    def speak(socket: ServerConnection) -> None:
        for said in socket:
            number = json.loads(said)[1]
            known = number["id"] if isinstance(number, dict) else number
            for answer in answers:
                socket.send(json.dumps(answer).replace("$", known))

    with serve(speak, "127.0.0.1", 0, compression=None) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"ws://127.0.0.1:{server.socket.getsockname()[1]}"
        server.shutdown()
    thread.join()
