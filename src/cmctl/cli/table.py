"""Tables and texts side by side, drawn by rich; imported only when one is shown."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, repeat

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from cmctl.cli.output import Column, Side
from cmctl.cli.terminal import Terminal
from cmctl.core.plain import plain_line, plain_lines

#: Narrower than this, two texts stand above each other, in cells.
NARROW = 70
#: How a part of a text is marked: before it, after it, and its colour.
MARKS = {
    "shared": ("", "", "green"),
    "differs": ("[", "]", "bold red"),
    "only": ("(", ")", "yellow"),
}
_SIGNS = {"≠": "bold red"}
_ASCII = {"≠": "!="}
_STANDS = ("Both", "Only ours", "Only theirs")
#: Narrower than this, the facts of two texts stand below each other, in cells.
FACTS = 50
#: With less room than this for each of its wide columns, a table becomes lines a row, in cells.
WIDE = 24


def show(terminal: Terminal, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
    """Print a table that fits the terminal, without the columns that are empty throughout."""
    kept = [index for index in range(len(columns)) if any(row[index] for row in rows)]
    columns = [columns[index] for index in kept]
    cells = [[_cell(columns[at], row[index]) for at, index in enumerate(kept)] for row in rows]
    wanted = WIDE * max(1, sum(column.wide for column in columns))
    fits = _room(terminal, columns, cells) >= wanted
    drawn = _table(columns, cells) if fits else _stacked(columns, cells, terminal.width)
    _console(terminal).print(drawn)


def _room(terminal: Terminal, columns: Sequence[Column], rows: Sequence[Sequence[Text]]) -> int:
    """Return the cells that are left for the wide columns."""
    taken = 0
    for index, column in enumerate(columns):
        widest = max(row[index].cell_len for row in rows)
        taken += 2 + (0 if column.wide else max(widest, len(column.heading)))
    return terminal.width - taken


def _table(columns: Sequence[Column], rows: Iterable[Sequence[Text]]) -> RenderableType:
    table = Table(box=None, pad_edge=False, header_style="bold", expand=True)
    for column in columns:
        table.add_column(
            column.heading,
            ratio=1 if column.wide else None,
            justify="right" if column.right else "left",
            style=column.style,
            no_wrap=not column.whole,
            overflow="fold" if column.whole else "ellipsis",
        )
    for row in rows:
        table.add_row(*row)
    return table


def _stacked(
    columns: Sequence[Column], rows: Iterable[Sequence[Text]], width: int
) -> RenderableType:
    """Return each row on lines of its own: the short cells first, then the wide ones."""
    drawn: list[RenderableType] = []
    for row in rows:
        cells = [pair for pair in zip(columns, row, strict=True) if pair[1]]
        lines = list(_packed([cell for column, cell in cells if not column.wide], width))
        cut = [cell for column, cell in cells if column.wide and not column.whole]
        lines += [Text("    ").append_text(Text("  ").join(cut))] if cut else []
        for line in lines:
            line.no_wrap, line.overflow = True, "ellipsis"
        whole = (cell for column, cell in cells if column.whole)
        drawn += [*lines, *(Padding(cell, (0, 0, 0, 4)) for cell in whole)]
    return Group(*drawn)


def _packed(cells: Iterable[Text], width: int) -> Iterator[Text]:
    """Yield lines of as many cells as fit; what does not goes on below."""
    line = Text()
    for cell in cells:
        if line and line.cell_len + 2 + cell.cell_len > width:
            yield line
            line = Text("  ").append_text(cell)
        else:
            line = line.append("  ").append_text(cell) if line else cell.copy()
    if line:
        yield line


def show_sides(terminal: Terminal, left: Side, right: Side, reasons: Sequence[str]) -> None:
    """Print two texts beside each other, or above where it is narrow, and the reasons below."""
    console = _console(terminal)
    sides = _above if terminal.width < NARROW else _beside
    console.print(sides(left, right, _lines_for(terminal)))
    for reason in reasons:
        lines = Text(plain_line(reason)).wrap(console, terminal.width - 4, overflow="fold")
        console.file.write("".join(map("{}{}\n".format, chain(["  • "], repeat("    ")), lines)))


def show_facts(terminal: Terminal, rows: Sequence[tuple[str, ...]]) -> None:
    """Print how facts stand in two texts; the sign says it without colours too."""
    utf = terminal.out.encoding.lower().startswith("utf")
    signed = [
        (_SIGNS.get(sign, ""), [sign if utf else _ASCII.get(sign, sign), *map(plain_line, cells)])
        for sign, *cells in rows
    ]
    drawn = _facts_below if terminal.width < FACTS else _facts_beside
    _console(terminal).print(Padding(drawn(signed), (0, 0, 0, 2)))


def _facts_beside(rows: Iterable[tuple[str, Sequence[str]]]) -> RenderableType:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for heading in ("", "", *_STANDS):
        table.add_column(heading, overflow="fold")
    for style, cells in rows:
        table.add_row(*map(Text, cells), style=style)
    return table


def _facts_below(rows: Iterable[tuple[str, Sequence[str]]]) -> RenderableType:
    lines: list[RenderableType] = []
    for style, (sign, kind, *cells) in rows:
        lines.append(Text(f"{sign} {kind}", style=style))
        lines += [
            Padding(Text(f"{stands.lower()}: {cell}", style=style, overflow="fold"), (0, 0, 0, 4))
            for stands, cell in zip(_STANDS, cells, strict=True)
            if cell
        ]
    return Group(*lines)


def _console(terminal: Terminal) -> Console:
    return Console(
        file=terminal.out,
        width=terminal.width,
        color_system="standard" if terminal.color else None,
        force_terminal=terminal.color,
        # Texts from outside are never markup, emoji codes or anything to highlight.
        markup=False,
        emoji=False,
        highlight=False,
        _environ={},
    )


def _cell(column: Column, text: str) -> Text:
    return Text(plain_line(text), style=column.styles.get(text, ""))


def _lines_for(terminal: Terminal) -> box.Box:
    return box.ROUNDED if terminal.out.encoding.lower().startswith("utf") else box.ASCII


def _beside(left: Side, right: Side, lines: box.Box) -> RenderableType:
    table = _frame(lines, left.title, right.title)
    table.add_row(_facts(left), _facts(right))
    table.add_row(_text(left), _text(right))
    return table


def _above(left: Side, right: Side, lines: box.Box) -> RenderableType:
    tables = []
    for side in (left, right):
        table = _frame(lines, side.title)
        table.add_row(_facts(side))
        table.add_row(_text(side))
        tables.append(table)
    return Group(*tables)


def _frame(lines: box.Box, *titles: str) -> Table:
    table = Table(box=lines, expand=True, header_style="bold")
    for title in titles:
        table.add_column(Text(plain_line(title)), ratio=1, overflow="fold")
    return table


def _facts(side: Side) -> Text:
    return Text("\n".join(map(plain_line, side.facts)), style="dim", overflow="fold")


def _text(side: Side) -> Text:
    """Return a side's text with its marks: brackets for all, colours where there are some."""
    text, end = Text(overflow="fold"), 0
    for start, stop, kind in side.marks:
        before, after, style = MARKS[kind]
        text.append(plain_lines(side.text[end:start]))
        text.append(f"{before}{plain_lines(side.text[start:stop])}{after}", style=style)
        end = stop
    text.append(plain_lines(side.text[end:]))
    blank = len(text.plain) - len(text.plain.lstrip("\n"))
    text = text[blank:]
    text.rstrip()
    return text
