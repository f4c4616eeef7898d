"""The demo: the owner's morning by the program's own commands, on a clock of its own."""

import json
import subprocess
import sys
from pathlib import Path

CMCTL = [sys.executable, "-m", "cmctl"]


def demo(folder: Path, *args: str) -> str:
    ended = subprocess.run(
        [*CMCTL, "demo", *args],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return ended.stdout


def ledger(folder: Path) -> dict[str, set[str]]:
    command = [*CMCTL, "-C", str(folder), "history", "--json"]
    ended = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    states: dict[str, set[str]] = {}
    for row in json.loads(ended.stdout):
        states.setdefault(row["post"], set()).add(row["state"])
    return states


def test_the_demo_tells_the_story_and_leaves_its_facts(tmp_path: Path) -> None:
    told = demo(tmp_path)
    story = [
        "Mr G., the owner, types the news",
        "$ cmctl holds",
        "The same news twice (1)",
        "=  date    1 December",
        "[differs] (only here); score",
        "--keep theirs",
        "$ cmctl history",
    ]
    assert [told.find(line) for line in story] == sorted(told.find(line) for line in story)
    assert all(line in told for line in story)
    states = ledger(tmp_path / "cmctl-demo")
    assert states.pop("rennes-entrepot") == {"cancelled"}
    assert set(map(frozenset, states.values())) == {frozenset({"published"})}
    oracle = (tmp_path / "cmctl-demo" / ".cmctl" / "network").glob("*")
    posts = "".join(path.read_text("utf-8") for path in oracle if path.is_file())
    assert "entrepot a Rennes" in posts
    assert "Notre nouvel entrepôt" not in posts


def test_a_second_demo_takes_another_folder_and_the_picture_is_drawn(tmp_path: Path) -> None:
    (tmp_path / "cmctl-demo").mkdir()
    demo(tmp_path, "--picture", "demo.svg")
    assert (tmp_path / "cmctl-demo-2" / "config.yaml").is_file()
    picture = (tmp_path / "demo.svg").read_text(encoding="utf-8")
    assert picture.startswith("<svg")
    assert "http://www.w3.org/2000/svg" in picture
    assert "@font-face" not in picture


def test_a_named_folder_that_is_there_is_not_touched(tmp_path: Path) -> None:
    ended = subprocess.run(
        [*CMCTL, "demo", str(tmp_path)], capture_output=True, text=True, check=False, timeout=60
    )
    assert ended.returncode == 1
    assert "nothing was touched" in ended.stderr
    assert not list(tmp_path.iterdir())
