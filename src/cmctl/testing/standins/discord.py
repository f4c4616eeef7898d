"""A stand-in for Discord's API: one channel with one bot and one webhook in it.

docs.discord.com: "Create Message", "Execute Webhook", "Rate Limits", "Opcodes and Status Codes",
"Message Content Intent".
"""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar

from cmctl.channels.markdown import plain
from cmctl.testing.sandbox.wire import Reply
from cmctl.testing.standins.asked import MULTIPART, Asked
from cmctl.testing.standins.limits import Window
from cmctl.testing.standins.server import Refused, StandIn, answers, told

#: "The past few minutes" in which a nonce is enforced.
NONCE_LIFE = timedelta(minutes=3)
_MESSAGES = "/api/v10/channels/{channel_id}/messages"
_WEBHOOK = "/api/v10/webhooks/{webhook_id}/{webhook_token}"


class Discord(StandIn):
    """The bot `atlas-bot` and the webhook `Atlas` in one channel of one server."""

    vendor: ClassVar[str] = "discord"
    token = "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.canary-of-a-bot"  # noqa: S105 - made up
    webhook_token = "canary-of-a-webhook-3d89bb7572e0fb30"  # noqa: S105
    channel = "41771983423143937"
    webhook = "223704706495545344"

    def __init__(self) -> None:
        super().__init__()
        self.tokens.add(self.token)
        self.tokens.add(self.webhook_token)
        self.limits["post"] = Window(50, 1)
        #: By id, in order.
        self.messages: dict[str, dict[str, Any]] = {}
        #: False: other people's messages come empty.
        self.may_read = True
        self._nonces: dict[str, str] = {}
        self._last = 1088210987654321000
        self.bot = _user("198622483471925248", "atlas-bot")
        self._owner = _user("80351110224678912", "m.g")

    @property
    def webhook_url(self) -> str:
        """The whole address of the webhook."""
        return f"{self.url}/api/webhooks/{self.webhook}/{self.webhook_token}"

    # --- for tests ---------------------------------------------------------------------------

    def post_by_hand(self, text: str) -> str:
        return str(self._add({"content": text, "author": self._owner})["id"])

    def comment_by_hand(self, on: str, text: str) -> str:
        """Answer a message as the owner does."""
        reference = {"type": 0, "message_id": on, "channel_id": self.channel}
        said = {"content": text, "author": self._owner, "message_reference": reference}
        return str(self._add(said)["id"])

    def texts(self) -> list[str]:
        return [plain(message["content"]) for message in self.messages.values()]

    def alts(self) -> list[str]:
        files = (file for message in self.messages.values() for file in message["attachments"])
        return [file["description"] for file in files]

    # --- refusals ----------------------------------------------------------------------------

    def refuse_token(self, asked: Asked) -> Reply | None:
        if "webhook_token" in asked.path:
            known = asked.path["webhook_id"] == self.webhook
            if not known:
                return _refused(404, 10015, "Unknown Webhook").reply
            good = self.tokens.standing(asked.path["webhook_token"], self.clock()) == "good"
            return None if good else _refused(401, 50027, "Invalid Webhook Token").reply
        bot = asked.headers.get("authorization", "").startswith("Bot ")
        good = bot and self.tokens.standing(asked.bearer, self.clock()) == "good"
        return None if good else _refused(401, 0, "401: Unauthorized").reply

    def refuse_request(self, message: str) -> Reply:
        return _refused(400, 50035, "Invalid Form Body").reply

    def told_left(self, window: Window) -> Mapping[str, str]:
        reset = f"{window.ends(self.clock()).total_seconds():.3f}"
        return {"X-RateLimit-Remaining": str(window.left), "X-RateLimit-Reset-After": reset}

    def refuse_throttled(self, seconds: int) -> Reply:
        value = {
            "message": "You are being rate limited.",
            "code": 0,
            "retry_after": float(seconds),
            "global": False,
        }
        return told(value, 429, {"Retry-After": str(seconds)})

    def body(self, asked: Asked) -> Mapping[str, Any]:
        """Of a form the description is about what stands in `payload_json`."""
        return _said(asked)

    # --- the bot -----------------------------------------------------------------------------

    @answers("GET /api/v10/users/@me", call="read")
    def get_my_user(self, asked: Asked) -> object:
        return {**self.bot, "mfa_enabled": True, "locale": "fr"}

    @answers("GET /api/v10/applications/@me", call="read")
    def get_my_application(self, asked: Asked) -> object:
        about = {"id": self.bot["id"], "name": "atlas-bot", "icon": None, "description": ""}
        return {**about, "verify_key": "0" * 64, "flags": 1 << 19 if self.may_read else 0}

    @answers(f"POST {_MESSAGES}", call="post")
    def create_message(self, asked: Asked) -> object:
        self._check_channel(asked)
        said = _said(asked)
        nonce = str(said.get("nonce") or "")
        made = self.messages.get(self._nonces.get(nonce, "")) if said.get("enforce_nonce") else None
        if made is not None and self.clock() - made["at"] < NONCE_LIFE:
            return _shown(made)
        reference = said.get("message_reference")
        if reference is not None and reference["message_id"] not in self.messages:
            raise _refused(400, 50035, "Invalid Form Body")
        message = self._message(asked, self.bot)
        if nonce:
            self._nonces[nonce] = message["id"]
            message["nonce"] = nonce
        return _shown(message)

    @answers(f"GET {_MESSAGES}", call="read")
    def list_messages(self, asked: Asked) -> object:
        self._check_channel(asked)
        before = int(asked.query.get("before", self._last + 1))
        older = [one for one in reversed(self.messages.values()) if int(one["id"]) < before]
        return [self._read(one) for one in older[: asked.query.get("limit", 50)]]

    @answers(f"GET {_MESSAGES}/{{message_id}}", call="read")
    def get_message(self, asked: Asked) -> object:
        self._check_channel(asked)
        return self._read(self._known(asked))

    @answers(f"DELETE {_MESSAGES}/{{message_id}}", call="delete")
    def delete_message(self, asked: Asked) -> object:
        self._check_channel(asked)
        del self.messages[self._known(asked)["id"]]
        return Reply(status=204)

    # --- the webhook -------------------------------------------------------------------------

    @answers(f"GET {_WEBHOOK}", call="read")
    def get_webhook_by_token(self, asked: Asked) -> object:
        about = {"id": self.webhook, "name": "Atlas", "type": 1, "channel_id": self.channel}
        return {**about, "application_id": None, "avatar": None}

    @answers(f"POST {_WEBHOOK}", call="post")
    def execute_webhook(self, asked: Asked) -> object:
        message = self._message(asked, _user(self.webhook, "Atlas"))
        message["webhook_id"] = self.webhook
        return _shown(message) if asked.query.get("wait") else Reply(status=204)

    @answers(f"GET {_WEBHOOK}/messages/{{message_id}}", call="read")
    def get_webhook_message(self, asked: Asked) -> object:
        return _shown(self._webhooks_own(asked))

    @answers(f"DELETE {_WEBHOOK}/messages/{{message_id}}", call="delete")
    def delete_webhook_message(self, asked: Asked) -> object:
        del self.messages[self._webhooks_own(asked)["id"]]
        return Reply(status=204)

    # --- parts -------------------------------------------------------------------------------

    def _check_channel(self, asked: Asked) -> None:
        if asked.path["channel_id"] != self.channel:
            raise _refused(404, 10003, "Unknown Channel")

    def _known(self, asked: Asked) -> dict[str, Any]:
        message = self.messages.get(asked.path["message_id"])
        if message is None:
            raise _refused(404, 10008, "Unknown Message")
        return message

    def _webhooks_own(self, asked: Asked) -> dict[str, Any]:
        message = self._known(asked)
        if message.get("webhook_id") != self.webhook:
            raise _refused(404, 10008, "Unknown Message")
        return message

    def _read(self, message: dict[str, Any]) -> dict[str, Any]:
        """Return a message as the bot may read it."""
        shown = _shown(message)
        if self.may_read or message["author"]["id"] == self.bot["id"]:
            return shown
        return {**shown, "content": "", "attachments": [], "embeds": []}

    def _message(self, asked: Asked, author: dict[str, Any]) -> dict[str, Any]:
        said = _said(asked)
        content = (said.get("content") or "").strip()
        if not content and not asked.files:
            raise _refused(400, 50006, "Cannot send an empty message")
        if len(content) > 2000:
            raise _refused(400, 50035, "Invalid Form Body")
        reference = said.get("message_reference")
        where = {"type": 0, "channel_id": self.channel}
        more = {"type": 19, "message_reference": {**reference, **where}} if reference else {}
        files = [self._attachment(asked, one) for one in said.get("attachments") or []]
        return self._add({"content": content, "author": author, "attachments": files, **more})

    def _attachment(self, asked: Asked, said: Mapping[str, Any]) -> dict[str, Any]:
        file = asked.files.get(f"files[{said['id']}]")
        if file is None:
            raise _refused(400, 50035, "Invalid Form Body")
        self._last += 1
        address = f"https://cdn.discordapp.com/attachments/{self._last}/{file.name}"
        told = {name: said[name] for name in ("description",) if said.get(name) is not None}
        about = {"id": str(self._last), "filename": file.name, "size": len(file.data), **told}
        return {**about, "url": address, "proxy_url": address, "content_type": file.type}

    def _add(self, message: dict[str, Any]) -> dict[str, Any]:
        self._last += 1
        at = self.clock()
        about = {"id": str(self._last), "channel_id": self.channel, "type": 0, "at": at}
        self.messages[str(self._last)] = {**_EMPTY, "attachments": [], **about, **message}
        return self.messages[str(self._last)]


_EMPTY: Mapping[str, Any] = {
    "mentions": [],
    "mention_roles": [],
    "embeds": [],
    "components": [],
    "edited_timestamp": None,
    "flags": 0,
    "pinned": False,
    "mention_everyone": False,
    "tts": False,
}


def _said(asked: Asked) -> Mapping[str, Any]:
    if asked.type != MULTIPART:
        return asked.values
    payload = json.loads(asked.values["payload_json"])
    return payload if isinstance(payload, dict) else {}


def _shown(message: dict[str, Any]) -> dict[str, Any]:
    shown = {name: value for name, value in message.items() if name != "at"}
    return {**shown, "timestamp": message["at"].isoformat()}


def _user(number: str, name: str) -> dict[str, Any]:
    plain_user = {"id": number, "username": name, "avatar": None, "discriminator": "0"}
    more = {"public_flags": 0, "flags": 0, "global_name": None, "primary_guild": None}
    return {**plain_user, **more}


def _refused(status: int, code: int, message: str) -> Refused:
    return Refused(status, {"message": message, "code": code})
