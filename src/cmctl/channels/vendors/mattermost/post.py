"""Mattermost's posts as values, and what its refusals mean.

api.mattermost.com; ids of errors as in mattermost/mattermost, server/i18n/en.json.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from cmctl.channels.markdown import plain
from cmctl.core.model import Status

#: `PostMessageMaxRunesV2` in mattermost/mattermost, server/public/model/post.go.
LIMIT: Final = 16_383
WEBHOOK_GONE: Final = (
    "the webhook was deleted: make a new one (Integrations, Incoming Webhooks) and put its address "
    "where the reference says"
)
#: By the `id` of an error.
REFUSALS: Final = {
    "session_expired": "Mattermost does not accept the token: make a new one for the bot",
    "invalid_token": "Mattermost does not accept the token: make a new one for the bot",
    "context.permissions": "the bot may not do that: add it to the team and the channel, and to "
    "delete the posts of others give it the right to",
    "can_not_post_to_deleted": "the channel is archived: unarchive it, or write another one",
    "town_square_read_only": "the channel is read only: let the bot post, or write another one",
    "channel.get": "there is no such channel: copy its ID again (channel menu, View Info)",
    "message_length": "the text is too long for this server: shorten it",
    "file.upload_file.too_large": "the image is too large for this server: make it smaller",
    "incoming_webhook.disabled": "webhooks are switched off on this server: ask its admin",
    "incoming_webhook.invalid": WEBHOOK_GONE,
    "incoming_webhook.channel": "the webhook's channel is gone: make a new webhook",
    "incoming_webhook.permissions": "the webhook's owner may not post there: ask the admin",
    "incoming_webhook.text": "Mattermost takes no empty message: write a text",
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def is_post(item: Mapping[str, Any]) -> bool:
    """Tell whether a post is one that somebody wrote: those of the system have a type."""
    return not str(item.get("type") or "").startswith("system_") and not item.get("delete_at")


def status(item: Mapping[str, Any], url: str, names: Mapping[str, str]) -> Status:
    """Return what a post tells its readers; `names` knows authors by their ids.

    Raises:
        ValueError: it lacks its id or its time.
    """
    number, created = item.get("id"), item.get("create_at")
    if not isinstance(number, str) or not number or not isinstance(created, int):
        message = "a post without its id or its time"
        raise ValueError(message)
    author, props = str(item.get("user_id") or ""), item.get("props") or {}
    return Status(
        channel="",
        remote_id=number,
        at=_EPOCH + timedelta(milliseconds=created),
        text=plain(str(item.get("message") or "")),
        url=f"{url}/_redirect/pl/{number}",
        author=names.get(author, author),
        tool="webhook" if props.get("from_webhook") else "",
        media_count=len(item.get("file_ids") or []),
        reply_to=str(item.get("root_id") or ""),
    )
