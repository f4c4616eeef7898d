"""A reply goes out once, or is visibly held."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from .conftest import Run
from .shop import Shop, opened, post

ONE = "  channels: [page]\n"
THANKS = "Merci ! Oui, le dépôt ouvre à 8 h."


@pytest.fixture
def shop(tmp_path: Path, run: Run) -> Iterator[Shop]:
    with opened(tmp_path, run) as shop:
        yield shop


@pytest.fixture
def question(shop: Shop) -> str:
    return shop.by_hand("page", "Le dépôt de Rennes ouvre demain")


def test_a_reply_stands_below_what_it_answers(shop: Shop, question: str) -> None:
    ended = shop.cmctl("reply", "atlas/page", question, THANKS)

    assert ended.status == 0, ended.err
    assert "published" in ended.out
    told = {
        one["text"]: one["reply_to"] for one in shop.listed("channel", "timeline", "atlas/page")
    }
    assert told[THANKS] == question


def test_the_same_words_typed_again_are_not_sent_again(shop: Shop, question: str) -> None:
    shop.cmctl("reply", "atlas/page", question, THANKS)
    ended = shop.cmctl("reply", "atlas/page", question, "-", stdin=f"{THANKS}\n")

    assert (ended.status, "published" in ended.out) == (0, True)
    assert shop.standing("page").count(THANKS) == 1


def test_a_reply_whose_answer_was_lost_is_looked_for(shop: Shop, question: str) -> None:
    shop.fault("drop", account="page")
    ended = shop.cmctl("reply", "atlas/page", question, THANKS)

    assert ended.status == 4
    assert "uncertain" in ended.out
    assert "cmctl queue confirm" in ended.out
    again = shop.cmctl("reply", "atlas/page", question, THANKS)
    assert again.status == 4
    assert shop.standing("page").count(THANKS) == 1
    while shop.listed("queue"):
        shop.cmctl("run")
    (row,) = shop.listed("history")
    assert (row["state"], row["reply_to"]) == ("published", question)
    assert shop.standing("page").count(THANKS) == 1


def test_a_reply_goes_out_alone_and_the_files_leave_it_alone(shop: Shop, question: str) -> None:
    shop.posts(post("due", "Ceci est dû depuis une minute", -timedelta(minutes=1), ONE))
    shop.cmctl("queue")
    shop.cmctl("reply", "atlas/page", question, THANKS)
    assert THANKS in shop.standing("page")
    assert "Ceci est dû depuis une minute" not in shop.standing("page")
    shop.cmctl("pause", "atlas", "--reason", "grève")
    ended = shop.cmctl("reply", "atlas/page", question, "À demain")
    assert "cmctl queue cancel" in ended.out
    shown = shop.cmctl("queue", "show", ended.out.split()[0]).out
    assert "written with cmctl reply" in shown
    assert "file" not in shown.lower()
    shop.posts(post("other", "Autre chose", timedelta(hours=1), ONE))
    assert {row["text"] for row in shop.listed("queue")} == {"À demain", "Autre chose"}


def test_the_guard_compares_no_post_with_a_reply(shop: Shop, question: str) -> None:
    news = "Le nouvel entrepôt de Nantes ouvre le 3 mars avec 14 quais et 45 emplois"
    shop.cmctl("reply", "atlas/page", question, news)
    shop.posts(post("news", news, more=ONE))
    assert shop.cmctl("run").status == 0
    assert shop.standing("page").count(news) == 2


def test_a_reply_that_cannot_go_is_refused_before_anything_is_written(
    shop: Shop, question: str
) -> None:
    long = shop.cmctl("reply", "atlas/page", question, "x" * 501)
    assert long.status == 1
    assert "501" in long.err
    assert shop.cmctl("reply", "atlas/page", question, " ").status == 1
    assert shop.cmctl("reply", "atlas", question, THANKS).status == 2
    assert shop.cmctl("reply", "atlas/nowhere", question, THANKS).status == 2
    assert shop.listed("queue") == []


def test_a_network_without_replies_says_so(shop: Shop) -> None:
    config = (shop.root / "config.yaml").read_text()
    shop.write("config.yaml", config + "      out: {network: folder, path: out}\n")
    ended = shop.cmctl("reply", "atlas/out", "1", THANKS)
    assert ended.status == 1
    assert "no replies by programs" in ended.err


def test_a_text_that_the_network_cut_is_said_wherever_it_is_looked_at(shop: Shop) -> None:
    shop.posts(post("cut", "Portes ouvertes samedi, de 10 h à 17 h", more=ONE))
    shop.fault("shorten", account="page")
    shop.cmctl("run")
    cut = "the text was cut by the network: it ends with “Portes ouvertes sam”"
    (row,) = shop.listed("history")
    assert (row["state"], row["altered"]) == ("published", cut)
    assert "published, altered" in shop.cmctl("history").out
    shown = shop.cmctl("queue", "show", "cut").out
    assert shown.count(cut) == 2  # its state, and its log
