"""Bulk files that are tables: Buffer, Hootsuite, Publer, and a plain CSV with a header.

What is known of each comes from the vendors' help pages: Buffer "Bulk upload posts", Hootsuite
"Bulk Composer", Publer "Bulk scheduling via CSV". Files in circulation differ from them, so columns
are found by how their names begin, not by place; only Hootsuite's own has no header.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import StringIO

from cmctl.app.posts.bulk.dates import instant_of, looks_like_a_time
from cmctl.app.posts.bulk.entry import Entry
from cmctl.core.errors import CmctlError


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """How a scheduler's columns are called, in small letters, by what they are for us."""

    name: str
    #: Beginnings of headers; the first column that begins so is taken.
    columns: Mapping[str, Sequence[str]]
    #: Headers that only this one has: how it is recognised.
    known_by: Sequence[str] = ()
    #: What parts several images, alt texts and comments in one cell.
    parts: Mapping[str, str] = field(default_factory=dict)
    #: An empty date means the next free slot.
    empty_is_next: bool = False


BUFFER = Table(
    name="buffer",
    columns={
        "text": ("text",),
        "when": ("posting time", "scheduled at"),
        "images": ("image url",),
        "labels": ("tags",),
        "channels": ("profile",),
    },
    known_by=("image url",),
)
PUBLER = Table(
    name="publer",
    columns={
        "when": ("date - ", "date"),
        "text": ("text",),
        "link": ("link",),
        "images": ("media",),
        "labels": ("label",),
        "alts": ("alt text",),
        "comments": ("comment",),
    },
    known_by=("media url", "label"),
    parts={"alts": "||", "comments": "||"},
    empty_is_next=True,
)
HOOTSUITE = Table(
    name="hootsuite",
    columns={
        "when": ("date",),
        "time": ("time",),
        "channels": ("platform", "network", "social"),
        "text": ("message",),
        "link": ("link", "url"),
        "images": ("media", "image", "photo"),
    },
    known_by=("message",),
)
#: In English and French; times come first, so that no `Posting Time` is taken for a `post`.
PLAIN = Table(
    name="csv",
    columns={
        "when": ("at", "when", "date", "scheduled", "publi", "posting", "quand"),
        "time": ("time", "heure", "posting time"),
        "text": ("text", "message", "post", "caption", "content", "contenu"),
        "link": ("link", "url", "lien"),
        "images": ("image", "media", "photo", "visuel"),
        "alts": ("alt",),
        "labels": ("label", "tag", "étiquette"),
        "channels": ("channel", "platform", "network", "profile", "canal", "réseau", "compte"),
        "comments": ("first comment", "first_comment", "comment", "premier commentaire"),
    },
    parts={"alts": "||", "comments": "||"},
)
#: Words in the name of a column that say when something goes out.
_TIMELY = re.compile(
    r"\b(?:date|time|day|hour|when|schedul\w*|publish\w*|planned|heure|jour|horaire|quand|"
    r"programm\w*|planifi\w*|publication)\b",
    re.IGNORECASE,
)
_WITH_HEADER = (PUBLER, BUFFER, HOOTSUITE, PLAIN)
TABLES = {table.name: table for table in _WITH_HEADER}


def read_table(text: str, name: str = "") -> tuple[Table, list[Entry]]:
    """Return the format of a CSV file and its entries; `name` says which one it is.

    Raises:
        CmctlError: it is no table that is known.
    """
    rows = [(line, row) for line, row in _rows(text) if any(map(str.strip, row))]
    if not rows:
        raise CmctlError("there is no row in it", hint="see: cmctl import --help")
    header = [cell.strip().casefold() for cell in rows[0][1]]
    table = TABLES[name] if name else _recognised(header)
    if table is None:
        if len(header) == 3:  # its own format has no header
            return HOOTSUITE, [_by_place(line, row) for line, row in rows]
        message = f"no column says what the text is: {', '.join(rows[0][1])}"
        raise CmctlError(message, hint="name one of the columns `text`, or say --format")
    places = _places(table, header)
    if "text" not in places:
        if table is HOOTSUITE and len(header) == 3:
            return HOOTSUITE, [_by_place(line, row) for line, row in rows]
        message = f"it has no column {' or '.join(table.columns['text'])}"
        raise CmctlError(message, hint=f"its columns are {', '.join(rows[0][1])}")
    unused = _unused(rows[0][1], places)
    if table is PLAIN or "when" not in places:
        _refuse_times(table, [row for _, row in rows[1:]], unused)
    return table, [_entry(table, line, row, places, unused) for line, row in rows[1:]]


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield every row with the line on which it begins."""
    try:
        sample = text[:8192]
        sign = (
            ";"
            if sample.partition("\n")[0].count(";") > sample.partition("\n")[0].count(",")
            else ","
        )
        reader = csv.reader(StringIO(text, newline=""), delimiter=sign, strict=True)
        before = 0
        for row in reader:
            yield before + 1, row
            before = reader.line_num
    except csv.Error as error:
        message = f"line {before + 1}: {error}"
        raise CmctlError(
            message, hint="a quote that never ends, or a file that is no CSV"
        ) from None


def _recognised(header: Sequence[str]) -> Table | None:
    for table in _WITH_HEADER:
        if "text" in _places(table, header) and all(
            any(cell.startswith(known) for cell in header) for known in table.known_by
        ):
            return table
    return None


def _places(table: Table, header: Sequence[str]) -> dict[str, int]:
    """Return the column of each of our words."""
    found: dict[str, int] = {}
    for ours, names in table.columns.items():
        free = [i for i in range(len(header)) if i not in found.values()]
        column = next((i for name in names for i in free if _is_called(header[i], name)), None)
        if column is not None:
            found[ours] = column
    return found


def _is_called(header: str, name: str) -> bool:
    """Tell whether a header begins with a name; one of two letters begins too many words."""
    return header == name if len(name) <= 2 else header.startswith(name)


def _unused(header: Sequence[str], places: Mapping[str, int]) -> dict[int, str]:
    named = {i: cell.strip() for i, cell in enumerate(header) if cell.strip()}
    return {i: cell for i, cell in named.items() if i not in places.values()}


def _refuse_times(table: Table, rows: Iterable[Sequence[str]], unused: Mapping[int, str]) -> None:
    """Refuse a column that nobody reads and that says when: posts would go without their times.

    Raises:
        CmctlError: there is one.
    """
    cells = [row for row in rows if row]
    for place, name in unused.items():
        if _TIMELY.search(name) or any(
            place < len(row) and looks_like_a_time(row[place]) for row in cells
        ):
            names = [word for ours in ("when", "time") for word in table.columns.get(ours, ())]
            message = f"the column {name!r} looks like a time, and no time is read from it"
            hint = f"begin its name with one of {', '.join(names)}; or take the column out"
            raise CmctlError(message, hint=hint)


def _entry(
    table: Table,
    line: int,
    row: Sequence[str],
    places: Mapping[str, int],
    unused: Mapping[int, str],
) -> Entry:
    def cell(ours: str) -> str:
        place = places.get(ours, len(row))
        return row[place].strip() if place < len(row) else ""

    def several(ours: str) -> list[str]:
        parts = cell(ours).split(table.parts.get(ours, ","))
        return [part.strip() for part in parts if part.strip()]

    images, alts = several("images"), several("alts")
    comments = several("comments")
    left = [
        f"{name}: {row[i].strip()}" for i, name in unused.items() if i < len(row) and row[i].strip()
    ]
    left += [f"comment: {comment}" for comment in comments[1:]]
    links = several("link")
    left += [f"link: {link}" for link in links[1:]]
    when = f"{cell('when')} {cell('time')}".strip()
    at = instant_of(when)
    return Entry(
        line=line,
        text=cell("text"),
        when="" if at else when,
        at=at,
        link=links[0] if links else "",
        images=tuple(zip(images, [*alts, *[""] * len(images)], strict=False)),
        labels=tuple(several("labels")),
        first_comment=comments[0] if comments else "",
        channels=tuple(several("channels")),
        left_out=tuple(left),
    )


def _by_place(line: int, row: Sequence[str]) -> Entry:
    when, text, link = (*map(str.strip, row), "", "")[:3]
    return Entry(line=line, when=when, text=text, link=link)


def labels_of(words: Iterable[str]) -> list[str]:
    """Return labels as posts have them: small letters, one word each."""
    return [re.sub(r"\W+", "-", word.casefold()).strip("-") for word in words]
