"""Meta's Graph API: what its errors say of a request, and how its listings are paged.

developers.facebook.com, "Handle Errors", "Rate Limits", "Paginated results". Errors come with
status 400 whatever they mean, so that their code decides: a limit is `Unavailable`, a fault of
Meta's own is as unclear as a 5xx, and a text that stands already is a reason to look.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from cmctl.channels.answer import Answer, lost
from cmctl.channels.base import (
    Attachment,
    ChannelError,
    Throttled,
    Unauthorized,
    Unavailable,
    Uncertain,
)
from cmctl.channels.body import file_body, form_body
from cmctl.channels.decoding import read_json, whole
from cmctl.channels.grant import Grant, lacking
from cmctl.channels.http import Http, Request
from cmctl.channels.retry_after import wish

#: Too many calls: of the app, the user, the page, this call, and one for each product.
_LIMITS: Final = frozenset({4, 17, 32, 341, 613, *range(80_000, 80_015)})
#: "Possibly a temporary issue due to downtime"; of Instagram: "server error, try again".
_FAULTS: Final = frozenset({-1, 1, 2})
_EXPIRED: Final = frozenset({102, 190})
_DENIED: Final = frozenset({10, *range(200, 300)})
_DUPLICATE: Final = 506
_BLOCKED: Final = 368
_REFUSALS: Final = range(400, 500)
_PAGE: Final = "100"


class Code(NamedTuple):
    """An error's code and subcode; 0: it gives none."""

    code: int = 0
    sub: int = 0


#: A container that was lost before it was published (Threads, Instagram).
_LOST: Final = frozenset({Code(24, 4279009), Code(24, 2207006)})
#: An object that is not there, or not for this token.
GONE: Final = frozenset({Code(100, 33), *_LOST})
#: "The app user has reached their daily publishing limit", and "not ready to be published".
_UNREADY: Final = frozenset({Code(9007, 2207027), *_LOST})
_NOT_NOW: Final = frozenset({Code(9, 2207042), *_UNREADY})
_SPAM: Final = Code(4, 2207051)


class Graph(Http):
    """The requests of one account; `permission` is what its token needs.

    `refusals` are the sentences of one network, by code and subcode.
    """

    def __init__(
        self, url: str, token: str, *, permission: str, refusals: Mapping[Code, str]
    ) -> None:
        self._permission = permission
        self._token = token
        self._refusals = refusals
        headers = {"Authorization": f"Bearer {token}"}
        super().__init__(url.rstrip("/"), headers, secrets=(token,), explain=self._meaning)

    def send(self, request: Request) -> Answer:
        """Make exactly one request.

        Raises:
            Rejected, Unavailable, Uncertain: by the status, and below 500 by the error's code.
        """
        answer = super().send(replace(request, accept=_REFUSALS))
        if answer.status not in _REFUSALS or answer.status in request.accept:
            return answer
        raise _failure(answer)

    def form(self, path: str, fields: Mapping[str, str], *, unseen: bool = False) -> Answer:
        """Write once; `unseen`: followers see nothing of it, so that it may be repeated."""
        body = form_body(fields)
        return self.send(Request(method="POST", path=path, body=body, repeatable=unseen))

    def file(
        self, path: str, fields: Mapping[str, str], file: Attachment, *, name: str = "source"
    ) -> Answer:
        """Upload a file that followers do not see yet."""
        body = file_body(fields, {name: file})
        return self.send(Request(method="POST", path=path, body=body, repeatable=True))

    def delete(self, path: str) -> bool:
        """Delete; what is gone already is no error. Tells whether it was there."""
        answer = self.send(Request(method="DELETE", path=path, accept=_REFUSALS))
        if answer.status in _REFUSALS and code(answer) not in GONE:
            raise _failure(answer)
        return answer.status not in _REFUSALS

    def stands(self, path: str, account: str) -> bool:
        """Tell whether an object is there, asked by its address.

        Meta answers alike for what is gone and for what a token may not see, so that the account
        itself has to be seen before anything counts as gone.
        """
        answer = self.get(path, {"fields": "id"}, accept=_REFUSALS)
        if answer.status not in _REFUSALS:
            return bool(answer.text("id"))
        if code(answer) not in GONE:
            raise _failure(answer)
        self.get(account, {"fields": "id"}).text("id")
        return False

    def set(self, path: str, field: str, *, on: bool) -> None:
        """Set a switch of an object, which is as good twice as once."""
        answer = self.form(path, {field: "true" if on else "false"}, unseen=True)
        if answer.record().get("success") is not True:
            raise answer.malformed("without doing it")

    def listing(
        self, path: str, fields: str, more: Mapping[str, str] = MappingProxyType({})
    ) -> Iterator[tuple[Answer, dict[str, Any]]]:
        """Yield the objects of an edge, page by page, as long as the caller goes on."""
        query = {"fields": fields, "limit": _PAGE, **more}
        while True:
            answer = self.get(path, query)
            told: Any = answer.record()
            if not isinstance(told.get("data"), list):
                raise answer.malformed("without `data`")
            yield from ((answer, item) for item in told["data"])
            paging = inner(told, "paging")
            after = inner(paging, "cursors").get("after")
            if not paging.get("next") or not after:
                return
            if not isinstance(after, str) or after == query.get("after"):
                raise answer.malformed("with a listing that does not advance")
            query["after"] = after

    def grant(self, needed: Iterable[str]) -> Grant | None:
        """Return what Meta says of the token ("Debug-Token"); None: it does not say it to this one.

        Meta lets an app and its developers ask, and reads the token from the address alone.
        """
        query = {"input_token": self._token}
        answer = self.get("/debug_token", query, accept=_REFUSALS)
        if answer.status in _REFUSALS:
            if code(answer).code in _EXPIRED:
                raise _failure(answer)
            return None
        told = inner(answer.record(), "data")
        ends, scopes = told.get("expires_at"), told.get("scopes")
        known = isinstance(ends, int) and ends > 0
        return Grant(
            ends=datetime.fromtimestamp(int(str(ends)), UTC) if known else None,
            missing=lacking(needed, scopes) if isinstance(scopes, list) else (),
        )

    def _meaning(self, answer: Answer) -> str:
        found = code(answer)
        known = self._refusals.get(found) or self._refusals.get(Code(found.code))
        if known:
            return known
        if found.code in _DENIED:
            return f"the token may not do that: it needs {self._permission}, for this account"
        return _MEANINGS.get(found.code, "")


_MEANINGS: Final = {
    **dict.fromkeys(_EXPIRED, "the token has expired or was taken back: make a new one"),
    _BLOCKED: "Meta blocks this account from posting for a while, or this text: open the app and "
    "read what it says",
    _DUPLICATE: "Meta says that this text stands already",
}


def code(answer: Answer) -> Code:
    """Return the code of an error; zeros where it is none of Meta's."""
    try:
        error = inner(read_json(answer.body), "error")
    except ValueError:
        return Code()
    found = (error.get("code"), error.get("error_subcode"))
    return Code(*(number if isinstance(number, int) else 0 for number in found))


def inner(value: object, name: str) -> Mapping[str, Any]:
    """Return the object that stands in another one; where it is none, an empty one."""
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def still(item: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the address of a post's picture, of a carousel the first; none of a film."""
    address = str(item.get("media_url") or "")
    return (address,) if address and item.get("media_type") != "VIDEO" else ()


def objects(edge: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the objects of an edge that stands in an object."""
    data = edge.get("data")
    return [one for one in data if isinstance(one, dict)] if isinstance(data, list) else []


def instant(answer: Answer, item: Mapping[str, Any], name: str) -> datetime:
    """Return when an object was made."""
    try:
        at = datetime.fromisoformat(str(item.get(name)))
    except ValueError:
        raise answer.malformed(f"without `{name}`") from None
    if at.tzinfo is None:
        raise answer.malformed(f"with a `{name}` that has no zone")
    return at


def identity(answer: Answer, item: Mapping[str, Any]) -> str:
    """Return an object's id."""
    number = item.get("id") if isinstance(item, dict) else None  # a listing may hold anything
    if not isinstance(number, str) or not number:
        raise answer.malformed("with an object that has no `id`")
    return number


def _failure(answer: Answer) -> ChannelError:
    """Return what an answer from 400 to 499 means."""
    return answer.behind(_known(answer))


def _known(answer: Answer) -> ChannelError:
    failure, found = answer.failure(), code(answer)
    if found in _NOT_NOW or (found.code in _LIMITS and found != _SPAM):
        kind = Unavailable if found in _UNREADY else Throttled
        return kind(str(failure), retry_after=_wait(answer) or wish(answer.headers))
    if found.code in _EXPIRED:
        return Unauthorized(str(failure))
    if found.code in _FAULTS:
        return lost(str(failure), repeatable=answer.repeatable)
    is_double = found.code == _BLOCKED and b"already posted" in answer.body
    if found.code == _DUPLICATE or is_double:
        return Uncertain(str(failure))
    return failure


def _wait(answer: Answer) -> timedelta | None:
    """Return the longest `estimated_time_to_regain_access`, which is in minutes."""
    try:
        usage = read_json(answer.headers.get("x-business-use-case-usage", ""))
    except ValueError:
        return None
    uses = usage.values() if isinstance(usage, dict) else ()
    minutes = [
        whole(one.get("estimated_time_to_regain_access"))
        for many in uses
        for one in objects({"data": many})
    ]
    longest = max(minutes, default=0)
    return timedelta(minutes=min(longest, 24 * 60)) if longest else None
