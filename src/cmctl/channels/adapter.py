"""What adapters share: a YAML block that is a table of options, and one sender.

Nobody has to inherit from these; the contract of `channels/base.py` is all that counts.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import ClassVar, Self
from urllib.parse import urlsplit

from cmctl.channels.answer import Answer, silent
from cmctl.channels.base import Unauthorized
from cmctl.channels.body import Body
from cmctl.channels.http import Http, Request
from cmctl.channels.options import Form, Option, check, is_safe_address
from cmctl.core.model import Place, Problem

#: Of a webhook's address: it was deleted, or its key is another one.
_OVER = frozenset({401, 404})
#: Refusals of which `is_over` tells more than their status does.
_ASKED = _OVER | {400}


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

    def server_time(self) -> datetime | None:
        """Return what the server's last answer said the time is."""
        return self._http.server_time

    def spent(self) -> timedelta | None:
        """Return how long the network takes nothing more, as its answer to the last post said."""
        return self._http.spent

    def close(self) -> None:
        """Let go of connections; safe to call twice."""
        self._http.close()


class WebhookAdapter(HttpAdapter):
    """A channel that posts to a webhook, whose whole address is its secret."""

    options: ClassVar[tuple[Option, ...]] = (
        Option(
            name="webhook",
            what="a reference to the webhook's whole address, such as env:ATLAS_WEBHOOK",
            form=Form.SECRET,
        ),
    )
    explain: Callable[[Answer], str] = staticmethod(silent)

    def __init__(self, *, webhook: str) -> None:
        path = urlsplit(webhook).path
        secrets = (webhook, path, path.rpartition("/")[2])
        self._http = Http(webhook, secrets=secrets, explain=self.explain)
        self._is_address = is_safe_address(webhook)

    @staticmethod
    def is_over(answer: Answer) -> bool:
        """Tell whether the network does not know the address any more."""
        return answer.status in _OVER

    def _ready(self) -> Http:
        """Return the sender.

        Raises:
            Unauthorized: what the reference leads to is no address.
        """
        if not self._is_address:
            message = "what `webhook` leads to is no https address: copy the webhook's whole one"
            raise Unauthorized(message)
        return self._http

    def _posted(self, body: Body, query: Mapping[str, str] | None = None) -> Answer:
        """Post once; an address that the network does not know any more is a secret that is over.

        Raises:
            Rejected, Unavailable, Uncertain: as for any request.
        """
        request = Request(method="POST", path="", query=query, body=body, accept=_ASKED)
        answer = self._ready().send(request)
        if self.is_over(answer):
            raise Unauthorized(str(answer.failure()))
        if answer.status in _ASKED:
            raise answer.failure()
        return answer
