"""One workspace, its parts put together when they are first asked for."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from cmctl.core.errors import CmctlError
from cmctl.wiring import stores
from cmctl.wiring.machine import Machine, processors

if TYPE_CHECKING:
    from cmctl.app.adapters import Adapters
    from cmctl.app.context import Context
    from cmctl.app.publishing.points import Reach
    from cmctl.app.sign_in.renewal_right import Right
    from cmctl.config.load import LoadedSettings
    from cmctl.core.model import Problem
    from cmctl.core.settings import Settings
    from cmctl.store.base import Store
    from cmctl.store.copying.tables import Place
    from cmctl.store.listing import Listings


class InvalidConfigError(CmctlError):
    """The configuration has errors; nothing can be done with it."""

    def __init__(self, problems: "Sequence[Problem]") -> None:
        """`problems` are all of them, warnings too."""
        first = next(one for one in problems if one.severity == "error")
        more = len(problems) - 1
        also = f" (and {more} more: cmctl check)" if more else ""
        super().__init__(first.message + also, hint=first.fix, place=first.place)
        self.problems = problems


class Workspace:
    """One workspace, its parts made when they are first asked for; a context manager."""

    def __init__(
        self,
        machine: Machine,
        config: Path,
        *,
        read_only: bool = False,
        renews: bool = True,
        reach: "Reach | None" = None,
    ) -> None:
        """With `read_only` neither store nor cache is written.

        Without `renews` no token is renewed either: a dry run changes nothing anywhere.
        """
        self.machine = machine
        self.config = config
        self.read_only = read_only
        self._renews = renews
        self._reach = reach
        self._exit = ExitStack()

    def __enter__(self) -> "Workspace":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of everything that was opened."""
        self._exit.close()

    def onlooker(self) -> "Workspace":
        """Let go, and return the same workspace read only; it is closed with this one."""
        self.close()
        return self._exit.enter_context(Workspace(self.machine, self.config, read_only=True))

    @cached_property
    def loaded(self) -> "LoadedSettings":
        """The configuration as it was read, with its problems."""
        from cmctl.config.load import load_settings  # noqa: PLC0415

        return load_settings(self.config, write_cache=not self.read_only)

    @property
    def settings(self) -> "Settings":
        """What the configuration says.

        Raises:
            InvalidConfigError: it has errors.
        """
        if self.loaded.settings is None:
            raise InvalidConfigError(self.loaded.problems)
        return self.loaded.settings

    @cached_property
    def store(self) -> "Store":
        """The facts; made where there are none yet, unless read only."""
        store = stores.open_own(self.settings, self.store_password, read_only=self.read_only)
        self._exit.callback(store.close)
        return store

    def place(self, written: str) -> "Place":
        """Return a store, to be copied from or to, by what a person wrote: a path or an address.

        Raises:
            UsageError: it is neither, or holds a password.
        """
        from cmctl.store.opening import place  # noqa: PLC0415

        where = self._whereabouts(written)
        return place(where, password=self._password_of(where))

    def opened(self, written: str) -> "Store":
        """Return a store, to be looked at, by what a person wrote.

        Raises:
            UsageError: it is neither a path nor an address, or holds a password.
        """
        from cmctl.store.opening import open_store  # noqa: PLC0415

        where = self._whereabouts(written)
        store = open_store(where, epoch="", password=self._password_of(where), read_only=True)
        self._exit.callback(store.close)
        return store

    def _whereabouts(self, written: str) -> str:
        return stores.whereabouts(written, self.machine.directory)

    def _password_of(self, where: str) -> str:
        from cmctl.core.settings import is_database  # noqa: PLC0415

        is_own = is_database(where) and where == self.settings.store
        return self.store_password if is_own else ""

    def migrate_store(self) -> tuple[int, int]:
        """Bring the store up to date; return its version before and after."""
        return stores.migrate_own(self.settings, self.store_password)

    @cached_property
    def store_password(self) -> str:
        """The password of the store's database; empty where the configuration names none.

        Raises:
            SecretError: the reference to it leads nowhere.
        """
        from cmctl.config.secrets import resolve_secret  # noqa: PLC0415

        reference = self.settings.store_password
        if not reference:
            return ""
        environment, root = self.machine.environment, self.settings.root
        return resolve_secret(reference, environment=environment, root=root).reveal()

    def listings(self) -> "Listings | None":
        """Return what listings read, where the store says what the files say now; else None.

        Opens no settings and writes nothing.
        """
        return stores.fresh_listings(self.config, self.machine.now(), self._exit)

    @cached_property
    def adapters(self) -> "Adapters":
        """The channels, each opened when it is first asked for."""
        from cmctl.app.adapters import Adapters  # noqa: PLC0415
        from cmctl.app.sign_in.renewal_right import alone  # noqa: PLC0415

        environment, now = self.machine.environment, self.machine.now
        may_write = not self.read_only
        right = _right(lambda: self.store, self.machine) if may_write else alone
        given = right if self._renews else None
        adapters = Adapters(self.settings, environment, now, may_write=may_write, right=given)
        self._exit.callback(adapters.close)
        return adapters

    @cached_property
    def context(self) -> "Context":
        """What the use cases work with."""
        from cmctl.app.children import for_children  # noqa: PLC0415
        from cmctl.app.context import Context  # noqa: PLC0415
        from cmctl.app.guard.judges import MOST  # noqa: PLC0415
        from cmctl.app.guard.meaning import installed  # noqa: PLC0415
        from cmctl.app.publishing.journal import Journal  # noqa: PLC0415
        from cmctl.app.publishing.points import nothing  # noqa: PLC0415

        worker = self.machine.worker()
        journal = Journal(self.settings.home / "journal", worker)
        self._exit.callback(journal.close)
        return Context(
            settings=self.settings,
            store=self.store,
            channels=self.adapters,
            now=self.machine.now,
            worker=worker,
            alive=self.machine.is_alive,
            children=for_children(self.settings, self.machine.environment),
            journal=journal,
            wait=self.machine.wait,
            encoder=installed(),
            helpers=min(MOST, processors() - 1),
            reach=self._reach or nothing,
        )

    def reloaded(self, ctx: "Context") -> "Context":
        """Return `ctx` with the configuration, and the secrets, as they are now.

        Store and journal are the same: a daemon must not lose the receipts that it keeps.

        Raises:
            CmctlError: the configuration has errors, or names another store.
        """
        from cmctl.app.adapters import Adapters  # noqa: PLC0415
        from cmctl.app.children import for_children  # noqa: PLC0415

        settings = Workspace(self.machine, self.config).settings
        if settings.store != ctx.settings.store:
            message = f"`store` is another one now; {ctx.settings.store} is in use"
            raise CmctlError(message, hint="start the daemon again")
        machine = self.machine
        right = _right(lambda: ctx.store, machine)
        channels = Adapters(settings, machine.environment, machine.now, may_write=True, right=right)
        from dataclasses import replace  # noqa: PLC0415 - as Machine says

        children = for_children(settings, self.machine.environment)
        return replace(ctx, settings=settings, channels=channels, children=children)


def _right(store: Callable[[], "Store"], machine: Machine) -> "Right":
    """Return what takes the right to renew a token in a store, opened when it is needed."""
    from cmctl.app.rights import Worker  # noqa: PLC0415
    from cmctl.app.sign_in.renewal_right import shared  # noqa: PLC0415

    return shared(store, Worker(machine.worker(), machine.is_alive, machine.now))
