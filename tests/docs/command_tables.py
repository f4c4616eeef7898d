"""The tables of options in docs/commands.md, made of the program's own parser.

`python tests/docs/command_tables.py` writes them anew; a heading names the command it is about, and
everything but the tables is written by hand.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from cmctl.cli.commands import PROGRAM
from cmctl.cli.invocation import Invocation
from cmctl.cli.lazy import Entry
from cmctl.cli.main import Program
from cmctl.cli.terminal import detect
from cmctl.wiring.machine import Machine

PAGE = Path(__file__).parents[2] / "docs" / "commands.md"
#: On every command; the page tells of them once.
COMMON = {"-C", "--config", "-q", "--no-color", "--help"}
_SECTION = re.compile(r"^### `cmctl ([a-z -]+)`$", re.MULTILINE)
_HEADING = re.compile(r"^##", re.MULTILINE)
_TABLE = re.compile(r"^\| (?:option|argument) \|.*?(?=\n\n|\Z)", re.MULTILINE | re.DOTALL)


def names(entry: Entry = PROGRAM, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield every command as it is typed after `cmctl`, groups left out."""
    for child in entry.entries:
        if child.entries:
            yield from names(child, (*path, child.name))
        else:
            yield " ".join((*path, child.name))


def table(name: str) -> str:
    """Return the rows of a command's own arguments and options; empty where it has none."""
    context = Program(PROGRAM).make_context("cmctl", [], resilient_parsing=True)
    context.obj = Invocation(Machine(), detect({}))
    command = Program(PROGRAM)
    for word in name.split():
        command = command.get_command(context, word)
    rows = []
    for param in command.get_params(context):
        record = param.get_help_record(context)
        if record and not COMMON & set(param.opts):
            rows.append(f"| `{_cell(record[0])}` | {_cell(record[1])} |")
    return "\n".join(["| option | |", "| --- | --- |", *rows]) if rows else ""


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def sections(text: str) -> dict[str, str]:
    """Return what the page says of each command."""
    return {
        match[1]: _HEADING.split(text[match.end() :], maxsplit=1)[0]
        for match in _SECTION.finditer(text)
    }


def table_in(section: str) -> str:
    """Return the table of options that a section has, or an empty text."""
    found = _TABLE.search(section)
    return found[0].strip() if found else ""


def _renewed(text: str) -> str:
    for name, section in sections(text).items():
        old, new = table_in(section), table(name)
        if old:
            renewed = section.replace(old, new) if new else section.replace(f"{old}\n\n", "")
        else:
            renewed = f"{section.rstrip()}\n\n{new}\n\n" if new else section
        text = text.replace(section, renewed, 1)
    return text.rstrip() + "\n"


if __name__ == "__main__":
    PAGE.write_text(_renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    sys.stdout.write(f"{PAGE}\n")
