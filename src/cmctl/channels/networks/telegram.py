"""Telegram: the messages of a bot in a channel or group.

Source: core.telegram.org/bots/api (Bot API 10.1), and for the words of its refusals the vendor's
own server, github.com/tdlib/telegram-bot-api. There is no key and no listing of what stands in a
chat, so an uncertain attempt is held. A text goes out without a parse mode: nothing in it is
markup, so nothing has to be escaped; Telegram itself marks links, mentions and hashtags.
It counts entities in UTF-16 units; its limits name characters only.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

from cmctl.channels.adapter import HttpAdapter
from cmctl.channels.answer import Answer
from cmctl.channels.base import (
    Capabilities,
    Length,
    MediaRules,
    Outgoing,
    Rate,
    TextRules,
    Unavailable,
)
from cmctl.channels.body import json_body
from cmctl.channels.content import Part, content_problems, measured, parts, post_in_order
from cmctl.channels.evidence import altered
from cmctl.channels.grant import Grant
from cmctl.channels.http import Http, Request
from cmctl.channels.inbox import Comment
from cmctl.channels.options import Option
from cmctl.channels.refusals import explaining
from cmctl.channels.vendors.telegram import inbox as heard
from cmctl.channels.vendors.telegram import message as sending
from cmctl.channels.vendors.telegram.options import OPTIONS, URL
from cmctl.core.model import Content, Problem, Receipt
from cmctl.core.text import utf16_units

#: Of an administrator of a channel (ChatMemberAdministrator), as its pages call them.
_RIGHTS = (
    ("can_post_messages", "the right to post messages"),
    ("can_delete_messages", "the right to delete messages of others"),
)
_UNCHANGED = "message is not modified"
_NOT_FOUND = " not found"
#: A message of the chat, or one of its discussion group with that group's number.
_ID = re.compile(r"(-?\d+/)?\d+")


class TelegramChannel(HttpAdapter):
    """One chat; a post's remote id is the number of its first message."""

    kind: ClassVar[str] = "telegram"
    options: ClassVar[tuple[Option, ...]] = OPTIONS
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

    def __init__(self, *, token: str, chat: str, url: str = URL) -> None:
        explain = explaining("description", sending.REFUSALS)
        self._http = Http(f"{url.rstrip('/')}/bot{token}", secrets=(token,), explain=explain)
        self._chat = chat

    def lengths(self, content: Content) -> Iterable[Length]:
        """Yield how long each text is, as Telegram counts."""
        return measured(content, self.capabilities, count=utf16_units)

    def problems(self, content: Content) -> Iterable[Problem]:
        """Yield texts and captions that are too long and images that cannot go."""
        yield from content_problems(content, "Telegram", self.capabilities, self.lengths(content))
        if content.reply_to and not _ID.fullmatch(content.reply_to):
            yield Problem(
                code="bad-id",
                message=f"{content.reply_to} is no message of the chat",
                fix="take the number at the end of the message's link, or what cmctl inbox shows",
            )

    def publish(self, outgoing: Outgoing) -> Receipt:
        """Send every part once; images make the first part a photo or an album."""
        group, number = _place(outgoing.content.reply_to)

        def post(part: Part, made: list[list[dict[str, Any]]]) -> list[dict[str, Any]]:
            fields: dict[str, object] = {"chat_id": group or self._chat}
            if part.parent is not None:
                fields["reply_parameters"] = {"message_id": made[part.parent][0]["message_id"]}
            elif number:
                fields["reply_parameters"] = {"message_id": int(number)}
            method, body = sending.request(fields, part, outgoing if not made else None)
            return sending.messages(self._http.post(f"/{method}", body))

        wanted = parts(outgoing.content)
        made = post_in_order(wanted, post)
        sent = [message for messages in made for message in messages]
        ids = [heard.named(message, elsewhere=bool(group)) for message in sent]
        return Receipt(
            remote_id=ids[0],
            url=heard.address(made[0][0]),
            at=sending.made_at(made[0][0]),
            parts=tuple(ids),
            altered=altered(wanted, [heard.text(messages[0]) for messages in made]),
        )

    def delete(self, remote_id: str) -> None:
        """Delete a message; one that is gone already is no error."""
        self.delete_comment(remote_id)

    def exists(self, remote_id: str) -> bool:
        """Ask for a change that changes nothing, since there is no way to read a message.

        A post of ours has no buttons, so taking its buttons away is refused as no change.
        """
        answer = self._asked("editMessageReplyMarkup", self._message(remote_id), accept=(400,))
        if answer.status == 400 and _UNCHANGED not in _described(answer):
            if _NOT_FOUND in _described(answer):
                return False
            raise answer.failure()
        return True

    def inbox(self, since: datetime) -> Iterable[Comment]:
        """Return what waits for the bot of the last day, which Telegram keeps no longer."""
        chat, bot = self._read("getChat", {"chat_id": self._chat}), self._read("getMe", {})
        waiting = heard.updates(self._updates, since)
        try:
            return [one for one in heard.comments(waiting, chat, bot) if one.at >= since]
        except ValueError as problem:
            raise Unavailable(f"Telegram gives {problem}") from None

    def delete_comment(self, comment: str) -> bool:
        """Delete somebody's message, for which the bot needs the right to."""
        answer = self._http.post("/deleteMessage", json_body(self._message(comment)), accept=(400,))
        if answer.status == 400 and _NOT_FOUND not in _described(answer):
            raise answer.failure()
        return answer.status != 400

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

    def _message(self, remote_id: str) -> dict[str, object]:
        group, number = _place(remote_id)
        return {"chat_id": group or self._chat, "message_id": int(number)}

    def _read(self, method: str, fields: Mapping[str, object]) -> dict[str, Any]:
        answer = self._asked(method, fields)
        result = answer.record().get("result")
        if not isinstance(result, dict):
            raise answer.malformed("without `result`")
        return result

    def _updates(self, fields: Mapping[str, object]) -> list[Mapping[str, Any]]:
        return heard.listed(self._asked("getUpdates", fields))

    def _asked(
        self, method: str, fields: Mapping[str, object], accept: Collection[int] = ()
    ) -> Answer:
        """Ask what may be asked twice, for it changes nothing."""
        path, body = f"/{method}", json_body(fields)
        request = Request(method="POST", path=path, body=body, accept=accept, repeatable=True)
        return self._http.send(request)


def _place(remote_id: str) -> tuple[str, str]:
    """Return the group that a message stands in, empty for the channel itself, and its number."""
    group, _, number = remote_id.rpartition("/")
    return group, number


def _described(answer: Answer) -> str:
    return str(answer.record().get("description", ""))
