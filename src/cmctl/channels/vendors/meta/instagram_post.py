"""Instagram's media and comments as values, and what a caption may have.

developers.facebook.com, Graph API reference: IG Media, IG Comment, IG User Media.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from cmctl.channels.answer import Answer
from cmctl.channels.base import Counts
from cmctl.channels.decoding import whole
from cmctl.channels.vendors.meta.graph import Code, identity, inner, instant, objects, still
from cmctl.core.model import Content, Problem, Status
from cmctl.core.text import compose

FIELDS: Final = "id,caption,timestamp,permalink,username,media_type,media_url,children"
COMMENT_FIELDS: Final = "id,text,timestamp,username,hidden"
#: Of a comment on a post, with the answers to it.
THREAD_FIELDS: Final = f"{COMMENT_FIELDS},replies.limit(100){{{COMMENT_FIELDS}}}"
COMMENTED: Final = "id,timestamp,comments_count"
COUNTS: Final = "like_count,comments_count"
_PUBLIC: Final = "Instagram cannot fetch the image: is its address public, and no redirect?"
#: By code and subcode.
REFUSALS: Final = {
    Code(9, 2207042): "the account has used up what Instagram lets programs publish in a day",
    Code(4, 2207051): "Instagram takes it for spam: open the app and read what it says",
    Code(25, 2207050): "the account is restricted or inactive: open the app and do what it asks",
    Code(9004): _PUBLIC,
    Code(-2, 2207003): _PUBLIC,
    Code(36000, 2207004): "the image is larger than 8 MiB: make it smaller",
    Code(36001, 2207005): "Instagram takes JPEG only: save the image as one",
    Code(36003, 2207009): "Instagram takes pictures from 4:5 to 1.91:1: crop it",
    Code(36004, 2207010): "the caption is too long: 2,200 characters, 30 hashtags, 20 mentions",
    Code(24, 2207006): "Instagram has lost what it had made ready: it will be made anew",
}
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
        text=caption(item),
        url=str(item.get("permalink") or ""),
        author=str(item.get("username") or ""),
        media_count=len(objects(inner(item, "children"))) or 1,
        images=still(item),
    )


def caption(item: Mapping[str, Any]) -> str:
    """Return what stands below the pictures of a post."""
    return str(item.get("caption") or "")


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


def thread(
    post: str, listed: Iterable[tuple[Answer, Mapping[str, Any]]]
) -> Iterator[tuple[Status, Mapping[str, Any]]]:
    """Yield the comments on a post, each followed by the answers to it."""
    for answer, item in listed:
        said = comment(answer, item, post)
        yield said, item
        for below in objects(inner(item, "replies")):
            yield comment(answer, below, said.remote_id), below


def is_commented(item: Mapping[str, Any]) -> bool:
    """Tell whether a post has comments."""
    return bool(item.get("comments_count"))


def counts(told: Mapping[str, Any]) -> Counts:
    """Return likes and comments; likes are missing where the account hides them."""
    likes = told.get("like_count")
    return Counts(
        likes=whole(likes) if likes is not None else None,
        comments=whole(told.get("comments_count")),
    )
