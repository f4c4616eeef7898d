"""How the sandbox misbehaves on request: each fault was seen on a real network."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum


class FaultKind(StrEnum):
    """What goes wrong."""

    LATENCY = "latency"  # answers `seconds` later, and stores then
    IGNORE_KEYS = "ignore-keys"  # two requests with one key make two posts
    SHORTEN = "shorten"  # a text is stored up to its middle, and nothing is said of it
    # Not stored.
    ERROR = "error"  # 500
    BAD_GATEWAY = "bad-gateway"  # 502
    GATEWAY_TIMEOUT = "gateway-timeout"  # 504
    THROTTLE = "throttle"  # 429, with `retry_after`
    UNAUTHORIZED = "unauthorized"  # 401: the token has died
    REFUSED = "refused"  # 422, saying `text`
    # Stored all the same.
    ERROR_STORED = "error-stored"  # 500
    TIMEOUT_STORED = "timeout-stored"  # 504
    DROP = "drop"  # the connection closes without an answer
    RESET = "reset"  # the connection is reset in the middle of the answer
    HTML = "html"  # 200 with a page
    CUT = "cut"  # 200 with half a JSON document
    NO_ID = "no-id"  # 200 with an object that names no id
    HUGE = "huge"  # 200 with 50 MB
    BOMB = "bomb"  # 200 with a small gzip body that unfolds to 64 MB
    DRIP = "drip"  # 200, one byte every `seconds`


#: These change how a request is served; any other takes its place.
MODIFIERS = frozenset({FaultKind.LATENCY, FaultKind.IGNORE_KEYS, FaultKind.SHORTEN})
NOT_STORED = frozenset(
    {
        FaultKind.ERROR,
        FaultKind.BAD_GATEWAY,
        FaultKind.GATEWAY_TIMEOUT,
        FaultKind.THROTTLE,
        FaultKind.UNAUTHORIZED,
        FaultKind.REFUSED,
    }
)
#: What a fault can be about.
CALLS = ("post", "upload", "read", "delete")


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """One fault in force."""

    kind: FaultKind
    #: Empty: every account.
    account: str = ""
    #: One of `CALLS`, or `any`.
    on: str = "post"
    #: How many requests it still hits; 0: until it is cleared.
    count: int = 1
    #: It lets so many requests pass first.
    skip: int = 0
    seconds: float = 1.0
    #: As the header says it; empty: no header.
    retry_after: str = ""
    #: What the server says.
    text: str = "this is not accepted"

    def __post_init__(self) -> None:
        if self.on not in {*CALLS, "any"} or self.count < 0 or self.skip < 0 or self.seconds < 0:
            message = f"a fault is on one of {', '.join(CALLS)}, any; its numbers are not negative"
            raise ValueError(message)

    def as_json(self) -> dict[str, object]:
        """Return the fault as the API tells it."""
        return {**asdict(self), "kind": self.kind.value}


def fault_from(value: Mapping[str, object]) -> Fault:
    """Read a fault as the API is told it.

    Raises:
        ValueError: a field is unknown or wrong.
    """
    try:
        fields = {**value, "kind": FaultKind(str(value.get("kind")))}
        return Fault(**fields)  # type: ignore[arg-type] # a wrong one is a TypeError
    except TypeError as problem:
        raise ValueError(str(problem)) from problem


class Faults:
    """The faults in force, used up as they hit."""

    def __init__(self) -> None:
        self._faults: list[_Running] = []

    def add(self, fault: Fault) -> None:
        """Put a fault in force, after those that are."""
        self._faults.append(_Running(fault, fault.skip, fault.count))

    def clear(self) -> None:
        """End all."""
        self._faults.clear()

    def listed(self) -> list[dict[str, object]]:
        """Return those in force, with what is left of them."""
        return [
            {**run.fault.as_json(), "skip": run.skip, "count": run.left} for run in self._faults
        ]

    def hit(self, account: str, call: str) -> tuple[Fault, ...]:
        """Return what goes wrong with this request: any modifiers, and at most one other."""
        hits: list[Fault] = []
        for run in list(self._faults):
            other = run.fault.kind not in MODIFIERS
            if other and any(hit.kind not in MODIFIERS for hit in hits):
                continue
            if run.meets(account, call):
                hits.append(run.fault)
                if run.over:
                    self._faults.remove(run)
        return tuple(hits)


class _Running:
    """A fault and what is left of it."""

    def __init__(self, fault: Fault, skip: int, left: int) -> None:
        self.fault = fault
        self.skip = skip
        self.left = left
        self.over = False

    def meets(self, account: str, call: str) -> bool:
        if self.fault.account not in {"", account} or self.fault.on not in {"any", call}:
            return False
        if self.skip:
            self.skip -= 1
            return False
        if self.left:
            self.left -= 1
            self.over = self.left == 0
        return True
