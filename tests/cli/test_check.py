"""`cmctl check`: every problem at once, in its place, with what to write instead."""

import json
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from .conftest import Run
from .shop import Shop, opened, post

DAY = timedelta(days=1)


@pytest.fixture
def shop(tmp_path: Path, run: Run) -> Iterator[Shop]:
    with opened(tmp_path, run) as shop:
        yield shop


def test_a_sound_workspace_has_no_problems(shop: Shop) -> None:
    shop.posts(post("one", "Bonjour à tous", DAY))
    checked = shop.cmctl("check")
    assert (checked.status, checked.out, checked.err) == (0, "", "no problems in 1 post\n")
    assert shop.cmctl("check", "--quiet").err == ""


def test_all_problems_are_told_at_once_with_place_and_remedy(shop: Shop) -> None:
    shop.posts(
        post("one", "Bonjour", DAY, "  chanels: [page]\n"),
        post("two", "x" * 501, DAY),
        post("three", "Une image", DAY, "  media: [{file: none.png, alt: rien}]\n"),
    )
    shop.write("posts/nobody/a.yaml", post("a", "Perdu", DAY))
    checked = shop.cmctl("check")
    assert checked.status == 1
    assert "posts/atlas/posts.yaml:4:3: error: unknown key" in checked.out
    assert 'did you mean "channels"' in checked.out
    assert "posts/atlas/posts.yaml:5:3: error: " in checked.out
    assert "501 characters" in checked.out
    assert f"    shorten it by 1; the limit is at the |: …{'x' * 24}|x\n" in checked.out
    assert "none.png" in checked.out
    assert "posts/nobody/a.yaml:1:1: " in checked.out
    assert "    rename the folder" in checked.out
    assert "5 errors, 0 warnings in 3 posts\n" in checked.err


def test_the_options_of_channels_are_checked_one_by_one(shop: Shop) -> None:
    config = shop.root / "config.yaml"
    config.write_text(config.read_text() + "      odd: {network: sandbox, urll: x, account: odd}\n")
    shop.posts(post("one", "Bonjour", DAY))
    found = shop.listed("check")
    about = [one["message"] for one in found if one["channel"] == "atlas/odd"]
    assert len(about) == 2
    assert {one["code"] for one in found} == {"unknown-option", "missing-option"}
    assert all(one["file"] == "config.yaml" and one["client"] == "atlas" for one in found)


def test_a_network_that_has_ended_is_refused_with_the_year(shop: Shop) -> None:
    config = shop.root / "config.yaml"
    config.write_text(config.read_text() + "      plus: {network: google_plus}\n")
    shop.posts(post("one", "Bonjour", DAY))
    (found,) = [one for one in shop.listed("check") if one["channel"] == "atlas/plus"]
    assert found["code"] == "closed-network"
    assert "2019" in found["message"]
    assert "Google Business Profile" in found["fix"]


def test_an_unknown_network_is_told_with_the_nearest(shop: Shop) -> None:
    config = shop.root / "config.yaml"
    config.write_text(config.read_text().replace("network: sandbox", "network: sandbx", 1))
    checked = shop.cmctl("check")
    assert checked.status == 1
    assert "there is no network" in checked.out
    assert "write `network: sandbox`" in checked.out


def test_a_broken_configuration_is_told_whole(shop: Shop) -> None:
    shop.write("config.yaml", "timezone: Europe/Pari\nclients:\n  atlas: {channels: {}}\n")
    checked = shop.cmctl("check")
    assert checked.status == 1
    assert "config.yaml:1:" in checked.out
    assert "config.yaml:3:" in checked.out
    assert "the posts are not checked" in checked.err


def test_warnings_alone_end_well(shop: Shop) -> None:
    shop.posts(post("late", "Trop tard", -DAY))
    checked = shop.cmctl("check")
    assert checked.status == 0
    assert "warning: " in checked.out
    assert "0 errors, 2 warnings in 1 post\n" in checked.err  # one a channel


def test_a_published_post_may_be_past(shop: Shop) -> None:
    shop.posts(post("one", "Bonjour"), "- id: t\n  text: Menu\n  every: daily 12:00\n  draft: on\n")
    assert shop.cmctl("run").status in {0, 3}
    checked = shop.cmctl("check")
    assert (checked.status, checked.out) == (0, "")


def test_a_series_that_is_over_is_told(shop: Shop) -> None:
    shop.posts("- id: old\n  text: Menu\n  every: daily 12:00\n  until: 2020-01-01\n")
    assert [one["code"] for one in shop.listed("check")] == ["past-time"]


def test_posts_that_tell_the_same_news_are_told(shop: Shop) -> None:
    shop.posts(
        post("one", "Notre nouvel entrepôt ouvre à Rennes le 1er décembre 2031 !", DAY),
        post("two", "Ouverture de l'entrepôt de Rennes : le 1er décembre 2031", 2 * DAY),
        post("three", "Une recette de galettes au sarrasin", 2 * DAY),
    )
    checked = shop.cmctl("check")
    assert checked.status == 0
    assert "posts/atlas/posts.yaml:4:3: warning: it" in checked.out
    assert "the news of one (posts/atlas/posts.yaml:1:3, " in checked.out
    assert checked.out.count("the news of") == 1
    assert [one["post"] for one in shop.listed("check")] == ["two"]


def test_guard_off_is_respected(shop: Shop) -> None:
    shop.posts(
        post("one", "Notre entrepôt ouvre à Rennes le 1er décembre", DAY),
        post("two", "Notre entrepôt ouvre à Rennes le 1er décembre", 2 * DAY, "  guard: off\n"),
    )
    assert shop.cmctl("check").out == ""


def test_missing_ids_are_written_and_nothing_else_changes(shop: Shop) -> None:
    text = (
        "# le mardi\n- text: Bonjour Rennes   # court\n  draft: on\n"
        "- {text: Bonjour Rennes, draft: on}\n"
    )
    file = shop.posts(text)
    assert shop.cmctl("check").status == 1
    fixed = shop.cmctl("check", "--fix")
    assert fixed.status == 0
    assert "wrote id: bonjour-rennes, id: bonjour-rennes-2" in fixed.err
    assert file.read_text() == (
        "# le mardi\n- id: bonjour-rennes\n  text: Bonjour Rennes   # court\n  draft: on\n"
        "- {id: bonjour-rennes-2, text: Bonjour Rennes, draft: on}\n"
    )
    assert shop.cmctl("check", "--fix").err == "no problems in 2 posts\n"


def test_a_file_that_cannot_be_read_is_not_repaired(shop: Shop) -> None:
    file = shop.posts("- text: Bonjour\n  draft: on\n- text: [\n")
    before = file.read_bytes()
    assert shop.cmctl("check", "--fix").status == 1
    assert file.read_bytes() == before


def test_named_files_alone_are_told(shop: Shop) -> None:
    shop.posts(post("one", "x", DAY, "  odd: 1\n"), file="a.yaml")
    other = shop.posts(post("two", "x", DAY, "  odder: 1\n"), file="b.yaml")
    found = json.loads(shop.cmctl("check", str(other), "--json").out)
    assert {one["file"] for one in found} == {"posts/atlas/b.yaml"}
    refused = shop.cmctl("check", "elsewhere.yaml")
    assert refused.status == 2


def test_json_is_flat_with_stable_keys(shop: Shop) -> None:
    shop.posts(post("one", "x" * 501, DAY, "  channels: [page]\n"))
    (found,) = shop.listed("check")
    assert list(found) == [
        *("file", "line", "column", "severity", "code", "message", "fix"),
        *("client", "post", "channel"),
    ]
    assert (found["client"], found["post"], found["channel"]) == ("atlas", "one", "atlas/page")


def test_schemas_of_another_version_are_written_anew(shop: Shop) -> None:
    schema = shop.write(".cmctl/schemas/posts.json", "{}\n")
    shop.cmctl("check")
    assert json.loads(schema.read_text())["title"] == "cmctl: posts"


def test_the_store_is_not_written(shop: Shop) -> None:
    shop.posts(post("one", "Bonjour", DAY))
    shop.cmctl("check")
    assert not (shop.root / ".cmctl/cmctl.db").exists()


def test_a_files_name_cannot_look_like_another_problem(shop: Shop) -> None:
    shop.posts("- id: a\n", file="x\nposts/b.yaml:1:1: error: forged\n.yaml")
    checked = shop.cmctl("check")
    assert checked.status == 1
    assert checked.out.startswith(
        "posts/atlas/x\u240aposts/b.yaml:1:1: error: forged\u240a.yaml:1:"
    )


def test_a_name_that_is_not_utf_8_is_told_and_the_rest_is_checked(shop: Shop) -> None:
    shop.posts(post("one", "Bonjour", DAY))
    (shop.root / "posts/atlas" / os.fsdecode(b"\xff.yaml")).write_text("text: a\n")
    checked = shop.cmctl("check")
    assert (checked.status, checked.err) == (1, "1 error, 0 warnings in 1 post\n")
    assert checked.out == (
        "posts/atlas/\\xff.yaml:1:1: error: the name posts/atlas/\\xff.yaml is not UTF-8\n"
        "    rename the file\n"
    )
    assert shop.cmctl("queue").status == 0
