"""X: an account's posts.

docs.x.com, API 2.167: `POST /2/tweets`, `POST /2/media/upload` and `/2/media/metadata`,
`GET /2/users/{id}/tweets`; "Rate limits". No key is documented. X refuses a text that stands
already (403), which is evidence that it may be ours: the account is looked at before anything else.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import ClassVar
from urllib.parse import quote

from cmctl.channels.adapter import HttpAdapter
from cmctl.channels.base import (
    Attachment,
    Capabilities,
    Counts,
    Length,
    Outgoing,
    Rate,
    Rejected,
    TextRules,
    Uncertain,
)
from cmctl.channels.body import json_body
from cmctl.channels.content import Part, content_problems, measured, parts, post_in_order
from cmctl.channels.evidence import altered, proof, standing
from cmctl.channels.http import Http, Request
from cmctl.channels.inbox import Comment, comment
from cmctl.channels.options import Form, Option
from cmctl.channels.refusals import explaining
from cmctl.channels.sign_in import SignIn
from cmctl.channels.vendors.x import post as posts
from cmctl.channels.vendors.x.account import Account
from cmctl.channels.vendors.x.media import RULES, Uploads
from cmctl.channels.vendors.x.text import LIMIT, length
from cmctl.core.model import Content, Problem, Receipt, Status

_URL = "https://api.x.com"
#: The server's clock and ours may differ by this much.
_SKEW = timedelta(minutes=5)


class XChannel(HttpAdapter):
    """One account; a post's remote id is X's."""

    kind: ClassVar[str] = "x"
    options: ClassVar[tuple[Option, ...]] = (
        Option(name="token", what="a reference to a user's OAuth 2 token", form=Form.SECRET),
        Option(
            name="url",
            what=f"where the API is; {_URL} where nothing is said",
            form=Form.ADDRESS,
            required=False,
        ),
    )
    capabilities: ClassVar[Capabilities] = Capabilities(
        text=TextRules(limit=LIMIT, unit="weighted characters"),
        media=RULES,
        rate=Rate(most=100, per=timedelta(minutes=15)),
        recovery=frozenset({"lookup"}),
        prices=posts.PRICES,
        threads=True,
        first_comment=True,
        replies=True,
    )

    def __init__(
        self, *, token: str, url: str = _URL, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._http = Http(
            f"{url.rstrip('/')}/2",
            {"Authorization": f"Bearer {token}"},
            explain=explaining("detail", posts.REFUSALS),
        )
        self._account = Account(self._http)
        self._uploads = Uploads(self._http, sleep)

    @classmethod
    def sign_in(cls, options: Mapping[str, object]) -> SignIn:
        """Return where an account signs in ("OAuth 2.0 Authorization Code Flow with PKCE")."""
        server = f"{str(options.get('url', _URL)).rstrip('/')}/2/oauth2"
        return SignIn(
            authorize=f"{server}/authorize",
            token=f"{server}/token",
            # The last one is for the refresh token, which is good for one use.
            scopes=(
                *("tweet.read", "tweet.write", "tweet.moderate.write"),
                *("users.read", "media.write", "offline.access"),
            ),
            basic=True,
        )

    def lengths(self, content: Content) -> Iterable[Length]:
        """Yield how long each text is, as X counts."""
        return measured(content, self.capabilities, count=length)

    def problems(self, content: Content) -> Iterable[Problem]:
        """Yield texts that are too long as X counts, and images that cannot go."""
        yield from content_problems(content, "X", self.capabilities, self.lengths(content))
        yield from posts.problems(content)

    cost = staticmethod(posts.cost)

    def publish(self, outgoing: Outgoing) -> Receipt:
        """Post every part once; a thread is a chain of answers to oneself."""
        media = [item.uploaded or self.upload(item) for item in outgoing.attachments]
        name = self._account.name  # asked for before anything can be in doubt

        def post(part: Part, made: list[tuple[str, str]]) -> tuple[str, str]:
            value: dict[str, object] = {"text": part.text}
            above = outgoing.content.reply_to if part.parent is None else made[part.parent][0]
            if above:
                value["reply"] = {"in_reply_to_tweet_id": above}
            if media and part.parent is None:
                value["media"] = {"media_ids": media}
            return self._post(value)

        wanted = parts(outgoing.content)
        made = post_in_order(wanted, post)
        ids = [number for number, _ in made]
        return Receipt(
            remote_id=ids[0],
            url=f"https://x.com/{name}/status/{ids[0]}",
            parts=tuple(ids),
            altered=altered(wanted, [text for _, text in made], read=posts.essence),
        )

    def upload(self, attachment: Attachment) -> str:
        """Upload an image and its alt text, or a film, which nobody sees before a post names it."""
        return self._uploads.upload(attachment)

    def find(self, outgoing: Outgoing) -> Receipt | None:
        """Look for all parts among the account's posts."""
        wanted = parts(outgoing.content)
        listed = list(self.timeline(outgoing.created_at - _SKEW))
        answers = outgoing.content.reply_to
        found = standing(wanted, len(outgoing.attachments), listed, reply_to=answers)
        return proof(wanted, found)

    def timeline(self, since: datetime) -> Iterable[Status]:
        """Return the account's posts and answers, without reposts, newest first."""
        return [post for post in self._account.posts(since) if post.at >= since]

    def delete(self, remote_id: str) -> None:
        """Delete a post; one that is gone already is no error."""
        request = Request(method="DELETE", path=_path(remote_id), accept=(404,))
        answer = self._http.send(request)
        if not posts.is_gone(answer) and posts.data(answer).get("deleted") is not True:
            raise answer.malformed("without deleting it")

    def exists(self, remote_id: str) -> bool:
        """Ask for the post by its id."""
        answer = self._http.get(_path(remote_id), accept=(404,))
        return not posts.is_gone(answer) and bool(posts.data(answer).get("id"))

    def counts(self, remote_id: str) -> Counts:
        """Return likes, replies, reposts with quotes, and views."""
        answer = self._http.get(_path(remote_id), {"post.fields": "public_metrics"})
        if posts.is_gone(answer):
            message = "the post is gone"
            raise Rejected(message)
        return posts.counts(posts.data(answer))

    def inbox(self, since: datetime) -> Iterable[Comment]:
        """Return the posts that name the account, as every answer to it does; each has a price."""
        return [comment(one) for one in self._account.mentions(since) if one.at >= since]

    def hide(self, comment: str, *, hidden: bool) -> None:
        """Hide an answer to a post of the account, or show it again."""
        body = json_body({"hidden": hidden})
        path = f"{_path(comment)}/hidden"
        answer = self._http.send(Request(method="PUT", path=path, body=body, repeatable=True))
        if posts.data(answer).get("hidden") is not hidden:
            raise answer.malformed("without doing it")

    def probe(self) -> str:
        """Return the account's name."""
        self._account.forget()
        return f"@{self._account.name}"

    def _post(self, value: dict[str, object]) -> tuple[str, str]:
        """Post once; return the post's id, and its text as X answers it."""
        answer = self._http.post("/tweets", json_body(value), accept=(403,))
        if answer.status == 403 and posts.DUPLICATE in answer.body:
            message = "X says that this text stands already on the account"
            raise answer.behind(Uncertain(message))
        if answer.status == 403:
            raise answer.failure()
        told = posts.data(answer)
        number = told.get("id")
        if not isinstance(number, str) or not number:
            raise answer.malformed("without an id")
        return number, str(told.get("text") or "")


def _path(remote_id: str) -> str:
    return f"/tweets/{quote(remote_id, safe='')}"
