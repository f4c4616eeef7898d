from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cmctl.app.guard.labelled import Text, pairs
from cmctl.core.guard.evaluate import (
    Pair,
    Timeline,
    auc,
    average_precision,
    evaluate,
    quality,
    replay,
)
from cmctl.core.model import Seen

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_the_area_counts_equal_scores_half() -> None:
    assert auc([0.9, 0.8, 0.1], [True, False, False]) == 1.0
    assert auc([0.5, 0.5], [True, False]) == 0.5
    assert auc([0.1, 0.9], [True, False]) == 0.0
    assert auc([0.1], [True]) == 0.5


def test_average_precision_is_the_area_under_precision_and_recall() -> None:
    assert average_precision([0.9, 0.8, 0.7], [True, False, True]) == pytest.approx(5 / 6)


def test_precision_and_recall_of_a_threshold() -> None:
    found = quality([0.9, 0.8, 0.7], [True, False, True], 0.75)
    assert (found.precision, found.recall, found.f1) == (0.5, 0.5, 0.5)
    assert quality([0.1], [True], 0.5).precision == 1.0


def test_an_evaluation_has_the_promised_figures() -> None:
    pairs = [
        Pair(a="Fermé lundi 14 juillet.", b="Lundi 14 juillet : fermé !", same=True, kind="x"),
        Pair(a="Arrivage de moules", b="On recrute un serveur", same=False, kind="y"),
        Pair(a="Arrivage de moules", b="On recrute un serveur", same=True, kind="wrong"),
    ]
    found = evaluate(pairs)
    told = found.as_json()
    assert set(told) == {
        "pairs", "auc", "average_precision", "block", "flag_or_block", "by_kind", "by_language",
        "baselines",
    }  # fmt: skip
    assert told["by_kind"]["x"] == {"n": 1, "accuracy": 1.0}
    assert set(told["baselines"]) == {"ratio", "token_sort_ratio", "token_set_ratio", "WRatio"}
    assert [pair.kind for pair, _ in found.errors()] == ["wrong"]


def seen(day: int, text: str) -> Seen:
    at = START + timedelta(days=day)
    return Seen(source="timeline", ref=str(day), text=text, at=at)


def test_a_replay_lists_what_was_missed_and_what_was_stopped_for_nothing() -> None:
    posts = [
        seen(0, "Stage de poterie du 20 au 23 avril, 95 €, inscriptions au secrétariat"),
        seen(1, "Arrivage de moules ce matin"),
        seen(2, "Du 20 au 23 avril : stage de poterie, 95 €. Inscrivez-vous au secrétariat"),
        seen(3, "On recrute un serveur"),
        seen(4, "Arrivage de moules ce matin"),
        seen(30, "Arrivage de moules ce matin"),
    ]
    told = replay([Timeline(posts=posts, duplicates=frozenset({(0, 2), (0, 3)}))]).as_json()
    assert (told["posts"], told["duplicates"], told["found"]) == (6, 2, 1)
    assert [a["text"] for a in told["missed_list"]] == ["On recrute un serveur"]
    assert [a["at"] for a in told["false_hold_list"]] == [posts[4].at.isoformat()]
    assert told["false_flags"] == 0


def test_pairs_of_trades_that_the_model_has_not_seen_are_told_apart() -> None:
    lines = (Path(__file__).parent / "unseen/pairs.jsonl").read_text("utf-8")
    found = evaluate(pairs([Text("unseen", lines)])).as_json()
    assert found["pairs"] == 100
    assert found["auc"] >= 0.96
    assert found["block"]["precision"] >= 0.98
    assert found["block"]["recall"] >= 0.65
    assert found["flag_or_block"]["recall"] >= 0.9
