"""A stand-in for Telegram's Bot API: one channel with one bot in it.

Its refusals are in the words of the vendor's own server, github.com/tdlib/telegram-bot-api
(`Client.cpp`, `Query.cpp`). Documented limits: core.telegram.org/bots/api and /bots/faq.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar

from cmctl.testing.sandbox.wire import Reply
from cmctl.testing.standins.asked import MULTIPART, Asked
from cmctl.testing.standins.limits import Window
from cmctl.testing.standins.server import Refused, StandIn, answers, told

#: How long a bot may delete a message.
DELETABLE = timedelta(hours=48)
#: What is always told of an administrator, and what is true of this one.
_TOLD = (
    *("can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages"),
    *("can_manage_video_chats", "can_restrict_members", "can_promote_members"),
    *("can_change_info", "can_invite_users"),
    *("can_post_stories", "can_edit_stories", "can_delete_stories"),
)
_GIVEN = ("can_manage_chat", "can_delete_messages", "can_post_messages")
_UNCHANGED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


class Telegram(StandIn):
    """The bot `atlas_bot` in the channel `@atlas`."""

    vendor: ClassVar[str] = "telegram"
    token = "4839574812:AAFD39kkdpWt3ywyRZergyOLMaJhac60qc"  # noqa: S105 - of the documents' example
    chat = "@atlas"

    def __init__(self) -> None:
        super().__init__()
        self.tokens.add(self.token)
        self.limits["post"] = Window(20, 60)
        #: By number, in order.
        self.messages: dict[int, dict[str, Any]] = {}
        self._last = 0
        #: What the bot may do in the channel (ChatMemberAdministrator).
        self.rights = dict.fromkeys(_TOLD, False) | dict.fromkeys(_GIVEN, True)
        about = {"type": "channel", "title": "Atlas", "username": "atlas"}
        self._chat: dict[str, Any] = {"id": -1001234567890, **about}
        #: The channel's discussion group, its messages by number, and what waits for the bot.
        self._group: dict[str, Any] = {"id": -1009876543210, "type": "supergroup", "title": "Avis"}
        self.group: dict[int, dict[str, Any]] = {}
        self.waiting: list[dict[str, Any]] = []

    # --- for tests ---------------------------------------------------------------------------

    def post_by_hand(self, text: str) -> str:
        return str(self._add({"text": text, "author_signature": "M. G."})["message_id"])

    def comment_by_hand(self, on: str, text: str) -> str:
        """Comment on a post as a follower does: below its copy in the discussion group."""
        at = {"date": self.messages[int(on)]["date"]}
        origin = {"type": "channel", "chat": self._chat, "message_id": int(on), **at}
        copied = {"is_automatic_forward": True, "forward_origin": origin}
        about = {**at, "chat": self._group, "sender_chat": self._chat}
        above = {"message_id": 1_000_000 + int(on), **about, **copied}
        return self.hear({"chat": self._group, "text": text, "reply_to_message": above})

    def hear(self, message: Mapping[str, Any]) -> str:
        """Have a person write what the bot sees; return its id as the adapter names it."""
        self._last += 1
        person = {"id": 80351110, "is_bot": False, "first_name": "Marie"}
        about = {"message_id": self._last, "date": int(self.clock().timestamp()), "from": person}
        said = {**about, "chat": self._chat, **message}
        self.waiting.append({"update_id": 7_000 + self._last, "message": said})
        elsewhere = said["chat"] is self._group
        (self.group if elsewhere else self.messages)[self._last] = said
        return f"{self._group['id']}/{self._last}" if elsewhere else str(self._last)

    def texts(self) -> list[str]:
        told = ((one.get("text"), one.get("caption")) for one in self.messages.values())
        return [text or caption or "" for text, caption in told if text or caption]

    def alts(self) -> list[str]:
        return []  # there are none

    # --- refusals ----------------------------------------------------------------------------

    def refuse_token(self, asked: Asked) -> Reply | None:
        good = self.tokens.standing(asked.path["token"], self.clock()) == "good"
        return None if good else _refused(401, "Unauthorized").reply

    def refuse_request(self, message: str) -> Reply:
        return _refused(400, f"Bad Request: {message}").reply

    def refuse_throttled(self, seconds: int) -> Reply:
        value = {
            "ok": False,
            "error_code": 429,
            "description": f"Too Many Requests: retry after {seconds}",
            "parameters": {"retry_after": seconds},
        }
        return told(value, 429, {"Retry-After": str(seconds)})

    def body(self, asked: Asked) -> dict[str, Any]:
        """Files that a medium names by `attach://` are no fields of their own."""
        named = {name: "" for name in asked.files if name in {"photo", "video"}}
        return {**asked.values, **named}

    # --- methods -----------------------------------------------------------------------------

    @answers("POST /bot{token}/getMe", call="read")
    def get_me(self, asked: Asked) -> object:
        return _result({"id": 1, "is_bot": True, "first_name": "Atlas", "username": "atlas_bot"})

    @answers("POST /bot{token}/getChat", call="read")
    def get_chat(self, asked: Asked) -> object:
        self._check_chat(asked)
        needed = {"accent_color_id": 0, "max_reaction_count": 11}
        return _result({**self._chat, **needed, "accepted_gift_types": {}})

    @answers("POST /bot{token}/getChatMember", call="read")
    def get_chat_member(self, asked: Asked) -> object:
        self._check_chat(asked)
        bot = {"id": 1, "is_bot": True, "first_name": "Atlas"}
        return _result({"status": "administrator", "user": bot, **self.rights})

    @answers("POST /bot{token}/getUpdates", call="updates")
    def get_updates(self, asked: Asked) -> object:
        """What is asked for with an offset takes away all that is before it."""
        offset = asked.values.get("offset", 0)
        self.waiting = [one for one in self.waiting if one["update_id"] >= offset]
        return _result(self.waiting[: asked.values.get("limit", 100)])

    @answers("POST /bot{token}/sendMessage", call="post")
    def send_message(self, asked: Asked) -> object:
        text = asked.values["text"].strip()
        if not text:
            raise _refused(400, "Bad Request: message text is empty")
        if len(text) > 4096:
            raise _refused(400, "Bad Request: message is too long")
        return _result(self._add({"text": text, **self._answered(asked)}))

    @answers("POST /bot{token}/sendPhoto", call="post")
    def send_photo(self, asked: Asked) -> object:
        photo = asked.values.get("photo", "attach://photo")
        return _result(self._add(self._photo(asked, photo, asked.values) | self._answered(asked)))

    @answers("POST /bot{token}/sendVideo", call="post")
    def send_video(self, asked: Asked) -> object:
        film = asked.files["video"]
        told = self._photo(asked, "attach://video", asked.values)
        about = {"file_id": film.name, "file_unique_id": film.name, "duration": 1}
        video = {**about, "width": 8, "height": 8, "mime_type": film.type}
        caption = {name: value for name, value in told.items() if name == "caption"}
        return _result(self._add({"video": video, **caption, **self._answered(asked)}))

    @answers("POST /bot{token}/sendMediaGroup", call="post")
    def send_media_group(self, asked: Asked) -> object:
        media = asked.values["media"]
        if not 2 <= len(media) <= 10:
            raise _refused(400, "Bad Request: wrong number of media in the album")
        photos = [self._photo(asked, one["media"], one) for one in media]
        group = {"media_group_id": str(self._last + 1), **self._answered(asked)}
        return _result([self._add(photo | group) for photo in photos])

    @answers("POST /bot{token}/deleteMessage", call="delete")
    def delete_message(self, asked: Asked) -> object:
        message = self._message(asked, "message to delete")
        if self.clock().timestamp() - message["date"] > DELETABLE.total_seconds():
            raise _refused(400, "Bad Request: message can't be deleted")
        del self._standing(asked)[message["message_id"]]
        return _result(True)

    @answers("POST /bot{token}/editMessageReplyMarkup", call="read")
    def edit_message_reply_markup(self, asked: Asked) -> object:
        self._message(asked, "message to edit")
        raise _refused(400, f"Bad Request: {_UNCHANGED}")

    # --- parts -------------------------------------------------------------------------------

    def _check_chat(self, asked: Asked) -> None:
        if str(asked.values.get("chat_id")) not in {self.chat, str(self._chat["id"])}:
            raise _refused(400, "Bad Request: chat not found")

    def _standing(self, asked: Asked) -> dict[int, dict[str, Any]]:
        """Return the messages of the chat that is meant: the channel's, or its group's."""
        if str(asked.values.get("chat_id")) == str(self._group["id"]):
            return self.group
        self._check_chat(asked)
        return self.messages

    def _message(self, asked: Asked, what: str) -> dict[str, Any]:
        message = self._standing(asked).get(asked.values["message_id"])
        if message is None:
            raise _refused(400, f"Bad Request: {what} not found")
        return message

    def _answered(self, asked: Asked) -> dict[str, Any]:
        """Return where a message stands, and what it answers there."""
        standing, wanted = self._standing(asked), asked.values.get("reply_parameters")
        where = {"chat": self._group} if standing is self.group else {}
        if wanted is None:
            return where
        message = standing.get(wanted["message_id"])
        if message is None:
            raise _refused(400, "Bad Request: message to be replied not found")
        return {**where, "reply_to_message": message}

    def _photo(self, asked: Asked, photo: str, said: Mapping[str, Any]) -> dict[str, Any]:
        name = photo.removeprefix("attach://")
        if asked.type != MULTIPART or not asked.files[name].data:
            raise _refused(400, "Bad Request: there is no photo in the request")
        caption = said.get("caption", "").strip()
        if len(caption) > 1024:
            raise _refused(400, "Bad Request: message caption is too long")
        size = {"file_id": name, "file_unique_id": name, "width": 8, "height": 8}
        return {"photo": [size], **({"caption": caption} if caption else {})}

    def _add(self, message: dict[str, Any]) -> dict[str, Any]:
        self._last += 1
        chat = self._chat
        about = {"message_id": self._last, "date": int(self.clock().timestamp())}
        made = {**about, "chat": chat, "sender_chat": chat, **message}
        (self.group if made["chat"] is self._group else self.messages)[self._last] = made
        return made


def _result(value: object) -> dict[str, object]:
    return {"ok": True, "result": value}


def _refused(code: int, description: str) -> Refused:
    return Refused(code, {"ok": False, "error_code": code, "description": description})
