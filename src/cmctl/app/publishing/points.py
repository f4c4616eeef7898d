"""The named points between which a worker can die: the windows of the publishing protocol.

Production passes `nothing`; the fault tests pass a function that kills the process at one of them.
"""

from collections.abc import Callable
from enum import StrEnum


class Point(StrEnum):
    """A place in the protocol, named after what has just happened or is about to."""

    BEFORE_INTAKE = "before-intake"  # W1: files read, nothing committed
    AFTER_INTAKE = "after-intake"
    BEFORE_CLAIM = "before-claim"
    AFTER_CLAIM = "after-claim"  # W2: claimed, no intent
    BEFORE_INTENT = "before-intent"  # W2: media uploaded, no intent
    AFTER_INTENT = "after-intent"  # W3: the intent is committed, no byte left
    AFTER_ANSWER = "after-answer"  # W5, W6: the network said yes, not yet written down
    AFTER_SETTLE = "after-settle"  # W7: written down, the notice not yet delivered
    BEFORE_REMOVAL = "before-removal"  # ours stands, the other text too
    AFTER_REMOVAL = "after-removal"  # proved gone, not yet written down
    BEFORE_NOTICE = "before-notice"  # W7: about to deliver a notice


Reach = Callable[[Point], None]


def nothing(_point: Point) -> None:
    """Go on."""
