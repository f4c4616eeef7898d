"""The pages about networks say what the code says."""

import inspect
import re
from dataclasses import fields
from pathlib import Path
from types import ModuleType

import pytest

from cmctl.channels import base, grant, inbox, networks, sign_in
from cmctl.channels.base import Capabilities, MediaRules
from docs.network_table import PAGE, table, table_in

RENEW = "python tests/docs/network_table.py writes the table anew"
ADD = PAGE.with_name("add-a-channel.md")


def test_the_table_is_that_of_the_code() -> None:
    assert table_in(PAGE.read_text(encoding="utf-8")) == table(), RENEW


@pytest.mark.parametrize("module", [base, inbox, sign_in, grant])
def test_who_adds_a_channel_is_told_every_optional_part(module: ModuleType) -> None:
    page = ADD.read_text(encoding="utf-8")
    for name, protocol in inspect.getmembers(module, inspect.isclass):
        if protocol.__module__ == module.__name__ and getattr(protocol, "_is_protocol", False):
            methods = [one for one in vars(protocol) if not one.startswith("_")]
            assert name == "Channel" or f"`{name}`" in page, name
            assert all(f"`{one}`" in page for one in methods), (name, methods)


@pytest.mark.parametrize("kind", [Capabilities, MediaRules])
def test_who_adds_a_channel_is_told_every_capability(kind: type) -> None:
    page = ADD.read_text(encoding="utf-8")
    missing = [one.name for one in fields(kind) if f"`{one.name}`" not in page]
    assert missing == []


def test_how_long_each_adapter_is_stands_there() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    told = {name: int(lines) for name, lines in rows}
    (folder,) = networks.__path__
    files = {file.stem: file for file in Path(folder).glob("[!_]*.py")}
    assert told.keys() == files.keys()
    for name, file in files.items():
        lines = len(file.read_text(encoding="utf-8").splitlines())
        assert abs(lines - told[name]) <= 20, f"{name} has {lines} lines"
