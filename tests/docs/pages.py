"""The pages for readers, as the blocks that they are made of."""

import re
from pathlib import Path
from typing import NamedTuple

from markdown_it import MarkdownIt

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
_WORD = re.compile(r'([\w-]+)(?:=(?:"([^"]*)"|(\S+)))?')


class Block(NamedTuple):
    """One fenced block."""

    page: Path
    #: Where its first line stands, from 1.
    line: int
    #: The first word after the fence: `console`, `yaml`, `text`, ...
    language: str
    #: The words after it: `file=posts/atlas/rennes.yaml`, `not-run="why"`.
    marks: dict[str, str]
    text: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


class Step(NamedTuple):
    """One command of a console block, and what the page says that it prints."""

    command: str
    output: str


def blocks(page: Path) -> list[Block]:
    """Return the fenced blocks of a page, in order."""
    tokens = MarkdownIt().parse(page.read_text(encoding="utf-8"))
    return [
        _block(page, token.info, token.content, token.map[0] + 2)
        for token in tokens
        if token.type == "fence"
    ]


def _block(page: Path, info: str, text: str, line: int) -> Block:
    language, _, rest = info.strip().partition(" ")
    marks = {word[1]: word[2] or word[3] or "" for word in _WORD.finditer(rest)}
    return Block(page, line, language, marks, text)


def steps(block: Block) -> list[Step]:
    """Return the commands of a console block: each begins with `$ ` and goes on with `> `."""
    found: list[Step] = []
    for line in block.text.splitlines():
        if line.startswith("$ "):
            found.append(Step(line[2:], ""))
        elif not found:
            raise ValueError(f"{block}: a console block begins with `$ `")
        elif line.startswith("> ") and not found[-1].output:
            found[-1] = Step(f"{found[-1].command}\n{line[2:]}", "")
        else:
            found[-1] = found[-1]._replace(output=f"{found[-1].output}{line}\n")
    return found
