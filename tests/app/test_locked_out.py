"""An account that does not let us in: what is due is held, and goes out once somebody signed in."""

from collections.abc import Callable
from datetime import timedelta
from inspect import getmembers, isfunction
from pathlib import Path

import pytest

from cmctl.app import calls
from cmctl.app.context import Context
from cmctl.app.publishing.decide import release
from cmctl.app.publishing.preview import preview
from cmctl.app.publishing.publish import drain
from cmctl.app.steps import steps
from cmctl.channels.base import Attachment, Outgoing, Uncertain
from cmctl.core.model import Content, Delivery, HoldReason, State
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


# --- whatever is asked of an account, by whomever -------------------------------------------------

WIDE = timedelta(days=1)
#: By its name in `calls`: with the context, a post that stands and a comment below it.
ASKED: dict[str, Callable[[Context, str, str], object]] = {
    "found": lambda ctx, _post, _said: calls.found(
        ctx,
        "a/x",
        Outgoing(key="0" * 32, content=Content(text="x"), language="fr", created_at=ctx.now()),
    ),
    "listed": lambda ctx, _post, _said: calls.listed(ctx, "a/x", ctx.now() - WIDE),
    "delete": lambda ctx, post, _said: calls.delete(ctx, "a/x", post),
    "stands": lambda ctx, post, _said: calls.stands(ctx, "a/x", post),
    "upload": lambda ctx, _post, _said: calls.upload(
        ctx, "a/x", Attachment(name="a.png", data=png(), type="image/png", alt="Un quai")
    ),
    "counted": lambda ctx, post, _said: calls.counted(ctx, "a/x", post),
    "said": lambda ctx, _post, _said: calls.said(ctx, "a/x", ctx.now() - WIDE),
    "said_below": lambda ctx, post, _said: calls.said_below(ctx, "a/x", post),
    "hide": lambda ctx, _post, said: calls.hide(ctx, "a/x", said, hidden=True),
    "delete_comment": lambda ctx, _post, said: calls.delete_comment(ctx, "a/x", said),
    "probed": lambda ctx, _post, _said: calls.probed(ctx, "a/x"),
}
#: No question to the network, or one with rules of its own.
APART = {"can", "published", "granted", "tried"}


def test_nothing_that_is_asked_of_an_account_is_left_out_below() -> None:
    public = {name for name, _ in getmembers(calls, isfunction) if not name.startswith("_")}
    own = {name for name in public if getattr(calls, name).__module__ == calls.__name__}
    assert own == ASKED.keys() | APART


@pytest.mark.parametrize("name", ASKED)
def test_whatever_is_refused_for_its_token_is_asked_once_more_with_the_next(
    desk: Desk, secret: Path, name: str
) -> None:
    post = desk.network.post_by_hand("x", "Bonjour de Rennes")
    said = desk.network.comment("x", "Bravo", on=post)
    with desk.context() as ctx:
        refused = ctx.channels.open("a/x")
        desk.tokens["x"] = "another-token"
        secret.write_text("another-token")
        ASKED[name](ctx, post, said)
        assert ctx.channels.open("a/x") is not refused


def test_what_may_have_been_done_is_never_asked_twice(desk: Desk, secret: Path) -> None:
    post = desk.network.post_by_hand("x", "Bonjour de Rennes")
    desk.fault(FaultKind.DROP, on="delete")
    secret.write_text("another-token")  # there would be another one
    with desk.context() as ctx:
        desk.tokens["x"] = "another-token"
        with pytest.raises(Uncertain):
            calls.delete(ctx, "a/x", post)
    assert desk.network.requests("x")["delete"] == 1
