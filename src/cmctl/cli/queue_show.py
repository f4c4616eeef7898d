"""`cmctl queue show`: one delivery, whole."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import typer

from cmctl.cli.catching_up import caught_up
from cmctl.cli.event_words import in_words
from cmctl.cli.invocation import invocation
from cmctl.cli.options import Json
from cmctl.cli.output import Output, Scalar
from cmctl.cli.queue_decide import OnChannel, Ref
from cmctl.cli.told import (
    delivery_keys,
    evidence_keys,
    show_both,
    show_steps,
    state_in_words,
    when,
    zone_of,
)
from cmctl.core.model import Content, Place
from cmctl.core.show import local
from cmctl.core.text import compose

if TYPE_CHECKING:
    from cmctl.app.story import Story


def show(ctx: typer.Context, ref: Ref, channel: OnChannel = "", as_json: Json = False) -> None:
    """Show one delivery, whole, with its history.

    The text is as it would go out, or as it went out.
    """
    from cmctl.app.posts.targets import target  # noqa: PLC0415
    from cmctl.app.story import story  # noqa: PLC0415 - `--help` does not need it

    asked = invocation(ctx)
    with asked.workspace() as own:
        workspace = caught_up(asked, own)
        settings = workspace.settings
        delivery = target(settings, workspace.store, ref, channel=channel)
        told = story(workspace.context, delivery)
    now, zone = asked.machine.now(), zone_of(settings, delivery.key.channel)
    if as_json:
        asked.output.records([_record(told, zone)])
    else:
        _show(asked.output, told, zone, now)


def _show(output: Output, told: "Story", zone: ZoneInfo, now: datetime) -> None:
    delivery = told.delivery
    facts = dict(_facts(told, zone, now))
    width = max(map(len, facts))
    for name, fact in facts.items():
        output.line(f"{name:{width}}  {fact}")
    if told.match is not None:
        show_both(output, delivery, told.match, zone, now)
    else:
        _show_content(output, delivery.content)
    for line in told.images:
        output.line(f"\n  image: {line}")
    _show_log(output, told, zone, now)
    if told.steps:
        output.line("\nNext")
        show_steps(output, told.steps)


def _facts(told: "Story", zone: ZoneInfo, now: datetime) -> Iterator[tuple[str, str]]:
    delivery = told.delivery
    occurrence = f" of {delivery.key.occurrence}" if delivery.key.occurrence else ""
    yield "Delivery", str(delivery.number)
    yield "Post", f"{delivery.key.post}{occurrence}"
    if delivery.content.reply_to:
        yield "Answers", delivery.content.reply_to
    else:
        yield "File", _where(told.place)
    yield "Channel", f"{delivery.key.channel} ({delivery.network})"
    yield "Planned for", f"{when(delivery.due, zone, now)}, {_utc(delivery.due)}"
    if delivery.expires is not None:
        yield "Expires", when(delivery.expires, zone, now)
    yield "State", state_in_words(delivery)
    if told.guard:
        yield "Guard", told.guard
    if told.lengths:
        yield "Length", _said(told.lengths)
    if delivery.not_before is not None:
        yield "Not before", when(delivery.not_before, zone, now)
    if delivery.attempts:
        yield "Attempts", str(delivery.attempts)
    if (receipt := delivery.receipt) is not None:
        yield "Published", when(receipt.at, zone, now) if receipt.at else "yes"
        yield "Remote id", receipt.remote_id
        if receipt.url:
            yield "Address", receipt.url


def _said(lengths: Sequence[tuple[str, str]]) -> str:
    return "; ".join(f"{part}: {length}" if part else length for part, length in lengths)


def _where(place: Place | None) -> str:
    return (
        f"{place.file}:{place.line}" if place else "none: no file has it any more, or with errors"
    )


def _utc(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC"


def _show_content(output: Output, content: Content) -> None:
    output.line()
    for line in compose(content).splitlines():
        output.line(f"  {line}".rstrip())
    for number, part in enumerate(content.thread, start=2):
        output.line(f"\n  part {number}")
        for line in part.strip().splitlines():
            output.line(f"  {line}".rstrip())
    if content.first_comment:
        output.line(f"\n  first comment: {content.first_comment}")
    if event := content.event:
        kind = "offer" if event.offer else "event"
        output.line(f"\n  {kind}: {event.title}, {event.starts} to {event.ends}")
        if event.coupon or event.terms:
            output.line(f"  {' - '.join(filter(None, (event.coupon, event.terms)))}")
    for media in content.media:
        output.line(f"\n  {media.file}\n  alt: {media.alt or 'none'}")


def _show_log(output: Output, told: "Story", zone: ZoneInfo, now: datetime) -> None:
    answers = bool(told.delivery.content.reply_to)
    output.line("\nWhat happened")
    for event in told.events:
        output.line(f"  {local(event.at, zone, now=now)}  {in_words(event, answers=answers)}")


def _record(told: "Story", zone: ZoneInfo) -> Mapping[str, Scalar]:
    delivery, match = told.delivery, told.match
    receipt, content = delivery.receipt, delivery.content
    return {
        **delivery_keys(delivery, zone),
        "edited": delivery.edited,
        "text": compose(content),
        "link": content.link,
        "reply_to": content.reply_to,
        "length": _said(told.lengths),
        "thread": "\n\n".join(content.thread),
        "media": _joined([media.file for media in content.media]),
        "alt": _joined([media.alt for media in content.media]),
        "images": _joined(told.images),
        "attempts": delivery.attempts,
        "published_at": receipt.at.astimezone(zone).isoformat() if receipt and receipt.at else None,
        "remote_id": receipt.remote_id if receipt else "",
        "url": receipt.url if receipt else "",
        "place": str(told.place) if told.place else "",
        **evidence_keys(match, zone),
        "log": "\n".join(_logged(told)),
        "next": "\n".join(step.command for step in told.steps),
    }


def _logged(told: "Story") -> Iterator[str]:
    answers = bool(told.delivery.content.reply_to)
    for event in told.events:
        yield f"{event.at.isoformat()} {in_words(event, answers=answers)}"


def _joined(lines: Sequence[str]) -> str:
    return "\n".join(lines)
