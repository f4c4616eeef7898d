"""The files that the guard has learned and that come with the package."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cmctl.core.errors import CmctlError


class BrokenGuardError(CmctlError):
    """A file that the guard has learned is missing or says something else than it should."""

    def __init__(self, name: str, why: Exception) -> None:
        """`name` as in `data/`."""
        reason = str(why) or type(why).__name__
        super().__init__(
            f"the guard's own file {name} cannot be used: {reason}",
            hint="pip install --force-reinstall --no-deps cmctl",
        )


@contextmanager
def learned(name: str) -> Iterator[str]:
    """Give the text of `data/name`; whatever is wrong with it inside the block is said once.

    Raises:
        BrokenGuardError: it is missing, or the block cannot read it.
    """
    try:
        # Not by `importlib.resources`, which takes 10 ms to import.
        yield (Path(__file__).parent / "data" / name).read_text("utf-8")
    except (OSError, ValueError, LookupError, TypeError, ArithmeticError) as problem:
        raise BrokenGuardError(name, problem) from problem
