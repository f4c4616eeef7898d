"""The requests of LinkedIn's versioned API.

learn.microsoft.com/linkedin, "Posts API", "Images API", "Comments API", "Versioning", "Rate
Limits", "Pagination". A new object's URN comes in the header `x-restli-id`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar
from urllib.parse import quote

from cmctl.channels.answer import Answer
from cmctl.channels.base import Throttled, Uncertain
from cmctl.channels.body import json_body
from cmctl.channels.http import Http, Request
from cmctl.channels.refusals import explaining
from cmctl.channels.retry_after import wish
from cmctl.channels.vendors.linkedin import post as posts

URL: Final = "https://api.linkedin.com"
#: July 2026; LinkedIn keeps each version for a year.
VERSION: Final = "202607"
_PAGE: Final = 100
#: So many posts are asked for their comments at once.
_BATCH: Final = 50
Read = TypeVar("Read")


class Rest(Http):
    """The requests that one token makes; `version` is such as `202607`."""

    def __init__(self, url: str, token: str, version: str) -> None:
        #: What goes with every request.
        self.own_headers = {
            "Authorization": f"Bearer {token}",
            "LinkedIn-Version": version,
            "X-Restli-Protocol-Version": "2.0.0",
        }
        super().__init__(url, self.own_headers, explain=explaining("message", posts.REFUSALS))

    def send(self, request: Request) -> Answer:
        """Make exactly one request; a used-up day is waited for until midnight UTC.

        Raises:
            Rejected, Unavailable, Uncertain: as for every `Http`.
        """
        answer = super().send(replace(request, accept=(*request.accept, 429)))
        if answer.status != 429:
            return answer
        wait = wish(answer.headers)
        if wait is None and b"DAY limit" in answer.body and self.server_time:
            wait = _till_midnight(self.server_time)
        raise answer.behind(Throttled(str(answer.failure()), retry_after=wait))

    def publish(self, value: dict[str, object]) -> str:
        """Post once and return the post's URN.

        Raises:
            Uncertain: also where LinkedIn takes it for a double, which may be ours.
        """
        answer = self.post("/rest/posts", json_body(value), accept=(422,))
        if answer.status == 422:
            failure = answer.failure()
            is_double = posts.DUPLICATE in answer.body
            raise answer.behind(Uncertain(str(failure))) if is_double else failure
        urn = answer.headers.get("x-restli-id", "")
        if not urn:
            raise answer.malformed("without `x-restli-id`")
        return urn

    def comment(self, on: str, author: str, text: str) -> str:
        """Comment once on the post, or answer the comment, with the URN `on`; return its URN."""
        value: dict[str, object] = {"actor": author, "object": on, "message": {"text": text}}
        if answered := posts.COMMENT.fullmatch(on):
            value |= {"object": answered[1], "parentComment": on}
        answer = self.post(f"/rest/socialActions/{quote(on, safe='')}/comments", json_body(value))
        return read(answer, posts.comment_urn, answer.record())

    def remove(self, urn: str, author: str) -> None:
        """Delete a post or a comment; one that is gone already is no error."""
        query = {"actor": author} if posts.COMMENT.fullmatch(urn) else None
        headers = {"X-RestLi-Method": "DELETE"}
        path = _path(urn)
        self.send(Request(method="DELETE", path=path, query=query, headers=headers, accept=(404,)))

    def stands(self, urn: str) -> bool:
        """Ask for a post or a comment by its URN."""
        answer = self.get(_path(urn), accept=(404,))
        return answer.status != 404 and bool(answer.text("id"))

    def post_of(self, urn: str) -> dict[str, object]:
        """Return a post as it stands."""
        return self.get(_path(urn)).record()

    def own(self, author: str, since: datetime) -> Iterator[tuple[Answer, dict[str, Any]]]:
        """Yield an author's posts that were touched at or after `since`.

        They come by when they were last touched: one that was planned on LinkedIn long ago and
        published now stands among the newest.
        """
        for answer, item in self._listing("/rest/posts", _finder(author)):
            if read(answer, posts.modified, item) < since:
                return
            if posts.is_public(item):
                yield answer, item

    def comments(self, on: str) -> Iterator[tuple[Answer, dict[str, Any]]]:
        """Yield the comments on a post, or the answers to a comment."""
        return self._listing(f"/rest/socialActions/{quote(on, safe='')}/comments", {})

    def commented(self, urns: Sequence[str]) -> Iterator[str]:
        """Yield those of many posts that have comments."""
        for start in range(0, len(urns), _BATCH):
            asked = urns[start : start + _BATCH]
            ids = ",".join(quote(urn, safe="") for urn in asked)
            answer = self.get(f"/rest/socialMetadata?ids=List({ids})")
            told = answer.record().get("results")
            if not isinstance(told, dict):
                raise answer.malformed("without `results`")
            yield from (urn for urn in asked if posts.is_commented(told.get(urn)))

    def social(self, urn: str) -> dict[str, object]:
        """Return how many reactions and comments a post has."""
        return self.get(f"/rest/socialMetadata/{quote(urn, safe='')}").record()

    def _listing(self, path: str, query: dict[str, str]) -> Iterator[tuple[Answer, dict[str, Any]]]:
        """Yield the elements of a listing; a page may have fewer than it was asked for."""
        headers = {"X-RestLi-Method": "FINDER"} if "q" in query else {}
        start = 0
        while True:
            asked = {**query, "start": str(start), "count": str(_PAGE)}
            answer = self.send(Request(method="GET", path=path, query=asked, headers=headers))
            told = answer.record()
            elements = told.get("elements")
            if not isinstance(elements, list) or not all(isinstance(e, dict) for e in elements):
                raise answer.malformed("without `elements`")
            yield from ((answer, item) for item in elements)
            if len(elements) < _PAGE and not _has_next(told):
                return
            start += _PAGE


def read(answer: Answer, kind: Callable[..., Read], item: dict[str, Any], **more: object) -> Read:
    """Return what an object of an answer is, or raise as for any malformed answer."""
    try:
        return kind(item, **more)
    except ValueError as problem:
        raise answer.malformed(f"with {problem}") from None


def _finder(author: str) -> dict[str, str]:
    return {"author": author, "q": "author", "sortBy": "LAST_MODIFIED"}


def _path(urn: str) -> str:
    found = posts.COMMENT.fullmatch(urn)
    if found:
        on, number = (quote(part, safe="") for part in found.groups())
        return f"/rest/socialActions/{on}/comments/{number}"
    return f"/rest/posts/{quote(urn, safe='')}"


def _has_next(told: dict[str, object]) -> bool:
    paging = told.get("paging")
    links = paging.get("links") if isinstance(paging, dict) else None
    told_links = links if isinstance(links, list) else []
    return any(isinstance(one, dict) and one.get("rel") == "next" for one in told_links)


def _till_midnight(now: datetime) -> timedelta:
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return midnight - now
