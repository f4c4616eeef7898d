"""`cmctl channel login`: sign in to an account, in a browser or by typing what the network gave."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from cmctl.cli.invocation import Invocation, invocation
from cmctl.cli.options import whole
from cmctl.cli.terminal import sure
from cmctl.core.errors import UsageError
from cmctl.wiring.machine import random_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from cmctl.app.configured import SecretOption
    from cmctl.channels.grant import Grant
    from cmctl.channels.oauth import Client
    from cmctl.core.model import Delivery
    from cmctl.core.token import Token
    from cmctl.wiring.workspace import Workspace


def login(
    ctx: typer.Context,
    channel: Annotated[str, typer.Argument(metavar="CLIENT/CHANNEL", help="Which account.")],
    client_id: Annotated[
        str,
        typer.Option(
            metavar="ID",
            help="Of the program that you registered at the network; kept for the next time.",
        ),
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
            help="Where the browser's answer is awaited on 127.0.0.1. Default: 8765 where it must "
            "be registered, else any free one.",
        ),
    ] = 0,
    redirect: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS",
            help="Where else you registered that the browser is sent; you paste what it shows.",
        ),
    ] = "",
    typed: Annotated[
        bool, typer.Option("--typed", help="Type a token that you have, without a browser.")
    ] = False,
    browser: Annotated[
        bool,
        typer.Option("--browser/--no-browser", help="Open the address in a browser, too."),
    ] = False,
    release: Annotated[
        bool, typer.Option("--release", help="Let what was held for it go out without asking.")
    ] = False,
) -> None:
    """Sign in to an account, and store what it gives.

    Where the network lets programs in by OAuth 2, an address is shown to be opened in a browser.
    Elsewhere what the network's pages gave you is asked for and not shown. It is stored where the
    configuration's reference says: a file for you alone, or the keyring.

    What was held because the account did not let us in can go out then: you are asked.
    """
    from cmctl.app.sign_in.login import Browser, client_of, in_browser, keep, waiting, writable  # noqa: PLC0415 - `--help` does not need it

    asked = invocation(ctx)
    with asked.workspace(read_only=True) as workspace:
        wanted = writable(workspace.adapters, channel)
        sign_in = wanted.sign_in
        client = _client(workspace, client_id, client_secret)
        if sign_in and not sign_in.register:
            client = client or client_of(wanted)
        bare = typed or sign_in is None or not (client or sign_in.register)
        if bare:
            token = _typed(asked, wanted, channel)
        else:
            way = Browser(
                show=lambda address: _show(asked, address, browser=browser),
                random=random_text,
                now=asked.machine.now,
                paste=lambda: _pasted(asked),
                redirect=redirect,
                port=port,
            )
            token = in_browser(wanted, client, way)
        who = keep(workspace.adapters, channel, token, bare=bare)
        asked.output.say(f"{channel} is {who.account or 'signed in'}; stored in {wanted.place}")
        if who.grant:
            zone = workspace.settings.channel(channel).zone
            _tell(asked, who.grant, zone)
        held = waiting(workspace.context, channel)
    if held:
        _release(asked, channel, held, without_asking=release)


def _tell(asked: Invocation, grant: "Grant", zone: "ZoneInfo") -> None:
    """Say what the network tells of a token: when it ends, and what it may not do."""
    from cmctl.core.show import local, relative  # noqa: PLC0415

    now = asked.machine.now()
    if grant.ends:
        asked.output.say(
            f"it ends {local(grant.ends, zone, now=now)} ({relative(grant.ends, now)})"
        )
    if grant.missing:
        asked.output.warn(grant.in_words())


def _client(workspace: "Workspace", id_: str, secret: str) -> "Client | None":
    from cmctl.channels.oauth import Client  # noqa: PLC0415
    from cmctl.config.secrets import resolve_secret  # noqa: PLC0415

    if not id_:
        return None
    environment, root = workspace.machine.environment, workspace.settings.root
    if not secret:
        return Client(id_)
    return Client(id_, resolve_secret(secret, environment=environment, root=root).reveal())


def _show(asked: Invocation, address: str, *, browser: bool) -> None:
    asked.output.say("open this in a browser, signed in as the account:")
    asked.output.line(address)
    asked.terminal.out.flush()
    if browser:
        import webbrowser  # noqa: PLC0415 - only where it is asked for

        if not webbrowser.open(address):
            asked.output.warn("no browser can be opened here")


def _pasted(asked: Invocation) -> str:
    """Ask for the address that the browser was sent to; it is good for one use, and not shown."""
    from getpass import getpass  # noqa: PLC0415

    question = "the address that the browser shows after you allowed it"
    _must_be_askable(asked, question, "without --redirect it comes back to this machine by itself")
    return getpass(f"paste {question} (it is not shown): ")


def _typed(asked: Invocation, wanted: "SecretOption", channel: str) -> "Token":
    """Ask for a secret that is not shown while it is typed.

    Raises:
        UsageError: nobody can be asked, or nothing was typed.
    """
    from getpass import getpass  # noqa: PLC0415

    from cmctl.config.secrets import Secret  # noqa: PLC0415
    from cmctl.core.token import Token  # noqa: PLC0415

    question = f"`{wanted.option}` of {channel}"
    where = f"docs/channels.md says where {wanted.network} gives one"
    if wanted.sign_in:
        where = f"--client-id, of a program that you registered, lets a browser do it; {where}"
    _must_be_askable(asked, question, where)
    asked.output.say(f"{question}: {wanted.what}")
    if wanted.sign_in:
        asked.output.say(where)
    typed = getpass("it is not shown: ").strip()
    if not typed or not typed.isprintable():
        raise UsageError("nothing was typed that could be one", hint="nothing was changed")
    return Token(access=Secret(typed).reveal())


def _must_be_askable(asked: Invocation, question: str, hint: str) -> None:
    if sys.stdin is None or not sys.stdin.isatty() or not asked.terminal.err_watched:
        raise UsageError(f"nobody can be asked here: {question}", hint=hint)


def _release(
    asked: Invocation, channel: str, held: "Sequence[Delivery]", *, without_asking: bool
) -> None:
    """Plan what waited for the account once more, where a person says so."""
    from cmctl.app.publishing import decide  # noqa: PLC0415
    from cmctl.core.show import counted, local  # noqa: PLC0415

    with asked.workspace() as workspace:
        ctx = workspace.context
        zone = workspace.settings.channel(channel).zone
        first = local(held[0].due, zone, now=asked.machine.now())
        what = f"{counted(len(held), 'post')} of {channel} waited for it, the first of {first}"
        watched = sys.stdin is not None and sys.stdin.isatty() and asked.terminal.err_watched
        if without_asking or (watched and sure(asked.terminal, f"{what}. Let them go out now?")):
            for one in held:
                decide.release(ctx, one, "signed in again")
            asked.output.say(f"{what}: released")
            return
    numbers = " ".join(str(one.number) for one in held)
    asked.output.say(f"{what}: cmctl queue release {numbers}")
