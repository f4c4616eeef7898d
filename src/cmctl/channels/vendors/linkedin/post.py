"""LinkedIn's posts and comments as values, and what its refusals mean.

learn.microsoft.com/linkedin, "Posts API", "MultiImage API", "Comments API", "Reactions and Social
Metadata", "Error Handling".
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from cmctl.channels.base import Attachment, Counts
from cmctl.channels.decoding import whole
from cmctl.channels.headline import headed
from cmctl.channels.vendors.linkedin.text import escaped, plain
from cmctl.core.model import Status

#: In the body of a 422, beside the URN of the post that stands, or stood.
DUPLICATE: Final = b"DUPLICATE_POST"
#: By words of `message`.
REFUSALS: Final = {
    "has expired": "the token has expired, as it does after 60 days: sign in again",
    "has been revoked": "the token was taken back: sign in again",
    "access token": "LinkedIn does not accept the token: sign in again",
    "organization permissions": "the token may write for a person only: it needs "
    "w_organization_social",
    "not enough permissions": "the token may not do that: for a page it needs "
    "w_organization_social and r_organization_social, and its member must administer the page",
    "version": "LinkedIn has switched this version of its API off: write a newer one as "
    "`version:`, such as 202607",
    "duplicate": "LinkedIn says that this text stands already, or was deleted not long ago",
    "length": "the text is too long for LinkedIn: shorten it",
    "throttle": "what LinkedIn allows in a day is used up; its day ends at midnight UTC",
}
#: The URN of a comment: of what it stands on, and its number there.
COMMENT: Final = re.compile(r"urn:li:comment:\((urn:li:[^,()]+),([^,()]+)\)")
#: URNs of what stands beside a text; a document has another one.
_SHOWN: Final = ("urn:li:image:", "urn:li:video:")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NO_TITLE: Final = "a link"


def post(
    text: str, author: str, images: Sequence[tuple[str, Attachment]], link: str
) -> dict[str, object]:
    """Return a post's request; images are given with their URNs, and `link` becomes a card."""
    value: dict[str, object] = {
        "author": author,
        "commentary": escaped(text),
        "visibility": "PUBLIC",
        "distribution": {
            "feedDistribution": "MAIN_FEED",
            "targetEntities": [],
            "thirdPartyDistributionChannels": [],
        },
        "lifecycleState": "PUBLISHED",
        "isReshareDisabledByAuthor": False,
    }
    shown = [{"id": urn} | ({"altText": image.alt} if image.alt else {}) for urn, image in images]
    if len(shown) > 1:
        value["content"] = {"multiImage": {"images": shown}}
    elif shown:
        value["content"] = {"media": shown[0]}
    elif link:  # LinkedIn reads no page itself: without a title there is no card
        title = headed(text).headline or urlsplit(link).hostname or _NO_TITLE
        value["content"] = {"article": {"source": link, "title": title}}
    return value


def address(urn: str) -> str:
    """Return where a person sees a post."""
    found = COMMENT.fullmatch(urn)
    return f"https://www.linkedin.com/feed/update/{found[1] if found else urn}/"


def is_public(item: Mapping[str, Any]) -> bool:
    """Tell whether followers see a post and its author wrote something in it: no draft, no
    advertisement, no bare repost."""
    told = item.get("distribution")
    distribution = told.get("feedDistribution") if isinstance(told, dict) else None
    is_bare = bool(item.get("reshareContext")) and not item.get("commentary")
    published = item.get("lifecycleState", "PUBLISHED") == "PUBLISHED"
    return published and distribution != "NONE" and not is_bare


def modified(item: Mapping[str, Any]) -> datetime:
    """Return when a post was last touched, which is never before it was published.

    Raises:
        ValueError: it does not say.
    """
    return _instant(item, "lastModifiedAt", "publishedAt", "createdAt")


def status(item: Mapping[str, Any], *, card: bool = True) -> Status:
    """Return what a post tells followers; `card`: the link of its card is part of its text.

    Raises:
        ValueError: it lacks its id or its time, or has parts that are none.
    """
    urn, content = _urn(item, "id"), item.get("content") or {}
    if not isinstance(content, dict):
        raise ValueError("a `content` that is no object")
    said = text(item)
    article = content.get("article")
    link = str(article.get("source") or "") if isinstance(article, dict) else ""
    if card and link and link not in said:
        said = f"{said}\n\n{link}".lstrip("\n")
    return Status(
        channel="",
        remote_id=urn,
        at=_instant(item, "publishedAt", "createdAt"),
        text=said,
        url=address(urn),
        author=str(item.get("author") or ""),
        media_count=_images(content),
    )


def text(item: Mapping[str, Any]) -> str:
    """Return what a post says beside its pictures and its card."""
    return plain(str(item.get("commentary") or ""))


def comment(item: Mapping[str, Any], on: str) -> Status:
    """Return what a comment tells; `on` is the URN of its post, or of the comment it answers.

    Raises:
        ValueError: as for `status`.
    """
    message, created = item.get("message"), item.get("created")
    if not isinstance(message, dict) or not isinstance(created, dict):
        raise ValueError("a comment without its text or its time")
    return Status(
        channel="",
        remote_id=comment_urn(item),
        at=_instant(created, "time"),
        text=str(message.get("text") or ""),
        url=address(on),
        author=str(item.get("actor") or ""),
        reply_to=str(item.get("parentComment") or on),
    )


def is_answered(item: Mapping[str, Any]) -> bool:
    """Tell whether a comment may have answers: LinkedIn need not say."""
    told = item.get("commentsSummary")
    return not isinstance(told, dict) or told.get("aggregatedTotalComments") != 0


def is_commented(told: object) -> bool:
    """Tell whether a post's social metadata counts comments."""
    return isinstance(told, dict) and bool(counts(told).comments)


def comment_urn(item: Mapping[str, Any]) -> str:
    """Return the URN of a comment, which names what it stands on.

    Raises:
        ValueError: it lacks what that is made of.
    """
    told = item.get("commentUrn") or item.get("$URN")
    if isinstance(told, str) and told:
        return told
    return f"urn:li:comment:({_urn(item, 'object')},{_urn(item, 'id')})"


def counts(told: Mapping[str, Any]) -> Counts:
    """Return the reactions of every kind, and the comments with their answers."""
    kinds, comments = told.get("reactionSummaries"), told.get("commentSummary")
    reactions = kinds.values() if isinstance(kinds, dict) else ()
    return Counts(
        likes=sum(whole(one.get("count")) for one in reactions if isinstance(one, dict)),
        comments=whole(comments.get("count")) if isinstance(comments, dict) else None,
    )


def _urn(item: Mapping[str, Any], name: str) -> str:
    value = item.get(name)
    if not isinstance(value, str) or not value:
        raise ValueError(f"an object without `{name}`")
    return value


def _instant(item: Mapping[str, Any], *names: str) -> datetime:
    """Return the first time, in milliseconds since 1970, that is there."""
    found = next((item[name] for name in names if whole(item.get(name))), None)
    if found is None:
        raise ValueError(f"an object without `{names[0]}`")
    try:
        return _EPOCH + timedelta(milliseconds=found)
    except OverflowError:
        raise ValueError(f"a `{names[0]}` that is no time") from None


def _images(content: Mapping[str, Any]) -> int:
    several, one = content.get("multiImage"), content.get("media")
    if isinstance(several, dict) and isinstance(several.get("images"), list):
        return len(several["images"])
    return int(isinstance(one, dict) and str(one.get("id")).startswith(_SHOWN))
