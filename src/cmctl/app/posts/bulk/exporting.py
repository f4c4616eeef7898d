"""The queue and what was published, as files for other tools."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from io import StringIO

from cmctl.app.posts.bulk.calendars import Event, calendar_of
from cmctl.core.model import Delivery
from cmctl.core.settings import Settings
from cmctl.core.text import excerpt, follower_text

Record = Mapping[str, str | int]


def records(deliveries: Iterable[Delivery], settings: Settings) -> Iterator[Record]:
    """Yield one flat record a delivery; `at` is local to the client, published or planned."""
    for one in deliveries:
        client, _, short = one.key.channel.partition("/")
        known = settings.clients.get(client)
        yield {
            "number": one.number,
            "client": client,
            "channel": short,
            "network": one.network,
            "post": one.key.post,
            "at": _at(one).astimezone(known.zone if known else settings.zone).isoformat(),
            "state": one.state.value,
            "text": one.content.text,
            "link": one.content.link,
            "image": ",".join(media.file for media in one.content.media),
            "alt": "||".join(media.alt for media in one.content.media),
            "first_comment": one.content.first_comment,
            "url": one.receipt.url if one.receipt else "",
        }


def _at(delivery: Delivery) -> datetime:
    receipt = delivery.receipt
    return delivery.due if receipt is None or receipt.at is None else receipt.at


def table(rows: Iterable[Record]) -> str:
    """Return records as CSV (RFC 4180) with a header that `cmctl import` reads."""
    written, known = StringIO(), list(rows)
    if known:
        writer = csv.DictWriter(written, fieldnames=list(known[0]))
        writer.writeheader()
        writer.writerows(known)
    return written.getvalue()


def calendar(deliveries: Iterable[Delivery], *, now: datetime) -> str:
    """Return deliveries as an iCalendar file."""
    events = (
        Event(
            uid=f"{one.number}.{one.key.post}.{one.key.channel}@cmctl",
            at=_at(one),
            title=f"{one.key.channel}: {excerpt(one.content.text, 60)}",
            text=follower_text(one.content),
            url=one.receipt.url if one.receipt else "",
        )
        for one in deliveries
    )
    return calendar_of(events, now=now)
