"""The files that the guard has learned and that come with the package."""

from collections.abc import Iterator
from contextlib import contextmanager

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
    from importlib.resources import files  # noqa: PLC0415 - takes 20 ms

    try:
        yield files(__package__).joinpath(f"data/{name}").read_text("utf-8")
    except (OSError, ValueError, LookupError, TypeError, ArithmeticError) as problem:
        raise BrokenGuardError(name, problem) from problem
