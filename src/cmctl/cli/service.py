"""`cmctl service`: the systemd unit of the daemon, and the cron line of dry runs."""

from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from cmctl.app.service import (
    Service,
    credentials,
    cron_line,
    is_private_tmp,
    unit,
    written_outside,
)
from cmctl.cli.invocation import Invocation, invocation
from cmctl.config.writing import write_file
from cmctl.core.errors import CmctlError

System = Annotated[
    bool, typer.Option("--system/--user", help="For the machine, or for your own account.")
]
Account = Annotated[
    str, typer.Option(metavar="NAME", help="With --system: who runs it; default: the owner.")
]
Credentials = Annotated[
    Path | None,
    typer.Option(metavar="DIR", show_default=False, help="Where LoadCredential= finds secrets."),
]


def print_(
    ctx: typer.Context,
    system: System = False,
    account: Account = "",
    credentials_folder: Credentials = None,
    cron: Annotated[bool, typer.Option("--cron", help="The cron line of dry runs.")] = False,
) -> None:
    """Print the unit or the cron line.

    The unit is hardened: it writes to the workspace alone. Secrets that the configuration calls
    `credential:NAME` are loaded by systemd.
    """
    asked = invocation(ctx)
    service = _service(asked, system, account, credentials_folder)
    if cron:
        asked.output.line(cron_line(service))
        return
    _warn(asked, service)
    asked.output.line(unit(service).rstrip("\n"))


def install(
    ctx: typer.Context,
    system: System = False,
    account: Account = "",
    credentials_folder: Credentials = None,
    name: Annotated[
        str, typer.Option(metavar="NAME", help="The unit's name, one for each workspace.")
    ] = "cmctl",
    to: Annotated[
        Path | None,
        typer.Option(metavar="DIR", show_default=False, help="Another folder to write it into."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a unit that differs.")] = False,
) -> None:
    """Write the unit where systemd looks for it.

    What to type next is printed; nothing is started.
    """
    asked = invocation(ctx)
    service = _service(asked, system, account, credentials_folder)
    _warn(asked, service)
    folder = to or (Path("/etc/systemd/system") if system else _config_home(asked) / "systemd/user")
    path = asked.machine.directory / folder / f"{name}.service"
    _write(path, unit(service).encode(), force=force)
    asked.output.line(str(path))
    asked.output.say("\n".join(["", "Next:", *_next(service, name, system=system)]))


def _service(
    asked: Invocation, system: bool, account: str, credentials_folder: Path | None
) -> Service:
    with asked.workspace(read_only=True) as workspace:
        settings = workspace.settings
        config = workspace.config
    own = Path("/etc") if system else _config_home(asked)
    return Service(
        program=asked.machine.program,
        config=config,
        credentials=credentials(settings),
        credentials_folder=(credentials_folder or own / "cmctl/credentials").absolute(),
        user=(account or config.owner()) if system else "",
        writes=written_outside(settings, asked.machine.environment),
    )


def _warn(asked: Invocation, service: Service) -> None:
    """Say what the unit cannot do; cron has no such limits."""
    root = service.config.parent
    if is_private_tmp(root):
        asked.output.warn(f"the unit cannot see {root}: it has a /tmp of its own")


def _config_home(asked: Invocation) -> Path:
    environment = asked.machine.environment
    home = environment.get("XDG_CONFIG_HOME") or Path(environment.get("HOME", "/"), ".config")
    return Path(home)


def _write(path: Path, data: bytes, *, force: bool) -> None:
    old = path.read_bytes() if path.exists() else None
    if old == data:
        return
    if old is not None and not force:
        message = f"{path} is there already and says something else"
        raise CmctlError(message, hint="look at it; --force replaces it, --name takes another")
    write_file(path, data, expected=old)


def _next(service: Service, name: str, *, system: bool) -> list[str]:
    systemctl = "sudo systemctl" if system else "systemctl --user"
    sudo = "sudo " if system else ""
    folder = quote(str(service.credentials_folder))
    secrets = [
        f"  {sudo}install -D -m 600 /dev/stdin {folder}/{quote(one)}   # paste the secret, Ctrl-D"
        for one in service.credentials
    ]
    linger = [] if system else ["  loginctl enable-linger            # go on after you log out"]
    return [
        *secrets,
        f"  {systemctl} daemon-reload",
        f"  {systemctl} enable --now {name}",
        *linger,
        f"  journalctl {'' if system else '--user '}-fu {name}",
    ]
