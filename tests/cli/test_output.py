"""What a person sees at a terminal and what a program reads from a pipe."""

import json
import re
from collections.abc import Sequence
from io import BytesIO, StringIO, TextIOWrapper

import pytest

from cmctl.cli.output import Column
from cmctl.cli.table import show, show_facts
from cmctl.cli.terminal import Terminal

from .conftest import SAMPLE, Run

ESCAPE = "\x1b"
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]")
COLOR = re.compile(r"\x1b\[[0-9;]*m")


def test_a_pipe_gets_all_rows_parted_by_tabs(run: Run) -> None:
    ended = run(SAMPLE, "posts", "--count", "120")
    rows = [line.split("\t") for line in ended.out.splitlines()]
    assert [row[0] for row in rows] == [str(number) for number in range(120)]
    assert {len(row) for row in rows} == {4}
    assert ended.err == ""


def test_a_pipe_gets_fewer_rows_where_it_asks_and_is_told(run: Run) -> None:
    ended = run(SAMPLE, "posts", "--count", "120", "--limit", "7")
    assert len(ended.out.splitlines()) == 7
    assert ended.err == "113 more; --limit 0 shows all\n"


def test_a_terminal_gets_fifty_rows_and_is_told_of_the_others(watch: Run) -> None:
    shown = COLOR.sub("", watch(SAMPLE, "posts", "--count", "120", columns=120).out)
    assert len(re.findall(r"^ *\d+ +planned ", shown, re.MULTILINE)) == 50
    assert "70 more; --limit 0 shows all" in shown
    assert shown.splitlines()[0].split() == ["#", "State", "Text"]


@pytest.mark.parametrize("columns", [40, 80, 132])
def test_a_table_never_gets_wider_than_the_terminal(watch: Run, columns: int) -> None:
    shown = COLOR.sub("", watch(SAMPLE, "posts", "-q", columns=columns).out)
    assert max(map(len, shown.splitlines())) <= columns
    assert shown.count("planned") == 3


def test_json_is_an_array_of_flat_objects_also_on_a_terminal(run: Run, watch: Run) -> None:
    for shown in (
        run(SAMPLE, "posts", "--count", "60", "--json").out,
        watch(SAMPLE, "posts", "--count", "60", "--json", "-q").out,
    ):
        records = json.loads(shown)
        assert len(records) == 60
        assert set(records[0]) == {"number", "text"}
        assert records[0]["text"].startswith("\x1b]52;c;")
        assert not CONTROL.search(shown)


def test_json_of_nothing_is_an_empty_array(run: Run) -> None:
    assert json.loads(run(SAMPLE, "posts", "--count", "0", "--json").out) == []


@pytest.mark.parametrize("args", [["posts"], ["sides"]])
def test_foreign_text_neither_speaks_to_the_terminal_nor_is_markup(
    run: Run, watch: Run, args: list[str]
) -> None:
    piped = run(SAMPLE, *args).out
    shown = COLOR.sub("", watch(SAMPLE, *args, "-q", columns=120).out)
    for text in (piped.replace("\t", ""), shown):
        assert not CONTROL.search(text)
        assert "␛]52;c;ZXZpbA==␇[bold]red[/bold]" in text
        assert ":smile:" in text


def test_a_terminal_has_colours_and_a_pipe_has_none(run: Run, watch: Run) -> None:
    assert ESCAPE in watch(SAMPLE, "posts", "-q").out
    assert ESCAPE not in run(SAMPLE, "posts").out


@pytest.mark.parametrize("env", [{"NO_COLOR": "yes please"}, {"TERM": "dumb"}])
def test_colours_are_left_out_where_they_are_not_wanted(watch: Run, env: dict[str, str]) -> None:
    assert ESCAPE not in watch(SAMPLE, "posts", "-q", env=env).out


def test_colours_are_left_out_on_request(watch: Run) -> None:
    assert ESCAPE not in watch(SAMPLE, "posts", "-q", "--no-color").out
    assert ESCAPE not in watch(SAMPLE, "--no-color", "posts", "-q").out


def test_progress_is_shown_to_a_person_only(run: Run, watch: Run) -> None:
    assert "Counting" in watch(SAMPLE, "posts").out
    assert "Counting" not in watch(SAMPLE, "posts", "--quiet").out
    assert "Counting" not in run(SAMPLE, "posts").err


def test_quiet_keeps_results_and_leaves_out_talk(run: Run) -> None:
    talking = run(SAMPLE, "posts", "add", "-", stdin="text")
    quiet = run(SAMPLE, "posts", "add", "-", "-q", stdin="text")
    assert (talking.out, talking.err) == (quiet.out, "talk\n")
    assert quiet.err == ""


def test_two_texts_stand_beside_each_other_where_there_is_room(watch: Run) -> None:
    lines = watch(SAMPLE, "sides", columns=100, env={"NO_COLOR": "1"}).out.splitlines()
    assert any("Yours" in line and "Followers read" in line for line in lines)
    assert any("🚚 Notre entrepôt" in line and "entrepôt ␛" in line for line in lines)
    assert any(line.startswith("  • both name Rennes") for line in lines)


def test_two_texts_stand_above_each_other_where_there_is_not(watch: Run) -> None:
    lines = watch(SAMPLE, "sides", columns=50, env={"NO_COLOR": "1"}).out.splitlines()
    assert not any("Yours" in line and "Followers read" in line for line in lines)
    assert max(map(len, lines)) <= 50
    assert lines[-1].startswith("    ")


@pytest.mark.parametrize("width", [24, 38, 80])
def test_facts_are_whole_at_every_width(width: int) -> None:
    out = TextIOWrapper(BytesIO(), encoding="utf-8")
    person = Terminal(out, out, watched=True, err_watched=True, color=False, width=width)
    words = "entrepôt, décembre, emplois, Rennes"
    show_facts(
        person, [("≠", "date", "", "1 December", "2 December"), ("+", "words", words, "", "")]
    )
    out.seek(0)
    lines = [line.rstrip() for line in out]
    assert max(map(len, lines)) <= width
    found = {word.strip(",") for line in lines for word in line.split()}
    assert found >= {*words.split(", "), "≠", "date", "December"}
    assert (lines[0] == "  ≠ date") == (width < 50)


def test_an_output_without_unicode_gets_lines_of_ascii(run: Run) -> None:
    ended = run(SAMPLE, "sides", env={"PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"})
    assert ended.status == 0
    assert "| Yours" in ended.out


def drawn(width: int, columns: Sequence[Column], row: Sequence[str]) -> list[str]:
    out = StringIO()
    person = Terminal(out, out, watched=True, err_watched=True, color=False, width=width)
    show(person, columns, [row])
    return out.getvalue().splitlines()


def test_a_narrow_terminal_moves_a_rows_short_cells_down_and_cuts_none() -> None:
    columns = [Column("When"), Column("Channel"), Column("State"), Column("Text", wide=True)]
    row = ["Mon 23 Nov 08:00 CET", "boulangerie/page", "held, duplicate", "Un texte " * 9]
    assert drawn(60, columns, row) == [
        "Mon 23 Nov 08:00 CET  boulangerie/page  held, duplicate",
        "    Un texte Un texte Un texte Un texte Un texte Un texte U…",
    ]
    assert drawn(45, columns, row)[:2] == [
        "Mon 23 Nov 08:00 CET  boulangerie/page",
        "  held, duplicate",
    ]


@pytest.mark.parametrize("width", [30, 80, 100])
def test_what_is_wrong_and_what_to_do_is_never_cut(width: int) -> None:
    columns = [
        Column("What"),
        Column("Found", wide=True, whole=True),
        Column("Do", wide=True, whole=True),
    ]
    found = "the environment variable ATLAS_TOKEN is not set, and nobody knows why that is so"
    shown = drawn(width, columns, ["a rather long channel name", found, "export ATLAS_TOKEN=..."])
    assert max(map(len, shown)) <= width
    assert not any("…" in line for line in shown)
    words = {word for line in shown for word in line.split()}
    assert words >= {*found.split(), "ATLAS_TOKEN=..."}
