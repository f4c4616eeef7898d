"""The store of a workspace, and those that a person names beside it."""

import os
from contextlib import ExitStack, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cmctl.core.errors import UsageError

if TYPE_CHECKING:
    from cmctl.core.settings import Settings
    from cmctl.store.base import Store
    from cmctl.store.listing import Listings


def open_own(settings: "Settings", password: str, *, read_only: bool) -> "Store":
    """Open the workspace's own, made where there is none yet, unless read only.

    Where it is gets remembered beside the configuration, for listings that read no YAML.
    """
    from cmctl.store.opening import open_store  # noqa: PLC0415

    epoch = os.urandom(16).hex()
    store = open_store(settings.store, epoch=epoch, password=password, read_only=read_only)
    if not read_only and settings.store_file:
        from cmctl.app.health.neighbours import remember  # noqa: PLC0415
        from cmctl.config.pointer import remember_store  # noqa: PLC0415

        remember_store(settings.root, settings.config, settings.store)
        remember(settings.store_file, settings.root / settings.config)
    return store


def migrate_own(settings: "Settings", password: str) -> tuple[int, int]:
    """Bring the workspace's own up to date; return its version before and after."""
    from cmctl.store.opening import migrate  # noqa: PLC0415

    return migrate(settings.store, epoch=os.urandom(16).hex(), password=password)


def whereabouts(written: str, directory: Path) -> str:
    """Return what a person wrote as a database's address, or as an absolute path from `directory`.

    Raises:
        UsageError: it is neither, or holds a password.
    """
    from cmctl.config.store_field import parse_place  # noqa: PLC0415
    from cmctl.config.wrong import Wrong  # noqa: PLC0415
    from cmctl.core.settings import is_database  # noqa: PLC0415

    try:
        where = parse_place(written)
    except Wrong as wrong:
        raise UsageError(wrong.message, hint=wrong.fix) from None
    return where if is_database(where) else str(directory.absolute() / where)


def fresh_listings(config: Path, now: datetime, closing: ExitStack) -> "Listings | None":
    """Return what listings read, where the store says what the files say now; else None.

    Opens no settings and writes nothing; what it opens is closed with `closing`.
    """
    from cmctl.app.posts.fresh import stale, unchanged  # noqa: PLC0415
    from cmctl.config.pointer import known_store  # noqa: PLC0415
    from cmctl.config.scan import scan  # noqa: PLC0415
    from cmctl.store.errors import StoreError  # noqa: PLC0415
    from cmctl.store.sqlite.listings import open_listings  # noqa: PLC0415

    root = Path(os.path.realpath(config.parent))
    path = known_store(root, config.name)
    if path is None:
        return None
    found = open_listings(path)
    closing.callback(found.close)
    with suppress(StoreError):  # told by whoever opens it whole
        if unchanged(scan(root, config.name), found.sources()):
            return None if stale(found.taken_at(), now) else found
    return None
