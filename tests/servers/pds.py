"""A real Bluesky PDS with its identity directory, and accounts on it."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from cmctl.testing.standins.bluesky import AppView
from servers.installed import installed
from servers.process import ServerProcess, free_port

POST = "app.bsky.feed.post"
_WRITES = "com.atproto.repo.applyWrites"
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Account:
    """An account on the PDS, and what signs in to it."""

    handle: str
    did: str
    password: str


class Pds:
    """A PDS of its own data folder; stopped and started again it is the same PDS."""

    def __init__(self, folder: Path) -> None:
        (folder / "data").mkdir()
        base = {"CMCTL_TEST_SERVERS": str(installed("plc", "pds")), "PATH": os.environ["PATH"]}
        plc_port, port = free_port(), free_port()
        self._plc = ServerProcess(
            ["node", str(HERE / "bluesky.cjs"), "plc", str(plc_port)],
            port=plc_port,
            ready="/_health",
            env=base,
            log=folder / "plc.log",
        )
        self.view = AppView()
        self.view.__enter__()  # only then has it an address
        self._pds = ServerProcess(
            ["node", str(HERE / "bluesky.cjs"), "pds", str(port)],
            port=port,
            ready="/xrpc/_health",
            env=base | _configuration(folder, port, self._plc.url) | self._with_view(),
            log=folder / "pds.log",
        )
        self.url = self.view.pds = self._pds.url
        self._sessions: dict[str, str] = {}

    def start(self) -> None:
        self._plc.start()
        self._pds.start()

    def stop(self) -> None:
        self._pds.stop()
        self._plc.stop()
        self.view.__exit__(None)

    def _with_view(self) -> dict[str, str]:
        return {"PDS_BSKY_APP_VIEW_URL": self.view.url, "PDS_BSKY_APP_VIEW_DID": self.view.did}

    @contextmanager
    def without_view(self) -> Iterator[None]:
        """Have the PDS know no app view for a while."""
        self._pds.restart(dict.fromkeys(self._with_view(), ""))
        try:
            yield
        finally:
            self._pds.restart(self._with_view())

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Have the PDS out of reach for a while."""
        self._pds.stop()
        try:
            yield
        finally:
            self._pds.start()

    def kill(self) -> bool:
        """End the PDS as a power cut would; true, so that a rule of a line can say it."""
        self._pds.kill()
        return True

    def start_again(self) -> None:
        """Start the PDS that was killed."""
        self._pds.start()

    def restart(self) -> None:
        """Stop and start the PDS; the identity directory goes on."""
        self._pds.restart()

    def forget_sessions(self) -> None:
        """Restart the PDS so that it takes none of the tokens it has given."""
        self._sessions.clear()
        self._pds.restart({"PDS_JWT_SECRET": uuid.uuid4().hex})

    def create_account(self, name: str, password: str = "") -> Account:
        """Create `name.test`, with an app password where no password is given."""
        handle = f"{name}.test"
        main = password or f"main-{name}"
        made = self.call(
            "com.atproto.server.createAccount",
            {"email": f"{name}@example.test", "handle": handle, "password": main},
        )
        if not password:
            app = {"name": "cmctl"}
            made |= self.call("com.atproto.server.createAppPassword", app, made["accessJwt"])
        self.view.accounts[made["did"]] = handle
        return Account(handle=handle, did=made["did"], password=made.get("password", main))

    def records(self, account: Account) -> list[dict[str, Any]]:
        """Return all posts of an account as the server stores them, asked without the adapter."""
        return self.listed(account, POST)

    def listed(self, account: Account, collection: str) -> list[dict[str, Any]]:
        """Return all records of an account that are of one kind."""
        answer = httpx.get(
            f"{self.url}/xrpc/com.atproto.repo.listRecords",
            params={"repo": account.did, "collection": collection, "limit": "100"},
        )
        records: list[dict[str, Any]] = answer.raise_for_status().json()["records"]
        return records

    def wipe(self, account: Account) -> None:
        """Delete every post of an account."""
        keys = [item["uri"].rpartition("/")[2] for item in self.records(account)]
        self._apply(account, [{"$type": f"{_WRITES}#delete", "rkey": key} for key in keys])

    def write(self, account: Account, *posts: dict[str, object]) -> list[str]:
        """Post as another tool would, under keys that the server makes; return these keys."""
        made = self._apply(
            account, [{"$type": f"{_WRITES}#create", "value": {"$type": POST} | p} for p in posts]
        )
        return [str(item["uri"]).rpartition("/")[2] for item in made]

    def react(self, account: Account, kind: str, subject: dict[str, str]) -> None:
        """Like or repost a post as its reader does; `kind` is such as `app.bsky.feed.like`."""
        value = {"$type": kind, "subject": subject, "createdAt": "2026-11-24T11:00:00Z"}
        self._apply(account, [{"$type": f"{_WRITES}#create", "collection": kind, "value": value}])

    def gate(self, account: Account, rkey: str, value: dict[str, object]) -> None:
        """Write who may reply to a post, as another client does."""
        kind = "app.bsky.feed.threadgate"
        write = {"$type": f"{_WRITES}#create", "collection": kind, "rkey": rkey, "value": value}
        self._apply(account, [write])

    def _apply(self, account: Account, writes: list[dict[str, object]]) -> list[dict[str, Any]]:
        if account.did not in self._sessions:  # a login is the slowest of all calls
            who: dict[str, object] = {"identifier": account.handle, "password": account.password}
            session = self.call("com.atproto.server.createSession", who)
            self._sessions[account.did] = session["accessJwt"]
        body = {"repo": account.did, "writes": [{"collection": POST} | write for write in writes]}
        results: list[dict[str, Any]] = self.call(_WRITES, body, self._sessions[account.did]).get(
            "results", []
        )
        return results

    def call(self, method: str, body: dict[str, object], token: str = "") -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = httpx.post(f"{self.url}/xrpc/{method}", json=body, headers=headers, timeout=30)
        values: dict[str, Any] = answer.raise_for_status().json()
        return values


def _configuration(folder: Path, port: int, plc: str) -> dict[str, str]:
    return {
        "PDS_HOSTNAME": "localhost",
        "PDS_PORT": str(port),
        "PDS_DEV_MODE": "true",
        "PDS_DATA_DIRECTORY": str(folder / "data"),
        "PDS_BLOBSTORE_DISK_LOCATION": str(folder / "blobs"),
        "PDS_DID_PLC_URL": plc,
        "PDS_JWT_SECRET": "a secret of the tests",
        "PDS_ADMIN_PASSWORD": "admin",
        "PDS_INVITE_REQUIRED": "false",
        "PDS_PLC_ROTATION_KEY_K256_PRIVATE_KEY_HEX": "11" * 32,
        "PDS_SERVICE_HANDLE_DOMAINS": ".test",
        "LOG_ENABLED": "false",
    }
