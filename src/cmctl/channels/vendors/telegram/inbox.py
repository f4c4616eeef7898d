"""What a Telegram bot hears: messages that are kept for it for a day, until somebody takes them.

core.telegram.org/bots/api, "Getting updates", `Message`, `MessageOrigin`. A comment on a channel's
post is a message in the discussion group that answers the post's automatic copy there.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import takewhile
from typing import Any, Final

from cmctl.channels.answer import Answer
from cmctl.channels.base import Rejected
from cmctl.channels.inbox import Comment

#: `getUpdates` gives no more at once.
PAGE: Final = 100

Message = Mapping[str, Any]
#: Calls `getUpdates` with these fields.
Ask = Callable[[Mapping[str, object]], list[Message]]


def updates(ask: Ask, since: datetime) -> list[Message]:
    """Return what waits for the bot; reading takes nothing away that is not older than `since`.

    Raises:
        Rejected: more is newer than Telegram shows without taking some of it away.
    """
    fields: dict[str, object] = {"limit": PAGE}
    while True:
        page = ask(fields)
        if len(page) < PAGE:
            return page
        old = list(takewhile(lambda one: _is_older(one, since), page))
        if not old:
            message = f"{PAGE} newer messages wait, and Telegram shows no more of them at once"
            raise Rejected(f"{message}: ask for less, such as --since 1h; it forgets what is older")
        fields["offset"] = int(old[-1]["update_id"]) + 1


def listed(answer: Answer) -> list[Message]:
    """Return the updates that an answer has."""
    result: Any = answer.record().get("result")
    if not isinstance(result, list) or not all(isinstance(one, dict) for one in result):
        raise answer.malformed("without `result`")
    if not all(isinstance(one.get("update_id"), int) for one in result):
        raise answer.malformed("with an update without its number")
    return list(result)


def comments(waiting: list[Message], chat: Message, bot: Message) -> Iterator[Comment]:
    """Yield what is said to the account that a bot has in a chat.

    In a group that is what answers the bot or names it; of a channel, comments on its posts.

    Raises:
        ValueError: a message lacks its number or its time.
    """
    for update in waiting:
        message = _object(update.get("message"))
        if not message or message.get("is_automatic_forward"):
            continue
        above = _object(message.get("reply_to_message"))
        if _object(message.get("chat")).get("id") == chat.get("id"):
            answers = _object(above.get("from")).get("id") == bot.get("id")
            if answers or _names(message, str(bot.get("username"))):
                yield _comment(message, named(message), str(above["message_id"]) if answers else "")
        elif origin := _origin(above, chat):
            yield _comment(message, named(message, elsewhere=True), origin)


def named(message: Message, *, elsewhere: bool = False) -> str:
    """Return a message's number; with its chat's where that is not the channel's own.

    Raises:
        ValueError: it has none.
    """
    number, group = message.get("message_id"), _object(message.get("chat")).get("id")
    if not isinstance(number, int) or (elsewhere and not isinstance(group, int)):
        message_ = "a message without its number"
        raise ValueError(message_)
    return f"{group}/{number}" if elsewhere else str(number)


def text(message: Message) -> str:
    """Return the words of a message."""
    return str(message.get("text") or message.get("caption") or "")


def address(message: Message) -> str:
    """Return where a person sees a message (core.telegram.org/api/links, message links)."""
    chat, number = _object(message.get("chat")), message["message_id"]
    if chat.get("username"):
        return f"https://t.me/{chat['username']}/{number}"
    private = str(chat.get("id", "")).removeprefix("-100")
    return f"https://t.me/c/{private}/{number}" if private.isdigit() else ""


def _comment(message: Message, number: str, answers: str) -> Comment:
    seconds = message.get("date")
    if not isinstance(seconds, int):
        message_ = "a message without its time"
        raise ValueError(message_)
    person, group = _object(message.get("from")), _object(message.get("sender_chat"))
    return Comment(
        remote_id=number,
        at=datetime.fromtimestamp(seconds, UTC),
        text=text(message),
        author=str(group.get("title") or person.get("username") or person.get("first_name") or "-"),
        url=address(message),
        reply_to=answers,
    )


def _origin(above: Message, channel: Message) -> str:
    """Return the number of the channel's post of which a message is the automatic copy."""
    origin = _object(above.get("forward_origin"))
    ours = _object(origin.get("chat")).get("id") == channel.get("id")
    copied = above.get("is_automatic_forward") and ours
    return str(origin.get("message_id") or "") if copied else ""


def _names(message: Message, username: str) -> bool:
    return f"@{username.casefold()}" in text(message).casefold().split()


def _is_older(update: Message, since: datetime) -> bool:
    seconds = _object(update.get("message")).get("date")
    return not isinstance(seconds, int) or seconds < int(since.timestamp())


def _object(value: object) -> Message:
    return value if isinstance(value, dict) else {}
