"""A token that its network refuses before its time: renewed first, once; only then held."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from cmctl.app.accounts import probe
from cmctl.core.model import HoldReason, State
from cmctl.core.token import Token, read_token
from cmctl.testing.sandbox import Fault, FaultKind
from cmctl.testing.standins.x import X
from servers.renewing import Renewing

from .desk import Desk

FIRST = "canary-of-the-first-token"


@pytest.fixture
def x() -> Iterator[X]:
    with X() as server:
        yield server


@pytest.fixture
def front(x: X) -> Iterator[Renewing]:
    with Renewing(x, "/2/oauth2/token") as front:
        yield front


@pytest.fixture
def desk(tmp_path: Path, x: X, front: Renewing) -> Iterator[Desk]:
    """`a/post` on X, with a token that its network does not take, and one that renews it."""
    desk = Desk(tmp_path, channels="x")
    x.clock = desk.clock.now
    token = Token(access=FIRST, refresh="refresh-0", expires_at=desk.clock.at + timedelta(hours=2))
    place(desk).write_text(token.written())
    place(desk).chmod(0o600)
    with desk.config.open("a") as config:
        config.write(f"      post: {{network: x, token: 'file:token', url: '{front.url}'}}\n")
    yield desk
    desk.close()


def place(desk: Desk) -> Path:
    return desk.config.parent / "token"


def write(desk: Desk, text: str = "Bonjour", **more: object) -> None:
    desk.write({"id": "one", "text": text, "channels": ["post"], "in": -1, **more})


def is_held(desk: Desk) -> bool:
    held = desk.only()
    return (
        held.state is State.HELD
        and held.hold is not None
        and (held.hold.reason is HoldReason.TOKEN)
    )


def test_what_is_refused_for_its_token_goes_out_with_the_next_one_at_once(
    desk: Desk, x: X, front: Renewing
) -> None:
    write(desk, guard="off")
    desk.turn()
    assert desk.only().state is State.PUBLISHED
    assert (x.texts(), front.renewals) == (["Bonjour"], 1)
    assert read_token(place(desk).read_text()).access == "access-1"


def test_a_timeline_is_read_with_the_next_token(desk: Desk, x: X, front: Renewing) -> None:
    write(desk)
    desk.turn()
    assert desk.only().state is State.PUBLISHED
    assert (x.texts(), front.renewals) == (["Bonjour"], 1)


def test_a_token_that_is_refused_again_is_held_and_renewed_no_more(
    desk: Desk, x: X, front: Renewing
) -> None:
    write(desk, guard="off")
    front.are_good = False
    desk.settle()
    assert is_held(desk)
    assert (x.texts(), front.renewals) == ([], 1)


def test_a_refresh_token_that_is_not_taken_is_held(desk: Desk, x: X, front: Renewing) -> None:
    front.refresh.clear()
    write(desk, guard="off")
    desk.turn()
    assert is_held(desk)
    assert x.texts() == []


def test_evidence_is_looked_for_with_the_next_token(desk: Desk, x: X, front: Renewing) -> None:
    x.tokens.add(FIRST)
    x.fault(Fault(kind=FaultKind.DROP, on="post"))
    write(desk, guard="off")
    desk.turn()
    assert desk.only().state is State.UNCERTAIN
    x.clear_faults()
    x.tokens.expire(FIRST)
    desk.clock.forward(minutes=2)
    desk.settle()
    assert desk.only().state is State.PUBLISHED
    assert (x.texts(), front.renewals) == (["Bonjour"], 1)


def test_who_we_are_is_asked_with_the_next_token(desk: Desk, front: Renewing) -> None:
    with desk.context() as ctx:
        assert probe(ctx, "a/post").account == "@atlas"
    assert front.renewals == 1
