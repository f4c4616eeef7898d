"""Posts and comments of a Facebook Page as values.

developers.facebook.com, Graph API reference: Page Feed, Page Post, Post Attachments, Comment.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from cmctl.channels.answer import Answer
from cmctl.channels.base import Counts
from cmctl.channels.decoding import whole
from cmctl.channels.vendors.meta.graph import Code, identity, inner, instant, objects
from cmctl.core.model import Status

FIELDS: Final = (
    "id,message,created_time,permalink_url,from,application{name},full_picture,"
    "attachments{media_type,unshimmed_url,subattachments.limit(50){media_type}}"
)
COMMENT_FIELDS: Final = "id,message,created_time,permalink_url,from,is_hidden,parent"
#: Comments and the answers to them, in the order in which they were made.
EVERY_COMMENT: Final = {"filter": "stream", "order": "chronological"}
COMMENTED: Final = "id,created_time,comments.summary(1).limit(0)"
COUNTS: Final = "reactions.summary(1).limit(0),comments.summary(1).limit(0),shares"
_PICTURES: Final = frozenset({"photo", "album"})
#: What a token may do that does all that is done here.
NEEDED: Final = (
    "pages_manage_posts, pages_read_engagement, pages_read_user_content and pages_manage_engagement"
)
REFUSALS: Final = {
    Code(1500): "Facebook does not take the link: write its whole address, https and all",
    Code(1609005): "Facebook does not take the link: write its whole address, https and all",
    Code(324): "Facebook cannot read the image: save it anew as JPEG or PNG",
    Code(283): "the token may not read the Page: it needs pages_read_engagement",
    Code(210): "the token is of a person: take the Page's own (GET /me/accounts)",
}


def fields(text: str, link: str, photos: Sequence[str]) -> dict[str, str]:
    """Return what a new post is made of; empty texts are left out."""
    made = {"message": text, "link": link}
    if photos:
        attached = [{"media_fbid": photo} for photo in photos]
        made["attached_media"] = json.dumps(attached, separators=(",", ":"))
    return {name: value for name, value in made.items() if value}


def status(answer: Answer, item: Mapping[str, Any], *, card: bool = True) -> Status:
    """Return what a post tells followers; `card`: the link of its preview is part of its text."""
    number = identity(answer, item)
    attached = objects(inner(item, "attachments"))
    text, still = str(item.get("message") or ""), str(item.get("full_picture") or "")
    link = next((a.get("unshimmed_url") for a in attached if a.get("media_type") == "link"), None)
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
        images=(still,) if still and not link and not any(map(_is_film, attached)) else (),
    )


def comment(answer: Answer, item: Mapping[str, Any], post: str) -> Status:
    """Return what a comment on a post, or an answer to a comment, tells."""
    number = identity(answer, item)
    return Status(
        channel="",
        remote_id=number,
        at=instant(answer, item, "created_time"),
        text=str(item.get("message") or ""),
        url=str(item.get("permalink_url") or address(number)),
        author=_name(item, "from"),
        reply_to=str(inner(item, "parent").get("id") or post),
    )


def is_by(item: Mapping[str, Any], page: str) -> bool:
    """Tell whether a post or comment is the Page's own."""
    return inner(item, "from").get("id") == page


def is_commented(item: Mapping[str, Any]) -> bool:
    """Tell whether a post has comments."""
    return bool(_summary(item, "comments").get("total_count"))


def counts(told: Mapping[str, Any]) -> Counts:
    """Return reactions, comments and shares; `shares` is missing where nobody shared."""
    return Counts(
        likes=whole(_summary(told, "reactions").get("total_count")),
        comments=whole(_summary(told, "comments").get("total_count")),
        shares=whole(inner(told, "shares").get("count")),
    )


def address(number: str) -> str:
    """Return where a person can look at a post."""
    return f"https://www.facebook.com/{number}"


def _summary(told: Mapping[str, Any], edge: str) -> Mapping[str, Any]:
    return inner(inner(told, edge), "summary")


def _pictures(attached: list[Mapping[str, Any]]) -> Iterator[int]:
    """Yield how many pictures or films each attachment shows; an album has them below it."""
    for one in attached:
        if str(one.get("media_type")) in _PICTURES:
            yield len(objects(inner(one, "subattachments"))) or 1
        elif _is_film(one):
            yield 1


def _is_film(attached: Mapping[str, Any]) -> bool:
    """Tell whether it is a film that stands on Facebook itself, and no link to another site's."""
    host = urlsplit(str(attached.get("unshimmed_url") or "")).hostname or ""
    own = not host or host == "facebook.com" or host.endswith(".facebook.com")
    return own and attached.get("media_type") == "video"


def _name(item: Mapping[str, Any], field: str) -> str:
    return str(inner(item, field).get("name") or "")
