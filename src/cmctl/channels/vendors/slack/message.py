"""Slack's answers and messages as values.

docs.slack.dev, methods `chat.postMessage`, `conversations.history`; slackapi/slack-api-specs.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from cmctl.channels.answer import Answer
from cmctl.channels.base import Attachment, Rejected, Throttled, Unauthorized
from cmctl.channels.body import Body, json_body
from cmctl.channels.refusals import meaning
from cmctl.channels.retry_after import wish
from cmctl.channels.spoken import redacted
from cmctl.channels.vendors.slack.text import escaped, plain, rich_text
from cmctl.core.model import Status

#: What Slack advises for a text; it cuts at 40,000.
LIMIT: Final = 4000
REFUSALS: Final = {
    "channel_not_found": "there is no such channel for the bot: copy its number again (channel "
    "details, at the end) and invite the bot with /invite",
    "not_in_channel": "the bot is not in the channel: invite it with /invite",
    "is_archived": "the channel is archived: unarchive it, or write another one",
    "msg_too_long": "the text is too long for Slack: shorten it",
    "no_text": "Slack takes no empty message: write a text",
    "invalid_auth": "Slack does not accept the token: copy the bot's token (xoxb-) again",
    "not_authed": "Slack got no token: copy the bot's token (xoxb-) again",
    "account_inactive": "the bot's account is switched off: install the app again",
    "token_revoked": "the token was revoked: install the app again and copy the new one",
    "token_expired": "the token has expired: install the app again and copy the new one",
    "missing_scope": "the token lacks a scope: the app needs chat:write, files:write, "
    "channels:history (groups:history for a private channel) and reactions:read",
    "restricted_action": "the workspace lets only some people post there: ask its admin",
    "cant_delete_message": "the bot may delete its own messages only: delete this one by hand",
    "no_permission": "the workspace does not let the bot do that: ask its admin",
    "invalid_blocks": "Slack does not take the images: make them PNG, JPEG or GIF",
    "storage_limit_reached": "the workspace has no room for files any more: ask its admin",
}
_THROTTLED = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
_LOCKED_OUT = frozenset(
    {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"}
)
#: Slack says of these that some of it may have been done.
_UNKNOWN = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable"})
#: Other subtypes tell of joins, topics and the like.
_POSTS = frozenset({"", "bot_message", "file_share", "me_message", "thread_broadcast"})


def json(value: object) -> Body:
    """Return a JSON body with its charset, for the lack of which Slack warns."""
    return Body(json_body(value).data, "application/json; charset=utf-8")


def checked(answer: Answer) -> dict[str, Any]:
    """Return a good answer's object: Slack refuses with a 200.

    Raises:
        Rejected, Unavailable, Uncertain: it is not good.
    """
    value = answer.record()
    if value.get("ok") is True:
        return _shaped(answer, value)
    if value.get("ok") is not False:
        raise answer.malformed("without `ok`")
    error = redacted(str(value.get("error") or "no reason"), secrets=answer.secrets)
    if error in _THROTTLED:
        raise Throttled(f"{answer.host} answered {error}", retry_after=wish(answer.headers))
    if error in _UNKNOWN:
        raise answer.malformed(f"with {error}")
    sentence = meaning(error, REFUSALS)
    failure = Unauthorized if error in _LOCKED_OUT else Rejected
    words = f"{sentence} ({error})" if sentence else f"{answer.host} refuses: {error}"
    raise answer.behind(failure(words))


def _shaped(answer: Answer, value: dict[str, Any]) -> dict[str, Any]:
    """Return an answer whose inner values have the shape that we read."""
    listed = value.get("messages", [])
    if not isinstance(listed, list) or not all(isinstance(item, dict) for item in listed):
        raise answer.malformed("with `messages` that are none")
    for name in ("message", "response_metadata"):
        if not isinstance(value.get(name) or {}, dict):
            raise answer.malformed(f"with a `{name}` that is no object")
    return value


def message(text: str, images: Sequence[tuple[str, Attachment]]) -> dict[str, object]:
    """Return a message; with images, given with their files' ids, its text is a block too."""
    value: dict[str, object] = {"text": escaped(text), "mrkdwn": False}
    if images:
        shown = [
            {"type": "image", "slack_file": {"id": file}, "alt_text": image.alt or image.name}
            for file, image in images
        ]
        value["blocks"] = [*([rich_text(text)] if text else []), *shown]
    return value


def is_post(item: Mapping[str, Any]) -> bool:
    """Tell whether a message is one that somebody wrote and that still stands."""
    return str(item.get("subtype") or "") in _POSTS


def at(ts: object, otherwise: datetime) -> datetime:
    """Return the time that a `ts` is; `otherwise` where it is none."""
    try:
        return _at(str(ts))
    except ValueError:
        return otherwise


def _at(ts: str) -> datetime:
    try:
        return datetime.fromtimestamp(float(ts), UTC)
    except (OverflowError, OSError):
        raise ValueError(ts) from None


def status(item: Mapping[str, Any], channel: str, team_url: str) -> Status:
    """Return what a message tells its readers.

    Raises:
        ValueError: it lacks its time, which is its id, or has parts that are none.
    """
    ts, root = str(item.get("ts") or ""), str(item.get("thread_ts") or "")
    blocks, files = item.get("blocks") or [], item.get("files") or []
    for parts in (blocks, files):
        if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
            raise ValueError("parts that are none")
    return Status(
        channel="",
        remote_id=ts,
        at=_at(ts),
        text=plain(str(item.get("text") or "")),
        url=f"{team_url.rstrip('/')}/archives/{channel}/p{ts.replace('.', '')}",
        author=str(item.get("username") or item.get("user") or ""),
        tool="app" if item.get("bot_id") else "",
        media_count=len(files) + sum(block.get("type") == "image" for block in blocks),
        reply_to=root if root != ts else "",
    )
