"""mastodon_mock: an independent, stateful mock of the Mastodon API, not a real Mastodon.

It differs from Mastodon where this was seen: it counts code points and not graphemes, renders a
little Markdown, and answers an upload at once.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from servers.process import ServerProcess, free_port

_ACCOUNTS = 300
_SEED = """
[[seed.accounts]]
username = "{name}"
access_token = "token-{name}"
"""


@dataclass(frozen=True)
class Account:
    """An account on the mock, with a token for it."""

    name: str

    @property
    def token(self) -> str:
        return f"token-{self.name}"


class MastodonMock:
    """The mock on a database file; stopped and started again it knows what it had."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        config = folder / "mock.toml"
        names = [f"a{number}" for number in range(_ACCOUNTS)]
        seed = "".join(_SEED.format(name=name) for name in names)
        config.write_text(f'[database]\npath = "{folder}/mock.db"\n{seed}')
        self._unused = iter(names)
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

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Have the mock out of reach for a while."""
        self._server.stop()
        try:
            yield
        finally:
            self._server.start()

    def account(self) -> Account:
        """Return an account that no test has used."""
        return Account(next(self._unused))

    def statuses(self, account: Account) -> list[dict[str, Any]]:
        """Return the account's statuses, asked without the adapter."""
        me = self.call("GET", "/api/v1/accounts/verify_credentials", account)
        return self.call("GET", f"/api/v1/accounts/{me['id']}/statuses?limit=40", account)

    def text(self, account: Account, status: str) -> str:
        """Return what was posted, as it was written."""
        return str(self.call("GET", f"/api/v1/statuses/{status}/source", account)["text"])

    def post(self, account: Account, text: str, **more: object) -> dict[str, Any]:
        """Post as another tool would."""
        return self.call("POST", "/api/v1/statuses", account, {"status": text, **more})

    def call(
        self, method: str, path: str, account: Account, body: dict[str, object] | None = None
    ) -> Any:
        headers = {"Authorization": f"Bearer {account.token}"}
        answer = httpx.request(method, self.url + path, json=body, headers=headers, timeout=30)
        return answer.raise_for_status().json()
