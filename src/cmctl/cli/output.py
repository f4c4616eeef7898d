"""Results on standard output, talk on standard error; one way each for people and for programs.

A person at a terminal gets a table, its wide cells cut to fit; a pipe gets one line a row, its
cells parted by tabs and without a heading; `--json` gives an array of flat objects. Whatever comes
from outside is made plain on the way (see `core/plain.py`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import NamedTuple, TypeVar

from cmctl.cli.terminal import Terminal
from cmctl.core.plain import escape_json, is_plain, plain_line, plain_lines

#: So many rows stay in the processor's cache on their way.
CHUNK = 256
#: How many rows a terminal shows unless told otherwise.
TERMINAL_ROWS = 50

Item = TypeVar("Item")
Scalar = str | int | float | bool | None


class Column(NamedTuple):
    """One column of a listing."""

    heading: str
    #: Takes the room that is left, and is cut first where there is too little.
    wide: bool = False
    #: A wide one that is never cut: it goes on below.
    whole: bool = False
    right: bool = False
    #: Of all cells, such as `bold`.
    style: str = ""
    #: Of cells with these texts.
    styles: Mapping[str, str] = {}


class Side(NamedTuple):
    """One of two texts that are shown side by side."""

    title: str
    #: Who, when, where: one line each.
    facts: Sequence[str]
    text: str
    #: Parts of the text: from, up to, and `shared`, `differs` or `only`.
    marks: Sequence[tuple[int, int, str]] = ()


class Output:
    """Where a command's results and talk go."""

    def __init__(self, terminal: Terminal, *, quiet: bool = False) -> None:
        """Quiet: nothing is said while nothing is wrong; results and warnings stay."""
        self.terminal = terminal
        self.quiet = quiet

    # Results.

    def line(self, text: str = "") -> None:
        """Print one result of one or more lines."""
        self.terminal.out.write(f"{plain_lines(text)}\n")

    def document(self, text: str) -> None:
        """Print a file of its own format: as it is, but safe where a person watches."""
        self.terminal.out.write(plain_lines(text) if self.terminal.watched else text)

    def limit(self, asked: int | None, *, as_json: bool = False) -> int:
        """Return how many rows to fetch; 0: all."""
        if asked is not None:
            return asked
        return TERMINAL_ROWS if self.terminal.watched and not as_json else 0

    def listing(
        self, columns: Sequence[Column], rows: Iterable[Sequence[str]], *, total: int = 0
    ) -> None:
        """Print rows; where `total` is more than there are, say how many are not shown."""
        printed = self._table(columns, rows) if self.terminal.watched else self._lines(rows)
        self.more(total - printed)

    def lines(self, parts: Iterable[bytes]) -> None:
        """Print lines for programs, UTF-8 and safe to show already, some in each part."""
        out = self.terminal.out
        out.flush()
        if out.encoding == "utf-8" and hasattr(out, "buffer"):
            out.buffer.writelines(parts)
        else:
            out.writelines(part.decode() for part in parts)

    def records(self, records: Iterable[Mapping[str, Scalar]]) -> None:
        """Print a JSON array of flat objects, one a line."""
        from json import JSONEncoder  # noqa: PLC0415 - only where it was asked for

        lines = ",\n ".join(map(JSONEncoder(ensure_ascii=False).encode, records))
        probe = lines.replace("\n", "")
        self.terminal.out.write(f"[{lines if is_plain(probe) else escape_json(lines)}]\n")

    def side_by_side(self, left: Side, right: Side, reasons: Sequence[str]) -> None:
        """Print two texts beside each other, or above where it is narrow, and why below."""
        from cmctl.cli import table  # noqa: PLC0415 - only holds need it

        table.show_sides(self.terminal, left, right, reasons)

    def facts(self, rows: Sequence[tuple[str, ...]]) -> None:
        """Print in a small table how facts stand in two texts: sign, kind, both, ours, theirs."""
        from cmctl.cli import table  # noqa: PLC0415 - as above

        table.show_facts(self.terminal, rows)

    # Talk.

    def more(self, count: int) -> None:
        """Say how many rows were not printed."""
        if count > 0:
            self.say(f"{count} more; --limit 0 shows all")

    def say(self, text: str) -> None:
        """Tell a person something that no program reads; nothing when quiet."""
        if not self.quiet:
            self.warn(text)

    def warn(self, text: str) -> None:
        """Tell a person something, quiet or not."""
        self.terminal.out.flush()  # what was printed before is also read before
        self.terminal.err.write(f"{plain_lines(text)}\n")
        self.terminal.err.flush()

    def progress(self, items: Sequence[Item], label: str) -> Iterator[Item]:
        """Iterate over `items`, with a bar where a person watches."""
        if self.quiet or not self.terminal.err_watched:
            yield from items
            return
        from typer import progressbar  # noqa: PLC0415

        with progressbar(items, label=label, file=self.terminal.err) as bar:
            yield from bar

    def _table(self, columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> int:
        from cmctl.cli import table  # noqa: PLC0415 - only a person waits for rich

        shown = list(rows)
        if shown:
            table.show(self.terminal, columns, shown)
        return len(shown)

    def _lines(self, rows: Iterable[Sequence[str]]) -> int:
        rows, printed = iter(rows), 0
        while some := list(islice(rows, CHUNK)):
            self.terminal.out.write(tab_separated(some))
            printed += len(some)
        return printed


def tab_separated(rows: Sequence[Sequence[str]]) -> str:
    """Return rows as lines for programs: cells parted by tabs, each safe and on one line."""
    # One long string is looked through faster than many short ones.
    if not is_plain("".join(chain.from_iterable(rows))):
        rows = [[plain_line(cell) for cell in row] for row in rows]
    return "\n".join(map("\t".join, rows)) + "\n"
