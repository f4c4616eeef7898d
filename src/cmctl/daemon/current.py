"""The context in force, and how an older one ends only when nobody works with it any more."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from cmctl.app.context import Context


class Current:
    """What lanes and ticks work with; replaced while they run."""

    def __init__(self, ctx: Context) -> None:
        self._lock = Lock()
        self._counted = _Counted(ctx)

    @property
    def context(self) -> Context:
        """The context in force, to look at; `use` it for work."""
        return self._counted.context

    @contextmanager
    def use(self) -> Iterator[Context]:
        """Work with the context in force; its adapters stay open until the work ends."""
        with self._lock:
            counted = self._counted
            counted.users += 1
        try:
            yield counted.context
        finally:
            self._let_go(counted)

    def replace(self, ctx: Context) -> None:
        """Put another context in force; the old one's adapters close after its last work."""
        with self._lock:
            old, self._counted = self._counted, _Counted(ctx)
        self._let_go(old)

    def close(self) -> None:
        """Let go of the context in force."""
        self._let_go(self._counted)

    def _let_go(self, counted: "_Counted") -> None:
        with self._lock:
            counted.users -= 1
            is_last = counted.users == 0
        if is_last:
            counted.context.channels.close()


class _Counted:
    """A context and how many use it; being in force is one use."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.users = 1
