"""The JSON Schemas for editors: they belong to the program, so they are kept as it has them."""

from contextlib import suppress
from pathlib import Path

from cmctl.config.state_folder import make_private
from cmctl.config.template import schema_files
from cmctl.config.writing import FileChangedError, write_file


def refresh_schemas(root: Path) -> None:
    """Write the schemas where they are missing or of another version.

    A workspace that cannot be written keeps what it has: only an editor misses them.
    """
    for path, content in schema_files().items():
        wanted = content.encode()
        with suppress(OSError, FileChangedError):  # changed: another cmctl writes the same
            current = _bytes(root / path)
            if current != wanted:
                make_private((root / path).parent)
                write_file(root / path, wanted, expected=current)


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
