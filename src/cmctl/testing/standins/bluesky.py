"""A stand-in for Bluesky's app view, behind a real PDS that hands questions on to it.

It keeps nothing: each question is answered from what the accounts' repositories on the PDS hold, as
an app view would have indexed it. Lexicons `app.bsky.feed.getPosts`, `.getPostThread` and
`app.bsky.notification.listNotifications`.
"""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple
from urllib.parse import urlencode
from urllib.request import urlopen

from cmctl.testing.sandbox.wire import Reply
from cmctl.testing.standins.asked import Asked
from cmctl.testing.standins.server import Refused, StandIn, answers, told

_POST = "app.bsky.feed.post"
_LIKE, _REPOST = "app.bsky.feed.like", "app.bsky.feed.repost"
_MENTION = "app.bsky.richtext.facet#mention"


class Record(NamedTuple):
    """One record of one account."""

    did: str
    uri: str
    cid: str
    value: Mapping[str, Any]


class AppView(StandIn):
    """The app view of one PDS."""

    vendor: ClassVar[str] = "bluesky"
    #: As the PDS is told it.
    did = "did:web:appview.test"

    def __init__(self) -> None:
        super().__init__()
        #: The PDS, once it is known, and the accounts on it: handles by DID.
        self.pds = ""
        self.accounts: dict[str, str] = {}

    # --- refusals ----------------------------------------------------------------------------

    def refuse_token(self, asked: Asked) -> Reply | None:
        """Take what a PDS signs for one of its accounts, for us and for this method."""
        claims = _claims(asked.bearer)
        method = asked.operation.rpartition("/")[2]
        meant = claims.get("aud", "").partition("#")[0] == self.did and claims.get("lxm") == method
        good = meant and claims.get("iss") in self.accounts
        return None if good else _refused(401, "AuthMissing", "Authentication Required").reply

    def refuse_request(self, message: str) -> Reply:
        return _refused(400, "InvalidRequest", message).reply

    def refuse_throttled(self, seconds: int) -> Reply:
        value = {"error": "RateLimitExceeded", "message": "Rate Limit Exceeded"}
        return told(value, 429, {"Retry-After": str(seconds)})

    # --- methods -----------------------------------------------------------------------------

    @answers("GET /xrpc/app.bsky.feed.getPosts", call="read")
    def get_posts(self, asked: Asked) -> object:
        found = [one for one in self._records(_POST) if one.uri == asked.query["uris"]]
        return {"posts": [self._post(one) for one in found]}

    @answers("GET /xrpc/app.bsky.feed.getPostThread", call="read")
    def get_post_thread(self, asked: Asked) -> object:
        posts = list(self._records(_POST))
        found = [one for one in posts if one.uri == asked.query["uri"]]
        if not found:
            raise _refused(400, "NotFound", f"Post not found: {asked.query['uri']}")
        return {"thread": self._thread(found[0], posts, asked.query.get("depth", 6))}

    @answers("GET /xrpc/app.bsky.notification.listNotifications", call="read")
    def list_notifications(self, asked: Asked) -> object:
        reader = _claims(asked.bearer)["iss"]
        others = [one for kind in (_POST, _LIKE) for one in self._records(kind)]
        shown = [
            self._notification(one, reason)
            for one in others
            if one.did != reader and (reason := _reason(one, reader))
        ]
        shown.sort(key=lambda one: one["indexedAt"], reverse=True)
        start = int(asked.query.get("cursor", "0"))
        end = start + asked.query.get("limit", 50)
        more = {"cursor": str(end)} if end < len(shown) else {}
        return {"notifications": shown[start:end], **more}

    # --- parts -------------------------------------------------------------------------------

    def _post(self, record: Record) -> dict[str, Any]:
        uri = record.uri
        posts = list(self._records(_POST))
        return {
            **self._shown(record),
            "likeCount": _about(self._records(_LIKE), uri),
            "repostCount": _about(self._records(_REPOST), uri),
            "replyCount": sum(_named(one, "reply", "parent") == uri for one in posts),
            "quoteCount": sum(_named(one, "embed", "record") == uri for one in posts),
        }

    def _thread(self, record: Record, posts: Sequence[Record], depth: int) -> dict[str, Any]:
        below = [one for one in posts if _named(one, "reply", "parent") == record.uri]
        return {
            "$type": "app.bsky.feed.defs#threadViewPost",
            "post": self._post(record),
            "replies": [self._thread(one, posts, depth - 1) for one in below] if depth else [],
        }

    def _notification(self, record: Record, reason: str) -> dict[str, Any]:
        return {**self._shown(record), "reason": reason, "isRead": False}

    def _shown(self, record: Record) -> dict[str, Any]:
        return {
            "uri": record.uri,
            "cid": record.cid,
            "author": {"did": record.did, "handle": self.accounts[record.did]},
            "record": record.value,
            "indexedAt": record.value["createdAt"],
        }

    def _records(self, collection: str) -> Iterator[Record]:
        for did in self.accounts:
            query = urlencode({"repo": did, "collection": collection, "limit": 100})
            address = f"{self.pds}/xrpc/com.atproto.repo.listRecords?{query}"
            with urlopen(address, timeout=30) as answer:  # noqa: S310 - the PDS of the tests
                listed = json.load(answer)["records"]
            for one in listed:
                yield Record(did, one["uri"], one["cid"], one["value"])


def _reason(record: Record, reader: str) -> str:
    """Return why an app view tells the reader of a record; empty: it does not."""
    ours = f"at://{reader}/"
    if str(_named(record, "subject")).startswith(ours):
        return "like"
    if any(_named(record, "reply", end).startswith(ours) for end in ("parent", "root")):
        return "reply"
    if _named(record, "embed", "record").startswith(ours):
        return "quote"
    features = (one for facet in record.value.get("facets", ()) for one in facet["features"])
    called = (one for one in features if one["$type"] == _MENTION)
    return "mention" if any(one["did"] == reader for one in called) else ""


def _named(record: Record, *path: str) -> str:
    """Return the address of what a record refers to."""
    value: Any = record.value
    for name in path:
        value = value.get(name, {})
    return str(value.get("uri", ""))


def _about(records: Iterator[Record], uri: str) -> int:
    return sum(_named(one, "subject") == uri for one in records)


def _claims(token: str) -> dict[str, Any]:
    """Return what a JSON Web Token says (RFC 7519); whether it is signed is the PDS's affair."""
    body = token.split(".")[1] if token.count(".") == 2 else ""
    value = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)) or b"{}")
    return value if isinstance(value, dict) else {}


def _refused(status: int, error: str, message: str) -> Refused:
    return Refused(status, {"error": error, "message": message})
