"""The processes that share a store, and the care of it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from cmctl.store.contract.values import Daemon


class Leases(Protocol):
    """Rights that one process has at a time, on whatever machine."""

    def lease(
        self, name: str, *, owner: str, at: datetime, life: timedelta, instead_of: str = ""
    ) -> str:
        """Take the right `name` for so long, where nobody has it; return who has it now.

        It is also taken from `instead_of`, an owner known to be dead.
        """
        ...

    def end_lease(self, name: str, *, owner: str) -> None:
        """Give a right back; nothing where another one has it."""
        ...


class Daemons(Protocol):
    """Who works on the store, and how they are woken."""

    def listen(self, ring: Callable[[], None]) -> None:
        """Call `ring`, from any thread and until `close`, when something may be due at once.

        A help to those who ask for what is due all the same; a store may never ring.
        """
        ...

    def beat(self, name: str, *, version: str, at: datetime, files: str = "") -> None:
        """Say that the daemon `host/pid/start` works on this store, from such `files`."""
        ...

    def rest(self, name: str) -> None:
        """Say that a daemon has ended."""
        ...

    def daemons(self) -> Sequence[Daemon]:
        """Return those that did not say that they ended."""
        ...


class Care(Protocol):
    """What the store is, whether it is sound, and what a backup does not know."""

    def forget_backup(self, *, at: datetime) -> None:
        """Take it that what a backup does not know is dealt with: this is the store from now on."""
        ...

    def info(self) -> Mapping[str, str]:
        """Return what `doctor` shows: engine, path, schema version, epoch, size.

        With `backup_at`: in milliseconds, when it was written as a backup, and is used for the
        first time now; empty: it is no backup. With `moved`: not empty where it is in another
        database than before, or that was put back to an instant; then nothing can be claimed until
        `forget_backup`. With `settled_at`: when that was last said, in milliseconds, or empty.
        """
        ...

    def verify(self) -> Sequence[str]:
        """Return what is wrong with the store's integrity, empty where nothing is."""
        ...
