"""Which workspace is meant."""

from pathlib import Path

from cmctl.core.errors import UsageError
from cmctl.wiring.machine import Machine

CONFIG = "config.yaml"


def locate(machine: Machine, *, directory: str = "", config: str = "") -> Path:
    """Return the workspace's configuration file, absolute.

    In this order: `config`, `directory`, the variable `CMCTL_WORKSPACE`, the nearest folder above.

    Raises:
        UsageError: there is none, or both are named.
    """
    if config and directory:
        message = "-C and --config both say where the workspace is"
        raise UsageError(message, hint="give one of them")
    if config:
        return _existing(machine.directory / config, "--config")
    if named := directory or machine.environment.get("CMCTL_WORKSPACE", ""):
        source = "-C" if directory else "CMCTL_WORKSPACE"
        return _existing(machine.directory / named / CONFIG, source)
    here = machine.directory.absolute()
    for folder in (here, *here.parents):
        if (folder / CONFIG).is_file():
            return folder / CONFIG
    message = f"no {CONFIG} in {here} or any folder above it"
    raise UsageError(message, hint="cmctl init makes a workspace here; -C DIR names another")


def _existing(path: Path, source: str) -> Path:
    if path.is_file():
        return path.resolve()
    message = f"{source}: there is no file {path}"
    raise UsageError(message, hint="cmctl init makes a workspace")
