"""The verdict on two texts in one sentence."""

from datetime import datetime
from zoneinfo import ZoneInfo

from cmctl.core.guard.sides import Sides
from cmctl.core.model import Decision, Match, Seen
from cmctl.core.show import duration, local

_TELLS = {
    Decision.BLOCK: "Same news as",
    Decision.FLAG: "Perhaps the same news as",
    Decision.ALLOW: "Other news than",
}


def headline(match: Match, due: datetime, zone: ZoneInfo, seen: Sides) -> str:
    """Return who told the news, when, how long from ours (`due`), what it is and what differs.

    `Same news as berthier's post of 08:45, 1 h 30 before: Rennes, entrepôt; no fact differs`.
    """
    topic = ", ".join(seen.topic)
    about = f": {topic}" if topic else ""
    whose = f"{_TELLS[match.decision]} {_whose(match.seen)} {_when(match, due, zone)}"
    return f"{whose}{about}; {_but(seen)}"


def _whose(seen: Seen) -> str:
    if seen.source == "timeline":
        return f"{seen.author}'s post" if seen.author else "a post on the account"
    own = "our post" if seen.source == "history" else "our planned post"
    return f"{own} {seen.post}" if seen.post else own


def _when(match: Match, due: datetime, zone: ZoneInfo) -> str:
    at = match.seen.at
    same_day = at.astimezone(zone).date() == due.astimezone(zone).date()
    clock = f"{at.astimezone(zone):%H:%M}" if same_day else local(at, zone, now=due)
    apart = abs(due - at)
    if apart.total_seconds() < 60:
        return f"of {clock}, at the same time"
    return f"of {clock}, {duration(apart)} {'before' if at < due else 'after'}"


def _but(seen: Sides) -> str:
    """Return on which facts the two texts disagree."""
    against = [fact for fact in seen.facts if fact.differs]
    if not against:
        return "no fact differs"
    said = (
        f"{fact.kind}: {', '.join(fact.ours)} (ours) and {', '.join(fact.theirs)} (theirs)"
        for fact in against
    )
    return f"differing {'; '.join(said)}"
