from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from cmctl.app.posts import author
from cmctl.app.posts.find_post import find_post
from cmctl.app.posts.new_post import Draft
from cmctl.core.errors import CmctlError, UsageError
from cmctl.core.model import HoldReason, State

from .desk import Desk

COMMENTED = """\
# Mr G. reads these first.
- id: news   # keep the id
  text: Old words
  channels: [x]
  at: 2030-11-26 10:15 # a Tuesday
  note: by phone

- id: menu
  text: Today's menu
  channels: [x]
  every: tue,fri 12:00
- id: idea
  text: Some day
  channels: [x]
  draft: true
"""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.close()


@pytest.fixture
def file(desk: Desk) -> Path:
    file = desk.config.parent / "posts" / "a" / "posts.yaml"
    file.write_text(COMMENTED, encoding="utf-8")
    return file


def test_a_new_post_is_planned_at_once(desk: Desk) -> None:
    with desk.context() as ctx:
        at = ctx.now() + timedelta(hours=3)
        written = author.add(ctx, Draft(client="a", text="Fresh bread", channels=["x"], at=at))
    assert written.place.file == "posts/a/queue.yaml"
    assert [one.state for one in written.deliveries] == [State.PLANNED]
    assert written.deliveries[0].due == at.replace(second=0)


def test_an_id_of_a_post_whose_file_is_gone_is_never_used_again(desk: Desk) -> None:
    desk.write({"id": "fresh-bread", "text": "Fresh bread", "channels": ["x"], "in": -1})
    assert [one.state for one in desk.turn()] == [State.PUBLISHED]
    (desk.config.parent / "posts" / "a" / "posts.yaml").unlink()
    with desk.context() as ctx:
        at = ctx.now() + timedelta(days=40)
        written = author.add(ctx, Draft(client="a", text="Fresh bread", channels=["x"], at=at))
        assert written.deliveries[0].key.post == "fresh-bread-2"
        with pytest.raises(UsageError, match="has, or had"):
            author.add(ctx, Draft(client="a", text="Cake", id="fresh-bread", at=at))


def test_the_guard_answers_at_once(desk: Desk) -> None:
    with desk.context() as ctx:
        soon = ctx.now() + timedelta(hours=1)
        news = "The new warehouse in Rennes opens on 1 December with 45 jobs and 12 000 m2"
        author.add(ctx, Draft(client="a", text=news, channels=["x"], at=soon))
        again = author.add(
            ctx, Draft(client="a", text=news + "!", channels=["x"], at=soon + timedelta(hours=1))
        )
    hold = again.deliveries[0].hold
    assert hold is not None
    assert hold.reason is HoldReason.DUPLICATE


def test_a_duplicate_moved_out_of_the_window_goes_on(desk: Desk) -> None:
    with desk.context() as ctx:
        soon = ctx.now() + timedelta(hours=1)
        news = "The new warehouse in Rennes opens with 45 jobs and 12 000 m2"
        author.add(ctx, Draft(client="a", text=news, channels=["x"], at=soon))
        again = author.add(
            ctx, Draft(client="a", text=news, channels=["x"], at=soon + timedelta(hours=1))
        )
        held = again.deliveries[0]
        assert held.state is State.HELD
        post = find_post(ctx, str(held.number))
        moved = author.move(ctx, post, soon + timedelta(days=30))
    assert [one.state for one in moved.deliveries] == [State.PLANNED]


@pytest.mark.parametrize(
    "wrong",
    [
        Draft(client="a", text="x", channels=["nowhere"], draft=True),
        Draft(client="nobody", text="x", draft=True),
        Draft(client="a", text="x", id="No Id", draft=True),
        Draft(client="a", text="x", every="some day"),
        Draft(client="a", text="x", media=[(Path("missing.png"), "")], draft=True),
        Draft(client="a", text="x", draft=True, file="../elsewhere.yaml"),
        Draft(client="a", text="x", draft=True, file="config.yaml"),
        Draft(client="a", text="x" * 100_000, draft=True),
    ],
)
def test_what_would_be_wrong_is_refused_and_nothing_is_written(desk: Desk, wrong: Draft) -> None:
    before = sorted(desk.config.parent.rglob("*.yaml"))
    with desk.context() as ctx, pytest.raises(CmctlError):
        author.add(ctx, wrong)
    assert sorted(desk.config.parent.rglob("*.yaml")) == before


def test_a_past_time_is_refused(desk: Desk) -> None:
    with desk.context() as ctx, pytest.raises(UsageError, match="is past"):
        author.add(ctx, Draft(client="a", text="x", at=ctx.now() - timedelta(minutes=1)))


def test_a_move_changes_the_time_and_nothing_else(desk: Desk, file: Path) -> None:
    with desk.context() as ctx:
        ctx.store.sources()
        at = ctx.settings.zone
        written = author.move(
            ctx, find_post(ctx, "news"), ctx.now().astimezone(at) + timedelta(days=2)
        )
    before, after = COMMENTED.splitlines(), file.read_text().splitlines()
    changed = [(one, other) for one, other in zip(before, after, strict=True) if one != other]
    assert len(changed) == 1
    assert changed[0][1].endswith("# a Tuesday")
    assert written.deliveries[0].due == (desk.clock.now() + timedelta(days=2)).replace(second=0)


def test_a_move_to_the_next_slot_takes_the_time_out(desk: Desk, file: Path) -> None:
    desk.config.write_text(desk.config.read_text() + "slots: [daily 09:00]\n")
    with desk.context() as ctx:
        author.move(ctx, find_post(ctx, "news"), None)
    text = file.read_text()
    assert "slot: next" in text
    assert "at: 2030" not in text
    assert "note: by phone" in text


def test_a_recurring_post_does_not_move(desk: Desk, file: Path) -> None:
    with desk.context() as ctx, pytest.raises(CmctlError, match="recurs") as refused:
        author.move(ctx, find_post(ctx, "menu"), ctx.now() + timedelta(days=1))
    assert "cmctl queue cancel" in refused.value.hint
    assert file.read_text() == COMMENTED


def test_a_draft_needs_a_time_to_be_approved(desk: Desk, file: Path) -> None:
    with desk.context() as ctx:
        with pytest.raises(CmctlError, match="no time yet"):
            author.approve(ctx, find_post(ctx, "idea"))
        author.move(ctx, find_post(ctx, "idea"), ctx.now() + timedelta(days=1))
        written = author.approve(ctx, find_post(ctx, "idea"))
        assert [one.state for one in written.deliveries] == [State.PLANNED]
        with pytest.raises(CmctlError, match="is no draft"):
            author.approve(ctx, find_post(ctx, "idea"))
    assert "draft" not in file.read_text()


def test_another_text_keeps_the_delivery_and_its_number(desk: Desk, file: Path) -> None:
    with desk.context() as ctx:
        before = author.set_text(ctx, find_post(ctx, "news"), "New words\nin two lines")
        after = author.set_text(ctx, find_post(ctx, "news"), "Newer words")
    assert [one.number for one in before.deliveries] == [one.number for one in after.deliveries]
    assert before.deliveries[0].content.text == "New words\nin two lines"
    assert "  text: Newer words" in file.read_text().splitlines()
    assert "# keep the id" in file.read_text()


def test_a_text_or_time_of_one_channel_is_changed_by_hand(desk: Desk) -> None:
    variants = {"x": {"text": "short", "at": "2030-11-26 12:15"}}
    desk.write({"id": "news", "text": "long", "variants": variants, "at": "2030-11-26 10:15"})
    with desk.context() as ctx:
        with pytest.raises(CmctlError, match="text of its own for x"):
            author.set_text(ctx, find_post(ctx, "news"), "other", channel="x")
        with pytest.raises(CmctlError, match="time of its own for x"):
            author.move(ctx, find_post(ctx, "news"), ctx.now() + timedelta(1), channel="x")
        written = author.set_text(ctx, find_post(ctx, "news"), "other", channel="y")
        assert written.kept == ["x"]


def test_a_change_that_would_reach_no_channel_is_refused(desk: Desk) -> None:
    variants = {"x": {"text": "short", "at": "2030-11-26 12:15"}}
    post = {"id": "news", "text": "long", "variants": variants, "at": "2030-11-26 10:15"}
    desk.write({**post, "channels": ["x"]})
    with desk.context() as ctx:
        with pytest.raises(CmctlError, match="text of its own for x"):
            author.set_text(ctx, find_post(ctx, "news"), "other")
        with pytest.raises(CmctlError, match="time of its own for x"):
            author.move(ctx, find_post(ctx, "news"), ctx.now() + timedelta(1))
