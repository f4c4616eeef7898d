"""One account's records on its PDS, and records of others by their addresses.

Lexicons `com.atproto.repo.getRecord`, `putRecord`, `deleteRecord`, `listRecords`.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from cmctl.channels.body import json_body
from cmctl.channels.vendors.bluesky import record as records
from cmctl.channels.vendors.bluesky.session import Session
from cmctl.channels.vendors.bluesky.tid import instant

_PAGE: Final = "100"
#: How much older than its key a record may say it is, in the same listing.
_BACKDATED: Final = timedelta(days=1)

#: A record's address and the hash of what it says, as a reply names it.
Ref = dict[str, str]


class Repository:
    """The repository of the account that a session is of."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def uri(self, rkey: str) -> str:
        """Return a post's whole address; one that is whole already stays."""
        if rkey.startswith("at://"):
            return rkey
        return f"at://{self._session.tokens().did}/{records.POST}/{rkey}"

    def get(self, uri: str) -> Mapping[str, object] | None:
        """Return a record of anybody's with `uri`, `cid` and `value`; None where it is gone."""
        repo, collection, rkey = [*uri.removeprefix("at://").split("/"), "", ""][:3]
        named = {"repo": repo, "collection": collection, "rkey": rkey}
        answer = self._session.look_up("com.atproto.repo.getRecord", named, "RecordNotFound")
        if answer is None:
            return None
        answer.text("uri")
        answer.text("cid")
        return answer.record()

    def put(
        self, rkey: str, record: Mapping[str, object], *, of: str = records.POST, **how: object
    ) -> Ref:
        """Write a record under a key; `how` are fields of `putRecord`, such as `swapRecord`."""
        body = json_body({**self._named(rkey, of), "record": record, **how})
        answer = self._session.call("com.atproto.repo.putRecord", body)
        return {"uri": answer.text("uri"), "cid": answer.text("cid")}

    def delete(self, rkey: str) -> None:
        """Delete a post; one that is gone already is no error."""
        body = json_body(self._named(rkey, records.POST))
        self._session.call("com.atproto.repo.deleteRecord", body)

    def posts(self, since: datetime) -> Iterator[Mapping[str, object]]:
        """Yield posts by key, newest first, until the keys are safely older than `since`."""
        for page in self._pages(records.POST):
            yield from page
            made = instant(records.rkey(page[-1])) if page else None
            if made and made < since - _BACKDATED:
                return

    def every(self, collection: str) -> Iterator[Mapping[str, object]]:
        """Yield all records of a collection."""
        for page in self._pages(collection):
            yield from page

    def _pages(self, collection: str) -> Iterator[list[dict[str, object]]]:
        query = {"repo": self._session.tokens().did, "collection": collection, "limit": _PAGE}
        while True:
            answer = self._session.query("com.atproto.repo.listRecords", query)
            page, cursor = records.page(answer)
            yield page
            if not cursor:
                return
            if cursor == query.get("cursor"):
                raise answer.malformed("with a listing that does not advance")
            query["cursor"] = cursor

    def _named(self, rkey: str, collection: str) -> dict[str, str]:
        return {"repo": self._session.tokens().did, "collection": collection, "rkey": rkey}
