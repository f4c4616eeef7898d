"""Changes and notices of a delivery, made from what is known of it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from cmctl.app.sign_in.letting_in import Renewed
from cmctl.channels.base import ChannelError, Rejected, Throttled, Unauthorized, Unavailable
from cmctl.core.errors import CmctlError
from cmctl.core.model import Decision, Delivery, Hold, HoldReason, Match, Receipt, Seen
from cmctl.core.state import Move
from cmctl.store.base import Change, Notice

#: The first wait after a network that could not be reached; doubled with each attempt.
PATIENCE = timedelta(seconds=30)
LONGEST = timedelta(minutes=15)
#: The shortest time over which networks count, where they do not say when a limit ends.
LIMIT = timedelta(minutes=1)


class Stop(NamedTuple):
    """Why a delivery must wait, and the text that it repeats where it does."""

    hold: Hold
    match: Match | None = None


def change(delivery: Delivery, move: Move, at: datetime, **what: Any) -> Change:
    """Return the change that makes `move` if the delivery is still as we saw it."""
    return Change(
        number=delivery.number,
        state=delivery.state,
        fence=delivery.fence,
        move=move,
        at=at,
        **what,
    )


def notice(kind: str, delivery: Delivery, message: str) -> Notice:
    """Return a notice about a delivery for the CM."""
    return Notice(kind=kind, channel=delivery.key.channel, number=delivery.number, message=message)


def held(delivery: Delivery, stop: Stop, at: datetime) -> Change:
    """Return the change that holds a delivery, keeps the evidence and tells the CM."""
    hold, match = stop
    told = notice("held", delivery, f"held, {hold.reason}: {hold.detail}")
    data: dict[str, object] = {"reason": hold.reason.value, "detail": hold.detail}
    if match is not None:
        data["evidence"] = evidence(match)
    return change(delivery, Move.HOLD, at, hold=hold, notice=told, data=data)


def evidence(match: Match) -> dict[str, object]:
    """Return a match as the log keeps it, whole: the status may be edited or deleted later."""
    seen = match.seen
    return {
        "source": seen.source,
        "ref": seen.ref,
        "text": seen.text,
        "at": seen.at.isoformat(),
        "author": seen.author,
        "url": seen.url,
        "decision": match.decision.value,
        "score": round(match.score, 4),
        "reasons": list(match.reasons),
    }


def match_of(data: Mapping[str, object]) -> Match:
    """Return a match that `evidence` wrote."""
    reasons = data.get("reasons")
    return Match(
        seen=Seen(
            source=str(data["source"]),
            ref=str(data["ref"]),
            text=str(data["text"]),
            at=datetime.fromisoformat(str(data["at"])),
            author=str(data.get("author", "")),
            url=str(data.get("url", "")),
        ),
        decision=Decision(str(data["decision"])),
        score=float(str(data["score"])),
        reasons=tuple(str(reason) for reason in reasons) if isinstance(reasons, list) else (),
    )


def outcome(
    delivery: Delivery,
    said: Receipt | ChannelError,
    at: datetime,
    settling: timedelta,
    *,
    repeated: bool = False,
) -> Change:
    """Return what an attempt's outcome means, by what is known after it.

    A `repeated` request that failed proves nothing about the first one: it stays in doubt. Where
    the network says how long to wait, the whole channel does: the next would be refused too.
    """
    if isinstance(said, Receipt):
        return published(delivery, said, at)
    data = {"error": str(said), **({"answer": said.answer} if said.answer else {})}
    wish = delay(said, delivery.attempts)
    lane = at + wish if wish else None
    if repeated:
        later = at + (wish or settling)
        return change(delivery, Move.DOUBT, at, data=data, not_before=later, lane_ready_at=lane)
    if isinstance(said, Unauthorized):
        return held(delivery, Stop(locked_out(delivery.key.channel, said)), at)
    if isinstance(said, Rejected):
        told = notice("refused", delivery, f"refused by the network: {said}")
        return change(delivery, Move.REFUSE, at, data=data, notice=told)
    if isinstance(said, Unavailable):
        at_once = isinstance(said, Renewed)
        return change(
            delivery,
            Move.UNSENT,
            at,
            data=data,
            not_before=None if at_once else at + (wish or patience(delivery.attempts)),
            lane_ready_at=lane,
        )
    return change(delivery, Move.DOUBT, at, data=data, not_before=at + settling)


def delay(said: ChannelError, attempts: int) -> timedelta | None:
    """Return how long the whole channel waits: what the network says, or where it has a limit."""
    if isinstance(said, Throttled) and said.retry_after is None:
        return max(patience(attempts), LIMIT)
    return said.retry_after if isinstance(said, Unavailable) else None


def published(delivery: Delivery, receipt: Receipt, at: datetime, how: str = "answer") -> Change:
    """Return the change that writes down the network's proof; `how` it was had."""
    where, data = receipt.url or receipt.remote_id, {"by": how}
    told = notice("published", delivery, f"published {where}")
    if receipt.altered:
        told = notice("altered", delivery, f"published {where}, but {receipt.altered}")
        data["altered"] = receipt.altered
    return change(delivery, Move.PUBLISH, at, receipt=receipt, data=data, notice=told)


def locked_out(name: str, problem: CmctlError) -> Hold:
    """Return the hold of what cannot go out before somebody signs in to `client/channel`."""
    login = f"cmctl channel login {name}"
    detail = str(problem) if login in str(problem) else f"{problem} ({login})"
    return Hold(reason=HoldReason.TOKEN, detail=detail)


def doubtful(delivery: Delivery, detail: str, at: datetime) -> Change:
    """Return the change that leaves an uncertain delivery to a person."""
    return held(delivery, Stop(Hold(reason=HoldReason.UNCERTAIN, detail=detail)), at)


def patience(attempts: int) -> timedelta:
    """Return how long to wait before the next attempt."""
    doublings = min(max(attempts - 1, 0), 10)
    return min(PATIENCE * (1 << doublings), LONGEST)
