"""One account on a server of Mastodon's API, as it is read: its name, its lists, its limits."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final
from urllib.parse import quote

from cmctl.channels.answer import Answer
from cmctl.channels.base import Rejected
from cmctl.channels.grant import Grant, lacking
from cmctl.channels.http import Http
from cmctl.channels.vendors.mastodon.status import (
    DIRECT,
    Limits,
    created,
    goes_on,
    inner,
    limits,
    status,
)
from cmctl.channels.vendors.mastodon.text import counted
from cmctl.core.model import Status

GONE: Final = frozenset({404, 410})
#: The fewest that all of the adapter needs.
SCOPES: Final = ("read", "write:statuses", "write:media")
_PAGE: Final = "40"


class Account:
    """The account that a token belongs to; what does not change is asked for once."""

    def __init__(self, http: Http) -> None:
        self._http = http
        self._id = ""
        #: What its server has said that it takes; None: it was not asked yet.
        self.limits: Limits | None = None

    @property
    def id(self) -> str:
        """Its number."""
        if not self._id:
            self._id = self._http.get("/api/v1/accounts/verify_credentials").text("id")
        return self._id

    def probed(self) -> str:
        """Return its name, and learn the server's limits on the way."""
        name = self._http.get("/api/v1/accounts/verify_credentials").text("acct")
        self.learned()
        return name

    def grant(self) -> Grant | None:
        """Return which scopes the program lacks that the token was given to, since Mastodon 4.3."""
        # Some servers take the program's own token here and no account's: whether that is good,
        # `probed` tells.
        answer = self._http.get("/api/v1/apps/verify_credentials", accept=(*GONE, 401, 403))
        told = answer.record() if answer.status == 200 else {}
        scopes = told.get("scopes")
        if not isinstance(scopes, list):
            return None
        # A scope holds all of those that begin with it.
        needed = (one for one in SCOPES if one.partition(":")[0] not in scopes)
        return Grant(missing=lacking(needed, scopes))

    def learned(self) -> Limits:
        """Ask the server once for its limits; the older address where the newer is missing."""
        if self.limits is None:
            answer = self._http.get("/api/v2/instance", accept=GONE)
            if answer.status in GONE:
                answer = self._http.get("/api/v1/instance", accept=GONE)
            self.limits = Limits() if answer.status in GONE else limits(answer.record())
        return self.limits

    def refuse_long(self, texts: Iterable[str]) -> None:
        """Refuse a thread of which the server would take the beginning only.

        Raises:
            Rejected: one of its texts is too long.
        """
        known = self.learned()
        for number, text in enumerate(texts, start=1):
            length = counted(text, link_length=known.link_length)
            if length > known.characters:
                message = f"part {number} has {length} characters; {self._http.host} takes "
                raise Rejected(message + str(known.characters))

    def posts(self, since: datetime) -> Iterator[Status]:
        """Yield statuses, newest first, page by page, until they are older than `since`."""
        path = f"/api/v1/accounts/{quote(self.id, safe='')}/statuses"
        return self._pages(path, {"limit": _PAGE, "exclude_reblogs": "true"}, since)

    def mentions(self, since: datetime) -> Iterator[Status]:
        """Yield the statuses that mention the account, likewise."""
        query = {"limit": _PAGE, "types[]": "mention"}
        return self._pages("/api/v1/notifications", query, since, "status")

    def below(self, remote_id: str) -> Iterator[tuple[Status, bool]]:
        """Yield the statuses below one, and whether each is the account's own."""
        answer = self._http.get(f"{path(remote_id)}/context")
        below, own = answer.record().get("descendants"), self.id
        if not isinstance(below, list):
            raise answer.malformed("without `descendants`")
        for one in map(inner, below):
            yield told(answer, one), inner(one.get("account")).get("id") == own

    def author(self, remote_id: str) -> str:
        """Return the name of who wrote a status; empty where the account did itself.

        Raises:
            Rejected: there is no such status.
        """
        answer = self._http.get(path(remote_id), accept=GONE)
        if answer.status in GONE:
            message = f"{self._http.host} has no status {remote_id}: was it deleted?"
            raise Rejected(message)
        account = inner(answer.record().get("account"))
        return "" if account.get("id") == self.id else f"@{account.get('acct')}"

    def _pages(
        self, path: str, query: dict[str, str], since: datetime, field: str = ""
    ) -> Iterator[Status]:
        """Yield the statuses of a listing, or those that stand in a `field` of what it lists."""
        while True:
            answer = self._http.get(path, query)
            page = answer.items()
            listed = [inner(item.get(field)) if field else item for item in page]
            own = (item for item in listed if item and not item.get("reblog"))
            yield from (told(answer, i) for i in own if i.get("visibility") != DIRECT)
            if not page or not goes_on(answer):
                return
            if _made(answer, page[-1]) < since:
                return
            last = str(page[-1].get("id"))
            if last == query.get("max_id"):
                raise answer.malformed("with a listing that does not advance")
            query["max_id"] = last


def path(remote_id: str) -> str:
    """Return where a status is."""
    return f"/api/v1/statuses/{quote(remote_id, safe='')}"


def told(answer: Answer, item: Mapping[str, object]) -> Status:
    """Return a status that an answer holds."""
    try:
        return status(item)
    except ValueError as problem:
        raise answer.malformed(f"with {problem}") from None


def _made(answer: Answer, item: Mapping[str, object]) -> datetime:
    try:
        return created(item)
    except ValueError as problem:
        raise answer.malformed(f"with {problem}") from None
