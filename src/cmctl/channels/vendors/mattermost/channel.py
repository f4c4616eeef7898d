"""One Mattermost channel as one bot reads it.

api.mattermost.com, "posts": a channel's, a thread's, and who the bot is.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from cmctl.channels.answer import Answer
from cmctl.channels.conversation import Said
from cmctl.channels.http import Http
from cmctl.channels.paging import backwards
from cmctl.channels.vendors.mattermost import post as posts
from cmctl.core.model import Status

_PAGE: Final = 200

Post = Mapping[str, Any]


class ChannelPosts:
    """A channel by its id; nothing is asked before it is needed."""

    def __init__(self, http: Http, channel: str, *, url: str) -> None:
        """`url` is the server's address, for those of posts."""
        self._http = http
        self._path = f"/channels/{quote(channel, safe='')}/posts"
        self._url = url
        self._account: Mapping[str, Any] = {}

    def me(self) -> Mapping[str, Any]:
        """Return what Mattermost tells of the bot."""
        if not self._account:
            answer = self._http.get("/users/me")
            answer.text("id")
            self._account = answer.record()
        return self._account

    def look(self) -> None:
        """Read one post, which raises where the bot may not."""
        self._http.get(self._path, {"per_page": "1"})

    def timeline(self, since: datetime) -> Iterator[Status]:
        """Yield what the channel's posts made since then tell their readers, newest first."""
        told = (self.status(answer, item) for answer, item in self._listed(since))
        return (status for status in told if status.at >= since)

    def said(self, since: datetime) -> Iterator[Said]:
        """Yield the channel's posts made since then, and some before, newest first."""
        return (self._said(answer, item) for answer, item in self._listed(since))

    def _listed(self, since: datetime) -> Iterator[tuple[Answer, Post]]:
        size = ("per_page", _PAGE)
        listed = backwards(self._http, self._path, size, _page, self.status, since)
        return ((answer, item) for answer, item in listed if posts.is_post(item))

    def thread(self, number: str) -> Iterator[Said]:
        """Yield a post and everything in its thread."""
        answer = self._http.get(f"/posts/{quote(number, safe='')}/thread")
        for item in _page(answer):
            if posts.is_post(item):
                yield self._said(answer, item)

    def status(self, answer: Answer, item: Post) -> Status:
        """Return what a post of an answer tells its readers."""
        names = {str(self._account.get("id")): str(self._account.get("username"))}
        try:
            return posts.status(item, self._url, names)
        except ValueError as problem:
            raise answer.malformed(f"with {problem}") from None

    def _said(self, answer: Answer, item: Post) -> Said:
        me = self.me()
        name = re.escape(str(me.get("username")))
        called = re.search(rf"@{name}(?![\w.-]*\w)", str(item.get("message") or ""), re.IGNORECASE)
        return Said(self.status(answer, item), item.get("user_id") == me["id"], bool(called))


def _page(answer: Answer) -> list[Post]:
    told = answer.record()
    order, by_id = told.get("order"), told.get("posts")
    if not isinstance(order, list) or not isinstance(by_id, dict):
        raise answer.malformed("without `order` and `posts`")
    try:
        return [by_id[number] for number in order]
    except KeyError:
        raise answer.malformed("with a post that it does not show") from None
