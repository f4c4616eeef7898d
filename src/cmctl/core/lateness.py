"""When a delivery is too late to go out."""

from datetime import UTC, datetime, timedelta

from cmctl.core.model import Delivery, Hold, HoldReason
from cmctl.core.show import duration


def too_late(delivery: Delivery, now: datetime, grace: timedelta) -> Hold | None:
    """Return why a delivery must not go out by itself any more at `now`; None while it may.

    What has expired is held whatever a person waived before: only the file can move `expires`.
    What is later than `grace` goes out where a person waived that it was missed.
    """
    if delivery.expires is not None and (over := _since(delivery.expires, now)) > timedelta():
        detail = f"it expired {duration(over)} ago; move `expires` in its file, or cancel it"
        return Hold(reason=HoldReason.MISSED, detail=detail)
    late = _since(delivery.due, now)
    if late <= grace or delivery.waives(HoldReason.MISSED):
        return None
    detail = f"it is {duration(late)} late, and the grace is {duration(grace)}"
    return Hold(reason=HoldReason.MISSED, detail=detail)


def _since(instant: datetime, now: datetime) -> timedelta:
    return now.astimezone(UTC) - instant.astimezone(UTC)
