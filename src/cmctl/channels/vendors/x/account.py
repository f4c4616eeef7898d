"""One account on X, read: who it is, and what it lists."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from cmctl.channels.answer import Answer
from cmctl.channels.http import Http
from cmctl.channels.vendors.x import post as posts
from cmctl.core.model import Status

_PAGE = "100"


class Account:
    """The account that a token belongs to; asked for once."""

    def __init__(self, http: Http) -> None:
        self._http = http
        self._told: dict[str, Any] = {}

    @property
    def name(self) -> str:
        """Its name, without `@`."""
        return str(self._me()["username"])

    def forget(self) -> None:
        """Ask anew the next time."""
        self._told = {}

    def posts(self, since: datetime) -> Iterator[Status]:
        """Yield its posts and answers, without reposts, newest first."""
        query, name = {"exclude": "retweets", **posts.FIELDS}, self.name
        for answer, item in self._pages("tweets", query, since):
            yield _status(answer, item, name)

    def mentions(self, since: datetime) -> Iterator[Status]:
        """Yield the posts of others that name it, as every answer to it does; newest first."""
        own = self.name
        for answer, item in self._pages("mentions", dict(posts.MENTIONS), since):
            author = posts.author(answer, item)
            if author != own:
                yield _status(answer, item, author)

    def _pages(
        self, listing: str, query: dict[str, str], since: datetime
    ) -> Iterator[tuple[Answer, dict[str, Any]]]:
        """Yield the posts of a listing, page by page."""
        path = f"/users/{quote(str(self._me()['id']), safe='')}/{listing}"
        start = since.astimezone(UTC).replace(microsecond=0)
        query |= {"max_results": _PAGE, "start_time": f"{start:%Y-%m-%dT%H:%M:%SZ}"}
        while True:
            answer = self._http.get(path, query)
            listed, following = posts.page(answer)
            yield from ((answer, item) for item in listed)
            if not following:
                return
            if following == query.get("pagination_token"):
                raise answer.malformed("with a listing that does not advance")
            query["pagination_token"] = following

    def _me(self) -> dict[str, Any]:
        if not self._told:
            answer = self._http.get("/users/me")
            told = posts.data(answer)
            if not all(isinstance(told.get(name), str) for name in ("id", "username")):
                raise answer.malformed("without an account")
            self._told = told
        return self._told


def _status(answer: Answer, item: dict[str, Any], name: str) -> Status:
    try:
        return posts.status(item, name)
    except ValueError as problem:
        raise answer.malformed(f"with {problem}") from None
