"""What was read, kept as JSON under a key made of everything that it was made from.

A cache that is missing, broken, from another version or of other content is as good as none.
"""

import json
import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from threading import get_ident
from typing import Any

import cmctl
from cmctl.config.state_folder import make_private

FOLDER = ".cmctl/cache"
#: Raised whenever the plain data or its meaning changes.
_FORMAT = 5


def key_of(*parts: str) -> str:
    """Return the key for content made of `parts` by this version of the program."""
    return sha256("\0".join((cmctl.__version__, str(_FORMAT), *parts)).encode()).hexdigest()


class Cache:
    """One folder of JSON files, each named by what it is about and opened by its key."""

    def __init__(self, root: Path, *, write: bool) -> None:
        """`write` off leaves the workspace untouched, for dry runs."""
        self._folder = os.fspath(root / FOLDER)
        self._write = write

    def get(self, name: str, key: str) -> dict[str, Any] | None:
        """Return what was put under this name and key."""
        try:
            with open(self._path(name), "rb") as file:  # noqa: PTH123 - speed
                found = json.loads(file.read())
        except (OSError, ValueError, RecursionError):
            return None
        if isinstance(found, dict) and found.get("key") == key:
            data = found.get("data")
            return data if isinstance(data, dict) else None
        return None

    def put(self, name: str, key: str, data: dict[str, Any]) -> None:
        """Keep `data`, replacing what the name had; a disk that refuses only costs time."""
        if not self._write:
            return
        path = Path(self._path(name))
        part = path.with_name(f".{os.getpid()}-{get_ident()}.part")
        content = json.dumps({"key": key, "data": data}, ensure_ascii=False, separators=(",", ":"))
        with suppress(OSError, UnicodeEncodeError):
            make_private(path.parent)
            try:
                part.write_bytes(content.encode())
                part.replace(path)
            finally:
                part.unlink(missing_ok=True)

    def prune(self, folder: str, keep: set[str]) -> None:
        """Remove what `folder` holds under other names."""
        if not self._write:
            return
        kept = {os.path.basename(self._path(name)) for name in keep}  # noqa: PTH119 - speed
        with suppress(OSError):
            for entry in os.scandir(os.path.join(self._folder, folder)):  # noqa: PTH118
                if entry.name not in kept and entry.is_file(follow_symlinks=False):
                    Path(entry.path).unlink(missing_ok=True)

    def _path(self, name: str) -> str:
        return f"{self._folder}/{name}.json"
