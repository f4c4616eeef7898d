"""RSS and Atom feeds: each article is a draft that links to it."""

from html import unescape
from re import sub

from cmctl.app.posts.bulk.entry import Entry
from cmctl.core.errors import CmctlError


def read_feed(data: bytes) -> list[Entry]:
    """Return the articles of a feed, oldest first; without a time: a person gives them one.

    Raises:
        CmctlError: it is no feed.
    """
    import feedparser  # noqa: PLC0415 - only where a feed is read

    # Bytes, and never an address: what is fetched is the caller's business.
    found = feedparser.parse(data, sanitize_html=True, resolve_relative_uris=False)
    if not found.version:
        raise CmctlError("it is neither RSS nor Atom", hint="save the feed itself, not its page")
    entries = [
        Entry(
            line=number,
            text=_plain(article.get("title", "") or article.get("summary", "")),
            link=str(article.get("link", "")),
        )
        for number, article in enumerate(found.entries, 1)
    ]
    return entries[::-1]


def _plain(html: str) -> str:
    return " ".join(unescape(sub(r"<[^>]*>", " ", html)).split())
