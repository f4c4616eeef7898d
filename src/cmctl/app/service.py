"""The systemd unit and the cron line that run a workspace, as text.

The unit is hardened as `systemd-analyze security` measures it; what it opens again, it says why.
"""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cmctl.app.children import references
from cmctl.channels.base import Channel
from cmctl.channels.registry import load
from cmctl.channels.sign_in import SignsIn
from cmctl.config.secrets import secret_path
from cmctl.core.settings import Settings

#: Seconds without a turn of the daemon's loop before systemd restarts it.
WATCHDOG_SECONDS = 60
#: Seconds for the calls in flight to end: an attempt's own deadline, and some.
STOP_SECONDS = 90


@dataclass(frozen=True, kw_only=True, slots=True)
class Service:
    """What a unit runs."""

    #: Absolute path of the `cmctl` program.
    program: Path
    #: Absolute path of the workspace's configuration file.
    config: Path
    #: Names used as `credential:NAME` in the configuration.
    credentials: Sequence[str] = ()
    #: Where `LoadCredential` finds them, one file each.
    credentials_folder: Path = Path("/etc/cmctl/credentials")
    #: For a system unit: the account that owns the workspace; empty for a user unit.
    user: str = ""
    #: Folders outside of the workspace that it writes: a store, an outbox.
    writes: Sequence[Path] = ()


def credentials(settings: Settings) -> list[str]:
    """Return the names that the configuration uses as `credential:NAME`, sorted."""
    return sorted({found.name for found in references(settings) if found.kind == "credential"})


def written_outside(settings: Settings, environment: Mapping[str, str]) -> list[Path]:
    """Return the folders outside of the workspace that must be writable, sorted."""
    paths = [settings.store_file or settings.home / "journal"]
    for channel in settings.channels():
        adapter = load(channel.network)
        names: frozenset[str] = getattr(adapter, "paths", frozenset())
        paths += [
            settings.root / str(channel.options[name]) for name in names & channel.options.keys()
        ]
        paths += _tokens(adapter, channel.options, environment, settings.root)
    # Their parents, because the last part of each is made when it is first needed.
    return sorted({path.parent for path in paths if not path.is_relative_to(settings.root)})


def _tokens(
    adapter: type[Channel],
    options: Mapping[str, object],
    environment: Mapping[str, str],
    root: Path,
) -> Iterator[Path]:
    """Yield the file of a token that is renewed."""
    if issubclass(adapter, SignsIn):
        kind, _, name = str(options.get(adapter.sign_in(options).option, "")).partition(":")
        if kind == "file":
            yield secret_path(name, environment, root)


def is_private_tmp(root: Path) -> bool:
    """Tell whether the unit, which has a /tmp of its own, cannot see the workspace."""
    return any(root.is_relative_to(folder) for folder in ("/tmp", "/var/tmp"))  # noqa: S108


def unit(service: Service) -> str:
    """Return the text of a systemd service unit."""
    root = service.config.parent
    lines = [
        "[Unit]",
        f"Description=cmctl: publish the queue of {_escaped(root)}",
        "Documentation=man:systemd.service(5)",
        "Wants=network-online.target",
        "After=network-online.target time-sync.target",
        "",
        "[Service]",
        "Type=notify",
        f"ExecStart={_quoted(service.program)} --config {_quoted(service.config)} daemon",
        "ExecReload=kill -HUP $MAINPID",
        "Restart=always",
        "RestartSec=5",
        f"WatchdogSec={WATCHDOG_SECONDS}",
        f"TimeoutStopSec={STOP_SECONDS}",
        *_account(service),
        *_credentials(service),
        *_hardening([root, *service.writes], user_unit=not service.user),
        "",
        "[Install]",
        f"WantedBy={'multi-user.target' if service.user else 'default.target'}",
        "",
    ]
    return "\n".join(lines)


def cron_line(service: Service) -> str:
    """Return a crontab line for a dry run each hour; cron mails only when there is something."""
    return (
        f"17 * * * * {_shell(service.program)} --config {_shell(service.config)} "
        "run --dry-run --quiet"
    )


def _account(service: Service) -> list[str]:
    return [f"User={service.user}"] if service.user else []


def _credentials(service: Service) -> list[str]:
    folder = service.credentials_folder
    return [
        f"LoadCredential={name}:{_escaped(folder / name)}" for name in sorted(service.credentials)
    ]


def _hardening(writes: Sequence[Path], *, user_unit: bool) -> list[str]:
    lines = [
        "",
        "# The workspace, and what it names outside of it, is all that it writes.",
        f"ReadWritePaths={' '.join(map(_quoted, writes))}",
        *HARDENING,
    ]
    # A user's own manager has no right to set up all of them.
    return lines if not user_unit else [line for line in lines if line not in NEEDS_ROOT]


HARDENING = (
    "ProtectSystem=strict",
    "ProtectHome=read-only",
    "PrivateTmp=yes",
    "PrivateDevices=yes",
    "PrivateUsers=yes",
    "ProtectClock=yes",
    "ProtectHostname=yes",
    "ProtectKernelLogs=yes",
    "ProtectKernelModules=yes",
    "ProtectKernelTunables=yes",
    "ProtectControlGroups=yes",
    "ProtectProc=invisible",
    "ProcSubset=pid",
    "NoNewPrivileges=yes",
    "LockPersonality=yes",
    "MemoryDenyWriteExecute=yes",
    "RestrictRealtime=yes",
    "RestrictSUIDSGID=yes",
    "RestrictNamespaces=yes",
    "RemoveIPC=yes",
    "UMask=0077",
    "CapabilityBoundingSet=",
    "AmbientCapabilities=",
    "DevicePolicy=closed",
    "KeyringMode=private",
    "# A dump of its memory would hold its tokens.",
    "LimitCORE=0",
    "SystemCallArchitectures=native",
    "SystemCallFilter=@system-service",
    "SystemCallFilter=~@privileged @resources",
    "SystemCallErrorNumber=EPERM",
    "# Networks are reached over IP; AF_UNIX is sd_notify and the resolver.",
    "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX",
)
#: What a user's own manager has no right to set up.
NEEDS_ROOT = frozenset({"DevicePolicy=closed"})


def _escaped(path: Path) -> str:
    """Escape systemd's specifiers."""
    return str(path).replace("%", "%%")


def _quoted(path: Path) -> str:
    text = _escaped(path).replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$")
    return f'"{text}"' if any(char.isspace() or char in "\"'$" for char in text) else text


def _shell(path: Path) -> str:
    return shlex.quote(str(path)).replace("%", "\\%")  # cron reads % as a new line
