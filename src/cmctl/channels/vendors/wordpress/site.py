"""Requests to the REST API of one WordPress site: listings, what nobody sees, categories and tags.

developer.wordpress.org, "REST API Handbook": "Authentication", "Pagination", categories, tags.
"""

import base64
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from html import unescape
from typing import Final, TypeVar

from cmctl.channels.answer import Answer
from cmctl.channels.base import Rejected
from cmctl.channels.body import Body, json_body
from cmctl.channels.http import Http, Request
from cmctl.channels.vendors.wordpress.post import remote_id

API: Final = "/wp-json/wp/v2"
#: The most that a page of a listing may have.
PAGE = 100

Read = TypeVar("Read")


class Site:
    """One site, as one of its users sees it."""

    def __init__(self, url: str, *, user: str, password: str) -> None:
        token = base64.b64encode(f"{user}:{password}".encode()).decode()
        self.http = Http(url, {"Authorization": f"Basic {token}"}, secrets=(password,))

    def __repr__(self) -> str:
        return f"Site({self.http.host})"

    def unseen(self, path: str, body: Body, *, accept: Collection[int] = ()) -> Answer:
        """Send what followers see nothing of; it may be sent again."""
        return self.http.send(
            Request(method="POST", path=path, body=body, accept=accept, repeatable=True)
        )

    def listing(
        self, path: str, query: Mapping[str, str]
    ) -> Iterator[tuple[Answer, dict[str, object]]]:
        """Yield every item of a listing and the answer that it came with, page by page."""
        page = pages = 1
        while page <= pages:
            paged = {**query, "per_page": str(PAGE), "page": str(page)}
            answer = self.http.get(path, paged)
            for item in answer.items():
                yield answer, item
            pages = number(answer, "x-wp-totalpages")
            page += 1

    def category_ids(self, names: Sequence[str]) -> list[int]:
        """Return the ids of categories by their names, in whatever case.

        Raises:
            Rejected: the site has no such category.
        """
        if not names:
            return []
        known = {
            unescape(str(item.get("name"))).casefold(): int(read(answer, remote_id, item))
            for answer, item in self.listing(f"{API}/categories", {"_fields": "id,name"})
        }
        for name in names:
            if name.casefold() not in known:
                message = f"{self.http.host} has no category {name!r}; make it in Posts, "
                raise Rejected(f"{message}Categories, or correct `categories`")
        return [known[name.casefold()] for name in names]

    def tag_ids(self, tags: Sequence[str]) -> list[int]:
        """Return the ids of tags; those that the site lacks are made."""
        return [self._tag_id(tag) for tag in tags]

    def _tag_id(self, tag: str) -> int:
        """Make a tag, or learn the id of the one that the site has."""
        answer = self.unseen(f"{API}/tags", json_body({"name": tag}), accept={400})
        if answer.status != 400:
            return int(read(answer, remote_id, answer.record()))
        data = answer.record().get("data")
        known = data.get("term_id") if isinstance(data, dict) else None
        if not isinstance(known, int):
            message = f"{self.http.host} does not take the tag {tag!r}"
            raise Rejected(message)
        return known


def read(
    answer: Answer, reader: Callable[[Mapping[str, object]], Read], item: Mapping[str, object]
) -> Read:
    """Return what `reader` makes of an item; where it cannot, the answer is malformed."""
    try:
        return reader(item)
    except ValueError as problem:
        raise answer.malformed(f"with {problem}") from None


def number(answer: Answer, header: str) -> int:
    """Return a number that the server tells beside a listing."""
    value = answer.headers.get(header, "")
    if not value.isdecimal():
        raise answer.malformed(f"without `{header}`")
    return int(value)
