"""Threads' posts as values, and how long a text is there.

developers.facebook.com, Threads API, "Retrieve media", "Insights"; fields as in the vendor's own
collection of requests, github.com/fbsamples/threads_api.
"""

from collections.abc import Mapping
from typing import Any, Final

from cmctl.channels.answer import Answer
from cmctl.channels.base import Counts
from cmctl.channels.decoding import tally, whole
from cmctl.channels.vendors.meta.graph import identity, inner, instant, objects, still
from cmctl.core.model import Status

_SHOWN: Final = (
    "id,text,timestamp,permalink,username,media_type,media_url,children,link_attachment_url"
)
#: By listing.
FIELDS: Final = {"/me/threads": _SHOWN, "/me/replies": f"{_SHOWN},replied_to"}
#: Of what others say; `hide_status` is told of replies.
SAID: Final = f"{_SHOWN},replied_to,is_reply_owned_by_me,hide_status"
MENTIONS: Final = f"{_SHOWN},replied_to"
REPLIED: Final = "id,timestamp,has_replies"
#: What `hide_status` says of what followers do not see.
HIDDEN: Final = frozenset({"HIDDEN", "COVERED", "BLOCKED", "RESTRICTED"})
METRICS: Final = "views,likes,replies,reposts,quotes,shares"


def length(text: str) -> int:
    """Count as Threads does: an emoji is as long as its UTF-8 bytes, all else a character.

    Characters are code points here, the stricter reading.
    """
    if text.isascii():
        return len(text)
    import regex  # noqa: PLC0415 - most texts never need it

    emoji = regex.findall(r"\p{Emoji_Presentation}|\p{Extended_Pictographic}|[\u200d\ufe0f]", text)
    return len(text) + sum(len(one.encode()) - 1 for one in emoji)


def status(answer: Answer, item: Mapping[str, Any]) -> Status:
    """Return what a post tells followers; the link of its preview is part of its text."""
    return Status(
        channel="",
        remote_id=identity(answer, item),
        at=instant(answer, item, "timestamp"),
        text=text(item),
        url=str(item.get("permalink") or ""),
        author=str(item.get("username") or ""),
        media_count=_pictures(item),
        reply_to=str(inner(item, "replied_to").get("id") or ""),
        images=still(item),
    )


def text(item: Mapping[str, Any]) -> str:
    """Return a post's text, with the link of its preview where the text lacks it."""
    said, link = str(item.get("text") or ""), item.get("link_attachment_url")
    if isinstance(link, str) and link and link not in said:
        return f"{said}\n\n{link}".lstrip("\n")
    return said


def is_repost(item: Mapping[str, Any]) -> bool:
    """Tell whether a post is somebody else's, passed on."""
    return item.get("media_type") == "REPOST_FACADE"


def counts(told: Mapping[str, Any]) -> Counts:
    """Return what followers did, of a post's insights."""
    found = {str(one.get("name")): tally(one.get("values"), "value") for one in objects(told)}
    passed_on = [found[name] for name in ("reposts", "quotes", "shares") if name in found]
    return Counts(
        likes=found.get("likes"),
        comments=found.get("replies"),
        shares=whole(sum(passed_on)) if passed_on else None,
        views=found.get("views"),
    )


def _pictures(item: Mapping[str, Any]) -> int:
    if str(item.get("media_type")) in {"IMAGE", "VIDEO"}:
        return 1
    return len(objects(inner(item, "children")))
