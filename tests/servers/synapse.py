"""A real Synapse with users and rooms, on SQLite."""

import hashlib
import hmac
import itertools
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from servers.installed import installed
from servers.process import ServerProcess, free_port

_SECRET = "a secret of the tests"
_OFTEN = {"per_second": 10_000, "burst_count": 10_000}


class Synapse:
    """A homeserver called `test`; what is asked of it without the adapter goes through `call`."""

    def __init__(self, folder: Path) -> None:
        python = installed("synapse") / "synapse" / "bin" / "python"
        port = free_port()
        config = folder / "homeserver.yaml"
        config.write_text(json.dumps(_configuration(folder, port)))  # JSON is YAML
        self._server = ServerProcess(
            # Keys that are missing are made at the start.
            [str(python), "-m", "synapse.app.homeserver", "-c", str(config)],
            port=port,
            ready="/_matrix/client/versions",
            env={},
            log=folder / "synapse.log",
        )
        self.url = self._server.url
        self._names = (f"u{number}" for number in itertools.count())

    def start(self) -> None:
        self._server.start()

    def stop(self) -> None:
        self._server.stop()

    def user(self) -> str:
        """Register a user; return an access token of his."""
        path, name = "/_synapse/admin/v1/register", next(self._names)
        nonce = self.call("GET", path)["nonce"]
        parts = [nonce, name, "password", "notadmin"]
        mac = hmac.new(_SECRET.encode(), "\0".join(parts).encode(), hashlib.sha1).hexdigest()
        who = {"nonce": nonce, "username": name, "password": "password", "mac": mac}
        return str(self.call("POST", path, body=who)["access_token"])

    def room(self, token: str, **more: object) -> str:
        """Create a public room; return its id."""
        body = {"preset": "public_chat", **more}
        return str(self.call("POST", "/_matrix/client/v3/createRoom", token, body)["room_id"])

    def send(self, token: str, room: str, content: dict[str, object]) -> str:
        """Send a message as another client would; return its event id."""
        number = next(self._names)
        path = f"/_matrix/client/v3/rooms/{quote(room)}/send/m.room.message/{number}"
        return str(self.call("PUT", path, token, content)["event_id"])

    def messages(self, token: str, room: str) -> list[dict[str, Any]]:
        """Return the contents of the room's messages that are not redacted, oldest first."""
        return [event["content"] for event in reversed(self._events(token, room))]

    def _events(self, token: str, room: str) -> list[dict[str, Any]]:
        """Return the newest messages that are not redacted, newest first."""
        query = "dir=b&limit=200&filter=" + quote('{"types":["m.room.message"]}')
        path = f"/_matrix/client/v3/rooms/{quote(room)}/messages?{query}"
        return [event for event in self.call("GET", path, token)["chunk"] if event["content"]]

    def call(
        self, method: str, path: str, token: str = "", body: dict[str, object] | None = None
    ) -> Any:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = httpx.request(method, self.url + path, json=body, headers=headers, timeout=60)
        return answer.raise_for_status().json()


def _configuration(folder: Path, port: int) -> dict[str, object]:
    limits = ["message", "registration", "room_creation", "admin_redaction", "media_create"]
    return {
        "server_name": "test",
        "listeners": [
            {
                "port": port,
                "bind_addresses": ["127.0.0.1"],
                "type": "http",
                "resources": [{"names": ["client", "media"], "compress": False}],
            }
        ],
        "database": {"name": "sqlite3", "args": {"database": str(folder / "homeserver.db")}},
        "media_store_path": str(folder / "media"),
        "signing_key_path": str(folder / "signing.key"),
        "pid_file": str(folder / "synapse.pid"),
        "registration_shared_secret": _SECRET,
        "macaroon_secret_key": _SECRET,
        "report_stats": False,
        "trusted_key_servers": [],
        **{f"rc_{name}": _OFTEN for name in limits},
        "rc_joins": {"local": _OFTEN, "remote": _OFTEN},
        "rc_login": {"address": _OFTEN, "account": _OFTEN, "failed_attempts": _OFTEN},
    }
