"""A network as a model: what stands on it, and what it does with the next request.

It is the oracle of the state machine, and its adapter in one: nothing else is known of a request
than what an adapter may say.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import ClassVar

from cmctl.channels.base import (
    Capabilities,
    Channel,
    MediaRules,
    Outgoing,
    Rejected,
    TextRules,
    Unavailable,
    Uncertain,
)
from cmctl.core.model import Receipt

#: So long a request may be under way after its sender heard nothing: less than `settling`.
LIMBO = timedelta(seconds=9)
_CAN = Capabilities(text=TextRules(limit=0), media=MediaRules(count=0))


class Fate(Enum):
    """What becomes of the next request on an account."""

    ACCEPTED = auto()
    LOST = auto()  # stored, and the answer is lost
    UNSTORED = auto()  # nothing stored, and nobody can know
    LATE = auto()  # stored only when the sender has given up
    REFUSED = auto()
    AWAY = auto()  # certainly not stored
    BROKEN = auto()  # stored, and the adapter throws what no contract knows


@dataclass(frozen=True)
class Copy:
    """What followers see once."""

    remote_id: str
    text: str
    key: str
    at: datetime


@dataclass
class Account:
    """What stands on one account, and what happens to it next."""

    copies: list[Copy] = field(default_factory=list)
    #: Requests that arrive later, and when at the latest.
    limbo: list[tuple[datetime, Outgoing]] = field(default_factory=list)
    fate: Fate = Fate.ACCEPTED
    #: It does not answer those who look.
    dark: bool = False


class Imagined:
    """The network, by its own clock."""

    def __init__(self, now: Callable[[], datetime], kinds: Mapping[str, "type[Silent]"]) -> None:
        """`kinds` are the accounts, and what each can do."""
        self.now = now
        self.kinds = kinds
        self.accounts: Mapping[str, Account] = defaultdict(Account)
        self._made = 0

    def standing(self, name: str, text: str) -> list[Copy]:
        """Return the copies of a text on an account."""
        return [copy for copy in self.accounts[name].copies if copy.text == text]

    def arrive(self, name: str, *, all_of_them: bool = False) -> None:
        """Let requests arrive whose time has come."""
        account = self.accounts[name]
        waiting, account.limbo = account.limbo, []
        for latest, out in waiting:
            if all_of_them or latest <= self.now():
                self.store(name, out)
            else:
                account.limbo.append((latest, out))

    def store(self, name: str, out: Outgoing) -> Receipt:
        """Store a request, or return what stands of it where its key is honoured."""
        account = self.accounts[name]
        life = self.kinds[name].capabilities.key_life
        for copy in account.copies:
            if life and copy.key == out.key and self.now() - copy.at < life:
                return _receipt(copy)
        self._made += 1
        copy = Copy(f"{name}-{self._made}", out.content.text, out.key, self.now())
        account.copies.append(copy)
        return _receipt(copy)

    def meet(self, name: str, out: Outgoing) -> Receipt:
        """Do with a request what its fate is; the next one is accepted."""
        account = self.accounts[name]
        self.arrive(name)
        fate, account.fate = account.fate, Fate.ACCEPTED
        match fate:
            case Fate.ACCEPTED:
                return self.store(name, out)
            case Fate.REFUSED:
                raise Rejected("no")
            case Fate.AWAY:
                raise Unavailable("not here")
            case Fate.LATE:
                account.limbo.append((self.now() + LIMBO, out))
            case Fate.LOST | Fate.BROKEN:
                self.store(name, out)
        if fate is Fate.BROKEN:
            raise TypeError("an answer of another shape")
        raise Uncertain("the connection broke")

    def look(self, name: str) -> list[Copy]:
        """Return what a listing shows."""
        self.arrive(name)
        if self.accounts[name].dark:
            raise Unavailable("does not answer")
        return self.accounts[name].copies


def _receipt(copy: Copy) -> Receipt:
    return Receipt(remote_id=copy.remote_id, parts=(copy.remote_id,), at=copy.at)


class Silent:
    """A network that nobody can ask."""

    kind: ClassVar[str] = "sandbox"
    capabilities: ClassVar[Capabilities] = _CAN

    def __init__(self, name: str, network: Imagined) -> None:
        self.name = name
        self.network = network

    def problems(self, _content: object) -> Iterator[object]:
        """Find nothing wrong."""
        return iter(())

    def publish(self, outgoing: Outgoing) -> Receipt:
        """Send one request."""
        return self.network.meet(self.name, outgoing)

    def close(self) -> None:
        """Nothing is open."""


class Lookup(Silent):
    """A network that knows no key and can be looked at."""

    capabilities: ClassVar[Capabilities] = replace(_CAN, recovery=frozenset({"lookup"}))

    def find(self, outgoing: Outgoing) -> Receipt | None:
        """Return the newest copy of the text."""
        found = [one for one in self.network.look(self.name) if one.text == outgoing.content.text]
        return _receipt(found[-1]) if found else None


class Keyed(Silent):
    """A network that honours keys for an hour."""

    capabilities: ClassVar[Capabilities] = replace(
        _CAN, recovery=frozenset({"key", "lookup"}), key_life=timedelta(hours=1)
    )

    def find(self, outgoing: Outgoing) -> Receipt | None:
        """Return the copy under the key."""
        found = [one for one in self.network.look(self.name) if one.key == outgoing.key]
        return _receipt(found[-1]) if found else None


KINDS: Mapping[str, type[Silent]] = {"keyed": Keyed, "lookup": Lookup, "silent": Silent}


class Adapters:
    """The adapters of all accounts, as the use cases ask for them."""

    def __init__(self, network: Imagined) -> None:
        self._network = network

    def open(self, name: str) -> Channel:
        """Return the adapter of an account."""
        return self._network.kinds[name](name, self._network)  # type: ignore[return-value]

    def checker(self, name: str) -> Channel:
        """Return the adapter of an account."""
        return self.open(name)

    def close(self) -> None:
        """Nothing is open."""
