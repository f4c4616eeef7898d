"""The table of docs/networks.md, made of what the adapters say of themselves.

`python tests/docs/network_table.py` writes it anew; all around it is written by hand.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from cmctl.app.networks import abilities, evidence, networks, rate, standing
from cmctl.channels.base import MediaRules

PAGE = Path(__file__).parents[2] / "docs" / "networks.md"
HEADINGS = (
    *("network", "text", "images", "a film", "alt text", "can", "when in doubt"),
    "posts, at most",
)
_TABLE = re.compile(r"^\| network \|.*?(?=\n\n|\Z)", re.MULTILINE | re.DOTALL)


def table() -> str:
    """Return the table as it must stand."""
    lines = [HEADINGS, ("---",) * len(HEADINGS), *rows()]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def rows() -> Iterator[tuple[str, ...]]:
    for one in networks():
        can = one.can
        assert can is not None, one.problem
        text = f"{can.text.limit:,} {can.text.unit}" if can.text.limit else "any length"
        if can.caption:
            text += f", {can.caption.limit:,} with images"
        alt = f"{can.media.alt_limit:,}" if can.media.alt_limit else "yes"
        alt = alt if can.media.alt and can.media.count else "no"
        limit = rate(can.rate)
        yield (
            f"`{one.kind}`",
            text,
            _images(can.media),
            _film(can.media),
            alt,
            ", ".join(filter(None, [*abilities(one), standing(can)])) or "-",
            evidence(can),
            limit,
        )


def _images(media: MediaRules) -> str:
    if not media.count:
        return "none"
    size = f" of {media.bytes / 1_000_000:.3g} MB" if media.bytes else ""
    return f"{media.count}{size}"


def _film(media: MediaRules) -> str:
    return f"{', '.join(media.films)} of {media.film_bytes / 1e6:.3g} MB" if media.films else "-"


def table_in(text: str) -> str:
    """Return the table that the page has, or an empty text."""
    found = _TABLE.search(text)
    return found[0].strip() if found else ""


if __name__ == "__main__":
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(page.replace(table_in(page), table()), encoding="utf-8")
    sys.stdout.write(f"{PAGE}\n")
