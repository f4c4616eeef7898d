"""What lets us in to an account, as it is kept where a channel's reference points."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

#: A token is renewed this long before it ends: longer than any call takes.
MARGIN = timedelta(minutes=5)
#: A token that is refused before its time is renewed once in so long.
ONCE_IN = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Token:
    """An access token, and what renews it where the network gives that (RFC 6749)."""

    access: str
    #: Empty: it cannot be renewed, and somebody signs in again.
    refresh: str = ""
    #: None: it does not end, or nobody said when.
    expires_at: datetime | None = None
    #: When `refresh` ends; None: it does not, or nobody said when.
    refresh_expires_at: datetime | None = None
    #: As whom the program is registered at the network; renewing asks for it.
    client_id: str = ""
    client_secret: str = ""
    #: When it took the place of one that was refused before its time; None: it did not.
    replaced_at: datetime | None = None

    def __repr__(self) -> str:
        return "Token(…)"

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must be seen nowhere."""
        return tuple(one for one in (self.access, self.refresh, self.client_secret) if one)

    @property
    def dies_at(self) -> datetime | None:
        """When somebody must have signed in again; None: never, as far as is known."""
        return self.refresh_expires_at if self.refresh else self.expires_at

    def is_due(self, now: datetime, margin: timedelta = MARGIN) -> bool:
        """Tell whether it is to be renewed now, so long before its end."""
        return (
            bool(self.refresh) and self.expires_at is not None and now >= self.expires_at - margin
        )

    def is_over(self, now: datetime) -> bool:
        """Tell whether the network takes it no more."""
        return self.expires_at is not None and now >= self.expires_at

    def may_replace(self, now: datetime) -> bool:
        """Tell whether it may be renewed because it was refused: not on and on."""
        lately = self.replaced_at is not None and now - self.replaced_at < ONCE_IN
        return bool(self.refresh) and not lately

    def written(self) -> str:
        """Return it as one line of JSON, in the words of RFC 6749."""
        import json  # noqa: PLC0415 - a listing reads none

        fields = {
            "access_token": self.access,
            "refresh_token": self.refresh,
            "expires_at": _written(self.expires_at),
            "refresh_token_expires_at": _written(self.refresh_expires_at),
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "replaced_at": _written(self.replaced_at),
        }
        return json.dumps({name: value for name, value in fields.items() if value})


def read_token(text: str) -> Token:
    """Return the token that a secret is: JSON as `written` gives it, or the access token alone.

    What is no such JSON is an access token; its network says what it thinks of it.
    """
    if not text.startswith("{"):
        return Token(access=text)
    import json  # noqa: PLC0415 - as above

    try:
        found = json.loads(text)
        fields = {name: _text(found, name) for name in found} if isinstance(found, dict) else {}
        return Token(
            access=fields["access_token"],
            refresh=fields.get("refresh_token", ""),
            expires_at=_instant(fields.get("expires_at", "")),
            refresh_expires_at=_instant(fields.get("refresh_token_expires_at", "")),
            client_id=fields.get("client_id", ""),
            client_secret=fields.get("client_secret", ""),
            replaced_at=_instant(fields.get("replaced_at", "")),
        )
    except (ValueError, KeyError, RecursionError):
        return Token(access=text)


def _text(found: dict[str, object], name: str) -> str:
    value = found[name]
    if not isinstance(value, str):
        raise ValueError(name)
    return value


def _written(at: datetime | None) -> str:
    return at.isoformat() if at else ""


def _instant(text: str) -> datetime | None:
    if not text:
        return None
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("no offset")
    return at.astimezone(UTC)
