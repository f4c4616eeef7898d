import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import Run
from .shop import Shop, opened

SAME = (
    "Nouvel entrepôt à Rennes : {0} m², {0} emplois et 4 quais dès le 1er décembre.",
    "Notre nouvel entrepôt de Rennes ouvre le 1er décembre : {0} m², 4 quais, {0} emplois",
)
OTHER = (SAME[0], "Le nouvel entrepôt de Nantes ouvre le 3 mars : 12 m², 9 quais et {0} emplois")


@pytest.fixture
def shop(tmp_path: Path, run: Run) -> Iterator[Shop]:
    with opened(tmp_path, run) as shop:
        yield shop


def pairs(count: int) -> str:
    made = [(SAME, 1, n) for n in range(count)] + [(OTHER, 0, n) for n in range(count)]
    return "".join(
        json.dumps({"a": a.format(30 + n), "b": b.format(30 + n), "label": label}) + "\n"
        for (a, b), label, n in made
    )


def test_nothing_is_proposed_from_nothing(shop: Shop) -> None:
    ended = shop.cmctl("guard", "tune", "--no-meaning", "--write")
    assert ended.status == 0, ended.err
    assert "nothing is proposed: 0 decisions, and thresholds are proposed from 20 on" in ended.out
    (row,) = json.loads(shop.cmctl("guard", "tune", "--no-meaning", "--json").out)
    assert (row["client"], row["block"], row["flag"], row["written"]) == (
        "atlas",
        None,
        None,
        False,
    )


def test_what_is_proposed_is_written_only_when_it_is_asked_for(shop: Shop) -> None:
    config = shop.root / "config.yaml"
    config.write_text(
        config.read_text().replace(
            "    name: Atlas\n", "    name: Atlas  # Mr G.\n    guard: {block: 0.9999}\n"
        )
    )
    before = config.read_text()
    asked = ("guard", "tune", "--pairs", "-", "--no-meaning")
    ended = shop.cmctl(*asked, stdin=pairs(15))
    assert ended.status == 0, ended.err
    assert "block, now\t0.9999\t1.000 (0/0)\t0.00-1.00\t0.000 (0/15)" in ended.out
    assert "block: a lower one stops 15 more of the same news" in ended.out
    assert "nothing was written: cmctl guard tune --client atlas --write" in ended.err
    assert config.read_text() == before
    (row,) = json.loads(shop.cmctl(*asked, "--write", "--json", stdin=pairs(15)).out)
    assert (row["written"], row["block_recall"], row["block_precision"]) == (True, 1.0, 1.0)
    assert config.read_text() == before.replace("0.9999", f"{row['block']:g}")
    again = shop.cmctl(*asked, "--write", stdin=pairs(15))
    assert "nothing to write" in again.err


def test_thresholds_can_be_tried_on_what_is_labelled(shop: Shop) -> None:
    asked = ("guard", "eval", "-", "--no-meaning", "--json")
    found = json.loads(shop.cmctl(*asked, "--block", "1", "--flag", "0.9999", stdin=pairs(3)).out)
    assert (found["block"]["threshold"], found["flag_or_block"]["threshold"]) == (1, 0.9999)
    assert found["flag_or_block"]["recall"] == 0


def test_whose_pairs_they_are_has_to_be_said_where_there_are_several(shop: Shop) -> None:
    config = shop.root / "config.yaml"
    config.write_text(config.read_text() + "  alps: {name: Alps, channels: {}}\n")
    ended = shop.cmctl("guard", "tune", "--pairs", "-", stdin=pairs(1))
    assert (ended.status, "--client" in ended.err) == (2, True)
    assert "atlas" in shop.cmctl("guard", "tune", "--client", "alp").err
