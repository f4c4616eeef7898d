"""Threads: the posts and replies of an account.

developers.facebook.com, "Threads API" (Posts, Retrieve media, Reply management, Insights), and the
vendor's own collection of requests, github.com/fbsamples/threads_api. There is no key against
doubles: after any doubt the account's posts and replies are read.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import ClassVar

from cmctl.channels.base import (
    Capabilities,
    Counts,
    Length,
    MediaRules,
    Outgoing,
    Rate,
    TextRules,
)
from cmctl.channels.content import Part, content_problems, measured, parts, post_in_order
from cmctl.channels.evidence import proof, standing
from cmctl.channels.fetched import address_problems
from cmctl.channels.grant import Grant
from cmctl.channels.inbox import MONTH, Comment, comment
from cmctl.channels.options import Form, Option
from cmctl.channels.sign_in import SignIn
from cmctl.channels.vendors.meta import sign_in as meta_sign_in
from cmctl.channels.vendors.meta import threads_post as posts
from cmctl.channels.vendors.meta.account import GraphAccount, at
from cmctl.channels.vendors.meta.container import FILM_BYTES, FILMS, Containers
from cmctl.channels.vendors.meta.graph import Code, Graph, identity
from cmctl.core.model import Content, Problem, Receipt, Status

_URL = "https://graph.threads.net"
_SKEW = timedelta(minutes=5)
_REFUSALS = {
    Code(24, 4279009): "Threads has lost what it had made ready: it will be made anew",
}


_IMAGE, _FILM = {"media_type": "IMAGE"}, {"media_type": "VIDEO"}


class ThreadsChannel(GraphAccount):
    """The account that a token belongs to; a post's remote id is Threads'."""

    kind: ClassVar[str] = "threads"
    options: ClassVar[tuple[Option, ...]] = (
        Option(name="token", what="a reference to the account's access token", form=Form.SECRET),
        Option(
            name="url",
            what=f"another Threads API server; {_URL} where nothing is said",
            form=Form.ADDRESS,
            required=False,
        ),
    )
    capabilities: ClassVar[Capabilities] = Capabilities(
        text=TextRules(limit=500),
        media=MediaRules(
            count=20,
            bytes=8_000_000,
            formats=("jpg", "jpeg", "png"),
            ratio=(1 / 10, 10),
            films=FILMS,
            film_bytes=FILM_BYTES,
            fetched=True,
        ),
        rate=Rate(most=250, per=timedelta(days=1)),
        recovery=frozenset({"lookup"}),
        threads=True,
        first_comment=True,
        replies=True,
        settling=timedelta(minutes=1),
    )

    def __init__(
        self, *, token: str, url: str = _URL, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._http: Graph = Graph(
            f"{url.rstrip('/')}/v1.0",
            token,
            permission=" and ".join(
                (", ".join(meta_sign_in.THREADS_SCOPES[:-1]), meta_sign_in.THREADS_SCOPES[-1])
            ),
            refusals=_REFUSALS,
        )
        self._path = "/me"
        self._containers = Containers(
            self._http, self._path, edge="threads", state="status", sleep=sleep
        )

    @classmethod
    def sign_in(cls, options: Mapping[str, object]) -> SignIn:
        """Return where an account signs in."""
        return meta_sign_in.threads(str(options.get("url", _URL)), meta_sign_in.THREADS_SCOPES)

    def lengths(self, content: Content) -> Iterable[Length]:
        """Yield how long each text is, as Threads counts."""
        return measured(content, self.capabilities, count=posts.length)

    def problems(self, content: Content) -> Iterable[Problem]:
        """Yield texts that are too long, and images that cannot go or stand nowhere in public."""
        yield from content_problems(content, "Threads", self.capabilities, self.lengths(content))
        yield from address_problems(content, "Threads", self.capabilities.media)

    def publish(self, outgoing: Outgoing) -> Receipt:
        """Make a container of every part and show it, before the next one is made."""

        def post(part: Part, made: list[str]) -> str:
            fields = {"text": part.text} if part.text else {}
            if part.parent is None and outgoing.content.media:
                fields |= self._containers.media(outgoing, _IMAGE, _FILM)
            else:
                fields["media_type"] = "TEXT"
            if answers := outgoing.content.reply_to if part.parent is None else made[part.parent]:
                fields["reply_to_id"] = answers
            return self._containers.publish(self._containers.made(fields))

        wanted = parts(outgoing.content)
        made = post_in_order(wanted, post)
        return self._containers.receipt(made, wanted, "text,link_attachment_url", posts.text)

    def find(self, outgoing: Outgoing) -> Receipt | None:
        """Look for all parts among the account's posts and replies."""
        wanted = parts(outgoing.content)
        own = list(self.timeline(outgoing.created_at - _SKEW))
        count, answers = len(outgoing.content.media), outgoing.content.reply_to
        return proof(wanted, standing(wanted, count, own, reply_to=answers))

    def timeline(self, since: datetime) -> Iterable[Status]:
        """Return the account's posts and replies, newest first, without reposts."""
        first = since.replace(microsecond=0)  # its times are whole seconds
        found = [*self._listing("/me/threads", first), *self._listing("/me/replies", first)]
        return sorted(found, key=lambda status: status.at, reverse=True)

    def counts(self, remote_id: str) -> Counts:
        """Return a post's views, likes, replies, and all the ways in which it was passed on."""
        path = f"{at(remote_id)}/insights"
        return posts.counts(self._http.get(path, {"metric": posts.METRICS}).record())

    def inbox(self, since: datetime) -> Iterable[Comment]:
        """Return mentions, and the replies to the posts of a month.

        A request for the mentions, one for the posts, one for each post that has replies.
        """
        first = since.replace(microsecond=0)
        named = [comment(s) for s in self._since("/me/mentions", posts.MENTIONS, first)]
        below = [said for post in self._replied(first - MONTH) for said in self.comments(post)]
        said = {one.remote_id: one for one in (*named, *below) if one.at >= first and not one.own}
        return list(said.values())

    def comments(self, remote_id: str) -> Iterable[Comment]:
        """Return all replies below a post."""
        path = f"{at(remote_id)}/conversation"
        return [
            comment(
                posts.status(answer, item),
                hidden=item.get("hide_status") in posts.HIDDEN,
                own=item.get("is_reply_owned_by_me") is True,
            )
            for answer, item in self._http.listing(path, posts.SAID)
        ]

    def hide(self, comment: str, *, hidden: bool) -> None:
        """Hide a reply from followers, or show it again."""
        self._http.set(f"{at(comment)}/manage_reply", "hide", on=hidden)

    def probe(self) -> str:
        """Return the account's name, and how much of the day's quota is used."""
        name = self._http.get("/me", {"fields": "id,username"}).text("username")
        return f"{name}, {self._containers.quota('threads_publishing_limit')}"

    def grant(self) -> Grant | None:
        """Return what Meta says of the token."""
        return self._http.grant(meta_sign_in.THREADS_SCOPES)

    def _replied(self, since: datetime) -> Iterator[str]:
        """Yield the posts made since then that have replies."""
        for answer, item in self._http.listing("/me/threads", posts.REPLIED):
            if posts.status(answer, item).at < since:
                return
            if item.get("has_replies") is True:
                yield identity(answer, item)

    def _listing(self, path: str, since: datetime) -> Iterator[Status]:
        return self._since(path, posts.FIELDS[path], since)

    def _since(self, path: str, fields: str, since: datetime) -> Iterator[Status]:
        """Yield statuses, newest first, until they are older than `since`."""
        for answer, item in self._http.listing(path, fields):
            status = posts.status(answer, item)
            if status.at < since:
                return
            if not posts.is_repost(item):
                yield status
