"""What the pages say is typed as they say it, page by page, in a folder of its own."""

import sys
from pathlib import Path

import pytest

from docs.adapter import installed
from docs.alike import alike
from docs.pages import PAGES, Block, blocks, steps
from docs.session import Session

#: Blocks that are shown and not run by this file; what runs or checks them instead.
SHOWN = {
    "text": "no command",
    "yaml": "written where it names a file; all are loaded by test_yaml.py",
    "python": "written where it names a file",
    "toml": "written where it names a file",
    "mermaid": "a drawing",
}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_does_what_it_says(page: Path, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    with Session(tmp_path, {"PYTHONPATH": str(tmp_path / "installed")}) as session:
        for block in blocks(page):
            if "file" in block.marks:
                _write(tmp_path, block, session)
            elif "background" in block.marks:
                _start(session, block)
            elif block.language == "console" and "not-run" not in block.marks:
                _run(session, block)
            if block.marks.get("file", "").endswith("pyproject.toml"):
                installed(tmp_path / block.marks["file"], tmp_path / "installed")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_block_is_run_or_says_why_not(page: Path) -> None:
    for block in blocks(page):
        if block.language == "console":
            reason = block.marks.get("not-run")
            assert reason is None or len(reason.split()) > 3, f"{block}: why is it not run?"
        else:
            assert block.language in SHOWN, f"{block}: a block of commands is a `console` block"


def _write(folder: Path, block: Block, session: Session) -> None:
    path = folder / block.marks["file"]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(session.local(block.text), encoding="utf-8")


def _start(session: Session, block: Block) -> None:
    (step,) = steps(block)
    assert session.start(step.command), f"{block}: nothing listens"


def _run(session: Session, block: Block) -> None:
    wanted = steps(block)
    for number, step in enumerate(wanted, start=1):
        ended = session.type(step.command)
        shown = f"\n{block}\n$ {step.command}\n{ended.output}-> {ended.status}\n"
        sys.stdout.write(shown)
        status = int(block.marks.get("status", "0")) if number == len(wanted) else 0
        assert ended.status == status, shown
        if step.output:
            assert alike(session.local(step.output), ended.output), f"{shown}said:\n{step.output}"
