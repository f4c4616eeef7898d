"""What a server said, and what it means where it is no success."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cmctl.channels.base import (
    ChannelError,
    Rejected,
    Throttled,
    Unauthorized,
    Unavailable,
    Uncertain,
)
from cmctl.channels.decoding import read_json
from cmctl.channels.retry_after import wish
from cmctl.channels.spoken import redacted, spoken, verbatim


def silent(_: "Answer") -> str:
    """Know no refusal better than the server itself."""
    return ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What a server said: a 2xx, or a status that the request accepts."""

    status: int
    #: By lower-case name.
    headers: Mapping[str, str]
    body: bytes
    #: Who said it, for messages.
    host: str
    repeatable: bool
    #: Struck out of messages.
    secrets: tuple[str, ...] = ()
    explain: "Callable[[Answer], str]" = silent

    def __repr__(self) -> str:
        return f"Answer({self.status} from {self.host}, {len(self.body)} bytes)"

    def malformed(self, what: str) -> ChannelError:
        """Return the failure to raise where the answer lacks `what`."""
        message = f"{self.host} answered {self.status} {what}"
        return self.behind(lost(message, repeatable=self.repeatable))

    def json(self) -> object:
        """Return the body as JSON, or raise as for any malformed answer."""
        try:
            return read_json(self.body)
        except ValueError:
            raise self.malformed("with something that is not JSON") from None

    def record(self) -> dict[str, object]:
        """Return the body as a JSON object, or raise as for any malformed answer."""
        value = self.json()
        if not isinstance(value, dict):
            raise self.malformed("without a JSON object")
        return value

    def items(self) -> list[dict[str, object]]:
        """Return the body as a list of JSON objects, or raise as for any malformed answer."""
        value = self.json()
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.malformed("without a list of objects")
        return value

    def text(self, name: str) -> str:
        """Return a field that must be there as a text and not empty."""
        value = self.record().get(name)
        if not isinstance(value, str) or not value:
            raise self.malformed(f"without `{name}`")
        return value

    def failure(self) -> ChannelError:
        """Return what a status that is no success means."""
        return self.behind(self._failure())

    def behind(self, failure: ChannelError) -> ChannelError:
        """Return a failure with this answer kept beside its words."""
        failure.answer = f"{self.status} {verbatim(self.body, secrets=self.secrets)}".strip()
        return failure

    def _failure(self) -> ChannelError:
        status, words = self.status, spoken(self.body, secrets=self.secrets)
        message = f"{self.host} answered {status}{': ' + words if words else ''}"
        meaning = self.explain(self) if status < 500 else ""
        if meaning:
            message = f"{meaning} ({message})"
        if status == 429:
            return Throttled(message, retry_after=wish(self.headers))
        if status in {401, 403} and not meaning:
            message = f"{self.host} does not accept the token ({status}): {words or '-'}"
        if status == 401:
            return Unauthorized(message)
        if status in {301, 307, 308}:  # the request was not acted on here (RFC 9110, 15.4)
            where = redacted(self.headers.get("location", ""), secrets=self.secrets)
            return Rejected(f"{self.host} has moved ({status}) to {where}; write that address")
        # 408 gives up on a request that the server did not see whole: not a refusal of it.
        if 400 <= status < 500 and status != 408:
            return Rejected(message)
        return lost(message, repeatable=self.repeatable)


def lost(message: str, *, repeatable: bool) -> ChannelError:
    """Return the failure of a request whose outcome nobody saw."""
    return Unavailable(message) if repeatable else Uncertain(message)
