"""Where a configuration's store is, remembered beside the cache: a listing reads no YAML for it.

Nothing trusts it alone: the store it leads to must know the configuration's file as it is now.
"""

import os
from contextlib import suppress
from pathlib import Path

from cmctl.config.state_folder import make_private

FOLDER = ".cmctl/cache"


def known_store(root: Path, config: str) -> Path | None:
    """Return the store that `config` named when it was last opened for writing."""
    with suppress(OSError, UnicodeDecodeError):
        return Path(_file(root, config).read_text(encoding="utf-8"))
    return None


def remember_store(root: Path, config: str, store: str) -> None:
    """Keep where the store of `config` is; a disk that refuses only costs time."""
    if known_store(root, config) == Path(store):
        return
    file = _file(root, config)
    part = file.with_name(f".{os.getpid()}-{file.name}.part")
    with suppress(OSError, UnicodeEncodeError):
        make_private(file.parent)
        part.write_text(store, encoding="utf-8")
        part.replace(file)


def _file(root: Path, config: str) -> Path:
    return root / FOLDER / f"{config}.store"
