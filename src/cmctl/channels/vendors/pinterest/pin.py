"""Pinterest's pins as values, what a post there must have, and what its refusals mean.

github.com/pinterest/api-description, 5.23.0: `PinCreate`, `Pin`, `PinMediaSource`; examples of
developers.pinterest.com, in which times have no zone: they are taken for UTC.
"""

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from cmctl.channels.base import Attachment, Counts, Length, MediaRules, Rejected, TextRules
from cmctl.channels.content import too_long
from cmctl.channels.decoding import whole
from cmctl.channels.headline import Headed, headed, headline_problems
from cmctl.core.model import Content, Problem, Status
from cmctl.core.text import compose

LIMIT: Final = 800
_TITLE, _ALT, _LINK = 100, 500, TextRules(limit=2048)
#: In bytes 20 MB by what others say; the description gives none.
MEDIA: Final = MediaRules(
    count=5, bytes=20_000_000, formats=("jpg", "jpeg", "png"), alt_limit=_ALT, best=(2, 3)
)
#: By words of `message`.
REFUSALS: Final = {
    "trial access": "the app has Trial access, with which nobody else would see a pin: ask "
    "Pinterest for Standard access, or try with `url: https://api-sandbox.pinterest.com`",
    "authentication failed": "Pinterest does not accept the token: it lives for 30 days; sign in "
    "again",
    "board not found": "there is no such board: `cmctl channel test` lists those of the account",
    "rate limit": "the app or the account has asked Pinterest too much for now",
    "spam": "Pinterest takes the pin or its link for spam: open it by hand and read what it says",
    "blocked": "Pinterest blocks the link: open it by hand and read what it says",
    "image": "Pinterest cannot read the image: save it anew as JPEG or PNG",
    "permission": "the token may not do that: it needs boards:read, pins:read, pins:write, "
    "boards:write and user_accounts:read",
}


def problems(content: Content) -> Iterator[Problem]:
    """Yield what every pin needs, and what is too long beside its description."""
    if not content.media:
        yield Problem(
            code="no-image",
            message="Pinterest takes no pin without an image",
            fix="add `media:`, or leave Pinterest out of `channels:`",
        )
    link = Length(part="link", text=content.link, rules=_LINK, count=len)
    yield from too_long("Pinterest's link", link)
    if len(content.media) > 1:
        alts = _alt(tuple(media.alt for media in content.media))
        what = "the one alt text that a pin of several images has on Pinterest"
        rules = TextRules(limit=_ALT)
        yield from too_long(what, Length(part="alt", text=alts, rules=rules, count=len))
    yield from headline_problems(
        compose(content, link=False), "Pinterest", "the pin stands there without a title", _TITLE
    )


def length(text: str) -> int:
    """Return how much of the limit a text takes: its headline becomes the title."""
    return len(_told(text).body)


def pin(text: str, board: str, link: str, images: Sequence[Attachment]) -> dict[str, object]:
    """Return a pin's request, with its images in it."""
    title, body = _told(text)
    fields = {
        "title": title,
        "description": body,
        "link": link,
        "alt_text": _alt(tuple(image.alt for image in images)),
    }
    value: dict[str, object] = {name: told for name, told in fields.items() if told}
    return {"board_id": board, **value, "media_source": _source(images)}


def address(number: str) -> str:
    """Return where a person sees a pin."""
    return f"https://www.pinterest.com/pin/{number}/"


def status(item: Mapping[str, Any], *, link: bool = True) -> Status:
    """Return what a pin tells followers; `link`: its link is part of its text.

    Raises:
        ValueError: it lacks its id or its time.
    """
    number = item.get("id")
    if not isinstance(number, str) or not number:
        raise ValueError("a pin without an id")
    at = datetime.fromisoformat(str(item.get("created_at")))
    told, target = text(item), str(item.get("link") or "")
    if link and target not in told:
        told = f"{told}\n\n{target}".lstrip("\n")
    owner = item.get("board_owner")
    return Status(
        channel="",
        remote_id=number,
        at=at if at.tzinfo else at.replace(tzinfo=UTC),
        text=told,
        url=address(number),
        author=str(owner.get("username") or "") if isinstance(owner, dict) else "",
        media_count=_images(item.get("media")),
        images=_addresses(item.get("media")),
    )


def text(item: Mapping[str, Any]) -> str:
    """Return what a pin says: its title and its description."""
    told = (str(item.get(name) or "") for name in ("title", "description"))
    return "\n\n".join(filter(None, told))


def counts(item: Mapping[str, Any]) -> Counts:
    """Return reactions, comments, saves and impressions since the pin was made.

    Raises:
        Rejected: Pinterest does not tell, as for a new pin.
    """
    metrics = item.get("pin_metrics")
    told = metrics.get("lifetime_metrics") if isinstance(metrics, dict) else None
    if not isinstance(told, dict):
        message = "Pinterest tells no counts of this pin, or not yet"
        raise Rejected(message)
    return Counts(
        likes=whole(told.get("reaction")),
        comments=whole(told.get("comment")),
        shares=whole(told["save"]) if "save" in told else None,
        views=whole(told.get("impression")),
    )


def _told(text: str) -> Headed:
    return headed(text, _TITLE)


def _alt(alts: Sequence[str]) -> str:
    """Return the one alt text of a pin: a line for each image that has one."""
    return "\n".join(filter(None, map(str.strip, alts)))


def _source(images: Sequence[Attachment]) -> dict[str, object]:
    items = [
        {"content_type": image.type, "data": b64encode(image.data).decode("ascii")}
        for image in images
    ]
    if len(items) == 1:
        return {"source_type": "image_base64", **items[0]}
    return {"source_type": "multiple_image_base64", "items": items}


def _addresses(media: object) -> tuple[str, ...]:
    """Return where a pin's image stands in the smallest width that shows all of it."""
    sizes = media.get("images") if isinstance(media, dict) else None
    found = (
        [one for one in sizes.values() if isinstance(one, dict)] if isinstance(sizes, dict) else []
    )
    whole = [one for one in found if one.get("url") and one.get("width") != one.get("height")]
    small = sorted(whole or found, key=lambda one: int(one.get("width") or 0))
    return (str(small[0]["url"]),) if small and small[0].get("url") else ()


def _images(media: object) -> int:
    if not isinstance(media, dict):
        return 0
    items = media.get("items")
    return len(items) if isinstance(items, list) else int(media.get("media_type") == "image")
