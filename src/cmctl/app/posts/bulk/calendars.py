"""iCalendar files (RFC 5545): editorial calendars in, the queue out."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from cmctl.app.posts.bulk.entry import Entry
from cmctl.core.errors import CmctlError


class Event(NamedTuple):
    """One delivery in a calendar."""

    uid: str
    at: datetime
    title: str
    text: str
    url: str


def read_calendar(text: str) -> list[Entry]:
    """Return the events of a calendar: their description, else their summary, is the text.

    A wall time of no zone is of the zone asked for; an event of a whole day has no time.

    Raises:
        CmctlError: it is no calendar.
    """
    from icalendar import Calendar  # noqa: PLC0415 - only where a calendar is read

    try:
        events = Calendar.from_ical(text).walk("VEVENT")
    except (ValueError, IndexError) as error:
        message = f"it is no calendar: {str(error)[:80]}"
        raise CmctlError(message, hint="export it as iCalendar (.ics)") from None
    if not events:
        raise CmctlError("there is no event in it", hint="export it as iCalendar (.ics)")
    return [_entry(number, event) for number, event in enumerate(events, 1)]


def _entry(number: int, event: Any) -> Entry:
    start = event.decoded("dtstart", None)
    wall = start if isinstance(start, datetime) else None
    aware = wall is not None and wall.tzinfo is not None
    recurs = ("recurs: write it as `every` of the post",) if "RRULE" in event else ()
    return Entry(
        line=number,
        text=str(event.get("description", "")).strip() or str(event.get("summary", "")).strip(),
        at=wall if aware else None,
        when=f"{wall:%Y-%m-%d %H:%M}" if wall is not None and not aware else "",
        link=str(event.get("url", "")),
        left_out=recurs,
    )


def calendar_of(events: Iterable[Event], *, now: datetime) -> str:
    """Return a calendar with one event a delivery, at its instant, of no length."""
    from icalendar import Calendar  # noqa: PLC0415 - as above
    from icalendar import Event as Entry_  # noqa: PLC0415

    calendar = Calendar()
    calendar.add("prodid", "-//cmctl//queue//EN")
    calendar.add("version", "2.0")
    for event in events:
        entry = Entry_()
        entry.add("uid", event.uid)
        entry.add("dtstamp", now)
        entry.add("dtstart", event.at)
        entry.add("summary", event.title)
        entry.add("description", event.text)
        if event.url:
            entry.add("url", event.url)
        calendar.add_component(entry)
    written: bytes = calendar.to_ical()
    return written.decode()
