"""Instagram's media and comments as values, and what a caption may have.

developers.facebook.com, Graph API reference: IG Media, IG Comment, IG User Media.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from cmctl.channels.answer import Answer
from cmctl.channels.base import Counts
from cmctl.channels.decoding import whole
from cmctl.channels.graph import identity, inner, instant, objects, still
from cmctl.core.model import Content, Problem, Status
from cmctl.core.text import compose

FIELDS: Final = "id,caption,timestamp,permalink,username,media_type,media_url,children"
COMMENT_FIELDS: Final = "id,text,timestamp,username,hidden"
#: Of a comment on a post, with the answers to it.
THREAD_FIELDS: Final = f"{COMMENT_FIELDS},replies.limit(100){{{COMMENT_FIELDS}}}"
COMMENTED: Final = "id,timestamp,comments_count"
COUNTS: Final = "like_count,comments_count"
_TAGS, _MENTIONS = 30, 20
_TAG = re.compile(r"(?<!\w)#\w+")
_MENTION = re.compile(r"(?<!\w)@\w+")


def problems(content: Content) -> Iterator[Problem]:
    """Yield what no caption and no post may have or lack."""
    if not content.media and not content.reply_to:
        yield Problem(
            code="no-image",
            message="Instagram takes no post without an image",
            fix="add `media:`, or leave Instagram out of `channels:`",
        )
    text = compose(content)
    for what, sign, most in (("hashtags", _TAG, _TAGS), ("mentions", _MENTION, _MENTIONS)):
        count = len(sign.findall(text))
        if count > most:
            yield Problem(
                code=f"too-many-{what}",
                message=f"{count} {what}, and Instagram takes {most}",
                fix=f"leave {count - most} out",
            )


def status(answer: Answer, item: Mapping[str, Any]) -> Status:
    """Return what a post tells followers."""
    return Status(
        channel="",
        remote_id=identity(answer, item),
        at=instant(answer, item, "timestamp"),
        text=str(item.get("caption") or ""),
        url=str(item.get("permalink") or ""),
        author=str(item.get("username") or ""),
        media_count=len(objects(inner(item, "children"))) or 1,
        images=still(item),
    )


def comment(answer: Answer, item: Mapping[str, Any], post: str) -> Status:
    """Return what a comment on a post tells."""
    return Status(
        channel="",
        remote_id=identity(answer, item),
        at=instant(answer, item, "timestamp"),
        text=str(item.get("text") or ""),
        author=str(item.get("username") or ""),
        reply_to=post,
    )


def counts(told: Mapping[str, Any]) -> Counts:
    """Return likes and comments; likes are missing where the account hides them."""
    likes = told.get("like_count")
    return Counts(
        likes=whole(likes) if likes is not None else None,
        comments=whole(told.get("comments_count")),
    )
