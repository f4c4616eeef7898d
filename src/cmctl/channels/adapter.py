"""What adapters share: a YAML block that is a table of options, and one sender.

Nobody has to inherit from these; the contract of `channels/base.py` is all that counts.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import ClassVar, Self

from cmctl.channels.http import Http
from cmctl.channels.options import Option, check
from cmctl.core.model import Place, Problem


class Adapter:
    """A channel whose constructor takes its options by their names in YAML."""

    kind: ClassVar[str]
    #: What its YAML block may hold.
    options: ClassVar[tuple[Option, ...]]

    @classmethod
    def check_options(
        cls, options: Mapping[str, object], places: Mapping[str, Place]
    ) -> Iterable[Problem]:
        """Yield everything that is wrong with the channel's YAML block, all problems at once."""
        return check(cls.kind, cls.options, options, places)

    @classmethod
    def open(cls, options: Mapping[str, object]) -> Self:
        """Build the channel from checked options whose secrets are resolved; no network yet."""
        build: Callable[..., Self] = cls
        return build(**options)


class HttpAdapter(Adapter):
    """A channel that sends with one `Http`."""

    _http: Http

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._http.host})"

    def close(self) -> None:
        """Let go of connections; safe to call twice."""
        self._http.close()
