"""What goes wrong again and again is said once, and once more when it is over."""

import logging
from collections.abc import Mapping

from cmctl.core.errors import CmctlError

log = logging.getLogger(__name__)


class Saying:
    """The state of some things that fail or work, logged only where it changes."""

    def __init__(self) -> None:
        self._said: dict[str, str] = {}

    def failed(self, what: str, problem: Exception) -> None:
        """Log why something failed, unless that was said last; a bug with its place."""
        expected = isinstance(problem, CmctlError)
        why = str(problem) if expected else type(problem).__name__
        if self._said.get(what) != why:
            self._said[what] = why
            log.error("%s: %s", what, why, exc_info=None if expected else problem)

    def works(self, what: str) -> None:
        """Log that something works again, where it did not."""
        if self._said.pop(what, ""):
            log.info("%s: works again", what)

    def blind(self, now: Mapping[str, str]) -> None:
        """Log which timelines cannot be read, and which can again."""
        for name, why in now.items():
            if self._said.get(name) != why:
                log.warning("%s: the timeline cannot be read: %s", name, why)
        for name in [name for name in self._said if name not in now]:
            log.info("%s: the timeline can be read again", name)
        self._said = dict(now)
