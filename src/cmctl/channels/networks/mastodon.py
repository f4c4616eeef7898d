"""Mastodon, and servers that speak its API.

docs.joinmastodon.org: methods `statuses`, `media`, `accounts`, `instance`. The safe key is
`Idempotency-Key`, which Mastodon honours for an hour and other servers not at all; so evidence is
looked for on the account before anything is sent again. Errors are told apart by their status:
their messages are translated, and some are HTML.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import ClassVar
from urllib.parse import quote

from cmctl.channels.adapter import HttpAdapter
from cmctl.channels.answer import Answer
from cmctl.channels.base import (
    Attachment,
    Capabilities,
    Counts,
    Length,
    MediaRules,
    Outgoing,
    Rejected,
    TextRules,
    Unavailable,
)
from cmctl.channels.body import file_body, json_body
from cmctl.channels.content import (
    Part,
    content_problems,
    measured,
    parts,
    post_in_order,
    refuse_heavy,
)
from cmctl.channels.evidence import proof, receipt, standing
from cmctl.channels.http import Http, Request
from cmctl.channels.inbox import Comment, comment
from cmctl.channels.mastodon_options import OPTIONS
from cmctl.channels.mastodon_status import (
    DIRECT,
    Limits,
    counts,
    created,
    essence,
    goes_on,
    inner,
    limits,
    status,
)
from cmctl.channels.mastodon_text import counted
from cmctl.channels.options import Option
from cmctl.channels.sign_in import SignIn
from cmctl.core.model import Content, Problem, Receipt, Status

_PAGE = "40"
#: The server's clock and ours may differ by this much; less than usually lies between two posts.
_SKEW = timedelta(minutes=5)
#: How often, once a second, an image that is being processed is asked for.
_POLLS = 30
_GONE = frozenset({404, 410})


class MastodonChannel(HttpAdapter):
    """One account; a post's remote id is the status's id."""

    kind: ClassVar[str] = "mastodon"
    options: ClassVar[tuple[Option, ...]] = OPTIONS
    capabilities: ClassVar[Capabilities] = Capabilities(
        text=TextRules(limit=500),
        # `image_matrix_limit` of /api/v2/instance is 33,177,600 pixels unless a server was changed.
        media=MediaRules(count=4, bytes=16_000_000, alt_limit=1500, pixels=33_177_600),
        recovery=frozenset({"key", "lookup"}),
        # The server forgets a key after an hour; what is near its end is not relied on.
        key_life=timedelta(minutes=50),
        threads=True,
        first_comment=True,
        replies=True,
    )

    def __init__(
        self,
        *,
        url: str,
        token: str,
        visibility: str = "",
        limit: int = 0,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._http = Http(url, {"Authorization": f"Bearer {token}"}, secrets=(token,))
        self._visibility = visibility
        self._limit = limit
        self._sleep = sleep
        self._account = ""
        self._server: Limits | None = None

    @classmethod
    def sign_in(cls, options: Mapping[str, object]) -> SignIn:
        """Return where the account's server lets programs in (methods `oauth` and `apps`)."""
        server = str(options["url"]).rstrip("/")
        return SignIn(
            authorize=f"{server}/oauth/authorize",
            token=f"{server}/oauth/token",
            register=f"{server}/api/v1/apps",
            scopes=("read", "write:statuses", "write:media"),
        )

    def lengths(self, content: Content) -> Iterable[Length]:
        """Yield how long each text is, as Mastodon counts.

        By the option `limit`, else what the server has said to this object, else Mastodon's own.
        """
        known = self._server or Limits()
        limit = self._limit or known.characters
        can = replace(self.capabilities, text=TextRules(limit=limit))
        count = partial(counted, link_length=known.link_length)
        return measured(content, can, count=count)

    def problems(self, content: Content) -> Iterable[Problem]:
        """Yield texts that are too long and images that cannot go."""
        return content_problems(content, "Mastodon", self.capabilities, self.lengths(content))

    def publish(self, outgoing: Outgoing) -> Receipt:
        """Post every part under a key of its own; a thread goes on after the part that stands."""
        media = [item.uploaded or self.upload(item) for item in outgoing.attachments]
        wanted = parts(self._addressed(outgoing.content))
        stands = self._thread_so_far(outgoing, wanted) if len(wanted) > 1 else []

        def post(part: Part, done: list[Status]) -> Status:
            index = len(done)
            key = f"{outgoing.key}-{index}" if index else outgoing.key
            return self._post(self._body(outgoing, part, done, [] if index else media), key)

        return receipt(post_in_order(wanted, post, stands), wanted, read=essence)

    def upload(self, attachment: Attachment) -> str:
        """Upload an image and wait until the server has processed it."""
        refuse_heavy(attachment, self.capabilities.media, "Mastodon")
        body = file_body({"description": attachment.alt}, {"file": attachment})
        answer = self._http.send(
            Request(method="POST", path="/api/v2/media", body=body, repeatable=True)
        )
        media = answer.text("id")
        if answer.status == 202:
            self._wait_for(media)
        return media

    def find(self, outgoing: Outgoing) -> Receipt | None:
        """Look for all parts among the account's statuses."""
        wanted = parts(self._addressed(outgoing.content))
        return proof(wanted, self._standing(outgoing, wanted))

    def timeline(self, since: datetime) -> Iterable[Status]:
        """Return the account's posts and replies, without boosts and direct messages."""
        return [post for post in self._listing(since) if post.at >= since]

    def delete(self, remote_id: str) -> None:
        """Delete a status; one that is gone already is no error."""
        path = _path(remote_id)
        self._http.send(Request(method="DELETE", path=path, accept=_GONE))

    def exists(self, remote_id: str) -> bool:
        """Ask for the status by its id."""
        answer = self._http.get(_path(remote_id), accept=_GONE)
        return answer.status not in _GONE and bool(answer.text("id"))

    def counts(self, remote_id: str) -> Counts:
        """Return favourites, replies and boosts."""
        return counts(self._http.get(_path(remote_id)).record())

    def inbox(self, since: datetime) -> Iterable[Comment]:
        """Return the statuses that mention the account, as every answer to it does."""
        query = {"limit": _PAGE, "types[]": "mention"}
        said = self._pages("/api/v1/notifications", query, since, "status")
        return [comment(one) for one in said if one.at >= since]

    def comments(self, remote_id: str) -> Iterable[Comment]:
        """Return all statuses below one; those that a server hides from the account are not there.

        Mastodon gives an account up to 4,096 of them at once.
        """
        answer = self._http.get(f"{_path(remote_id)}/context")
        below, own = answer.record().get("descendants"), self._account_id()
        if not isinstance(below, list):
            raise answer.malformed("without `descendants`")
        return [
            comment(_status(answer, one), own=inner(one.get("account")).get("id") == own)
            for one in map(inner, below)
        ]

    def probe(self) -> str:
        """Return the account's name, and learn the server's limits on the way."""
        name = self._http.get("/api/v1/accounts/verify_credentials").text("acct")
        self._limits()
        return name

    def _body(
        self, outgoing: Outgoing, part: Part, done: list[Status], media: list[str]
    ) -> dict[str, object]:
        """Return one status's request; equal for every attempt."""
        body: dict[str, object] = {"status": part.text, "language": outgoing.language}
        if self._visibility:
            body["visibility"] = self._visibility
        if media:
            body["media_ids"] = media
        answers = outgoing.content.reply_to if part.parent is None else done[part.parent].remote_id
        if answers:
            body["in_reply_to_id"] = answers
        return body

    def _addressed(self, content: Content) -> Content:
        """Return a reply with the name of whom it answers, without which nobody is told of it."""
        if not content.reply_to:
            return content
        answer = self._http.get(_path(content.reply_to), accept=_GONE)
        if answer.status in _GONE:
            message = f"{self._http.host} has no status {content.reply_to}: was it deleted?"
            raise Rejected(message)
        account = inner(answer.record().get("account"))
        name = f"@{account.get('acct')}"
        if account.get("id") == self._account_id() or name in content.text:
            return content
        return replace(content, text=f"{name} {content.text}")

    def _post(self, body: dict[str, object], key: str) -> Status:
        headers = {"Idempotency-Key": key}
        answer = self._http.post("/api/v1/statuses", json_body(body), headers=headers)
        return _status(answer, answer.record())

    def _thread_so_far(self, outgoing: Outgoing, wanted: list[Part]) -> list[Status]:
        """Return the parts that an attempt before has published.

        Also refuses a thread of which the server would take the beginning only.
        """
        known = self._limits()
        for number, part in enumerate(wanted, start=1):
            length = counted(part.text, link_length=known.link_length)
            if length > known.characters:
                message = f"part {number} has {length} characters; {self._http.host} takes "
                raise Rejected(message + str(known.characters))
        return self._standing(outgoing, wanted)

    def _standing(self, outgoing: Outgoing, wanted: list[Part]) -> list[Status]:
        listed = list(self.timeline(outgoing.created_at - _SKEW))
        count, answers = len(outgoing.attachments), outgoing.content.reply_to
        return standing(wanted, count, listed, read=essence, reply_to=answers)

    def _listing(self, since: datetime) -> Iterator[Status]:
        """Yield statuses, newest first, page by page, until they are older than `since`."""
        path = f"/api/v1/accounts/{self._account_id()}/statuses"
        return self._pages(path, {"limit": _PAGE, "exclude_reblogs": "true"}, since)

    def _pages(
        self, path: str, query: dict[str, str], since: datetime, field: str = ""
    ) -> Iterator[Status]:
        """Yield the statuses of a listing, or those that stand in a `field` of what it lists."""
        while True:
            answer = self._http.get(path, query)
            page = answer.items()
            listed = [inner(item.get(field)) if field else item for item in page]
            own = (item for item in listed if item and not item.get("reblog"))
            yield from (_status(answer, i) for i in own if i.get("visibility") != DIRECT)
            if not page or not goes_on(answer):
                return
            if _made(answer, page[-1]) < since:
                return
            last = str(page[-1].get("id"))
            if last == query.get("max_id"):
                raise answer.malformed("with a listing that does not advance")
            query["max_id"] = last

    def _wait_for(self, media: str) -> None:
        for _ in range(_POLLS):
            self._sleep(1)
            if self._http.get(f"/api/v1/media/{quote(media, safe='')}").status == 200:
                return
        message = f"{self._http.host} is still processing an image after {_POLLS} s"
        raise Unavailable(message)

    def _account_id(self) -> str:
        if not self._account:
            self._account = self._http.get("/api/v1/accounts/verify_credentials").text("id")
        return quote(self._account, safe="")

    def _limits(self) -> Limits:
        """Ask the server once for its limits; the older address where the newer is missing."""
        if self._server is None:
            answer = self._http.get("/api/v2/instance", accept=_GONE)
            if answer.status in _GONE:
                answer = self._http.get("/api/v1/instance", accept=_GONE)
            self._server = Limits() if answer.status in _GONE else limits(answer.record())
        return self._server


def _status(answer: Answer, item: Mapping[str, object]) -> Status:
    try:
        return status(item)
    except ValueError as problem:
        raise answer.malformed(f"with {problem}") from None


def _made(answer: Answer, item: Mapping[str, object]) -> datetime:
    try:
        return created(item)
    except ValueError as problem:
        raise answer.malformed(f"with {problem}") from None


def _path(remote_id: str) -> str:
    return f"/api/v1/statuses/{quote(remote_id, safe='')}"
