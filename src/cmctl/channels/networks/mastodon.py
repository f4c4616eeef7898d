"""Mastodon, and servers that speak its API.

docs.joinmastodon.org: methods `statuses`, `media`, `accounts`, `instance`. The safe key is
`Idempotency-Key`, which Mastodon honours for an hour and other servers not at all; so evidence is
looked for on the account before anything is sent again. Errors are told apart by their status:
their messages are translated, and some are HTML.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import ClassVar

from cmctl.channels.adapter import HttpAdapter
from cmctl.channels.base import (
    Attachment,
    Capabilities,
    Counts,
    Length,
    Outgoing,
    TextRules,
)
from cmctl.channels.body import json_body
from cmctl.channels.content import Part, content_problems, measured, parts, post_in_order
from cmctl.channels.evidence import proof, receipt, standing
from cmctl.channels.grant import Grant
from cmctl.channels.http import Http, Request
from cmctl.channels.inbox import Comment, comment
from cmctl.channels.options import Option
from cmctl.channels.sign_in import SignIn
from cmctl.channels.vendors.mastodon.account import GONE, SCOPES, Account, path, told
from cmctl.channels.vendors.mastodon.media import RULES, upload
from cmctl.channels.vendors.mastodon.options import OPTIONS
from cmctl.channels.vendors.mastodon.status import Limits, counts, essence
from cmctl.channels.vendors.mastodon.text import counted
from cmctl.core.model import Content, Problem, Receipt, Status

#: The server's clock and ours may differ by this much; less than usually lies between two posts.
_SKEW = timedelta(minutes=5)


class MastodonChannel(HttpAdapter):
    """One account; a post's remote id is the status's id."""

    kind: ClassVar[str] = "mastodon"
    options: ClassVar[tuple[Option, ...]] = OPTIONS
    capabilities: ClassVar[Capabilities] = Capabilities(
        text=TextRules(limit=500),
        media=RULES,
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
        self._account = Account(self._http)

    @classmethod
    def sign_in(cls, options: Mapping[str, object]) -> SignIn:
        """Return where the account's server lets programs in (methods `oauth` and `apps`)."""
        server = str(options["url"]).rstrip("/")
        return SignIn(
            authorize=f"{server}/oauth/authorize",
            token=f"{server}/oauth/token",
            register=f"{server}/api/v1/apps",
            scopes=SCOPES,
        )

    def lengths(self, content: Content) -> Iterable[Length]:
        """Yield how long each text is, as Mastodon counts.

        By the option `limit`, else what the server has said to this object, else Mastodon's own.
        """
        known = self._account.limits or Limits()
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
        """Upload an image or a film and wait until the server has processed it."""
        return upload(self._http, attachment, self._sleep)

    def find(self, outgoing: Outgoing) -> Receipt | None:
        """Look for all parts among the account's statuses."""
        wanted = parts(self._addressed(outgoing.content))
        return proof(wanted, self._standing(outgoing, wanted))

    def timeline(self, since: datetime) -> Iterable[Status]:
        """Return the account's posts and replies, without boosts and direct messages."""
        return [post for post in self._account.posts(since) if post.at >= since]

    def delete(self, remote_id: str) -> None:
        """Delete a status; one that is gone already is no error."""
        self._http.send(Request(method="DELETE", path=path(remote_id), accept=GONE))

    def exists(self, remote_id: str) -> bool:
        """Ask for the status by its id."""
        answer = self._http.get(path(remote_id), accept=GONE)
        return answer.status not in GONE and bool(answer.text("id"))

    def counts(self, remote_id: str) -> Counts:
        """Return favourites, replies and boosts."""
        return counts(self._http.get(path(remote_id)).record())

    def inbox(self, since: datetime) -> Iterable[Comment]:
        """Return the statuses that mention the account, as every answer to it does."""
        return [comment(one) for one in self._account.mentions(since) if one.at >= since]

    def comments(self, remote_id: str) -> Iterable[Comment]:
        """Return all statuses below one; those that a server hides from the account are not there.

        Mastodon gives an account up to 4,096 of them at once.
        """
        return [comment(one, own=own) for one, own in self._account.below(remote_id)]

    def probe(self) -> str:
        """Return the account's name, and learn the server's limits on the way."""
        return self._account.probed()

    def grant(self) -> Grant | None:
        """Return what the program lacks that the token was given to."""
        return self._account.grant()

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
        name = self._account.author(content.reply_to)
        return content if name in content.text else replace(content, text=f"{name} {content.text}")

    def _post(self, body: dict[str, object], key: str) -> Status:
        headers = {"Idempotency-Key": key}
        answer = self._http.post("/api/v1/statuses", json_body(body), headers=headers)
        return told(answer, answer.record())

    def _thread_so_far(self, outgoing: Outgoing, wanted: list[Part]) -> list[Status]:
        """Return the parts that an attempt before has published.

        Also refuses a thread of which the server would take the beginning only.
        """
        self._account.refuse_long(part.text for part in wanted)
        return self._standing(outgoing, wanted)

    def _standing(self, outgoing: Outgoing, wanted: list[Part]) -> list[Status]:
        listed = list(self.timeline(outgoing.created_at - _SKEW))
        count, answers = len(outgoing.attachments), outgoing.content.reply_to
        return standing(wanted, count, listed, read=essence, reply_to=answers)
