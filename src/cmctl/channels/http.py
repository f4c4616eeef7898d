"""One send: a single HTTP request whose failure says what is known of it.

Nothing here retries or follows a redirect, certificates are always verified, and one deadline
covers the whole request from the first address to the last byte; a large body has as much more as
it takes at a megabit a second. What a failure means:

- no connection (name, address, refused, TLS, connect or pool timeout): `Unavailable`;
- 304 to a GET that asked whether anything changed: the answer from before;
- 429: `Unavailable` with the server's own wish; a plain move to another address and every other
  4xx: `Rejected`;
- every other failure of the transport, every 5xx and every 2xx that cannot be read: `Uncertain`,
  or `Unavailable` where the request is repeatable, because then nothing can have been doubled.

No message carries a secret: what `Authorization` holds, and the `secrets` given, are struck out of
whatever a server sends back.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from cmctl import __version__
from cmctl.channels.answer import Answer, lost, silent
from cmctl.channels.base import Rejected, Unavailable
from cmctl.channels.body import Body
from cmctl.channels.decoding import LARGEST, UnreadableError, read_body
from cmctl.channels.kept import Kept, Whole
from cmctl.channels.retry_after import instant, spent
from cmctl.channels.sockets import why

if TYPE_CHECKING:
    from httpcore import ConnectionPool

    from cmctl.channels.wire import Budget, Route

#: The whole request, in seconds; shorter than a lease.
DEADLINE = 30.0
#: The slowest line that an upload is waited for, in bytes a second.
SLOWEST = 125_000

_VISIBLE = re.compile(r"[\x20-\x7e]*")


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What is asked of a server, once."""

    method: str
    #: Below the channel's address, with its leading `/`, already quoted.
    path: str
    query: Mapping[str, str] | None = None
    body: Body | None = None
    #: Beside the channel's own.
    headers: Mapping[str, str] | None = None
    #: Statuses that come back as an answer instead of being raised.
    accept: Collection[int] = ()
    #: Sending it twice is as good as once, and followers see nothing of it.
    repeatable: bool = False
    #: The most that the answer may have, in bytes.
    largest: int = LARGEST

    def __repr__(self) -> str:
        return f"Request({self.method} {self.path})"


class Http:
    """The requests of one channel; safe for several threads.

    `base_url` has no query and may have a path; `headers` go with every request;
    `secrets` are struck out of messages; `deadline` is in seconds; `route` says how hosts are
    reached, where that is not the system's own way. `explain` says in a sentence of ours what a
    refusal means and what to do; empty where it does not know.
    """

    def __init__(  # noqa: PLR0913 - settings, each with its default
        self,
        base_url: str,
        headers: Mapping[str, str] | None = None,
        *,
        secrets: Collection[str] = (),
        deadline: float | None = None,
        route: "Route | None" = None,
        explain: Callable[[Answer], str] = silent,
    ) -> None:
        url = urlsplit(base_url)
        self.host = url.netloc
        self._base = base_url.rstrip("/")
        self._headers = {"User-Agent": f"cmctl/{__version__}", "Accept-Encoding": "gzip"}
        self._headers.update(headers or {})
        self._secrets = tuple(secrets)
        self._explain = explain
        self._deadline = DEADLINE if deadline is None else deadline
        self._route = route
        #: What the last answer's `Date` said; None where it said none.
        self.server_time: datetime | None = None
        #: How long nothing more is posted, as the answer to the last post said; None: go on.
        self.spent: timedelta | None = None
        self._kept = Kept()
        self._pool: ConnectionPool | None = None
        self._budget: Budget | None = None

    def __repr__(self) -> str:
        return f"Http({self.host})"  # the rest of an address may be a token

    def get(
        self, path: str, query: Mapping[str, str] | None = None, *, accept: Collection[int] = ()
    ) -> Answer:
        """Read; every failure but a 4xx is `Unavailable`."""
        return self.send(Request(method="GET", path=path, query=query, accept=accept))

    def post(
        self,
        path: str,
        body: Body | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        accept: Collection[int] = (),
    ) -> Answer:
        """Write once."""
        return self.send(
            Request(method="POST", path=path, body=body, headers=headers, accept=accept)
        )

    def send(self, request: Request) -> Answer:
        """Make exactly one request.

        Raises:
            Rejected, Unavailable, Uncertain: as the module's first lines say.
        """
        repeatable = request.repeatable or request.method in {"GET", "HEAD"}
        sent = self._headers | dict(request.headers or {})
        if request.method == "GET":
            address = self._address(request)
            sent |= self._kept.condition(address)
            got = self._exchange(request, sent, repeatable=repeatable)
            status, headers, body = self._kept.taken(address, sent, got)
        else:
            status, headers, body = self._exchange(request, sent, repeatable=repeatable)
        self.server_time = instant(headers.get("date", ""))
        if not repeatable:  # networks count what is posted apart from what is read
            self.spent = spent(headers)
        answer = Answer(
            status=status,
            headers=headers,
            body=body,
            host=self.host,
            repeatable=repeatable,
            secrets=(*self._secrets, *_carried(sent)),
            explain=self._explain,
        )
        if 200 <= status < 300 or status in request.accept:
            return answer
        raise answer.failure()

    def close(self) -> None:
        """Let go of connections; safe to call twice, and the next request opens new ones."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.close()

    def _exchange(self, request: Request, headers: Mapping[str, str], *, repeatable: bool) -> Whole:
        import httpcore  # noqa: PLC0415 - heavy, and a listing never sends

        content = request.body.data if request.body else b""
        encoded = _encode(headers, request.body, self.host)
        seconds = self._deadline + len(content) / SLOWEST
        pool = self._open(seconds)
        try:
            with pool.stream(
                request.method,
                self._address(request),
                headers=encoded,
                content=content,
                extensions=_TIMEOUTS,
            ) as response:
                got = {
                    k.decode("latin-1").lower(): v.decode("latin-1") for k, v in response.headers
                }
                encoding = got.get("content-encoding", "")
                body = read_body(response.iter_stream(), encoding, request.largest)
                return Whole(response.status, got, body)
        except (httpcore.ConnectError, httpcore.ConnectTimeout, httpcore.PoolTimeout) as error:
            message = f"{self.host} cannot be reached: {_reason(error)}"
            raise Unavailable(message) from None
        except httpcore.TimeoutException:
            message = f"{self.host} gave no whole answer within {seconds:.3g} s"
            raise lost(message, repeatable=repeatable) from None
        except (httpcore.NetworkError, httpcore.ProtocolError):
            message = f"the connection to {self.host} broke before its answer was whole"
            raise lost(message, repeatable=repeatable) from None
        except UnreadableError as error:
            raise lost(f"{self.host} answered with {error}", repeatable=repeatable) from None

    def _open(self, seconds: float) -> "ConnectionPool":
        """Return the connections, with a fresh budget for this thread's request."""
        from cmctl.channels import wire  # noqa: PLC0415 - as above

        if self._budget is None:
            self._budget = wire.Budget()
        if self._pool is None:
            route = self._route or wire.Route()
            secure = self._base.startswith("https:")
            self._pool = wire.pool(self._budget, route, secure=secure)
        self._budget.start(seconds)
        return self._pool

    def _address(self, request: Request) -> str:
        query = f"?{urlencode(request.query)}" if request.query else ""
        return f"{self._base}{request.path}{query}"


_TIMEOUTS = {"timeout": {"connect": 10.0, "pool": 10.0}}


def _encode(headers: Mapping[str, str], body: Body | None, host: str) -> list[tuple[bytes, bytes]]:
    """Return headers as bytes; refuses what no header can carry, without repeating it."""
    for name, value in headers.items():
        if not _VISIBLE.fullmatch(value):
            message = (
                f"the {name} for {host} holds a character that no header can carry;"
                " is the token pasted whole, on one line?"
            )
            raise Rejected(message)
    encoded = [(k.encode("ascii"), v.encode("ascii")) for k, v in headers.items()]
    encoded.append((b"Host", host.encode("ascii")))
    if body is not None:
        encoded.append((b"Content-Type", body.type.encode("ascii")))
        encoded.append((b"Content-Length", str(len(body.data)).encode("ascii")))
    return encoded


def _reason(error: Exception) -> str:
    """Say in the system's own words why there is no connection."""
    cause = error.__context__  # the pool raises it again "from None"
    if isinstance(cause, OSError):
        return why(cause)
    return "it took too long" if "Timeout" in type(error).__name__ else "no such host"


def _carried(headers: Mapping[str, str]) -> Iterator[str]:
    """Yield the secrets that a request carries."""
    for name, value in headers.items():
        if name.lower() == "authorization":
            yield value.rpartition(" ")[2]
