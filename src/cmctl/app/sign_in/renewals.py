"""The renewals of a process: a network that refused one is not asked on and on."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from cmctl.app.sign_in.renewal_right import Right
from cmctl.app.sign_in.tokens import Access, DeadTokenError, access, replaced
from cmctl.channels.sign_in import SignIn
from cmctl.config.secret_place import SecretPlace

#: After a refusal, unless another token is there.
AGAIN = timedelta(minutes=10)


class _Dead(NamedTuple):
    """A token that could not be renewed."""

    why: DeadTokenError
    #: What was kept then.
    kept: str
    until: datetime

    def __repr__(self) -> str:
        return f"_Dead({self.why})"


class _Useless(NamedTuple):
    """A token that was refused, and that nothing replaced."""

    refused: str
    #: What was kept then.
    kept: str
    until: datetime

    def __repr__(self) -> str:
        return f"_Useless(until {self.until})"


class Renewals:
    """Gets tokens, and remembers those that are over; safe for several threads."""

    def __init__(self, now: Callable[[], datetime], right: Right | None) -> None:
        """Without a `right` nothing is renewed."""
        self._now = now
        self._right = right
        self._dead: dict[str, _Dead] = {}
        self._useless: dict[str, _Useless] = {}

    def access(self, place: SecretPlace, sign_in: SignIn | None, name: str) -> Access:
        """Return the token of `client/channel` that is good now, as `tokens.access`.

        Raises:
            SecretError, DeadTokenError, Unavailable: as there; a refusal is repeated for a while.
        """
        known = self._dead.get(name)
        if known is not None and self._now() < known.until and known.kept == place.read():
            raise DeadTokenError(known.why.message, hint=known.why.hint)
        try:
            return access(place, sign_in, name, self._now, self._right)
        except DeadTokenError as problem:
            self._dead[name] = _Dead(problem, place.read(), self._now() + AGAIN)
            raise

    def replaced(self, place: SecretPlace, sign_in: SignIn | None, name: str, refused: str) -> bool:
        """Tell whether another token than the `refused` one is kept now, as `tokens.replaced`.

        Raises:
            SecretError, Unavailable: as there.
        """
        known = self._useless.get(name)
        if known and self._now() < known.until and known[:2] == (refused, place.read()):
            return False
        done = replaced(place, sign_in, name, refused, self._now, self._right)
        if not done:
            self._useless[name] = _Useless(refused, place.read(), self._now() + AGAIN)
        return done
