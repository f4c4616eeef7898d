"""`cmctl sandbox`: the network of our own, served, posted to and made to misbehave."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cmctl.cli.invocation import invocation
from cmctl.cli.options import Json, whole
from cmctl.cli.output import Column
from cmctl.cli.terminal import read_text
from cmctl.core.errors import CmctlError, UsageError
from cmctl.testing.sandbox.faults import CALLS, Fault, FaultKind
from cmctl.wiring.machine import local_zone

if TYPE_CHECKING:
    from cmctl.core.model import Status

ADDRESS = "http://127.0.0.1:8700"
Url = Annotated[str, typer.Option("--url", metavar="URL", help="Where the sandbox listens.")]
Account = Annotated[str, typer.Argument(metavar="ACCOUNT", help="Made at its first use.")]


def _port(text: str | int) -> int:
    found = whole(text)
    if found > 65535:
        message = "ports end at 65535."
        raise typer.BadParameter(message)
    return found


def _seconds(text: str | float) -> float:
    try:
        found = float(text)
    except ValueError:
        found = -1
    if not 0 <= found < inf:
        message = f"{text!r} is not a number of seconds."
        raise typer.BadParameter(message)
    return found


def serve(
    ctx: typer.Context,
    port: Annotated[
        int, typer.Option(parser=_port, metavar="N", help="0 takes a free one.")
    ] = 8700,
    data: Annotated[
        Path, typer.Option(metavar="DIR", help="Where it keeps what was posted.")
    ] = Path(".cmctl/sandbox"),
) -> None:
    """Serve the sandbox network until it is stopped.

    It listens on this machine only, and shows each account's timeline as a page.
    """
    from cmctl.testing.sandbox.journal import DirectoryInUseError  # noqa: PLC0415
    from cmctl.testing.sandbox.server import SandboxServer  # noqa: PLC0415
    from cmctl.testing.sandbox.server import serve as run  # noqa: PLC0415

    asked = invocation(ctx)

    def announce(url: str) -> None:
        asked.output.line(url)
        asked.terminal.out.flush()
        asked.output.say("the sandbox listens there; Ctrl-C ends it")

    try:
        run(SandboxServer(asked.machine.directory / data, port), announce)
    except DirectoryInUseError as problem:
        raise CmctlError(str(problem), hint="name another folder with --data") from None
    except OSError as problem:
        message = f"the sandbox cannot be served: {problem.strerror or problem}"
        raise CmctlError(
            message, hint="take another port with --port, or folder with --data"
        ) from None


def post(
    ctx: typer.Context,
    account: Account,
    text: Annotated[
        str, typer.Argument(metavar="TEXT", help="What to say; - reads standard input.")
    ],
    url: Url = ADDRESS,
    tool: Annotated[
        str, typer.Option(metavar="NAME", help="The tool that the post seems to come from.")
    ] = "by hand",
) -> None:
    """Post by hand, as the owner of an account would.

    cmctl knows nothing of it until it reads the account's timeline.
    """
    from cmctl.testing.sandbox.client import post_by_hand  # noqa: PLC0415

    said = read_text(Path("-")).rstrip("\n") if text == "-" else text
    with _served(url):
        posted = post_by_hand(url, account, said, tool=tool)
    invocation(ctx).output.line(posted)


def timeline(
    ctx: typer.Context, account: Account, url: Url = ADDRESS, as_json: Json = False
) -> None:
    """Show what stands on an account of the sandbox.

    It is read as cmctl itself reads it; newest first.
    """
    from cmctl.channels.networks.sandbox import SandboxChannel  # noqa: PLC0415
    from cmctl.core.show import local  # noqa: PLC0415

    asked = invocation(ctx)
    channel = SandboxChannel.open({"url": url, "account": account})
    with closing(channel), _served(url):
        statuses = list(channel.timeline(datetime(2000, 1, 1, tzinfo=UTC)))
    if as_json:
        asked.output.records(map(_record, statuses))
        return
    zone = local_zone(asked.machine)
    columns = [Column("When"), Column("Id"), Column("Tool"), Column("Text", wide=True)]
    rows = [[local(one.at, zone), one.remote_id, one.tool, one.text] for one in statuses]
    asked.output.listing(columns, rows)


def comment(  # noqa: PLR0913, RUF100 - who says what to whom
    ctx: typer.Context,
    account: Account,
    text: Annotated[
        str, typer.Argument(metavar="TEXT", help="What to say; - reads standard input.")
    ],
    on: Annotated[
        str,
        typer.Option(metavar="ID", help="Which post or comment it answers; default: a mention."),
    ] = "",
    author: Annotated[str, typer.Option(metavar="NAME", help="Who says it.")] = "marie",
    url: Url = ADDRESS,
) -> None:
    """Comment a post, or mention an account, as a follower would.

    `cmctl inbox` shows it.
    """
    from cmctl.testing.sandbox.client import SandboxClient  # noqa: PLC0415

    said = read_text(Path("-")).rstrip("\n") if text == "-" else text
    with closing(SandboxClient(url)) as client, _served(url):
        made = client.comment(account, said, on=on, author=author)
    invocation(ctx).output.line(made)


def fault(
    ctx: typer.Context,  # noqa: ARG001 - as every command
    kind: Annotated[
        FaultKind | None,
        typer.Argument(
            metavar="[KIND]",
            show_default=False,
            help=f"What goes wrong: {', '.join(FaultKind)}.",
        ),
    ] = None,
    account: Annotated[
        str, typer.Option(metavar="ACCOUNT", help="On which account; default: all.")
    ] = "",
    on: Annotated[
        str, typer.Option(metavar="CALL", help=f"On which calls: {', '.join(CALLS)}, any.")
    ] = "post",
    count: Annotated[
        int, typer.Option(parser=whole, metavar="N", help="How often; 0: until cleared.")
    ] = 1,
    seconds: Annotated[
        float, typer.Option(parser=_seconds, metavar="N", help="For latency and drip.")
    ] = 1.0,
    retry_after: Annotated[
        str, typer.Option(metavar="VALUE", help="For throttle: the header's value.")
    ] = "",
    clear: Annotated[bool, typer.Option("--clear", help="End all faults.")] = False,
    url: Url = ADDRESS,
) -> None:
    """Make the sandbox misbehave, or behave again.

    Each kind was seen on a real network.
    """
    from cmctl.testing.sandbox.client import SandboxClient  # noqa: PLC0415

    if clear == (kind is not None):
        message = "name a kind of fault, or --clear"
        raise UsageError(message, hint=f"kinds: {', '.join(FaultKind)}")
    if on not in {*CALLS, "any"}:
        message = f"--on {on}: there is no such call"
        raise UsageError(message, hint=f"calls: {', '.join(CALLS)}, any")
    with closing(SandboxClient(url)) as client, _served(url):
        if kind is None:
            client.clear_faults()
        else:
            client.fault(
                Fault(
                    kind=kind,
                    account=account,
                    on=on,
                    count=count,
                    seconds=seconds,
                    retry_after=retry_after,
                )
            )


@contextmanager
def _served(url: str) -> Iterator[None]:
    """Say how a sandbox is started where none answers."""
    from cmctl.channels.base import Unavailable  # noqa: PLC0415 - as above

    try:
        yield
    except Unavailable as problem:
        if problem.retry_after is None:
            port = "" if url == ADDRESS else f" --port {url.rpartition(':')[2].rstrip('/')}"
            problem.hint = f"is it served? In another terminal: cmctl sandbox serve{port}"
        raise


def _record(status: "Status") -> dict[str, str | int]:
    return {
        "id": status.remote_id,
        "at": status.at.isoformat(),
        "author": status.author,
        "tool": status.tool,
        "text": status.text,
        "media": status.media_count,
        "reply_to": status.reply_to,
        "url": status.url,
    }
