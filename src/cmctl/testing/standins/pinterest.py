"""A stand-in for Pinterest: one account with two boards.

github.com/pinterest/api-description, 5.23.0. The words of refusals are those that users recorded:
github.com/vijaypatoliya/pinterest-node-api/issues/20 for a bad token, and "Apps with Trial access
may not create Pins in production", which the vendor answers with code 29.
"""

import math
from collections.abc import Mapping
from typing import Any, ClassVar

from cmctl.testing.sandbox.wire import Reply
from cmctl.testing.standins.asked import Asked
from cmctl.testing.standins.limits import Window
from cmctl.testing.standins.server import Refused, StandIn, answers, told

_SOURCES = {"image_base64": "image", "multiple_image_base64": "multiple_images"}
TRIAL = Refused(
    403,
    {
        "code": 29,
        "message": "Apps with Trial access may not create Pins in production "
        "https://api.pinterest.com - use API Sandbox https://api-sandbox.pinterest.com instead.",
    },
)


class Pinterest(StandIn):
    """The account `atlaslogistique`."""

    vendor: ClassVar[str] = "pinterest"
    token = "pina_canary-of-a-pinterest-token"  # noqa: S105 - made up
    board = "549755885175"

    def __init__(self) -> None:
        super().__init__()
        self.tokens.add(self.token)
        # Made up: the vendor's numbers are per category and app.
        self.limits["post"] = Window(100, 60)
        #: By id, oldest first.
        self.pins: dict[str, dict[str, Any]] = {}
        self.boards = {self.board: "Nos chantiers", "549755885176": "Nos équipes"}
        #: Descriptions are cut there, and nothing is said of it; 0: they are not.
        self.cut = 0
        #: False: counts are not there yet.
        self.counted = True
        self._last = 654_321_654_321_654_321

    # --- for tests ---------------------------------------------------------------------------

    def post_by_hand(self, text: str) -> str:
        return str(self._add({"description": text, "media": {"media_type": "image"}})["id"])

    def texts(self) -> list[str]:
        told_ = ((pin.get("title"), pin.get("description")) for pin in self.pins.values())
        return ["\n\n".join(filter(None, one)) for one in told_]

    def alts(self) -> list[str]:
        return [alt for pin in self.pins.values() for alt in pin.get("alt_text", "").splitlines()]

    # --- refusals ----------------------------------------------------------------------------

    def refuse_token(self, asked: Asked) -> Reply | None:
        good = self.tokens.standing(asked.bearer, self.clock()) == "good"
        return None if good else _refused(401, 2, "Authentication failed.").reply

    def refuse_request(self, message: str) -> Reply:
        return _refused(400, 1, f"Invalid request: {message[:80]}").reply

    def told_left(self, window: Window) -> Mapping[str, str]:
        reset = str(math.ceil(window.ends(self.clock()).total_seconds()))
        return {"X-RateLimit-Remaining": str(window.left), "X-RateLimit-Reset": reset}

    def refuse_throttled(self, seconds: int) -> Reply:
        value = {"code": 8, "message": "You have exceeded your rate limit. Try again later."}
        return told(value, 429, {"X-RateLimit-Reset": str(seconds)})

    # --- operations --------------------------------------------------------------------------

    @answers("GET /v5/user_account", call="read")
    def account(self, asked: Asked) -> object:
        return {"account_type": "BUSINESS", "id": "2783136121146311751", "username": "atlaslog"}

    @answers("GET /v5/boards", call="read")
    def list_boards(self, asked: Asked) -> object:
        return self._paged(asked, [{"id": i, "name": n} for i, n in self.boards.items()])

    @answers("GET /v5/boards/{board_id}", call="read")
    def get_board(self, asked: Asked) -> object:
        return {"id": asked.path["board_id"], "name": self._board(asked.path["board_id"])}

    @answers("GET /v5/boards/{board_id}/pins", call="read")
    def list_pins(self, asked: Asked) -> object:
        self._board(asked.path["board_id"])
        own = [p for p in reversed(self.pins.values()) if p["board_id"] == asked.path["board_id"]]
        return self._paged(asked, [_shown(pin) for pin in own])

    @answers("POST /v5/pins", call="post")
    def create_pin(self, asked: Asked) -> object:
        said = dict(asked.values)
        self._board(said["board_id"])
        said["description"] = said.get("description", "")[: self.cut or None]
        source = said.pop("media_source")
        media: dict[str, Any] = {"media_type": _SOURCES[source["source_type"]]}
        if "items" in source:
            media["items"] = [{"item_type": "image"} for _ in source["items"]]
        return told(_shown(self._add({**said, "media": media})), 201)

    @answers("GET /v5/pins/{pin_id}", call="read")
    def get_pin(self, asked: Asked) -> object:
        pin = _shown(self._pin(asked))
        if asked.query.get("pin_metrics"):
            names = ("pin_click", "impression", "clickthrough", "reaction", "comment", "save")
            metrics = {"lifetime_metrics": dict.fromkeys(names, 0)}
            pin["pin_metrics"] = metrics if self.counted else None
        return pin

    @answers("DELETE /v5/pins/{pin_id}", call="delete")
    def delete_pin(self, asked: Asked) -> object:
        del self.pins[self._pin(asked)["id"]]
        return Reply(status=204)

    # --- parts -------------------------------------------------------------------------------

    def _board(self, number: str) -> str:
        if number not in self.boards:
            raise _refused(404, 40, "Board not found.")
        return self.boards[number]

    def _pin(self, asked: Asked) -> dict[str, Any]:
        if asked.path["pin_id"] not in self.pins:
            raise _refused(404, 50, "Pin not found.")
        return self.pins[asked.path["pin_id"]]

    def _paged(self, asked: Asked, items: list[dict[str, Any]]) -> dict[str, Any]:
        start = int(asked.query.get("bookmark", 0))
        end = start + asked.query.get("page_size", 25)
        return {"items": items[start:end], "bookmark": str(end) if end < len(items) else None}

    def _add(self, said: dict[str, Any]) -> dict[str, Any]:
        self._last += 1
        number, at = str(self._last), self.clock()
        about = {"id": number, "created_at": f"{at:%Y-%m-%dT%H:%M:%S}", "board_id": self.board}
        self.pins[number] = {**about, "board_owner": {"username": "atlaslog"}, **said}
        return self.pins[number]


def _shown(pin: dict[str, Any]) -> dict[str, Any]:
    """Return a pin as it is read: what it has not is null."""
    nothing = dict.fromkeys(("title", "description", "link", "alt_text"))
    return {**nothing, "is_owner": True, "creative_type": "REGULAR", **pin}


def _refused(status: int, code: int, message: str) -> Refused:
    return Refused(status, {"code": code, "message": message})
