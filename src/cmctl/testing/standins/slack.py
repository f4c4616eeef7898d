"""A stand-in for Slack's Web API: one channel with one app and its incoming webhook in it.

docs.slack.dev/reference/methods; the description of 2021 lacks the upload of files, which is retold
by hand from there.
"""

import html
import re
from collections.abc import Mapping
from typing import Any, ClassVar

from cmctl.channels.vendors.slack.text import plain
from cmctl.testing.sandbox.wire import Reply
from cmctl.testing.standins.asked import Asked, Upload
from cmctl.testing.standins.limits import Window
from cmctl.testing.standins.server import Refused, StandIn, answers, told

_PAGE = 100
_LINK = re.compile(r"https?://[^\s<>|]+")


class Slack(StandIn):
    """The app `atlas` in one channel."""

    vendor: ClassVar[str] = "slack"
    token = "xoxb-2154-canary-of-an-app"  # noqa: S105 - made up
    webhook_token = "canaryOfAnIncomingWebhook"  # noqa: S105
    channel = "C1H9RESGL"
    bot = "W12345678"
    bot_id = "B19LU7CSY"

    def __init__(self) -> None:
        super().__init__()
        self.tokens.add(self.token)
        self.tokens.add(self.webhook_token)
        # One a second and channel, with room for bursts, is documented; so much in a minute.
        self.limits["post"] = Window(60, 60)
        #: By `ts`, in order.
        self.messages: dict[str, dict[str, Any]] = {}
        #: By id; None until their bytes have come.
        self.files: dict[str, Upload | None] = {}
        #: What the app may do.
        self.scopes = ["chat:write", "files:write", "channels:history", "reactions:read"]
        self._ready: set[str] = set()
        self._last = 0

    @property
    def webhook_url(self) -> str:
        """The whole address of the webhook."""
        return f"{self.url}/services/T12345678/{self.bot_id}/{self.webhook_token}"

    # --- for tests ---------------------------------------------------------------------------

    def post_by_hand(self, text: str) -> str:
        return str(self._add({"text": html.escape(text, quote=False), "user": "U061F7AUR"})["ts"])

    def comment_by_hand(self, on: str, text: str) -> str:
        """Answer in the thread of a message as a member does."""
        root = self.messages[on].get("thread_ts", on)
        said = {"text": html.escape(text, quote=False), "user": "U061F7AUR", "thread_ts": root}
        self.messages[root]["thread_ts"] = root
        return str(self._add(said)["ts"])

    def texts(self) -> list[str]:
        return [plain(message["text"]) for message in self.messages.values()]

    def alts(self) -> list[str]:
        blocks = (one for message in self.messages.values() for one in message.get("blocks", ()))
        return [block["alt_text"] for block in blocks if block["type"] == "image"]

    # --- refusals ----------------------------------------------------------------------------

    def refuse_token(self, asked: Asked) -> Reply | None:
        if asked.operation.startswith("POST /upload"):  # the address itself is the secret
            return None
        if "key" in asked.path:
            good = self.tokens.standing(asked.path["key"], self.clock()) == "good"
            return None if good else Reply(status=404, body=b"no_service", type="text/html")
        standing = self.tokens.standing(asked.bearer, self.clock())
        words = {"unknown": "invalid_auth", "expired": "token_expired"}
        return None if standing == "good" else _refused(words[standing]).reply

    def refuse_request(self, message: str) -> Reply:
        return _refused("invalid_arguments").reply

    def refuse_throttled(self, seconds: int) -> Reply:
        return told({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": str(seconds)})

    def outcome(self, reply: Reply, value: object) -> str:
        """Slack refuses with a 200."""
        good = isinstance(value, dict) and value.get("ok") is True
        return "200" if good else "default"

    # --- methods -----------------------------------------------------------------------------

    @answers("GET /api/auth.test", call="read")
    def auth_test(self, asked: Asked) -> object:
        team = {"team": "Atlas", "team_id": "T12345678", "url": "https://atlas.slack.com/"}
        who = {"ok": True, "user": "atlas", "user_id": self.bot, "bot_id": self.bot_id, **team}
        return told(who, 200, {"X-OAuth-Scopes": ",".join(self.scopes)})

    @answers("POST /api/chat.postMessage", call="post")
    def post_message(self, asked: Asked) -> object:
        said = asked.values
        self._check_channel(said)
        text, root = said.get("text", ""), said.get("thread_ts", "")
        if not text.strip() and not said.get("blocks"):
            raise _refused("no_text")
        if root and self.messages.get(root, {"thread_ts": ""}).get("thread_ts", root) != root:
            raise _refused("thread_not_found")
        blocks = {"blocks": said["blocks"]} if said.get("blocks") else {}
        self._check_images(said.get("blocks") or [])
        thread = {"thread_ts": root, "parent_user_id": self.bot} if root else {}
        own = {"user": self.bot, "bot_id": self.bot_id}
        message = self._add({"text": _linked(text.strip()[:40_000]), **own, **blocks, **thread})
        if root:
            self.messages[root]["thread_ts"] = root
        return {"ok": True, "channel": self.channel, "ts": message["ts"], "message": message}

    @answers("POST /api/chat.delete", call="delete")
    def delete(self, asked: Asked) -> object:
        self._check_channel(asked.values)
        if asked.values["ts"] not in self.messages:
            raise _refused("message_not_found")
        del self.messages[asked.values["ts"]]
        return {"ok": True, "channel": self.channel, "ts": asked.values["ts"]}

    @answers("GET /api/conversations.history", call="read")
    def history(self, asked: Asked) -> object:
        self._check_channel(asked.query)
        oldest = asked.query.get("oldest", "0")
        roots = [
            self._counted(one)
            for one in reversed(self.messages.values())
            if one.get("thread_ts", one["ts"]) == one["ts"] and float(one["ts"]) >= float(oldest)
        ]
        return self._page(asked, roots)

    @answers("GET /api/conversations.replies", call="read")
    def replies(self, asked: Asked) -> object:
        self._check_channel(asked.query)
        ts = asked.query["ts"]
        if ts not in self.messages:
            raise _refused("thread_not_found")
        oldest = float(asked.query.get("oldest", "0"))
        thread = [
            one
            for one in self.messages.values()
            if one["ts"] == ts or (one.get("thread_ts") == ts and float(one["ts"]) >= oldest)
        ]
        return self._page(asked, [self._counted(one) for one in thread])

    @answers("POST /api/files.getUploadURLExternal", call="upload")
    def get_upload_url_external(self, asked: Asked) -> object:
        file = f"F{len(self.files) + 1:08d}"
        self.files[file] = None
        return {"ok": True, "file_id": file, "upload_url": f"{self.url}/upload/v1/{file}"}

    @answers("POST /upload/v1/{file}", call="upload")
    def upload(self, asked: Asked) -> object:
        self.files[asked.path["file"]] = Upload("", asked.type, asked.body)
        return Reply(body=f"OK - {len(asked.body)}".encode(), type="text/plain")

    @answers("POST /api/files.completeUploadExternal", call="upload")
    def complete_upload_external(self, asked: Asked) -> object:
        files = [one["id"] for one in asked.values["files"]]
        if any(self.files.get(file) is None for file in files):
            raise _refused("file_not_found")
        self._ready |= set(files)
        return {"ok": True, "files": [{"id": file} for file in files]}

    @answers("POST /services/{team}/{bot}/{key}", call="post")
    def incoming_webhook(self, asked: Asked) -> object:
        text = asked.values.get("text", "").strip()
        if not text:
            return Reply(status=400, body=b"no_text", type="text/html")
        own = {"subtype": "bot_message", "bot_id": self.bot_id, "username": "atlas"}
        self._add({"text": _linked(text), **own})
        return Reply(body=b"ok", type="text/html")

    # --- parts -------------------------------------------------------------------------------

    def _check_channel(self, said: Mapping[str, Any]) -> None:
        if said.get("channel") != self.channel:
            raise _refused("channel_not_found")

    def _check_images(self, blocks: list[dict[str, Any]]) -> None:
        images = [block["slack_file"]["id"] for block in blocks if block["type"] == "image"]
        if not self._ready.issuperset(images):
            raise _refused("invalid_blocks")

    def _counted(self, message: dict[str, Any]) -> dict[str, Any]:
        ts = message["ts"]
        under = [one for one in self.messages.values() if one.get("thread_ts") == ts]
        answers = [one["ts"] for one in under if one["ts"] != ts]
        told = {"reply_count": len(answers), "latest_reply": max(answers, default="")}
        return {**message, **told} if answers else message

    def _page(self, asked: Asked, found: list[dict[str, Any]]) -> object:
        start = int(asked.query.get("cursor", "0"))
        end = start + min(asked.query.get("limit", _PAGE), _PAGE)
        more = {"response_metadata": {"next_cursor": str(end)}} if end < len(found) else {}
        return {"ok": True, "messages": found[start:end], "has_more": bool(more), **more}

    def _add(self, message: dict[str, Any]) -> dict[str, Any]:
        self._last = max(self._last + 1, int(self.clock().timestamp() * 1_000_000))
        ts = f"{self._last // 1_000_000}.{self._last % 1_000_000:06d}"
        self.messages[ts] = {"type": "message", "ts": ts, **message}
        return self.messages[ts]


def _linked(text: str) -> str:
    """Mark links as Slack does when it stores a text."""
    return _LINK.sub(lambda match: f"<{match[0]}>", text)


def _refused(error: str) -> Refused:
    return Refused(200, {"ok": False, "error": error})
