"""A stand-in for Mattermost: one channel with one bot and one incoming webhook in it.

api.mattermost.com, and for what stands only there the vendor's own server, mattermost/mattermost.
"""

import math
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar

from cmctl.channels.markdown import plain
from cmctl.testing.sandbox.wire import Reply
from cmctl.testing.standins.asked import Asked
from cmctl.testing.standins.limits import Window
from cmctl.testing.standins.server import Refused, StandIn, answers, told

#: `pendingPostIDsCacheTTL` in server/channels/app/post.go.
PENDING_LIFE = timedelta(seconds=30)
_LIMIT = 16_383


class Mattermost(StandIn):
    """The bot `atlas` in one channel of one server."""

    vendor: ClassVar[str] = "mattermost"
    token = "canaryofabot8y1hqjx5wnr7c"  # noqa: S105 - made up
    webhook_token = "canaryofawebhook9d3k2mfp1z"  # noqa: S105
    channel = "4yrkq8bn3jgf9p6d1wz7xhtmce"
    bot = "bot1u8z4s9cq5k7n2x3v6w1eyo"

    def __init__(self) -> None:
        super().__init__()
        self.tokens.add(self.token)
        self.tokens.add(self.webhook_token)
        # docs.mattermost.com, "Rate limiting": off by default; 10 a second where it is on.
        self.limits["post"] = Window(10, 1)
        #: By id, in order.
        self.posts: dict[str, dict[str, Any]] = {}
        self.files: dict[str, dict[str, Any]] = {}
        self._pending: dict[str, str] = {}
        self._last = 0

    @property
    def webhook_url(self) -> str:
        """The whole address of the webhook."""
        return f"{self.url}/hooks/{self.webhook_token}"

    # --- for tests ---------------------------------------------------------------------------

    def post_by_hand(self, text: str) -> str:
        return str(self._add({"message": text, "user_id": "owner7h2k9d4s6f8g1j3l5z0xq"})["id"])

    def comment_by_hand(self, on: str, text: str) -> str:
        """Answer a post as the owner does."""
        said = {"message": text, "user_id": "owner7h2k9d4s6f8g1j3l5z0xq", "root_id": on}
        return str(self._add(said)["id"])

    def texts(self) -> list[str]:
        return [plain(post["message"]) for post in self.posts.values()]

    def alts(self) -> list[str]:
        return []  # there are none

    # --- refusals ----------------------------------------------------------------------------

    def refuse_token(self, asked: Asked) -> Reply | None:
        if "key" in asked.path:
            good = self.tokens.standing(asked.path["key"], self.clock()) == "good"
            return None if good else _refused(400, "web.incoming_webhook.invalid.app_error").reply
        good = self.tokens.standing(asked.bearer, self.clock()) == "good"
        return None if good else _refused(401, "api.context.session_expired.app_error").reply

    def refuse_request(self, message: str) -> Reply:
        return _refused(400, "api.context.invalid_body_param.app_error").reply

    def told_left(self, window: Window) -> Mapping[str, str]:
        reset = str(math.ceil(window.ends(self.clock()).total_seconds()))
        return {"X-RateLimit-Remaining": str(window.left), "X-RateLimit-Reset": reset}

    def refuse_throttled(self, seconds: int) -> Reply:
        headers = {"Retry-After": str(seconds), "X-RateLimit-Reset": str(seconds)}
        return Reply(status=429, body=b"limit exceeded", type="text/plain", headers=headers)

    # --- the bot -----------------------------------------------------------------------------

    @answers("GET /api/v4/users/me", call="read")
    def me(self, asked: Asked) -> object:
        return {"id": self.bot, "username": "atlas", "locale": "fr"}

    @answers("POST /api/v4/posts", call="post")
    def create_post(self, asked: Asked) -> object:
        said = asked.values
        self._check_channel(said["channel_id"])
        pending = said.get("pending_post_id", "")
        made = self.posts.get(self._pending.get(pending, "")) if pending else None
        if made and self._now() - made["create_at"] < PENDING_LIFE.total_seconds() * 1000:
            return told(made, 201)
        message, files = said["message"].strip(), said.get("file_ids", [])
        if len(message) > _LIMIT:
            raise _refused(400, "model.post.is_valid.message_length.app_error")
        if not message and not files:
            raise _refused(400, "api.context.invalid_body_param.app_error")
        root = said.get("root_id", "")
        if root and (root not in self.posts or self.posts[root]["root_id"]):
            raise _refused(400, "api.post.create_post.root_id.app_error")
        if not self.files.keys() >= set(files):
            raise _refused(400, "api.post.create_post.attach_files.error")
        fields = {"message": message, "root_id": root, "file_ids": files}
        post = self._add({**fields, "user_id": self.bot, "pending_post_id": pending})
        self._pending[pending] = post["id"]
        return told(self._shown(post), 201)

    @answers("POST /api/v4/files", call="upload")
    def upload_file(self, asked: Asked) -> object:
        self._check_channel(asked.values["channel_id"])
        self._last += 1
        file = asked.files["files"]
        number = f"file{self._last:022d}"
        about = {"id": number, "name": file.name, "size": len(file.data), "mime_type": file.type}
        self.files[number] = about
        return told({"file_infos": [about], "client_ids": []}, 201)

    @answers("GET /api/v4/posts/{post_id}", call="read")
    def get_post(self, asked: Asked) -> object:
        return self._shown(self._known(asked))

    @answers("GET /api/v4/posts/{post_id}/thread", call="read")
    def get_post_thread(self, asked: Asked) -> object:
        post = self._known(asked)
        root = post["root_id"] or post["id"]
        shown = {
            number: self._shown(one)
            for number, one in self.posts.items()
            if root in {number, one["root_id"]}
        }
        return {"order": list(shown), "posts": shown, "next_post_id": "", "prev_post_id": ""}

    @answers("DELETE /api/v4/posts/{post_id}", call="delete")
    def delete_post(self, asked: Asked) -> object:
        number = self._known(asked)["id"]
        gone = {number, *(one["id"] for one in self.posts.values() if one["root_id"] == number)}
        self.posts = {key: post for key, post in self.posts.items() if key not in gone}
        return {"status": "OK"}

    @answers("GET /api/v4/channels/{channel_id}/posts", call="read")
    def get_posts_for_channel(self, asked: Asked) -> object:
        self._check_channel(asked.path["channel_id"])
        newest = list(reversed(self.posts))
        before = asked.query.get("before", "")
        if before in newest:
            newest = newest[newest.index(before) + 1 :]
        page = newest[: asked.query.get("per_page", 60)]
        shown = {number: self._shown(self.posts[number]) for number in page}
        following = newest[len(page)] if len(newest) > len(page) else ""
        return {"order": page, "posts": shown, "next_post_id": "", "prev_post_id": following}

    # --- the webhook -------------------------------------------------------------------------

    @answers("POST /hooks/{key}", call="post")
    def incoming_webhook(self, asked: Asked) -> object:
        text = asked.values.get("text", "").strip()
        if not text:
            raise _refused(400, "web.incoming_webhook.text.app_error")
        self._add({"message": text, "user_id": self.bot, "props": {"from_webhook": "true"}})
        return Reply(body=b"ok", type="text/plain")

    # --- parts -------------------------------------------------------------------------------

    def _check_channel(self, channel: str) -> None:
        if channel != self.channel:
            raise _refused(404, "app.channel.get.existing.app_error")

    def _known(self, asked: Asked) -> dict[str, Any]:
        post = self.posts.get(asked.path["post_id"])
        if post is None:
            raise _refused(404, "app.post.get.app_error")
        return post

    def _shown(self, post: dict[str, Any]) -> dict[str, Any]:
        count = sum(one["root_id"] == post["id"] for one in self.posts.values())
        return {**post, "reply_count": count}

    def _now(self) -> int:
        return int(self.clock().timestamp() * 1000)

    def _add(self, post: dict[str, Any]) -> dict[str, Any]:
        self._last += 1
        number, now = f"post{self._last:022d}", self._now()
        times = {"create_at": now, "update_at": now, "delete_at": 0, "edit_at": 0}
        about = {"id": number, "channel_id": self.channel, "root_id": "", "type": "", **times}
        self.posts[number] = {**about, "file_ids": [], "props": {}, **post}
        return self.posts[number]


def _refused(status: int, error: str) -> Refused:
    value = {"id": error, "message": "In the server's words.", "status_code": status}
    return Refused(status, value)
