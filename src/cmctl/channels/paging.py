"""Listings in pages: those that each name the next one, and those asked for by their last item."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from cmctl.channels.answer import Answer
from cmctl.channels.http import Http
from cmctl.core.model import Status

Item = TypeVar("Item")


class Fields(NamedTuple):
    """How a listing calls its parts."""

    #: Of an answer: the list.
    items: str
    #: Of an answer: what asks for the next page; missing or null after the last one.
    following: str
    #: Of a request: where that is said.
    ask: str
    #: An answer without items lacks the list, and has nothing else then.
    may_lack: bool = False


class Page(NamedTuple):
    """One page, and the answer that it came in."""

    answer: Answer
    items: list[dict[str, Any]]


def pages(http: Http, path: str, query: Mapping[str, str], fields: Fields) -> Iterator[Page]:
    """Yield the pages of a listing, as long as the caller goes on.

    Raises:
        Unavailable: an answer is no page, or names itself as the next one.
    """
    asked = dict(query)
    while True:
        answer = http.get(path, asked)
        told = answer.record()
        is_empty = fields.may_lack and told.keys() <= {fields.following}
        items, following = told.get(fields.items), told.get(fields.following)
        items = [] if is_empty else items
        if not isinstance(items, list) or not all(isinstance(one, dict) for one in items):
            raise answer.malformed(f"without `{fields.items}`")
        yield Page(answer, items)
        if not following:
            return
        if not isinstance(following, str) or following == asked.get(fields.ask):
            raise answer.malformed("with a listing that does not advance")
        asked[fields.ask] = following


def recent(
    listed: Iterable[Page], read: Callable[[dict[str, Any]], Status], since: datetime
) -> Iterator[tuple[Status, dict[str, Any]]]:
    """Yield what was made at or after `since`, with its item, until a page has nothing new.

    `read` raises `ValueError` where an item lacks what it needs.

    Raises:
        Unavailable: it does.
    """
    for page in listed:
        try:
            found = [(read(item), item) for item in page.items]
        except ValueError as problem:
            raise page.answer.malformed(f"with {problem}") from None
        fresh = [one for one in found if one[0].at >= since]
        yield from fresh
        if found and not fresh:
            return


def backwards(  # noqa: PLR0913, PLR0917 - one listing, and how it is read
    http: Http,
    path: str,
    size: tuple[str, int],
    read: Callable[[Answer], Sequence[Item]],
    status: Callable[[Answer, Item], Status],
    since: datetime,
) -> Iterator[tuple[Answer, Item]]:
    """Yield what is listed, newest first, page before page, until a page ends before `since`.

    `size` is how the items of a page are counted, and how many are asked for; the next page is that
    `before` the last item.

    Raises:
        Unavailable: an answer is no page, or names itself as the next one.
    """
    name, most = size
    query = {name: str(most)}
    while True:
        answer = http.get(path, query)
        page = read(answer)
        yield from ((answer, item) for item in page)
        if len(page) < most:
            return
        last = status(answer, page[-1])
        if last.at < since:
            return
        if last.remote_id == query.get("before"):
            raise answer.malformed("with a listing that does not advance")
        query["before"] = last.remote_id
