"""Posts and comments of a Facebook Page as values.

developers.facebook.com, Graph API reference: Page Feed, Page Post, Post Attachments, Comment.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from cmctl.channels.answer import Answer
from cmctl.channels.base import Counts
from cmctl.channels.graph import identity, instant
from cmctl.core.model import Status

FIELDS: Final = (
    "id,message,created_time,permalink_url,from,application{name},"
    "attachments{media_type,unshimmed_url,subattachments.limit(50){media_type}}"
)
COMMENT_FIELDS: Final = "id,message,created_time,permalink_url,from"
COUNTS: Final = "reactions.summary(1).limit(0),comments.summary(1).limit(0),shares"
_PICTURES: Final = frozenset({"photo", "album"})


def status(answer: Answer, item: Mapping[str, Any], *, card: bool = True) -> Status:
    """Return what a post tells followers; `card`: the link of its preview is part of its text."""
    number = identity(answer, item)
    attached = _listed(item.get("attachments"))
    text = str(item.get("message") or "")
    link = next((a.get("unshimmed_url") for a in attached if a.get("media_type") == "link"), "")
    if card and isinstance(link, str) and link not in text:
        text = f"{text}\n\n{link}".lstrip("\n")
    return Status(
        channel="",
        remote_id=number,
        at=instant(answer, item, "created_time"),
        text=text,
        url=str(item.get("permalink_url") or address(number)),
        author=_name(item, "from"),
        tool=_name(item, "application"),
        media_count=sum(_pictures(attached)),
    )


def comment(answer: Answer, item: Mapping[str, Any], post: str) -> Status:
    """Return what a comment on a post tells."""
    number = identity(answer, item)
    return Status(
        channel="",
        remote_id=number,
        at=instant(answer, item, "created_time"),
        text=str(item.get("message") or ""),
        url=str(item.get("permalink_url") or address(number)),
        author=_name(item, "from"),
        reply_to=post,
    )


def is_by(item: Mapping[str, Any], page: str) -> bool:
    """Tell whether a post or comment is the Page's own."""
    return str((item.get("from") or {}).get("id") or "") == page


def counts(told: Mapping[str, Any]) -> Counts:
    """Return reactions, comments and shares; `shares` is missing where nobody shared."""
    return Counts(
        likes=_total(told.get("reactions")),
        comments=_total(told.get("comments")),
        shares=int((told.get("shares") or {}).get("count") or 0),
    )


def address(number: str) -> str:
    """Return where a person can look at a post."""
    return f"https://www.facebook.com/{number}"


def _total(edge: Any) -> int | None:
    total = ((edge or {}).get("summary") or {}).get("total_count")
    return total if isinstance(total, int) else None


def _pictures(attached: list[Mapping[str, Any]]) -> Iterator[int]:
    """Yield how many pictures each attachment shows; an album has them below it."""
    for one in attached:
        if one.get("media_type") in _PICTURES:
            yield len(_listed(one.get("subattachments"))) or 1


def _listed(edge: Any) -> list[Mapping[str, Any]]:
    data = edge.get("data") if isinstance(edge, dict) else None
    return [one for one in data if isinstance(one, dict)] if isinstance(data, list) else []


def _name(item: Mapping[str, Any], field: str) -> str:
    who = item.get(field)
    return str(who.get("name") or "") if isinstance(who, dict) else ""
