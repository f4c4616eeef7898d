"""X's posts as values, and what its refusals mean.

docs.x.com, API 2.167: schemas `Post`, `PostEntities`, `Problem`. Texts come with `&`, `<` and `>`
escaped and with every link made a t.co one; what was written is read back from `entities`.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from html import unescape
from typing import Any, Final

from cmctl.channels import evidence
from cmctl.channels.answer import Answer
from cmctl.channels.base import Counts, Rejected, Unavailable
from cmctl.channels.content import parts
from cmctl.channels.decoding import whole
from cmctl.channels.vendors.x.hashtags import cut
from cmctl.channels.vendors.x.text import links, without_links
from cmctl.core.model import Content, Problem, Severity, Status
from cmctl.core.money import Prices

#: docs.x.com, "Pricing", November 2026: by post, with a link in it, and by post that is read by an
#: app of somebody else (the app's owner pays a fifth); each is read once a day of UTC, then free.
PRICES: Final = Prices(post=15_000, post_with_link=200_000, read=5_000)
#: What is asked of every post.
FIELDS: Final = {
    "post.fields": "attachments,created_at,entities,note_post,public_metrics,source",
    "expansions": "author_id,referenced_posts",
}
#: Of posts of others, whose names come beside them.
MENTIONS: Final = {**FIELDS, "user.fields": "username"}
#: In the body of a 403.
DUPLICATE: Final = b"duplicate content"
#: By words of `detail`.
REFUSALS: Final = {
    "credits": "the X account of the app has no credits left: buy some in the developer console",
    "not permitted to perform": "the app may not post: give it the scopes tweet.read, tweet.write, "
    "users.read and media.write, and let the account grant them again",
    "oauth2": "X does not accept the token: it lives for two hours; get a new one",
    "unauthorized": "X does not accept the token: it lives for two hours; get a new one",
    "suspended": "the account is suspended: its owner must appeal to X",
    "too long": "the text is too long for X: shorten it",
    "media ids are invalid": "X does not know the images any more: they live for a day",
    "reply to this conversation": "X lets apps answer only where the author has mentioned the "
    "account: answer by hand",
}


def problems(content: Content) -> Iterator[Problem]:
    """Yield a GIF among other images, and the hashtags that X cuts short."""
    gifs = sum(media.name.lower().endswith(".gif") for media in content.media)
    if gifs and len(content.media) > 1:
        yield Problem(
            code="too-many-images",
            message="X takes a GIF alone, without other images",
            fix="leave the GIF out, or the others",
        )
    for part in parts(content):
        for word, left in cut(part.text):
            yield Problem(
                code="hashtag-cut",
                message=f"X makes the hashtag `{left}` of `{word}`",
                fix="write it as one word, such as #SaintMalo",
                severity=Severity.WARNING,
            )


def cost(content: Content) -> int:
    """Return what a post costs; each part of a thread is one, and a bare `exemple.fr` is a link."""
    return sum(
        PRICES.post_with_link if links(part.text) else PRICES.post for part in parts(content)
    )


def data(answer: Answer) -> dict[str, Any]:
    """Return what a good answer holds under `data`: X may answer 200 with `errors` alone.

    Raises:
        Rejected, Unavailable, Uncertain: there is nothing.
    """
    found = answer.record().get("data")
    if not isinstance(found, dict):
        raise answer.malformed("without `data`")
    return found


def is_gone(answer: Answer) -> bool:
    """Tell whether an answer says that there is no such post."""
    return answer.status == 404 or any(
        str(error.get("type", "")).endswith("/resource-not-found") for error in _errors(answer)
    )


def _errors(answer: Answer) -> Iterator[dict[str, Any]]:
    found = answer.record().get("errors")
    yield from (one for one in found if isinstance(one, dict)) if isinstance(found, list) else ()


def page(answer: Answer) -> tuple[list[dict[str, Any]], str]:
    """Return the posts of a listing, and the token of the next page; empty: there is none.

    Raises:
        Unavailable, Rejected: it is no listing, or a part of it was kept back.
    """
    told = answer.record()
    posts: Any = told.get("data", [])
    meta = told.get("meta")
    if any(_errors(answer)):
        message = f"{answer.host} keeps back a part of the listing"
        raise Unavailable(message)
    shaped = isinstance(posts, list) and all(isinstance(post, dict) for post in posts)
    if not shaped or not isinstance(meta, dict):
        raise answer.malformed("without `data` and `meta`")
    return posts, str(meta.get("next_token") or "")


def status(post: Mapping[str, Any], name: str) -> Status:
    """Return what a post tells followers; `name` is the account's.

    Raises:
        ValueError: it lacks its id or its time, or has parts that are none.
    """
    number = post.get("id")
    if not isinstance(number, str) or not number:
        raise ValueError("a post without an id")
    at = datetime.fromisoformat(str(post.get("created_at")))
    return Status(
        channel="",
        remote_id=number,
        at=at,
        text=_text(post),
        url=f"https://x.com/{name}/status/{number}",
        author=name,
        tool=str(post.get("source") or ""),
        media_count=len(_items(_part(post, "attachments"), "media_keys")),
        reply_to=_reply_to(post),
    )


def author(answer: Answer, post: Mapping[str, Any]) -> str:
    """Return the name of who made a post, from what a listing tells beside it."""
    users = _items(_part(answer.record(), "includes"), "users")
    names = {user.get("id"): str(user.get("username") or "") for user in users}
    return names.get(post.get("author_id"), "")


def counts(post: Mapping[str, Any]) -> Counts:
    """Return a post's likes, replies, reposts with quotes, and views.

    Raises:
        Rejected: X does not tell.
    """
    told = _part(post, "public_metrics")
    if not told:
        message = "X tells no counts of this post"
        raise Rejected(message)
    return Counts(
        likes=whole(told.get("like_count")),
        comments=whole(told.get("reply_count")),
        shares=whole(told.get("repost_count")) + whole(told.get("quote_count")),
        views=whole(told.get("impression_count")),
    )


def essence(text: str) -> str:
    """Return what of a text X does not change: links become t.co ones, signs are escaped."""
    return evidence.essence(without_links(unescape(text)))


def _text(post: Mapping[str, Any]) -> str:
    """Return a text as it was written; that of a long post stands apart."""
    long = _part(post, "note_post")
    text = str((long or post).get("text") or "")
    for link in _items(_part(long or post, "entities"), "urls"):
        short = str(link.get("url") or "")
        written = "" if link.get("media_key") else str(link.get("expanded_url") or short)
        text = text.replace(short, written, 1) if short else text
    return unescape(text).strip()


def _reply_to(post: Mapping[str, Any]) -> str:
    answered = (one for one in _items(post, "referenced_posts") if one.get("type") == "replied_to")
    return next((str(one.get("id") or "") for one in answered), "")


def _part(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = value.get(name) or {}
    if not isinstance(found, dict):
        raise ValueError(f"a `{name}` that is no object")
    return found


def _items(value: Mapping[str, Any], name: str) -> list[Any]:
    found = value.get(name) or []
    kind = str if name == "media_keys" else dict
    if not isinstance(found, list) or not all(isinstance(one, kind) for one in found):
        raise ValueError(f"`{name}` that are none")
    return found
