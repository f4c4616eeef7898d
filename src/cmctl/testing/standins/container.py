"""Containers that wait to be published, as Threads and Instagram keep them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from cmctl.testing.standins.limits import Clock

#: How long a container may be published.
LIFE = timedelta(hours=24)


class Waiting:
    """The containers of one account; `state` and `why` are the fields that tell how far one is."""

    def __init__(self, clock: Clock, state: str, why: str) -> None:
        #: How often a container is told to be in progress before it is finished.
        self.slow = 0
        #: Addresses that Meta cannot fetch.
        self.unreachable: set[str] = set()
        self._clock = clock
        self._state = state
        self._why = why
        self._kept: dict[str, dict[str, Any]] = {}

    def __contains__(self, number: str) -> bool:
        return number in self._kept

    def add(self, number: str, said: Mapping[str, Any]) -> None:
        """Keep a container."""
        self._kept[number] = {"said": dict(said), "polls": 0, "at": self._clock()}

    def taken(self, number: str) -> dict[str, Any] | None:
        """Return what a finished container says, and forget it; None: there is none."""
        if number not in self._kept or self.progress(number)[self._state] != "FINISHED":
            return None
        said: dict[str, Any] = self._kept.pop(number)["said"]
        return said

    def progress(self, number: str) -> dict[str, str]:
        """Return how far a container is, which counts as having asked."""
        kept = self._kept[number]
        kept["polls"] += 1
        told = {"id": number}
        if self._clock() - kept["at"] > LIFE:
            return {**told, self._state: "EXPIRED"}
        if kept["said"].get("image_url") in self.unreachable:
            return {**told, self._state: "ERROR", self._why: "FAILED_DOWNLOADING_IMAGE"}
        ready = kept["polls"] > self.slow
        return {**told, self._state: "FINISHED" if ready else "IN_PROGRESS"}
