"""What the sandbox answers: decided here as values, written down and sent by the server.

    GET    /api/A                      who the token belongs to
    POST   /api/A/media?name=&alt=     an image as it is; gives its id
    POST   /api/A/statuses             {"text", "media": [ids], "reply_to", "language", "tool"}
    GET    /api/A/statuses?since=&before=&limit=    newest first, {"items", "next"}
    GET    /api/A/statuses?key=        what a key made, its parts `KEY.*` included, oldest first
    GET    /api/A/statuses/ID          PUT {"text"}, DELETE
    GET    /api/A/statuses/ID/counts   PUT {"likes", "comments", "shares", "views"}
    GET    /api/A/comments?since=      what followers say, oldest first, {"items"}
    GET    /api/A/comments?on=ID       what stands below a status, own replies among it
    PUT    /api/A/comments/ID          {"hidden"}, DELETE
    POST   /by-hand/A/comments         a follower comments: {"author", "text", "on"}; no token
    POST   /by-hand/A                  the owner posts: {"text", "tool", "at"}; no token
    GET    /faults                     POST adds one, DELETE ends all
    GET    /requests                   how many of each call came, by account
    GET    /  /@A  /@A/ID              pages for people

An `Idempotency-Key` is honoured per account for as long as the server was told.
"""

import hmac
import json
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from hashlib import sha256
from itertools import islice
from typing import Any

from cmctl.testing.sandbox import talk
from cmctl.testing.sandbox.done import Done
from cmctl.testing.sandbox.faults import Fault, FaultKind, Faults, fault_from
from cmctl.testing.sandbox.oracle import Account, Entry, Line, State
from cmctl.testing.sandbox.rules import (
    ALT_LIMIT,
    COUNTS,
    IMAGES,
    MEDIA_BYTES,
    MEDIA_COUNT,
    NAME,
    PAGE,
    RefusedError,
    Rules,
    cursor,
    read_cursor,
    read_instant,
    read_object,
    read_text,
)
from cmctl.testing.sandbox.wire import JSON, Ask, Reply, error


class Api:
    """The answers of one sandbox."""

    def __init__(self, state: State, rules: Rules, url: Callable[[], str]) -> None:
        self.state = state
        self.faults = Faults()
        self.requests: dict[str, Counter[str]] = {}
        self._rules = rules
        self._url = url

    def call(self, ask: Ask) -> tuple[str, str]:
        """Return the account and the call that a request is, both empty for others."""
        match (ask.method, *ask.path):
            case ("POST", "api", name, "statuses"):
                return name, "post"
            case ("POST", "api", name, "media"):
                return name, "upload"
            case ("DELETE", "api", name, *_):
                return name, "delete"
            case ("GET", "api", name, *_):
                return name, "read"
        return "", ""

    def strike(self, ask: Ask) -> tuple[Fault, ...]:
        """Count a request and return what goes wrong with it."""
        account, call = self.call(ask)
        if not call:
            return ()
        self.requests.setdefault(account, Counter())[call] += 1
        return self.faults.hit(account, call)

    def answer(self, ask: Ask, *, bent: Collection[FaultKind] = ()) -> Done:
        """Decide the answer to an API request and take what it changes into the state."""
        try:
            done = self._route(ask, bent=bent)
        except RefusedError as refusal:
            return Done(error(refusal.status, str(refusal)))
        if done.line is not None:
            self.state.add(done.line)
        if done.line is not None and done.line["op"] == "post":
            entry = self.state.account(done.line["account"]).statuses[done.line["id"]]
            return Done(self._json(self.shown(entry)), done.line)
        return done

    def _route(self, ask: Ask, *, bent: Collection[FaultKind]) -> Done:
        if ask.method in {"POST", "PUT"} and not (ask.type == JSON or ask.type in IMAGES):
            # A page in a browser can send other types to this machine without asking first.
            raise RefusedError(415, f"the body must be {JSON}, or an image for media")
        match (ask.method, *ask.path):
            case (_, "faults"):
                return self._faults(ask)
            case ("GET", "requests"):
                return Done(self._json({name: dict(c) for name, c in self.requests.items()}))
            case ("POST", "by-hand", name):
                return Done(Reply(), self._by_hand(self._account(name), read_object(ask)))
            case ("POST", "by-hand", name, "comments"):
                return talk.commented(self._account(name), read_object(ask), self._line)
            case (_, "api", name, *rest):
                account = self._account(name)
                self._authorize(ask, name)
                return self._account_call(ask, account, tuple(rest), bent=bent)
        raise RefusedError(404, "there is no such address")

    def _account_call(
        self, ask: Ask, account: Account, rest: tuple[str, ...], *, bent: Collection[FaultKind]
    ) -> Done:
        match (ask.method, *rest):
            case ("GET",):
                return Done(self._json({"account": account.name}))
            case ("POST", "media"):
                return self._upload(ask, account)
            case ("POST", "statuses"):
                return self._post(ask, account, bent=bent)
            case (_, "comments", *names):
                return talk.answered(account, names, ask, self._line)
            case ("GET", "statuses"):
                return Done(self._json(self._list(ask, account)))
            case (method, "statuses", name, *more):
                return self._status_call(method, account, name, (ask, *more))
        raise RefusedError(404, "there is no such address")

    def _status_call(self, method: str, account: Account, name: str, rest: tuple[Any, ...]) -> Done:
        entry = account.statuses.get(name)
        if entry is None:
            raise RefusedError(404, "there is no such status")
        match (method, *rest):
            case ("GET", _):
                return Done(self._json(self.shown(entry)))
            case ("GET", _, "counts"):
                told = dict.fromkeys(COUNTS, 0) | {"comments": talk.count(account, entry.id)}
                return Done(self._json(told | dict(entry.counts)))
            case ("DELETE", _):
                return Done(self._json({}), self._line("delete", account, entry.id))
            case ("PUT", ask):
                text = read_text(read_object(ask), has_media=bool(entry.media))
                return Done(self._json({}), self._line("edit", account, entry.id, text=text))
            case ("PUT", ask, "counts"):
                counts = {
                    k: v for k, v in read_object(ask).items() if k in COUNTS and type(v) is int
                }
                return Done(self._json({}), self._line("counts", account, entry.id, counts=counts))
        raise RefusedError(405, "this cannot be done with a status")

    # --- the calls ---------------------------------------------------------------------------

    def _post(self, ask: Ask, account: Account, *, bent: Collection[FaultKind]) -> Done:
        key = ask.headers.get("idempotency-key", "")
        made = account.keys.get(key) if key and FaultKind.IGNORE_KEYS not in bent else None
        if made and self._rules.now() - made[1] < self._rules.key_life:
            if made[0] not in account.statuses:
                raise RefusedError(410, "the status that this key made was deleted")
            return Done(self._json(self.shown(account.statuses[made[0]])))
        value = read_object(ask)
        if FaultKind.SHORTEN in bent:
            text = str(value.get("text") or "")
            value["text"] = text[: len(text) // 2]
        line = self._status_line(account, value, key=key, tool=str(value.get("tool") or "api"))
        return Done(Reply(), line)

    def _by_hand(self, account: Account, value: Mapping[str, Any]) -> Line:
        line = self._status_line(account, value, key="", tool=str(value.get("tool") or "by hand"))
        if not value.get("at"):
            return line
        at = read_instant(str(value["at"]))
        return {**line, "at": at.isoformat()}

    def _status_line(
        self, account: Account, value: Mapping[str, Any], *, key: str, tool: str
    ) -> Line:
        media, reply_to = value.get("media") or [], str(value.get("reply_to") or "")
        if not isinstance(media, list) or any(item not in account.pictures for item in media):
            raise RefusedError(422, "there is no such image")
        if len(media) > MEDIA_COUNT:
            raise RefusedError(422, f"a status has at most {MEDIA_COUNT} images")
        if reply_to and reply_to not in account.statuses and reply_to not in account.comments:
            raise RefusedError(422, "the status that this one answers is not there")
        return self._line(
            "post",
            account,
            text=read_text(value, has_media=bool(media)),
            media=media,
            reply_to=reply_to,
            language=str(value.get("language") or ""),
            key=key,
            tool=tool,
        )

    def _upload(self, ask: Ask, account: Account) -> Done:
        name, alt = ask.query.get("name", ""), ask.query.get("alt", "")
        if ask.type not in IMAGES or not ask.body or len(ask.body) > MEDIA_BYTES:
            raise RefusedError(422, f"an image has 1 to {MEDIA_BYTES} bytes")
        if len(alt) > ALT_LIMIT:
            raise RefusedError(422, f"an alt text has at most {ALT_LIMIT} characters")
        digest = sha256(ask.body).hexdigest()
        line = self._line("media", account, name=name, type=ask.type, alt=alt, sha256=digest)
        return Done(self._json({"id": line["id"]}), line, (digest, ask.body))

    def _list(self, ask: Ask, account: Account) -> object:
        key = ask.query.get("key", "")
        if key:
            entries = (account.statuses[str(number)] for _, number in account.order)
            mine = [e for e in entries if e.key == key or e.key.startswith(f"{key}.")]
            return {"items": [self.shown(entry) for entry in mine], "next": None}
        since = read_instant(ask.query["since"]) if ask.query.get("since") else None
        limit = ask.query.get("limit", "")
        size = min(int(limit), PAGE) if limit.isascii() and limit.isdigit() else PAGE
        found = account.newest(since, read_cursor(ask.query.get("before", "")))
        page = list(islice(found, size + 1))
        more = cursor(page[size - 1]) if len(page) > size else None
        return {"items": [self.shown(entry) for entry in page[:size]], "next": more}

    def _faults(self, ask: Ask) -> Done:
        match ask.method:
            case "POST":
                try:
                    self.faults.add(fault_from(read_object(ask)))
                except ValueError as problem:
                    raise RefusedError(422, str(problem)) from None
            case "DELETE":
                self.faults.clear()
            case "GET":
                pass
            case _:
                raise RefusedError(405, "GET, POST or DELETE")
        return Done(self._json(self.faults.listed()))

    # --- parts -------------------------------------------------------------------------------

    def _account(self, name: str) -> Account:
        if not NAME.fullmatch(name):
            raise RefusedError(404, "an account's name is letters, digits, dots and dashes")
        return self.state.account(name)

    def _authorize(self, ask: Ask, name: str) -> None:
        token = self._rules.tokens.get(name)
        given = ask.headers.get("authorization", "").encode()
        if token is not None and not hmac.compare_digest(given, f"Bearer {token}".encode()):
            raise RefusedError(401, "the token is not valid")

    def _line(self, op: str, account: Account, of: str = "", /, **fields: object) -> Line:
        line = {"op": op, "account": account.name, "id": of or str(self.state.last + 1)}
        return {**line, "at": self._rules.now().isoformat(), **fields}

    def shown(self, entry: Entry) -> dict[str, object]:
        """Return a status as the API tells it."""
        return {
            "id": entry.id,
            "url": f"{self._url()}/@{entry.account}/{entry.id}",
            "created_at": entry.at.isoformat(),
            "author": entry.account,
            "text": entry.text,
            "tool": entry.tool,
            "language": entry.language,
            "reply_to": entry.reply_to,
            "key": entry.key,
            "media": [
                {"id": p.id, "name": p.name, "alt": p.alt, "url": f"{self._url()}/media/{p.sha256}"}
                for p in entry.media
            ],
        }

    @staticmethod
    def _json(value: object) -> Reply:
        return Reply(body=json.dumps(value, ensure_ascii=False).encode("utf-8"))
