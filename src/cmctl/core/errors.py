"""What every expected failure is: a sentence, what to type next, and how the program ends.

    CmctlError              problems found (1)
    +-- UsageError          typed wrongly (2)
    +-- LockedOutError      what lets us in to an account is missing, over or not taken (1)
    +-- StoreError          the store cannot do its work (1); see `store/base.py`
    +-- ChannelError        a network could not be reached (4), or said no (1); see
                            `channels/base.py`

Each floor derives its own classes and says in `status` how the program ends; the command line knows
only this base. An exception of any other class is a bug.
"""

from enum import IntEnum
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:  # the words cost 15 ms to build, and `--help` does not need them
    from cmctl.core.model import Place


class ExitStatus(IntEnum):
    """How the program ends; scripts rely on the numbers, so they never change."""

    meaning: str

    def __new__(cls, value: int, meaning: str) -> "ExitStatus":
        """Carry the meaning in words beside the number."""
        member = int.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member

    FINE = 0, "fine"
    PROBLEMS = 1, "problems found"
    USAGE = 2, "usage"
    HELD = 3, "something is held"
    NETWORK = 4, "could not reach a network"
    BUG = 70, "a bug in cmctl"
    INTERRUPTED = 130, "interrupted"
    READER_GONE = 141, "nobody reads the output any more"


class CmctlError(Exception):
    """An expected failure, told to a person in one sentence."""

    status: ClassVar[ExitStatus] = ExitStatus.PROBLEMS

    def __init__(self, message: str, *, hint: str = "", place: "Place | None" = None) -> None:
        """`hint` is what to type or write next; `place` is where, if it is in a file."""
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.place = place


class LockedOutError(CmctlError):
    """What lets us in to an account is missing, over or not taken: a person sees to it."""


class UsageError(CmctlError):
    """What was typed cannot be meant."""

    status = ExitStatus.USAGE
