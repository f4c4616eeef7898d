"""Telegram's requests, and what its refusals mean.

core.telegram.org/bots/api: `sendMessage`, `sendPhoto`, `sendVideo`, `sendMediaGroup`.
"""

import json
from datetime import UTC, datetime
from typing import Any, Final

from cmctl.channels.answer import Answer
from cmctl.channels.base import Outgoing
from cmctl.channels.body import Body, file_body, json_body
from cmctl.channels.content import Part

REFUSALS: Final = {
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
    "webhook is active": "another program has the bot's messages sent to an address of its own: "
    "give cmctl a bot of its own",
    "terminated by other getupdates": "another program reads the bot's messages: give cmctl a bot "
    "of its own",
    "upgraded to a supergroup": "the group has another number now: write the new one, which the "
    "group's invitation shows",
}


def request(fields: dict[str, object], part: Part, first: Outgoing | None) -> tuple[str, Body]:
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


def messages(answer: Answer) -> list[dict[str, Any]]:
    """Return the messages that an answer proves."""
    result: Any = answer.record().get("result")
    told = result if isinstance(result, list) else [result]
    known = [one for one in told if isinstance(one, dict) and "message_id" in one]
    if not known or len(known) < len(told):
        raise answer.malformed("without `message_id`")
    return known


def made_at(message: dict[str, Any]) -> datetime | None:
    """Return when a message was taken, in whole seconds."""
    seconds = message.get("date")
    return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int) else None
