"""WordPress posts as values: what is sent, and what a stored one tells.

developer.wordpress.org, "REST API Handbook", reference of posts; "Block Editor Handbook", "Markup
representation of a block".
"""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import escape, unescape

from cmctl.channels.base import Outgoing
from cmctl.channels.headline import headed
from cmctl.channels.markup import paragraphs, plain
from cmctl.core.model import Content, Receipt, Status
from cmctl.core.text import compose

_LONGEST_SLUG = 60
_IMAGE = re.compile(r"<img\b[^>]*?\bsrc=\"([^\"]+)\"")
#: A server may take the zone of `after` for its own.
ZONES = timedelta(days=1)


def written(content: Content) -> str:
    """Return the text of a post; its hashtags become the site's tags."""
    return compose(replace(content, hashtags=()))


def slug(outgoing: Outgoing) -> str:
    """Return the end of the post's address: readable, and the same in every attempt."""
    first = written(outgoing.content).partition("\n")[0]
    plain_letters = unicodedata.normalize("NFKD", first).encode("ascii", "ignore").decode().lower()
    words = "-".join(re.findall(r"[a-z0-9]+", plain_letters))[:_LONGEST_SLUG].strip("-")
    return "-".join(word for word in (words, outgoing.key[:12]) if word)


def placeholder(outgoing: Outgoing) -> dict[str, object]:
    """Return the draft that keeps a place for a post: it has the slug and nothing to read."""
    return {"status": "draft", "slug": slug(outgoing), "title": slug(outgoing)}


def is_placeholder(item: Mapping[str, object]) -> bool:
    """Tell whether a post is one that was never filled.

    Raises:
        ValueError: it lacks its title.
    """
    return _raw(item, "title") == item.get("slug")


def post(outgoing: Outgoing, uploads: Sequence[str]) -> dict[str, object]:
    """Return title and content as blocks; `uploads` as `picture` gives them."""
    title, body = headed(written(outgoing.content))
    figures = [
        _figure(json.loads(upload), item.alt)
        for upload, item in zip(uploads, outgoing.attachments, strict=True)
    ]
    blocks = [_block("paragraph", f"<p>{lines}</p>") for lines in paragraphs(body)]
    # A `[` would begin a shortcode, which WordPress would run.
    blocks = [block.replace("[", "&#091;") for block in blocks]
    return {"title": escape(title, quote=False), "content": "\n\n".join([*blocks, *figures])}


def picture(item: Mapping[str, object]) -> str:
    """Return what a post must name of an uploaded image, as JSON.

    Raises:
        ValueError: the server did not say where it stands.
    """
    if not isinstance(item.get("id"), int) or not isinstance(item.get("source_url"), str):
        message = "an image without id or address"
        raise ValueError(message)
    return json.dumps({"id": item["id"], "url": item["source_url"]})


def receipt(item: Mapping[str, object]) -> Receipt:
    """Return the proof that a post stands.

    Raises:
        ValueError: it has no id.
    """
    number = remote_id(item)
    at = made_at(item) if item.get("date_gmt") else None  # what waits for review has no time yet
    return Receipt(remote_id=number, url=str(item.get("link") or ""), at=at, parts=(number,))


def status(item: Mapping[str, object]) -> Status:
    """Return what a post, asked for with `context=edit`, tells followers.

    Raises:
        ValueError: it lacks its id, its time or its text.
    """
    content = _raw(item, "content")
    return Status(
        channel="",
        remote_id=remote_id(item),
        at=made_at(item),
        text=text(item),
        url=str(item.get("link") or ""),
        author=_author(item),
        media_count=len(re.findall(r"<img\b", content)),
        images=tuple(map(unescape, _IMAGE.findall(content))),
    )


def text(item: Mapping[str, object]) -> str:
    """Return title and text of a post, asked for with `context=edit`.

    Raises:
        ValueError: it lacks one of them.
    """
    title, content = unescape(_raw(item, "title")), plain(_raw(item, "content"))
    return "\n\n".join(part for part in (title, content) if part)


def remote_id(item: Mapping[str, object]) -> str:
    """Return a post's id.

    Raises:
        ValueError: it has none.
    """
    if not isinstance(item.get("id"), int):
        message = "a post without an id"
        raise ValueError(message)
    return str(item["id"])


def made_at(item: Mapping[str, object]) -> datetime:
    """Return when a post was published, in whole seconds.

    Raises:
        ValueError: it does not say.
    """
    try:
        return datetime.fromisoformat(str(item.get("date_gmt"))).replace(tzinfo=UTC)
    except ValueError:
        message = "a post without its time"
        raise ValueError(message) from None


def _figure(image: Mapping[str, object], alt: str) -> str:
    source, name = escape(str(image["url"])), f"wp-image-{image['id']}"
    shown = f'<img src="{source}" alt="{escape(alt)}" class="{name}"/>'
    figure = f'<figure class="wp-block-image">{shown}</figure>'
    return _block("image", figure, f' {{"id":{image["id"]}}}')


def _block(name: str, html: str, attributes: str = "") -> str:
    return f"<!-- wp:{name}{attributes} -->\n{html}\n<!-- /wp:{name} -->"


def _author(item: Mapping[str, object]) -> str:
    """Return the name of who wrote it, where the listing tells it (`_embed=author`)."""
    embedded = item.get("_embedded")
    authors = embedded.get("author") if isinstance(embedded, dict) else None
    first = authors[0] if isinstance(authors, list) and authors else {}
    return str(first.get("name", "")) if isinstance(first, dict) else ""


def _raw(item: Mapping[str, object], field: str) -> str:
    value = item.get(field)
    raw = value.get("raw") if isinstance(value, dict) else None
    if not isinstance(raw, str):
        message = f"a post without its {field}"
        raise ValueError(message)
    return raw
