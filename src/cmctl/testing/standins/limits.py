"""What ends on a stand-in: patience, and the life of a token, by a clock of its own."""

from collections import deque
from datetime import UTC, datetime, timedelta


class Clock:
    """The time of this machine, and as much later as a test says."""

    def __init__(self) -> None:
        self._later = timedelta(0)

    def __call__(self) -> datetime:
        """Return the time, to the millisecond."""
        now = datetime.now(UTC) + self._later
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._later += timedelta(seconds=seconds)


class Window:
    """A rate limit: so many calls in so many seconds."""

    def __init__(self, most: int, seconds: float) -> None:
        self.most = most
        self._span = timedelta(seconds=seconds)
        self._calls: deque[datetime] = deque()

    def wait(self, now: datetime) -> float:
        """Count a call; return 0, or the seconds after which it would be taken."""
        while self._calls and self._calls[0] <= now - self._span:
            self._calls.popleft()
        if len(self._calls) < self.most:
            self._calls.append(now)
            return 0
        return (self._calls[0] + self._span - now).total_seconds()

    @property
    def left(self) -> int:
        """How many calls are still taken, as of the last one."""
        return self.most - len(self._calls)

    def ends(self, now: datetime) -> timedelta:
        """Return in how long the next call of those that are counted is forgotten."""
        return self._calls[0] + self._span - now if self._calls else timedelta()


class Tokens:
    """The tokens that a stand-in takes, and until when."""

    def __init__(self, *tokens: str) -> None:
        self._ends: dict[str, datetime | None] = dict.fromkeys(tokens)

    def add(self, token: str, ends: datetime | None = None) -> None:
        """Take a token, until it ends where an end is given."""
        self._ends[token] = ends

    def expire(self, token: str) -> None:
        """End a token now; it is still known."""
        self._ends[token] = datetime.min.replace(tzinfo=UTC)

    def knows(self, token: str) -> bool:
        """Tell whether a token was given, whether it is over or not."""
        return token in self._ends

    def standing(self, token: str, now: datetime) -> str:
        """Return `good`, `expired` or `unknown`."""
        if token not in self._ends:
            return "unknown"
        ends = self._ends[token]
        return "expired" if ends is not None and ends <= now else "good"
