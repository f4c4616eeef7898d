"""What a post invites to (`event` in a variant), as plain data."""

from cmctl.config.records import Fields
from cmctl.config.report import Report
from cmctl.core.content import event_fields
from cmctl.core.model import PublicEvent


def invitation(event: Fields, report: Report) -> list[object]:
    """Return what `event_from` reads, after reporting an end before its beginning."""
    starts, ends = event.get("from", ""), event.get("to", "")
    if ends and ends < starts[: len(ends)]:
        message = '"to" is before "from": it would end before it begins'
        report.error(event.nodes["to"], "to-first", message, "move one of the two")
    coupon, terms = event.get("coupon", ""), event.get("terms", "")
    return event_fields(
        PublicEvent(
            title=event.get("title", ""),
            starts=starts,
            ends=ends,
            offer=event.get("offer", bool(coupon or terms)),
            coupon=coupon,
            terms=terms,
        )
    )
