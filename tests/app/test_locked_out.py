"""An account that does not let us in: what is due is held, and goes out once somebody signed in."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cmctl.app.publishing.decide import release
from cmctl.app.publishing.preview import preview
from cmctl.app.publishing.publish import drain
from cmctl.app.steps import steps
from cmctl.core.model import Delivery, HoldReason, State
from cmctl.testing.sandbox import FaultKind
from servers.pictures import png

from .desk import Desk


@pytest.fixture
def secret(desk: Desk) -> Path:
    """Give `a/x` a token, which its network asks for, in a file."""
    desk.tokens["x"] = "the-first-token"
    token = desk.config.parent / "token"
    token.write_text("the-first-token")
    token.chmod(0o600)
    text = desk.config.read_text().replace("account: x}", "account: x, token: 'file:token'}")
    desk.config.write_text(text)
    return token


def write(desk: Desk, *ids: str, **more: object) -> None:
    texts = {"one": "Bonjour", "two": "Portes ouvertes samedi", "three": "Le menu de mardi"}
    desk.write(
        *({"id": id_, "text": texts[id_], "channels": ["x"], "in": -1, **more} for id_ in ids)
    )


def held_for_token(desk: Desk) -> list[Delivery]:
    return [one for one in desk.deliveries() if one.hold and one.hold.reason is HoldReason.TOKEN]


def notices(desk: Desk) -> list[tuple[str, str]]:
    with desk.context() as ctx:
        waiting = ctx.store.outbox(now=desk.clock.at, limit=20)
    return [(one.notice.kind, one.notice.message) for one in waiting]


def after_login(desk: Desk, secret: Path) -> None:
    """Do what `cmctl channel login` and a release do."""
    desk.tokens["x"] = "another-token"
    secret.write_text("another-token")
    with desk.context() as ctx:
        for one in held_for_token(desk):
            release(ctx, one, reason="signed in")


def test_all_that_is_due_is_held_and_goes_out_once_after_somebody_signed_in(
    desk: Desk, secret: Path
) -> None:
    write(desk, "one", "two", guard="off")
    desk.tokens["x"] = "it-was-withdrawn"
    desk.turn()
    assert len(held_for_token(desk)) == 2
    assert not desk.copies()
    desk.clock.forward(hours=30)  # far beyond the grace: a person's word counts
    after_login(desk, secret)
    desk.settle()
    assert {one.state for one in desk.deliveries()} == {State.PUBLISHED}
    assert desk.copies() == {"Bonjour": 1, "Portes ouvertes samedi": 1}


def test_a_timeline_that_asks_for_another_token_is_no_blindness_and_is_told_once(
    desk: Desk, secret: Path
) -> None:
    write(desk, "one")
    desk.tokens["x"] = "it-was-withdrawn"
    for _ in range(3):
        desk.turn()
    (held,) = held_for_token(desk)
    assert held.hold is not None
    assert held.hold.detail.endswith("(cmctl channel login a/x)")
    assert [step.command for step in steps(held, now=desk.clock.at)][:2] == [
        "cmctl channel login a/x",
        f"cmctl queue release {held.number}",
    ]
    told = notices(desk)
    assert [kind for kind, _ in told] == ["token", "held"]
    assert not [text for _, text in told if "the-first-token" in text]
    after_login(desk, secret)
    desk.settle()
    assert desk.only().state is State.PUBLISHED


def test_a_daemon_that_runs_takes_the_new_token_by_itself(desk: Desk, secret: Path) -> None:
    write(desk, "one", guard="off")
    desk.tokens["x"] = "it-was-withdrawn"
    desk.turn()
    with desk.context() as ctx:
        assert not list(drain(ctx, "a/x"))
        ctx.channels.open("a/x")  # the old one, kept open
        (held,) = held_for_token(desk)
        release(ctx, held, reason="too early")
        assert [one.state for one in drain(ctx, "a/x")] == [State.HELD]
        desk.tokens["x"] = "another-token"
        secret.write_text("another-token")
        release(ctx, desk.only(), reason="signed in")
        assert [one.state for one in drain(ctx, "a/x")] == [State.PUBLISHED]


def missing(secret: Path) -> None:
    secret.unlink()


def open_to_all(secret: Path) -> None:
    secret.chmod(0o644)


@pytest.mark.parametrize("fault", [missing, open_to_all])
def test_a_secret_that_cannot_be_read_holds_alike(
    desk: Desk, secret: Path, fault: Callable[[Path], None]
) -> None:
    write(desk, "one", guard="off")
    fault(secret)
    desk.turn()
    assert len(held_for_token(desk)) == 1
    secret.write_text("the-first-token")
    secret.chmod(0o600)
    with desk.context() as ctx:
        release(ctx, desk.only(), reason="it is there")
    desk.settle()
    assert desk.copies() == {"Bonjour": 1}


def test_an_image_that_is_not_taken_for_its_token_holds_its_post(desk: Desk) -> None:
    (desk.config.parent / "posts" / "a" / "photo.png").write_bytes(png())
    write(desk, "one", media=[{"file": "photo.png", "alt": "La façade"}])
    desk.fault(FaultKind.UNAUTHORIZED, on="upload")
    desk.turn()
    assert len(held_for_token(desk)) == 1
    assert not desk.copies()


def test_a_post_given_another_time_is_tried_again_then(desk: Desk, secret: Path) -> None:
    write(desk, "one", guard="off")
    desk.tokens["x"] = "it-was-withdrawn"
    desk.turn()
    assert held_for_token(desk)
    desk.tokens["x"] = "the-first-token"
    write(desk, "one", guard="off", **{"in": 5})
    desk.turn()
    assert desk.only().state is State.PLANNED
    desk.clock.forward(minutes=6)
    desk.turn()
    assert desk.copies() == {"Bonjour": 1}


def test_a_preview_says_that_the_account_does_not_let_us_in(desk: Desk, secret: Path) -> None:
    write(desk, "one")
    desk.tokens["x"] = "it-was-withdrawn"
    with desk.context() as ctx:
        (foreseen,) = preview(ctx, ctx.now()).deliveries
    assert foreseen.hold is not None
    assert foreseen.hold.reason is HoldReason.TOKEN
