"""Local posts of a Google Business Profile as values, and what Google's refusals mean.

developers.google.com/my-business, v4 reference: `accounts.locations.localPosts` (`LocalPost`,
`CallToAction`, `LocalPostEvent`, `LocalPostState`), `ValidationError`.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from cmctl.core.model import Content, Problem, PublicEvent, Status
from cmctl.core.text import compose

LIMIT: Final = 1500
#: Buttons that lead to the post's link, and the one that rings.
BUTTONS: Final = ("LEARN_MORE", "BOOK", "ORDER", "SHOP", "SIGN_UP", "CALL")
CALL: Final = "CALL"
#: By words of the error, whole.
REFUSALS: Final = {
    "UNAUTHENTICATED": "Google does not accept the token: it lives for an hour; sign in again",
    "quota_limit_value': '0'": "Google gives a project no quota before it has looked at it: ask "
    "for access to the Business Profile APIs, in the Google Cloud project",
    "RESOURCE_EXHAUSTED": "what Google allows the project for now is used up",
    "SERVICE_DISABLED": "the project may not use the Google My Business API: switch it on in the "
    "Google Cloud console",
    "PERMISSION_DENIED": "the token may not write there: sign in as an owner or manager of the "
    "profile, with the scope business.manage",
    "NOT_FOUND": "Google does not know that: are `account` and `location` those of the profile?",
    "media": "Google does not take the image: it must be JPEG or PNG, at least 400x300, and at an "
    "address that everybody can read",
    "summary": "Google does not take the text: it must be short and without a telephone number",
    "callToAction": "Google does not take the link: write its whole address, https and all",
    "call_to_action": "Google does not take the link: write its whole address, https and all",
}
#: What followers do not see.
_UNSEEN: Final = frozenset({"REJECTED", "SCHEDULED"})


def problems(content: Content) -> Iterator[Problem]:
    """Yield a post without words, which Google shows nowhere."""
    if not compose(content, link=False) and (content.media or content.link):
        yield Problem(code="empty-text", message="Google Business takes no post without a text")


def is_offer(content: Content) -> bool:
    """Tell whether a post is of the kind that has no button, but a link of its own."""
    return content.event is not None and content.event.offer


def post(
    text: str, content: Content, language: str, images: Sequence[str], button: str
) -> dict[str, object]:
    """Return a post's request; images are addresses, and the content's link is the button's."""
    event, link = content.event, content.link
    topic = "STANDARD" if event is None else "OFFER" if event.offer else "EVENT"
    value: dict[str, object] = {"languageCode": language, "summary": text, "topicType": topic}
    if images:
        value["media"] = [{"mediaFormat": "PHOTO", "sourceUrl": image} for image in images]
    if event is not None:
        value["event"] = {"title": event.title, "schedule": _schedule(event)}
    if event is not None and event.offer:
        said = (event.coupon, link, event.terms)
        names = ("couponCode", "redeemOnlineUrl", "termsConditions")
        value["offer"] = {name: one for name, one in zip(names, said, strict=True) if one}
    elif button == CALL:
        value["callToAction"] = {"actionType": CALL}
    elif link:
        value["callToAction"] = {"actionType": button, "url": link}
    return value


def is_seen(item: Mapping[str, Any]) -> bool:
    """Tell whether followers see a post, or will as soon as Google has looked at it."""
    return item.get("state") not in _UNSEEN


def status(item: Mapping[str, Any], *, link: bool = True) -> Status:
    """Return what a post tells followers; `link`: its button's is part of its text.

    Raises:
        ValueError: it lacks its name or its time.
    """
    name = item.get("name")
    if not isinstance(name, str) or not name:
        raise ValueError("a post without a name")
    planned = item.get("recurringInstanceTime") or item.get("scheduledTime")
    told = [_inner(item, "event").get("title"), item.get("summary")]
    button, offer = _inner(item, "callToAction"), _inner(item, "offer")
    target = str(button.get("url") or offer.get("redeemOnlineUrl") or "")
    text = "\n\n".join(str(one) for one in told if one)
    if link and target and target not in text:
        text = f"{text}\n\n{target}".lstrip("\n")
    media = item.get("media")
    return Status(
        channel="",
        remote_id=name,
        at=datetime.fromisoformat(str(planned or item.get("createTime"))),
        text=text,
        url=str(item.get("searchUrl") or ""),
        media_count=len(media) if isinstance(media, list) else 0,
        images=_addresses(media),
    )


def _schedule(event: PublicEvent) -> dict[str, object]:
    """Return from when to when, as the clocks there show it."""
    value: dict[str, object] = {}
    for name, said in (("start", event.starts), ("end", event.ends)):
        at = datetime.fromisoformat(said)
        value[f"{name}Date"] = {"year": at.year, "month": at.month, "day": at.day}
        if "T" in said:
            value[f"{name}Time"] = {"hours": at.hour, "minutes": at.minute}
    return value


def _addresses(media: object) -> tuple[str, ...]:
    """Return where Google shows a post's pictures."""
    items = media if isinstance(media, list) else []
    photos = (one for one in items if isinstance(one, dict) and one.get("mediaFormat") == "PHOTO")
    return tuple(str(one["googleUrl"]) for one in photos if one.get("googleUrl"))


def _inner(item: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = item.get(name)
    return found if isinstance(found, dict) else {}
