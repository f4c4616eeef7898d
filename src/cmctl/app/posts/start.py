"""Begin a workspace without touching anything that is there."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from cmctl.app.posts.schemas import refresh_schemas
from cmctl.config.load import CONFIG
from cmctl.config.template import new_workspace, schema_files, write_new
from cmctl.core.errors import CmctlError


class Started(NamedTuple):
    """What was written, and what was there already; paths relative to the workspace."""

    written: Sequence[str]
    left: Sequence[str]


def start(root: Path, now: datetime, zone: ZoneInfo) -> Started:
    """Write a new workspace into `root`, made where it is missing; nothing is overwritten.

    Raises:
        CmctlError: there is a workspace already.
        OSError: a file cannot be written; those before it are.
    """
    files = new_workspace(now, zone)
    if (root / CONFIG).exists():
        there = [path for path in files if (root / path).exists()]
        message = f"{root} is a workspace already; nothing was written"
        raise CmctlError(message, hint=f"it has {', '.join(there)}")
    schemas = schema_files()
    refresh_schemas(root)
    own = {path: content for path, content in files.items() if path not in schemas}
    written, left = write_new(root, own)
    return Started([*written, *schemas], left)
