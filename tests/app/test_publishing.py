"""Publishing: once, in order, at a pace, late or not at all, and never what was paused."""

from datetime import timedelta

import pytest

from cmctl.app.publishing.pause import Missed, pause, resume
from cmctl.app.publishing.publish import drain
from cmctl.core.errors import CmctlError
from cmctl.core.model import HoldReason, State
from cmctl.testing.sandbox import FaultKind
from servers.pictures import png

from .desk import Desk, violations


def states(desk: Desk) -> dict[str, State]:
    return {delivery.key.post: delivery.state for delivery in desk.deliveries()}


def held_for(desk: Desk) -> dict[str, HoldReason]:
    return {one.key.post: one.hold.reason for one in desk.deliveries() if one.hold}


def post(name: str, text: str = "", *, at: float = -1, **fields: object) -> dict[str, object]:
    return {"id": name, "text": text or f"Le billet {name}", "channels": ["x"], "in": at, **fields}


def test_a_due_post_is_published_with_its_receipt_and_only_once(desk: Desk) -> None:
    desk.write(post("one"))
    desk.turn()
    desk.turn()
    delivery = desk.only()
    assert delivery.state is State.PUBLISHED
    assert delivery.receipt is not None
    assert delivery.receipt.url.startswith(desk.server.url)
    assert desk.copies() == {"Le billet one": 1}


def test_moving_or_editing_a_published_post_never_publishes_it_again(desk: Desk) -> None:
    desk.write(post("one"))
    desk.turn()
    desk.write(post("one", "Un texte corrigé", at=30), file="elsewhere.yaml")
    desk.write()
    desk.clock.forward(minutes=31)
    desk.turn()
    assert desk.only().edited
    assert desk.copies() == {"Le billet one": 1}


def test_a_post_later_than_its_grace_is_held_and_not_dropped(desk: Desk) -> None:
    desk.write(post("late", at=5))
    desk.turn()
    desk.clock.forward(hours=3)
    desk.turn()
    assert held_for(desk) == {"late": HoldReason.MISSED}
    assert not desk.copies()


def test_an_expired_post_is_held_even_within_the_grace(desk: Desk) -> None:
    expires = (desk.clock.at + timedelta(minutes=10)).isoformat()
    desk.write(post("menu", at=5, expires=expires))
    desk.turn()
    desk.clock.forward(minutes=20)
    desk.turn()
    assert held_for(desk) == {"menu": HoldReason.MISSED}


def test_after_an_outage_the_pace_is_kept_and_nothing_goes_out_in_a_burst(tmp_path) -> None:
    desk = Desk(tmp_path, channels="x")
    try:
        text = desk.config.read_text(encoding="utf-8").replace("pace: 0s", "pace: 10m")
        desk.config.write_text(text, encoding="utf-8")
        words = ["entrepot", "recrutement", "menu", "vacances"]
        desk.write(*(post(word, f"{word} {word}", at=-60 + n) for n, word in enumerate(words)))
        published = []
        for _ in range(5):
            published.append(len(desk.turn()))
            desk.clock.forward(minutes=10)
        assert published == [1, 1, 1, 1, 0]
    finally:
        desk.close()


def test_a_network_that_is_down_is_tried_again_and_nothing_is_lost(desk: Desk) -> None:
    desk.write(post("one"))
    desk.fault(FaultKind.THROTTLE, retry_after="120")
    desk.turn()
    waiting = desk.only()
    assert waiting.state is State.PLANNED
    assert waiting.not_before == desk.clock.at + timedelta(seconds=120)
    desk.clock.forward(seconds=121)
    desk.turn()
    assert desk.only().state is State.PUBLISHED
    assert desk.copies() == {"Le billet one": 1}


def test_a_refusal_is_told_and_not_repeated(desk: Desk) -> None:
    desk.write(post("one"))
    desk.fault(FaultKind.REFUSED, text="this account is suspended")
    desk.turn()
    desk.turn()
    assert desk.only().state is State.REFUSED
    with desk.context() as ctx:
        events = ctx.store.events(desk.only().number)
        assert any("suspended" in str(event.data.get("error")) for event in events)
        (raw,) = [event.data["answer"] for event in events if "answer" in event.data]
        assert str(raw).startswith("422 {")
        assert "refused" in [
            one.notice.kind for one in ctx.store.outbox(now=desk.clock.at, limit=9)
        ]
    assert violations(desk) == []


def test_a_missing_image_holds_the_post_and_sends_nothing(desk: Desk) -> None:
    image = desk.config.parent / "posts" / "a" / "photo.png"
    image.write_bytes(png())
    desk.write(post("photo", at=5, media=[{"file": "photo.png", "alt": "La façade"}]))
    desk.turn()
    image.unlink()
    desk.clock.forward(minutes=6)
    with desk.context() as ctx:  # without a fresh look at the files: as between two intakes
        next(drain(ctx, "a/x"), None)
    assert held_for(desk) == {"photo": HoldReason.INVALID}
    assert not desk.copies()


def test_an_image_swapped_for_a_link_out_of_the_workspace_is_not_read(desk: Desk) -> None:
    image = desk.config.parent / "posts" / "a" / "photo.png"
    image.write_bytes(png())
    desk.write(post("photo", at=5, media=[{"file": "photo.png", "alt": "La façade"}]))
    desk.turn()
    secret = desk.root / "secret"
    secret.write_text("secret", encoding="utf-8")
    image.unlink()
    image.symlink_to(secret)
    desk.clock.forward(minutes=6)
    with desk.context() as ctx:
        next(drain(ctx, "a/x"), None)
    assert held_for(desk) == {"photo": HoldReason.INVALID}


# Pauses.


def test_a_pause_stops_the_next_send_and_resuming_holds_what_it_missed(desk: Desk) -> None:
    desk.write(post("one"), post("two", "Portes ouvertes samedi", at=60))
    with desk.context() as ctx:
        pause(ctx, "a", "le client est en deuil")
    desk.turn()
    assert states(desk) == {"one": State.PLANNED, "two": State.PLANNED}
    with desk.context() as ctx:
        assert [one.key.post for one in resume(ctx, "a", Missed.HOLD)] == ["one"]
    desk.turn()
    assert held_for(desk) == {"one": HoldReason.PAUSED}
    assert not desk.copies()


def test_resuming_can_plan_anew_what_the_pause_missed_also_beyond_the_grace(desk: Desk) -> None:
    desk.write(post("one"), post("two", "Autre chose", at=-2))
    with desk.context() as ctx:
        pause(ctx, "a/x", "on attend le feu vert")
    desk.turn()
    desk.clock.forward(hours=5)
    with desk.context() as ctx:
        resume(ctx, "a/x", Missed.REPLAN)
    desk.turn()
    assert set(states(desk).values()) == {State.PUBLISHED}


def test_only_a_scope_that_exists_can_be_paused_and_only_a_pause_resumed(desk: Desk) -> None:
    with desk.context() as ctx:
        with pytest.raises(CmctlError, match="no client or channel 'b'"):
            pause(ctx, "b", "")
        with pytest.raises(CmctlError, match="a/x is not paused"):
            resume(ctx, "a/x", Missed.HOLD)


# Files.


def test_a_moved_file_that_gave_its_post_the_id_is_not_published_again(desk: Desk) -> None:
    """Whatever the guard: here the post's author switched it off."""
    folder = desk.config.parent / "posts" / "a"
    at = (desk.clock.at - timedelta(minutes=1)).isoformat()
    text = f"{{text: Sans id, channels: [x], at: '{at}', guard: off}}"
    (folder / "one.yaml").write_text(text, encoding="utf-8")
    desk.turn()
    (folder / "one.yaml").rename(folder / "two.yaml")
    desk.turn()
    assert desk.copies() == {"Sans id": 1}
    assert held_for(desk) == {"two": HoldReason.DUPLICATE}


@pytest.mark.parametrize("hidden", ["posts/a", "posts"])
def test_a_folder_that_becomes_a_link_holds_its_posts_and_drops_none(
    desk: Desk, hidden: str
) -> None:
    desk.write(post("one", at=5), post("two", "Portes ouvertes samedi", at=6))
    desk.turn()
    folder = desk.config.parent / hidden
    away = desk.root / "away"
    folder.rename(away)
    folder.symlink_to(away)
    desk.clock.forward(minutes=10)
    desk.turn()
    assert held_for(desk) == dict.fromkeys(["one", "two"], HoldReason.INVALID)
    folder.unlink()
    away.rename(folder)
    desk.turn()
    assert set(states(desk).values()) == {State.PUBLISHED}


def test_posts_that_are_gone_altogether_are_not_taken_for_an_empty_queue(desk: Desk) -> None:
    desk.write(post("one", at=60))
    desk.turn()
    posts = desk.config.parent / "posts"
    posts.rename(desk.root / "away")
    desk.turn()
    assert held_for(desk) == {"one": HoldReason.INVALID}


def test_a_half_written_file_never_publishes_and_cancels_nothing(desk: Desk) -> None:
    desk.write(post("one", at=5), post("two", "Autre chose", at=6))
    desk.turn()
    posts = desk.config.parent / "posts" / "a" / "posts.yaml"
    whole = posts.read_text(encoding="utf-8")
    posts.write_text(whole[: len(whole) // 2], encoding="utf-8")
    desk.clock.forward(minutes=10)
    desk.turn()
    assert not desk.copies()
    assert set(held_for(desk).values()) == {HoldReason.INVALID}
    posts.write_text(whole, encoding="utf-8")
    desk.turn()
    assert set(states(desk).values()) == {State.PUBLISHED}


def test_a_bad_post_never_stops_the_others(desk: Desk) -> None:
    desk.write(post("good"), post("bad", chanels=["x"]))
    desk.turn()
    assert states(desk) == {"good": State.PUBLISHED}


def test_a_text_too_long_for_its_network_is_held_before_its_slot(desk: Desk) -> None:
    desk.write(post("long", "a" * 501, at=60))
    desk.turn()
    assert held_for(desk) == {"long": HoldReason.INVALID}
    desk.write(post("long", "a" * 500, at=60))
    desk.turn()
    assert states(desk) == {"long": State.PLANNED}
