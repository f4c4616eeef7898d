"""`cmctl inbox`: what was said to the accounts."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from cmctl.cli.invocation import Invocation, invocation
from cmctl.cli.options import ChannelName, ClientName, Json
from cmctl.cli.output import Column, Scalar
from cmctl.cli.told import zone_of
from cmctl.core.errors import ExitStatus
from cmctl.core.model import Delivery
from cmctl.core.settings import Settings
from cmctl.core.show import local

if TYPE_CHECKING:
    from cmctl.app.comments.inbox import Read, Said
    from cmctl.app.context import Context

COLUMNS = (
    Column("When"),
    Column("Channel"),
    Column("Author"),
    Column("Id"),
    Column("On"),
    Column("State", styles={"answered": "green", "hidden": "yellow"}),
    Column("Text", wide=True),
)


def inbox(  # noqa: PLR0913, RUF100 - one a filter
    ctx: typer.Context,
    client: ClientName = "",
    channel: ChannelName = "",
    since: Annotated[
        str, typer.Option(metavar="TIME", help="From then on, such as 12h, 14d, mon or 2026-11-24.")
    ] = "7d",
    on: Annotated[
        str,
        typer.Option(metavar="REF", help="Everything below one published delivery, replies too."),
    ] = "",
    as_json: Json = False,
) -> ExitStatus:
    """List what was said to the accounts: comments and mentions.

    It is read from the networks now, newest last. Where a network lists comments post by post,
    those on the posts of the last month are read.
    """
    asked = invocation(ctx)
    with asked.workspace(read_only=True) as workspace:
        app, settings = workspace.context, workspace.settings
        names = [name for name in (client, channel) if name]
        found = _below(app, on, channel) if on else _since(asked, app, names, since)
    if as_json:
        asked.output.records([_record(one, settings) for one in found.said])
    else:
        now = asked.machine.now()
        asked.output.listing(COLUMNS, [_row(one, settings, now) for one in found.said])
    return _tell(asked, found)


def _since(asked: Invocation, app: "Context", names: list[str], since: str) -> "Read":
    from cmctl.app.accounts import chosen  # noqa: PLC0415 - `--help` does not need it
    from cmctl.app.comments.inbox import inbox as read  # noqa: PLC0415 - as above
    from cmctl.app.posts.moments import bound  # noqa: PLC0415 - as above

    settings = app.settings
    return read(app, chosen(settings, names), bound(since, settings.zone, asked.machine.now()))


def _below(app: "Context", ref: str, channel: str) -> "Read":
    from cmctl.app.comments.inbox import Read, below  # noqa: PLC0415 - as above
    from cmctl.app.posts.targets import target  # noqa: PLC0415 - as above

    found = target(app.settings, app.store, ref, channel=channel, wanted=_is_published)
    return Read(below(app, found), (), ())


def _is_published(delivery: Delivery) -> bool:
    return delivery.receipt is not None


def _tell(asked: Invocation, found: "Read") -> ExitStatus:
    """Say what could not be read; return the first of 1, 4 and 0 that applies."""
    for one in found.unread:
        asked.output.warn(f"{one.channel} could not be read: {one.problem}")
    if found.deaf:
        asked.output.say(f"their networks tell programs nothing: {', '.join(found.deaf)}")
    if not found.said and not found.unread:
        asked.output.say("nothing was said")
    statuses = {one.status for one in found.unread}
    by_weight = (ExitStatus.PROBLEMS, ExitStatus.NETWORK)
    return next((status for status in by_weight if status in statuses), ExitStatus.FINE)


def _row(one: "Said", settings: Settings, now: datetime) -> list[str]:
    said = one.comment
    zone = zone_of(settings, one.channel)
    author = f"{said.author} (us)" if said.own else said.author
    return [
        local(said.at, zone, now=now),
        one.channel,
        author,
        said.remote_id,
        _on(one),
        _state(one),
        said.text,
    ]


def _on(one: "Said") -> str:
    if one.on is not None:
        return f"#{one.on.number} {one.on.key.post}"
    return "mention" if one.is_mention else one.comment.reply_to


def _state(one: "Said") -> str:
    if one.reply is not None:
        published = one.reply.receipt is not None
        return "answered" if published else f"reply {one.reply.number} {one.reply.state}"
    return "hidden" if one.comment.hidden else ""


def _record(one: "Said", settings: Settings) -> dict[str, Scalar]:
    said, zone = one.comment, zone_of(settings, one.channel)
    return {
        "id": said.remote_id,
        "client": one.channel.partition("/")[0],
        "channel": one.channel,
        "at": said.at.astimezone(zone).isoformat(),
        "at_utc": said.at.isoformat(),
        "kind": "mention" if one.is_mention else "comment",
        "author": said.author,
        "own": said.own,
        "text": said.text,
        "url": said.url,
        "reply_to": said.reply_to,
        "number": one.on.number if one.on else None,
        "post": one.on.key.post if one.on else "",
        "hidden": said.hidden,
        "reply": one.reply.number if one.reply else None,
        "reply_state": one.reply.state.value if one.reply else "",
    }
