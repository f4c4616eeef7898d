"""A network's limits: what one delivery learns holds for the whole channel."""

from datetime import timedelta
from pathlib import Path

import pytest

from cmctl.app.publishing.publish import spacing
from cmctl.channels.base import Rate
from cmctl.core.model import State
from cmctl.testing.sandbox import FaultKind
from cmctl.testing.standins.limits import Window
from cmctl.testing.standins.x import X

from .desk import Desk, violations

WORDS = ("entrepot", "recrutement", "menu", "vacances", "inventaire", "concert")


def queue(desk: Desk, channel: str = "x") -> None:
    posts = [{"id": one, "text": f"{one} {one}", "channels": [channel], "in": -1} for one in WORDS]
    desk.write(*posts)


def attempts(desk: Desk) -> int:
    return sum(delivery.attempts for delivery in desk.deliveries())


@pytest.mark.parametrize("wish", ["600", "Sun, 06 Nov 2094 08:49:37 GMT"])
def test_a_full_queue_meets_one_refusal_and_then_waits(desk: Desk, wish: str) -> None:
    queue(desk)
    desk.fault(FaultKind.THROTTLE, retry_after=wish, account="x", count=len(WORDS))
    desk.turn()
    assert attempts(desk) == 1
    desk.clock.forward(minutes=9)
    desk.turn()
    assert attempts(desk) == 1
    assert not desk.copies()


def test_after_the_wait_everything_goes_out_once(desk: Desk) -> None:
    queue(desk)
    desk.fault(FaultKind.THROTTLE, retry_after="600", account="x", count=1)
    desk.turn()
    desk.clock.forward(minutes=10, seconds=1)
    desk.turn()
    assert attempts(desk) == len(WORDS) + 1
    assert {delivery.state for delivery in desk.deliveries()} == {State.PUBLISHED}
    assert not violations(desk)


def test_one_channel_that_waits_keeps_no_other_waiting(desk: Desk) -> None:
    desk.write(
        {"id": "one", "text": "Le menu du jour", "channels": ["x"], "in": -1},
        {"id": "two", "text": "Un concert ce soir", "channels": ["y"], "in": -1},
    )
    desk.fault(FaultKind.THROTTLE, retry_after="600", account="x", count=1)
    desk.turn()
    assert desk.copies() == {"Un concert ce soir": 1}


def test_a_rate_spaces_posts_out_and_a_quota_of_a_day_does_not() -> None:
    assert spacing(None) == timedelta()
    assert spacing(Rate(most=20, per=timedelta(minutes=1))) == timedelta(seconds=3)
    assert spacing(Rate(most=100, per=timedelta(days=1))) == timedelta()


def test_a_limit_that_the_network_tells_is_never_met(tmp_path: Path) -> None:
    desk = Desk(tmp_path, channels="y")
    with X() as server:
        server.limits["post"] = Window(2, 900)
        (desk.config.parent / "token").write_text(server.token)
        (desk.config.parent / "token").chmod(0o600)
        with desk.config.open("a") as config:
            config.write(f"      x: {{network: x, token: 'file:token', url: '{server.url}'}}\n")
        queue(desk)
        desk.turn()
        assert len(server.texts()) == attempts(desk) == 2
        desk.clock.forward(minutes=16)
        server.clock.advance(960)
        desk.turn()
        assert len(server.texts()) == attempts(desk) == 4
    desk.close()
