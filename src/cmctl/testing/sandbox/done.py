"""What the sandbox decided about a request, before it is written down and said."""

from dataclasses import dataclass

from cmctl.testing.sandbox.oracle import Line
from cmctl.testing.sandbox.wire import Reply


@dataclass(frozen=True, slots=True)
class Done:
    """An answer, the line to write down before it is given, and an image to keep."""

    reply: Reply
    line: Line | None = None
    #: SHA-256 in hex, and the bytes.
    image: tuple[str, bytes] | None = None
