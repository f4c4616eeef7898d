"""What people and tests do to a sandbox from outside: post by hand, make it misbehave, count."""

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote

from cmctl.channels.body import json_body
from cmctl.channels.http import Http, Request
from cmctl.testing.sandbox.faults import Fault


class SandboxClient:
    """The controls of a sandbox that runs at `url`."""

    def __init__(self, url: str) -> None:
        self._http = Http(url)

    def post_by_hand(
        self, account: str, text: str, *, tool: str = "by hand", at: datetime | None = None
    ) -> str:
        """Post as the owner does, with another tool; return the status's id."""
        value = {"text": text, "tool": tool, "at": at.isoformat() if at else None}
        return self._http.post(f"/by-hand/{quote(account)}", json_body(value)).text("id")

    def comment(self, account: str, text: str, *, on: str = "", author: str = "marie") -> str:
        """Say something to an account as a follower does; return the comment's id.

        `on` is the status or comment that is answered; empty: the account is only mentioned.
        """
        value = {"author": author, "text": text, "on": on}
        return self._http.post(f"/by-hand/{quote(account)}/comments", json_body(value)).text("id")

    def edit_by_hand(self, account: str, remote_id: str, text: str, *, token: str = "") -> None:
        """Rewrite a status's text."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._http.send(
            Request(
                method="PUT",
                path=f"/api/{quote(account)}/statuses/{quote(remote_id)}",
                body=json_body({"text": text}),
                headers=headers,
            )
        )

    def fault(self, fault: Fault) -> None:
        """Put a fault in force."""
        self._http.post("/faults", json_body(fault.as_json()))

    def clear_faults(self) -> None:
        """End all faults."""
        self._http.send(Request(method="DELETE", path="/faults"))

    def requests(self, account: str) -> Mapping[str, int]:
        """Return how many of each call came for an account: `post`, `upload`, `read`, `delete`."""
        counted = self._http.get("/requests").record().get(account)
        return counted if isinstance(counted, dict) else {}

    def close(self) -> None:
        """Let go of the connection."""
        self._http.close()


def post_by_hand(url: str, account: str, text: str, *, tool: str = "by hand") -> str:
    """Post to a sandbox as the owner does, with another tool; return the status's id."""
    client = SandboxClient(url)
    try:
        return client.post_by_hand(account, text, tool=tool)
    finally:
        client.close()
