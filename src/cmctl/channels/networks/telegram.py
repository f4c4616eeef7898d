"""Telegram: the messages of a bot in a channel or group.

Source: core.telegram.org/bots/api (Bot API 10.1), and for the words of its refusals the vendor's
own server, github.com/tdlib/telegram-bot-api. There is no key and no listing of what stands in a
chat, so an uncertain attempt is held. A text goes out without a parse mode: nothing in it is
markup, so nothing has to be escaped; Telegram itself marks links, mentions and hashtags.
It counts entities in UTF-16 units; its limits name characters only.
"""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from cmctl.channels.adapter import HttpAdapter
from cmctl.channels.answer import Answer
from cmctl.channels.base import Capabilities, Length, MediaRules, Outgoing, Rate, TextRules
from cmctl.channels.body import Body, file_body, json_body
from cmctl.channels.content import Part, content_problems, measured, parts, post_in_order
from cmctl.channels.evidence import altered
from cmctl.channels.grant import Grant
from cmctl.channels.http import Http, Request
from cmctl.channels.options import Form, Option
from cmctl.channels.refusals import explaining
from cmctl.core.model import Content, Problem, Receipt
from cmctl.core.text import utf16_units

_URL = "https://api.telegram.org"
_REFUSALS = {
    "unauthorized": "Telegram does not know the bot's token: take it anew from @BotFather",
    "chat not found": "there is no such chat for the bot: write the channel's @name or its number "
    "and add the bot to it",
    "bot is not a member": "the bot is not in the channel: make it an administrator there",
    "bot was kicked": "the bot was removed from the channel: make it an administrator there again",
    "need administrator rights": "the bot may not post there: give it the right to post messages",
    "not enough rights": "the bot may not do that there: give it the right in the channel's "
    "administrators",
    "caption is too long": "the text is too long for a caption: shorten it to 1,024 characters, or "
    "leave the images out",
    "message is too long": "the text is too long: shorten it to 4,096 characters",
    "message to be replied not found": "the part that this one answers was deleted",
    "message can't be deleted": "Telegram lets a bot delete for 48 hours only: delete it by hand",
    "upgraded to a supergroup": "the group has another number now: write the new one, which the "
    "group's invitation shows",
}
#: Of an administrator of a channel (ChatMemberAdministrator), as its pages call them.
_RIGHTS = (
    ("can_post_messages", "the right to post messages"),
    ("can_delete_messages", "the right to delete messages of others"),
)
_UNCHANGED = "message is not modified"
_NOT_FOUND = " not found"


class TelegramChannel(HttpAdapter):
    """One chat; a post's remote id is the number of its first message."""

    kind: ClassVar[str] = "telegram"
    options: ClassVar[tuple[Option, ...]] = (
        Option(name="token", what="a reference to the bot's token (@BotFather)", form=Form.SECRET),
        Option(
            name="chat",
            what="the channel's @name, or its number in quotes, such as '-1001234567890'",
        ),
        Option(
            name="url",
            what=f"a Bot API server of your own; {_URL} where nothing is said",
            form=Form.ADDRESS,
            required=False,
        ),
    )
    capabilities: ClassVar[Capabilities] = Capabilities(
        text=TextRules(limit=4096),
        caption=TextRules(limit=1024),
        media=MediaRules(
            count=10,
            bytes=10_000_000,
            formats=("jpg", "jpeg", "png", "webp"),
            alt=False,
            # sendPhoto: width and height together 10,000 at most, and their ratio 20.
            side=5000,
            ratio=(1 / 20, 20),
            # sendVideo: MPEG4 of up to 50 MB.
            films=("mp4",),
            film_bytes=50_000_000,
        ),
        # core.telegram.org/bots/faq: 20 messages a minute to the same group.
        rate=Rate(most=20, per=timedelta(minutes=1)),
        threads=True,
        replies=True,
    )

    def __init__(self, *, token: str, chat: str, url: str = _URL) -> None:
        explain = explaining("description", _REFUSALS)
        self._http = Http(f"{url.rstrip('/')}/bot{token}", secrets=(token,), explain=explain)
        self._chat = chat

    def lengths(self, content: Content) -> Iterable[Length]:
        """Yield how long each text is, as Telegram counts."""
        return measured(content, self.capabilities, count=utf16_units)

    def problems(self, content: Content) -> Iterable[Problem]:
        """Yield texts and captions that are too long and images that cannot go."""
        yield from content_problems(content, "Telegram", self.capabilities, self.lengths(content))
        if content.reply_to and not content.reply_to.isdecimal():
            yield Problem(
                code="bad-id",
                message=f"{content.reply_to} is no message of the chat",
                fix="take the number at the end of the message's link",
            )

    def publish(self, outgoing: Outgoing) -> Receipt:
        """Send every part once; images make the first part a photo or an album."""

        def post(part: Part, made: list[list[dict[str, Any]]]) -> list[dict[str, Any]]:
            fields: dict[str, object] = {"chat_id": self._chat}
            if part.parent is not None:
                fields["reply_parameters"] = {"message_id": made[part.parent][0]["message_id"]}
            elif outgoing.content.reply_to:
                fields["reply_parameters"] = {"message_id": int(outgoing.content.reply_to)}
            method, body = _request(fields, part, outgoing if not made else None)
            return _messages(self._http.post(f"/{method}", body))

        wanted = parts(outgoing.content)
        made = post_in_order(wanted, post)
        ids = [str(message["message_id"]) for messages in made for message in messages]
        return Receipt(
            remote_id=ids[0],
            url=_address(made[0][0]),
            at=_at(made[0][0]),
            parts=tuple(ids),
            altered=altered(wanted, [_text(messages[0]) for messages in made]),
        )

    def delete(self, remote_id: str) -> None:
        """Delete a message; one that is gone already is no error."""
        body = json_body({"chat_id": self._chat, "message_id": int(remote_id)})
        answer = self._http.post("/deleteMessage", body, accept=(400,))
        if answer.status == 400 and _NOT_FOUND not in _described(answer):
            raise answer.failure()

    def exists(self, remote_id: str) -> bool:
        """Ask for a change that changes nothing, since there is no way to read a message.

        A post of ours has no buttons, so taking its buttons away is refused as no change.
        """
        body = json_body({"chat_id": self._chat, "message_id": int(remote_id)})
        request = Request(
            method="POST",
            path="/editMessageReplyMarkup",
            body=body,
            accept=(400,),
            repeatable=True,
        )
        answer = self._http.send(request)
        if answer.status == 400 and _UNCHANGED not in _described(answer):
            if _NOT_FOUND in _described(answer):
                return False
            raise answer.failure()
        return True

    def probe(self) -> str:
        """Return the bot's name and the chat's title."""
        bot, chat = self._read("getMe", {}), self._read("getChat", {"chat_id": self._chat})
        return f"@{bot.get('username')} in {chat.get('title') or self._chat}"

    def grant(self) -> Grant | None:
        """Return which rights the bot lacks in its channel; in a group it needs none."""
        chat = self._read("getChat", {"chat_id": self._chat})
        if chat.get("type") != "channel":
            return None
        bot = self._read("getMe", {}).get("id")
        member = self._read("getChatMember", {"chat_id": self._chat, "user_id": bot})
        return Grant(missing=tuple(words for right, words in _RIGHTS if not member.get(right)))

    def _read(self, method: str, fields: dict[str, object]) -> dict[str, Any]:
        request = Request(method="POST", path=f"/{method}", body=json_body(fields), repeatable=True)
        answer = self._http.send(request)
        result = answer.record().get("result")
        if not isinstance(result, dict):
            raise answer.malformed("without `result`")
        return result


def _request(fields: dict[str, object], part: Part, first: Outgoing | None) -> tuple[str, Body]:
    """Return a part's method and body; only the first part has images."""
    images = first.attachments if first else ()
    if not images:
        return "sendMessage", json_body({**fields, "text": part.text})
    form = {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in fields.items()
    }
    caption = {"caption": part.text} if part.text else {}
    if images[0].is_film:
        form["supports_streaming"] = "true"
        return "sendVideo", file_body({**form, **caption}, {"video": images[0]})
    if len(images) == 1:
        return "sendPhoto", file_body({**form, **caption}, {"photo": images[0]})
    files = {f"photo{number}": image for number, image in enumerate(images)}
    media = [{"type": "photo", "media": f"attach://{name}"} for name in files]
    media[0] |= caption
    return "sendMediaGroup", file_body({**form, "media": json.dumps(media)}, files)


def _messages(answer: Answer) -> list[dict[str, Any]]:
    """Return the messages that an answer proves."""
    result: Any = answer.record().get("result")
    messages = result if isinstance(result, list) else [result]
    known = [one for one in messages if isinstance(one, dict) and "message_id" in one]
    if not known or len(known) < len(messages):
        raise answer.malformed("without `message_id`")
    return known


def _text(message: dict[str, Any]) -> str:
    return str(message.get("text") or message.get("caption") or "")


def _described(answer: Answer) -> str:
    return str(answer.record().get("description", ""))


def _at(message: dict[str, Any]) -> datetime | None:
    seconds = message.get("date")
    return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int) else None


def _address(message: dict[str, Any]) -> str:
    """Return where a person sees a message (core.telegram.org/api/links, message links)."""
    chat, number = message.get("chat"), message["message_id"]
    if not isinstance(chat, dict):
        return ""
    if chat.get("username"):
        return f"https://t.me/{chat['username']}/{number}"
    private = str(chat.get("id", "")).removeprefix("-100")
    return f"https://t.me/c/{private}/{number}" if private.isdigit() else ""
