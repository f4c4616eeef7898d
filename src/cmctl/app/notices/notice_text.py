"""A notice as the CM reads it: what happened in a sentence, both texts, and what to type."""

from cmctl.app.context import Context
from cmctl.app.guard.evidence import evidence
from cmctl.app.steps import steps
from cmctl.core.guard.headline import headline
from cmctl.core.guard.sides import sides
from cmctl.core.model import Delivery, Match
from cmctl.core.show import local
from cmctl.core.text import follower_text
from cmctl.store.base import Posted

#: These are about two texts.
_OF_TWO = frozenset({"held", "flagged", "collision", "nearing"})


def told(ctx: Context, posted: Posted) -> dict[str, object]:
    """Return a notice with everything that a person, or a program of theirs, needs."""
    notice = posted.notice
    found: dict[str, object] = {
        "kind": notice.kind,
        "channel": notice.channel,
        "number": notice.number,
        "message": notice.message,
        "at": posted.at.isoformat(),
        "title": f"{notice.channel}: {notice.kind}" if notice.channel else notice.kind,
        "text": notice.message,
    }
    delivery = ctx.store.delivery(notice.number) if notice.number else None
    if delivery is None:
        return found
    match = evidence(ctx, notice.number) if notice.kind in _OF_TWO else None
    lines = [notice.message]
    if match is not None:
        found |= _of_two(ctx, delivery, match)
        lines = [str(found["headline"]), *_texts(delivery, match)]
    commands = [step.command for step in steps(delivery, match, now=ctx.now())]
    waits = delivery.hold is not None
    found["commands"] = commands if waits else []
    if waits:
        lines += ["", *commands]
    found["title"] = f"{notice.channel}: {notice.kind}: {delivery.key.post} ({notice.number})"
    found["text"] = "\n".join(lines)
    return found


def _of_two(ctx: Context, delivery: Delivery, match: Match) -> dict[str, object]:
    zone = ctx.settings.channel(delivery.key.channel).zone
    ours = follower_text(delivery.content)
    days = (delivery.due.astimezone(zone).date(), match.seen.at.astimezone(zone).date())
    compared = sides(ours, match.seen.text, days)
    return {
        "headline": headline(match, delivery.due, zone, compared),
        "ours": ours,
        "ours_at": local(delivery.due, zone),
        "theirs": match.seen.text,
        "theirs_at": local(match.seen.at, zone),
        "theirs_author": match.seen.author,
        "theirs_url": match.seen.url,
        "score": match.score,
        "facts": [fact._asdict() | {"differs": fact.differs} for fact in compared.facts],
    }


def _texts(delivery: Delivery, match: Match) -> list[str]:
    who = " ".join(filter(None, (match.seen.author, match.seen.url)))
    return ["", f"Ours: {follower_text(delivery.content)}", "", f"{who}: {match.seen.text}"]
