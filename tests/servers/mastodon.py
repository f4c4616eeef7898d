"""mastodon_mock: an independent, stateful mock of the Mastodon API, not a real Mastodon.

It differs from Mastodon where this was seen: it counts code points and not graphemes, renders a
little Markdown, and answers an upload at once.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import httpx

from servers.process import ServerProcess, free_port

_CONFIGURATION = """\
[database]
path = "{folder}/mock.db"

[[seed.accounts]]
username = "atlas"
access_token = "token-atlas"

[[seed.accounts]]
username = "bistrot"
access_token = "token-bistrot"
"""


@dataclass(frozen=True)
class Account:
    """An account on the mock, with a token for it."""

    name: str
    token: str


ATLAS = Account("atlas", "token-atlas")
BISTROT = Account("bistrot", "token-bistrot")


class MastodonMock:
    """The mock on a database file; stopped and started again it knows what it had."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        config = folder / "mock.toml"
        config.write_text(_CONFIGURATION.format(folder=folder))
        serve = ["-m", "mastodon_mock", "serve", "--config", str(config), "--port", str(port)]
        self._server = ServerProcess(
            [sys.executable, *serve, "--log-level", "warning"],
            port=port,
            ready="/api/v1/instance",
            env={"HOST": "127.0.0.1"},
            log=folder / "mock.log",
        )
        self.url = self._server.url

    def start(self) -> None:
        self._server.start()

    def stop(self) -> None:
        self._server.stop()

    def restart(self) -> None:
        self._server.restart()

    def get(self, path: str, account: Account = ATLAS) -> object:
        """Ask the server without the adapter."""
        headers = {"Authorization": f"Bearer {account.token}"}
        return httpx.get(self.url + path, headers=headers).raise_for_status().json()

    def post(
        self, path: str, body: dict[str, object], account: Account = ATLAS
    ) -> dict[str, object]:
        """Do something on the server without the adapter, as the owner in another tool would."""
        headers = {"Authorization": f"Bearer {account.token}"}
        answer = httpx.post(self.url + path, json=body, headers=headers)
        values: dict[str, object] = answer.raise_for_status().json()
        return values
