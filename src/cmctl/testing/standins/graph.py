"""What the stand-ins for Meta's Graph APIs share: its errors, its fields, its pages.

developers.facebook.com, "Handle Errors", "Rate Limits", "Paginated results", "Field expansion".
"""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from cmctl.testing.sandbox.wire import Reply
from cmctl.testing.standins.asked import Asked
from cmctl.testing.standins.server import Refused, StandIn, answers, told

_TRACE = "AbCdEfGhIjKlMnOpQrStUvW"
#: Names at the outermost level of a field expansion.
_NAME = re.compile(r"\w+")


class GraphStandIn(StandIn):
    """One account of Meta's, with a token of its own."""

    #: Of what the account's limits are told: its number and the kind of use.
    account: str
    use: str
    #: The code and the words of too many calls.
    too_many: tuple[int, str]
    #: False: the token's owner is no developer of its app, who alone may ask about it.
    tells_of_tokens = True
    #: When the token ends, in seconds of the epoch; 0: never.
    token_ends = 0
    #: What it may do.
    scopes: tuple[str, ...] = ()

    def refuse_token(self, asked: Asked) -> Reply | None:
        if "access_token" in asked.query or "access_token" in asked.values:
            token = asked.query.get("access_token") or asked.values["access_token"]
        else:
            token = asked.bearer
        standing = self.tokens.standing(str(token), self.clock())
        if standing == "good":
            return None
        if standing == "expired":
            words = "Error validating access token: Session has expired."
            return refused(190, words, sub=463, status=401).reply
        return refused(190, "Invalid OAuth access token.", status=401).reply

    def refuse_request(self, message: str) -> Reply:
        return refused(100, f"(#100) {message}").reply

    def refuse_throttled(self, seconds: int) -> Reply:
        code, words = self.too_many
        minutes = -(-seconds // 60)
        told_ = {"type": self.use, "estimated_time_to_regain_access": minutes}
        usage = {self.account: [told_]}
        refusal = refused(code, words)
        headers = {"X-Business-Use-Case-Usage": json.dumps(usage)}
        return told(json.loads(refusal.reply.body), refusal.reply.status, headers)

    @answers("GET /{version}/debug_token", call="read")
    def debug_token(self, asked: Asked) -> object:
        if not self.tells_of_tokens:
            words = (
                "(#100) You must provide an app access token, or a user access token that is an "
            )
            raise refused(100, f"{words}owner or developer of the app")
        told_ = {"app_id": "138483919580948", "type": "PAGE", "is_valid": True}
        return {"data": {**told_, "expires_at": self.token_ends, "scopes": self.scopes}}

    def paged(self, asked: Asked, newest_first: Sequence[dict[str, Any]]) -> dict[str, Any]:
        """Return one page of what is listed, with cursors where there is anything."""
        start = int(asked.query.get("after", "0"))
        end = start + int(asked.query.get("limit", 25))
        page = newest_first[start:end]
        if not page:
            return {"data": []}
        paging: dict[str, Any] = {
            "cursors": {"before": str(start), "after": str(start + len(page))}
        }
        if end < len(newest_first):
            paging["next"] = f"{self.url}/?after={end}&access_token=never-to-be-followed"
        return {"data": [shown(item, asked) for item in page], "paging": paging}


def refused(code: int, message: str, *, sub: int = 0, status: int = 400, user: str = "") -> Refused:
    """Return a refusal in Meta's form."""
    error: dict[str, Any] = {"message": message, "type": "OAuthException", "code": code}
    if sub:
        error["error_subcode"] = sub
    if user:
        error["error_user_msg"] = user
    return Refused(status, {"error": {**error, "fbtrace_id": _TRACE}})


def gone(method: str, number: str) -> Refused:
    """Return the refusal of an object that is not there, or that the token may not see."""
    words = (
        f"Unsupported {method} request. Object with ID '{number}' does not exist, cannot be loaded "
        "due to missing permissions, or does not support this operation."
    )
    return refused(100, words, sub=33)


def shown(item: Mapping[str, Any], asked: Asked) -> dict[str, Any]:
    """Return of an object what is asked for, and its id."""
    depth, names = 0, {"id"}
    for piece in re.split(r"([{}()])|,", asked.query.get("fields", "id")):
        if piece in {"{", "("}:
            depth += 1
        elif piece in {"}", ")"}:
            depth -= 1
        elif piece and depth == 0 and (name := _NAME.match(piece)):
            names.add(name[0])
    return {name: value for name, value in item.items() if name in names}


def stamp(at: datetime) -> str:
    """Return an instant as Meta writes it, in whole seconds."""
    return at.strftime("%Y-%m-%dT%H:%M:%S+0000")
