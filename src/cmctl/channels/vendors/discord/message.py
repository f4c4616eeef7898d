"""Discord's messages, as requests and as values.

docs.discord.com, "Message" and "Opcodes and Status Codes"; discord/discord-api-spec, API v10.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from cmctl.channels.base import Attachment, MediaRules
from cmctl.channels.body import Body, file_body, json_body
from cmctl.channels.markdown import DISCORD, plain
from cmctl.core.model import Status

LIMIT: Final = 2000
MEDIA: Final = MediaRules(
    count=10,
    bytes=10 << 20,
    formats=("jpg", "jpeg", "png", "gif", "webp"),
    alt_limit=1024,
    films=("mp4", "mov", "webm"),
    film_bytes=10 << 20,
    film_alt=True,
)
#: By the `code` of an error.
REFUSALS: Final = {
    "10003": "there is no such channel: copy its number again (Developer Mode, Copy Channel ID)",
    "10008": "the message is gone",
    "10015": "the webhook was deleted: make a new one and put its address where the reference says",
    "50027": "the webhook's address is not right any more: copy it again",
    "50001": "the bot does not see the channel: invite it to the server and let it view the "
    "channel",
    "50013": "the bot may not do that: give its role Send Messages, Attach Files, Read Message "
    "History and, to delete the posts of others, Manage Messages",
    "160002": "the bot may not answer without Read Message History: give it to its role",
    "200000": "the server's AutoMod refuses the text: change it, or let the bot's role pass",
    "40005": "the images are too large for Discord: make them smaller",
    "20016": "the channel is in slow mode: let the bot pass, or leave more time between posts",
    "50006": "Discord takes no empty message: write a text",
    "50035": "Discord does not take the message as it is",
}
#: Of an application's `flags`: GATEWAY_MESSAGE_CONTENT, and that of small bots.
SEES_CONTENT: Final = 1 << 18 | 1 << 19
#: Messages of people: default and reply; others tell of pins, joins and the like.
_POSTS = frozenset({0, 19})
#: What a bot without the Message Content Intent gets empty of other people's messages.
_SHOWN = ("content", "embeds", "attachments", "components", "poll")
_MORE = ("sticker_items", "message_snapshots")


def body(text: str, images: Sequence[Attachment], fields: Mapping[str, object]) -> Body:
    """Return the request of a message; nobody is notified by what stands in its text."""
    value: dict[str, object] = {"content": DISCORD.escaped(text), "allowed_mentions": {"parse": []}}
    value |= fields
    if not images:
        return json_body(value)
    value["attachments"] = [
        {"id": str(index), "filename": image.name, "description": image.alt}
        for index, image in enumerate(images)
    ]
    files = {f"files[{index}]": image for index, image in enumerate(images)}
    return file_body({"payload_json": json.dumps(value, ensure_ascii=False)}, files)


def is_post(item: Mapping[str, Any]) -> bool:
    """Tell whether a message is one that somebody wrote."""
    kind = item.get("type")
    return isinstance(kind, int) and kind in _POSTS


def is_withheld(item: Mapping[str, Any]) -> bool:
    """Tell whether a message is empty because the bot may not read it (Message Content Intent)."""
    return not any(item.get(name) for name in (*_SHOWN, *_MORE))


def author(item: Mapping[str, Any]) -> str:
    """Return the id of who wrote a message."""
    return str(_object(item.get("author")).get("id") or "")


def calls(item: Mapping[str, Any], user: str) -> bool:
    """Tell whether a message mentions a user by its id."""
    named = item.get("mentions")
    return (
        any(_object(one).get("id") == user for one in named) if isinstance(named, list) else False
    )


def status(item: Mapping[str, Any], server: str = "") -> Status:
    """Return what a message tells its readers.

    Raises:
        ValueError: it lacks its id or its time.
    """
    number, channel = item.get("id"), item.get("channel_id")
    if not isinstance(number, str) or not number:
        message = "a message without an id"
        raise ValueError(message)
    images = item.get("attachments")
    return Status(
        channel="",
        remote_id=number,
        at=datetime.fromisoformat(str(item.get("timestamp"))),
        text="\n\n".join(filter(None, (plain(str(item.get("content") or "")), _cards(item)))),
        url=f"https://discord.com/channels/{server}/{channel}/{number}" if server else "",
        author=str(_object(item.get("author")).get("username") or ""),
        tool="webhook" if item.get("webhook_id") else "",
        media_count=len(images) if isinstance(images, list) else 0,
        reply_to=str(_object(item.get("message_reference")).get("message_id") or ""),
    )


def _cards(item: Mapping[str, Any]) -> str:
    """Return the words of the cards that other tools write instead of a text."""
    cards = [card for card in item.get("embeds") or [] if card.get("type") == "rich"]
    words = (card.get(name) for card in cards for name in ("title", "description"))
    return "\n\n".join(str(word) for word in words if word)


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
