"""`cmctl channel login`: sign in to an account, in a browser or by typing what the network gave."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from cmctl.cli.invocation import Invocation, invocation
from cmctl.cli.options import whole
from cmctl.core.errors import UsageError
from cmctl.wiring import random_text

if TYPE_CHECKING:
    from cmctl.app.adapters import SecretOption
    from cmctl.channels.base import SignIn
    from cmctl.channels.oauth import Client
    from cmctl.core.token import Token
    from cmctl.wiring import Workspace


def login(
    ctx: typer.Context,
    channel: Annotated[str, typer.Argument(metavar="CLIENT/CHANNEL", help="Which account.")],
    client_id: Annotated[
        str,
        typer.Option(metavar="ID", help="Of the program that you registered at the network."),
    ] = "",
    client_secret: Annotated[
        str, typer.Option(metavar="REFERENCE", help="To its secret, such as env:NAME.")
    ] = "",
    port: Annotated[
        int,
        typer.Option(
            parser=whole,
            metavar="PORT",
            show_default=False,
            help="Where the browser's answer is awaited on 127.0.0.1. Default: any free one.",
        ),
    ] = 0,
    browser: Annotated[
        bool, typer.Option("--browser", help="Open the address in a browser, too.")
    ] = False,
) -> None:
    """Sign in to an account, and store what it gives.

    Where the network lets programs in by OAuth 2, an address is shown to be opened in a browser.
    Elsewhere what the network's pages gave you is asked for and not shown. It is stored where the
    configuration's reference says: a file for you alone, or the keyring.
    """
    from cmctl.app.login import keep, writable  # noqa: PLC0415 - `--help` does not need it

    asked = invocation(ctx)
    with asked.workspace(read_only=True) as workspace:
        wanted = writable(workspace.adapters, channel)
        if wanted.sign_in is None:
            token = _typed(asked, wanted, channel)
        else:
            client = _client(workspace, client_id, client_secret)
            token = _allowed(asked, wanted, wanted.sign_in, client, port=port, browser=browser)
        bare = wanted.sign_in is None
        account = keep(workspace.adapters, channel, token, bare=bare)
    asked.output.say(f"{channel} is {account or 'signed in'}; stored in {wanted.place}")


def _client(workspace: "Workspace", id_: str, secret: str) -> "Client | None":
    from cmctl.channels.oauth import Client  # noqa: PLC0415
    from cmctl.config.secrets import resolve_secret  # noqa: PLC0415

    if not id_:
        return None
    environment, root = workspace.machine.environment, workspace.settings.root
    if not secret:
        return Client(id_)
    return Client(id_, resolve_secret(secret, environment=environment, root=root).reveal())


def _allowed(
    asked: Invocation,
    wanted: "SecretOption",
    sign_in: "SignIn",
    client: "Client | None",
    *,
    port: int,
    browser: bool,
) -> "Token":
    from cmctl.app.login import Browser, in_browser  # noqa: PLC0415

    def show(address: str) -> None:
        asked.output.say("open this in a browser, signed in as the account:")
        asked.output.line(address)
        asked.terminal.out.flush()
        if browser:
            import webbrowser  # noqa: PLC0415 - only where it is asked for

            webbrowser.open(address)

    way = Browser(show=show, random=random_text, now=asked.machine.now, port=port)
    return in_browser(wanted.network, sign_in, client, way)


def _typed(asked: Invocation, wanted: "SecretOption", channel: str) -> "Token":
    """Ask for a secret that is not shown while it is typed.

    Raises:
        UsageError: nobody can be asked, or nothing was typed.
    """
    from getpass import getpass  # noqa: PLC0415

    from cmctl.config.secrets import Secret  # noqa: PLC0415
    from cmctl.core.token import Token  # noqa: PLC0415

    question = f"`{wanted.option}` of {channel}"
    if sys.stdin is None or not sys.stdin.isatty() or not asked.terminal.err_watched:
        hint = f"docs/channels.md says where {wanted.network} gives one"
        raise UsageError(f"nobody can be asked here: {question}", hint=hint)
    asked.output.say(f"{question}: {wanted.what}")
    typed = getpass("it is not shown: ").strip()
    if not typed or not typed.isprintable():
        raise UsageError("nothing was typed that could be one", hint="nothing was changed")
    return Token(access=Secret(typed).reveal())
