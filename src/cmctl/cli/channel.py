"""`cmctl channel`: the accounts, whether they answer, and what stands on them."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from cmctl.cli.invocation import invocation
from cmctl.cli.options import Json, Limit
from cmctl.cli.output import Column, Scalar
from cmctl.core.errors import ExitStatus
from cmctl.core.show import local, relative

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from cmctl.app.accounts import Account, Probed, Standing


def list_(ctx: typer.Context, as_json: Json = False) -> None:
    """List the channels and what each can do.

    No network is asked; `cmctl channel test` does that.
    """
    from cmctl.app.accounts import accounts  # noqa: PLC0415 - `--help` does not need it

    asked = invocation(ctx)
    with asked.workspace(read_only=True) as workspace:
        found = list(accounts(workspace.context))
    if as_json:
        asked.output.records(map(_account_record, found))
        return
    now = asked.machine.now()
    columns = [
        Column("Channel"),
        Column("Network"),
        Column("Zone"),
        Column("Read"),
        Column("Paused", styles={"": ""}, style="yellow"),
        Column("Token"),
        Column("Can", wide=True),
    ]
    rows = [
        [
            one.settings.name,
            one.settings.network,
            one.settings.zone.key,
            relative(one.read_at, now) if one.read_at else "",
            one.paused,
            _token(one, now),
            one.problem or ", ".join(one.can),
        ]
        for one in found
    ]
    asked.output.listing(columns, rows)


def ask(
    ctx: typer.Context,
    channels: Annotated[
        list[str] | None,
        typer.Argument(metavar="[CHANNEL]...", help="Clients or channels; default: all."),
    ] = None,
    as_json: Json = False,
) -> ExitStatus:
    """Ask the networks who we are, changing nothing.

    Tells a token that is not accepted from a network that cannot be reached; where the network says
    when the token ends, or what it may not do, that too.
    """
    from cmctl.app.accounts import chosen, probe_all  # noqa: PLC0415 - as above

    asked = invocation(ctx)
    with asked.workspace(read_only=True) as workspace:
        names = chosen(workspace.settings, channels or [])
        found = probe_all(workspace.context, names)
        zones = {name: workspace.settings.channel(name).zone for name in names}
    now = asked.machine.now()
    if as_json:
        asked.output.records(map(_probe_record, found))
    else:
        columns = [
            Column("Channel"),
            Column("Answer", styles={"ok": "green", "failed": "red"}),
            Column("Account or why", wide=True, whole=True),
        ]
        rows = [
            [one.channel, "failed" if one.problem else "ok", one.problem or _who(one, zones, now)]
            for one in found
        ]
        asked.output.listing(columns, rows)
    # The first of 1, 4 and 0 that applies.
    for status in (ExitStatus.PROBLEMS, ExitStatus.NETWORK):
        if any(one.status is status for one in found):
            return status
    return ExitStatus.FINE


def timeline(
    ctx: typer.Context,
    channel: Annotated[str, typer.Argument(metavar="CLIENT/CHANNEL", help="Which account.")],
    since: Annotated[
        str, typer.Option(metavar="TIME", help="From then on, such as 12h, 14d, mon or 2026-11-24.")
    ] = "14d",
    limit: Limit = None,
    as_json: Json = False,
) -> None:
    """Show what stands on an account, whoever wrote it.

    It is read from the network now, newest first. What cmctl published is marked with the number of
    its delivery; with a ? where that is not proved yet.
    """
    from cmctl.app.accounts import one_of  # noqa: PLC0415 - as above
    from cmctl.app.accounts import timeline as read  # noqa: PLC0415 - as above
    from cmctl.app.posts.moments import bound  # noqa: PLC0415 - as above

    asked = invocation(ctx)
    with asked.workspace(read_only=True) as workspace:
        zone = workspace.settings.channel(one_of(workspace.settings, channel)).zone
        found = read(workspace.context, channel, bound(since, zone, asked.machine.now()))
    shown = found[: asked.output.limit(limit, as_json=as_json) or None]
    if as_json:
        asked.output.records(map(_standing_record, shown))
        return
    now = asked.machine.now()
    columns = [
        Column("When"),
        Column("Whose", styles={"foreign": "yellow"}),
        Column("Author"),
        Column("Id"),
        Column("Text", wide=True),
    ]
    rows = [
        [
            local(one.status.at, zone, now=now),
            _whose(one),
            _author(one),
            one.status.remote_id,
            one.status.text,
        ]
        for one in shown
    ]
    asked.output.listing(columns, rows, total=len(found))


def _whose(one: "Standing") -> str:
    name = f"#{one.number} {one.post}" if one.number else "ours"
    if one.likely:
        return f"{name}?"
    return name if one.number else "foreign"


def _author(one: "Standing") -> str:
    tool = f" ({one.status.tool})" if one.status.tool else ""
    return f"{one.status.author}{tool}"


def _token(one: "Account", now: datetime) -> str:
    """Say how long the token is good, as far as is known."""
    if one.token is None or (one.token.ends is None and not one.token.renews):
        return ""
    if one.token.ends is None:
        return "renewed"
    return f"{'ended' if one.token.ends <= now else 'ends'} {relative(one.token.ends, now)}"


def _account_record(one: "Account") -> dict[str, Scalar]:
    settings, ends = one.settings, one.token.ends if one.token else None
    return {
        "client": settings.client,
        "channel": settings.name,
        "network": settings.network,
        "zone": settings.zone.key,
        "language": settings.language,
        "guard": settings.guard.enabled,
        "can": ", ".join(one.can),
        "problem": one.problem,
        "paused": one.paused,
        "read_at": one.read_at.isoformat() if one.read_at else None,
        "token_ends_at": ends.isoformat() if ends else None,
        "token_renews": one.token.renews if one.token else None,
    }


def _probe_record(one: "Probed") -> dict[str, Scalar]:
    return {
        "channel": one.channel,
        "ok": not one.problem,
        "account": one.account,
        "problem": one.problem,
        "token_ends_at": one.grant.ends.isoformat() if one.grant and one.grant.ends else None,
        "missing": ", ".join(one.grant.missing) if one.grant else None,
    }


def _who(one: "Probed", zones: "Mapping[str, ZoneInfo]", now: datetime) -> str:
    """Return the account's name, and what its network tells of the token."""
    said = [one.account]
    if one.grant and one.grant.ends:
        said.append(f"the token ends {local(one.grant.ends, zones[one.channel], now=now)}")
    if one.grant and one.grant.missing:
        said.append(one.grant.in_words())
    return "; ".join(said)


def _standing_record(one: "Standing") -> dict[str, Scalar]:
    status = one.status
    return {
        "id": status.remote_id,
        "at": status.at.isoformat(),
        "own": bool(one.number) and not one.likely,
        "likely_own": one.likely,
        "number": one.number,
        "post": one.post,
        "author": status.author,
        "tool": status.tool,
        "text": status.text,
        "media": status.media_count,
        "reply_to": status.reply_to,
        "url": status.url,
    }
