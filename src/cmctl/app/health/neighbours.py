"""Which workspaces use a store: written beside it, so that two on one are noticed.

Each takes what the other planned for deleted, and both publish it; a store belongs to one.
"""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from cmctl.config.load import load_settings
from cmctl.config.state_folder import make_private


def remember(store: Path, config: Path) -> None:
    """Write down that `config` uses `store`; a disk that refuses only costs the notice."""
    line = str(config)
    if line in _known(store):
        return
    with suppress(OSError, UnicodeEncodeError):
        make_private(store.parent)
        _list_of(store).touch(mode=0o600)
        with _list_of(store).open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")


def others(store: Path, config: Path) -> Sequence[Path]:
    """Return the configurations of other workspaces that still name this store."""
    found = []
    for line in _known(store):
        path = Path(line)
        if path != config and path.is_file():
            settings = load_settings(path, write_cache=False).settings
            if settings is not None and settings.store == str(store):
                found.append(path)
    return found


def _known(store: Path) -> list[str]:
    with suppress(OSError, UnicodeDecodeError):
        return _list_of(store).read_text(encoding="utf-8").splitlines()
    return []


def _list_of(store: Path) -> Path:
    return store.with_name(f"{store.name}.workspaces")
