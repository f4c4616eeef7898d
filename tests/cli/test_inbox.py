"""What followers say is listed, answered and taken out of sight."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import CMCTL, Run
from .shop import Shop, opened, post

ONE = "  channels: [page]\n"


@pytest.fixture
def shop(tmp_path: Path, run: Run) -> Iterator[Shop]:
    with opened(tmp_path, run) as shop:
        yield shop


def test_the_inbox_tells_what_was_said_to_whom_and_what_was_answered(shop: Shop) -> None:
    shop.posts(post("news", "Le dépôt ouvre demain", more=ONE))
    shop.cmctl("run")
    (published,) = shop.listed("history")
    question = shop.client.comment("page", "À quelle heure ? \x1b[31m", on=published["remote_id"])
    shop.client.comment("news", "Bravo @news", author="paul")
    assert shop.cmctl("reply", "atlas/page", question, "À 8 h").status == 0

    first, second = shop.listed("inbox")

    assert (first["id"], first["channel"], first["kind"]) == (question, "atlas/page", "comment")
    assert (first["post"], first["number"], first["author"]) == ("news", 1, "marie")
    assert (first["reply"], first["reply_state"]) == (2, "published")
    assert (second["kind"], second["channel"], second["reply"]) == ("mention", "atlas/news", None)
    told = shop.cmctl("inbox", "--channel", "atlas/page")
    assert "\x1b" not in told.out
    assert "#1 news" in told.out
    assert "answered" in told.out
    assert "Bravo" not in told.out
    below = shop.listed("inbox", "--on", "news")
    assert [one["text"] for one in below if one["own"]] == ["À 8 h"]


def test_what_followers_did_is_told_beside_what_went_out(shop: Shop) -> None:
    shop.posts(
        post("news", "Le dépôt ouvre demain", more=ONE),
        post("more", "Autre chose", more="  channels: [news]\n"),
    )
    shop.cmctl("run")
    (published,) = shop.listed("history", "--post", "news")
    shop.client.comment("page", "Bravo", on=published["remote_id"])
    shop.fault("error", on="read", account="news", count=0)
    ended = shop.cmctl("history", "--counts", "--json")
    assert ended.status == 4
    assert "no counts: " in ended.err
    told = {row["post"]: (row["likes"], row["comments"]) for row in json.loads(ended.out)}
    assert told == {"news": (0, 1), "more": (None, None)}
    cells = shop.cmctl("history", "--counts", "--post", "news").out.split("\t")
    assert cells[5:10] == ["published", "0", "1", "0", "0"]
    assert "likes" not in shop.listed("history")[0]


def test_a_comment_is_hidden_shown_again_and_deleted_after_asking(shop: Shop, watch: Run) -> None:
    comment = shop.client.comment("page", "Nul", on=shop.by_hand("page", "Bonjour"))
    refused = shop.cmctl("comment", "delete", "atlas/page", comment)
    assert refused.status == 2
    assert "nobody can be asked" in refused.err
    at = ("-C", str(shop.root), "atlas/page", comment)
    assert "hidden" in watch(CMCTL, "comment", "hide", *at, typed="y\n").out
    assert shop.listed("inbox")[0]["hidden"] is True
    assert watch(CMCTL, "comment", "delete", *at, typed="n\n").status == 1
    assert shop.cmctl("comment", "unhide", "atlas/page", comment, "--yes").status == 0
    assert shop.listed("inbox")[0]["hidden"] is False
    assert shop.cmctl("comment", "delete", "atlas/page", comment, "--yes").status == 0
    assert shop.listed("inbox") == []
    again = shop.cmctl("comment", "delete", "atlas/page", comment, "--yes")
    assert (again.status, "it was not there" in again.out) == (2, True)
    told = shop.listed("comment", "log")
    assert [one["act"] for one in told] == ["delete", "delete", "unhide", "hide"]
    assert {one["comment"] for one in told} == {comment}
    assert [one["outcome"] for one in told] == ["it was not there", "done", "done", "done"]
    assert all("@" in one["by"] for one in told)


def test_a_post_is_never_deleted_for_a_comment(shop: Shop) -> None:
    by_hand = shop.by_hand("page", "Bonjour")
    shop.posts(post("news", "Le dépôt ouvre demain", more=ONE))
    shop.cmctl("run")
    (published,) = shop.listed("history")
    for one in (by_hand, published["remote_id"]):
        refused = shop.cmctl("comment", "delete", "atlas/page", one, "--yes")
        assert refused.status == 2
        assert "is a post on atlas/page and no comment" in refused.err
    assert shop.listed("comment", "log") == []


def test_what_the_network_refused_is_on_record_too(shop: Shop) -> None:
    assert "no comment was taken out of sight" in shop.cmctl("comment", "log").err
    assert shop.cmctl("comment", "hide", "atlas/page", "999", "--yes").status == 1
    (told,) = shop.listed("comment", "log", "--channel", "atlas/page")
    assert told["outcome"] not in {"", "done"}
    assert "999" in shop.cmctl("comment", "log").out
    assert shop.listed("comment", "log", "--channel", "atlas/news") == []


def test_what_cannot_be_read_or_done_is_said(shop: Shop) -> None:
    config = (shop.root / "config.yaml").read_text()
    shop.write("config.yaml", config + "      out: {network: folder, path: out}\n")
    shop.fault("error", on="read", account="page", count=0)
    ended = shop.cmctl("inbox")
    assert ended.status == 4
    assert "atlas/page could not be read" in ended.err
    assert "atlas/out" in ended.err
    hidden = shop.cmctl("comment", "hide", "atlas/out", "1", "--yes")
    assert hidden.status == 1
    assert "lets no program hide comments" in hidden.err
