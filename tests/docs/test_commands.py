"""docs/commands.md tells of every command and option, in the program's own words."""

import re

import pytest

from cmctl.core.errors import ExitStatus
from docs.command_tables import PAGE, names, sections, table, table_in

COMMANDS = list(names())
RENEW = "python tests/docs/command_tables.py writes the tables anew"


@pytest.fixture(scope="module")
def told() -> dict[str, str]:
    return sections(PAGE.read_text(encoding="utf-8"))


def test_every_command_has_its_section_in_the_order_of_the_table(told: dict[str, str]) -> None:
    assert list(told) == COMMANDS


@pytest.mark.parametrize("name", COMMANDS)
def test_the_options_are_those_of_the_parser(told: dict[str, str], name: str) -> None:
    assert table_in(told[name]) == table(name), RENEW


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_shown(told: dict[str, str], name: str) -> None:
    short = name.removesuffix(" list")
    lines = [line for line in told[name].splitlines() if line.startswith("$ ")]
    assert any(f"cmctl {one}" in line for line in lines for one in (name, short))


def test_every_exit_code_is_told() -> None:
    page = (PAGE.parent / "exit-codes.md").read_text(encoding="utf-8")
    for status in ExitStatus:
        assert f"| {status.value} | {status.meaning} |" in page


def test_what_an_option_takes_has_a_name_and_no_type() -> None:
    shown = "".join(map(table, names()))
    assert not re.findall(r"<[^>|]*>|\[[^]]*[<>]=", shown)
