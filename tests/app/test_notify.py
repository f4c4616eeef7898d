"""Notices reach people by commands and webhooks, and their failure touches no post."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from cmctl.app.notices.notify import FIRST_WAIT, NotifierError, deliver
from cmctl.app.notices.remind import remind
from cmctl.app.notices.webhook import webhook
from cmctl.core.settings import Notifier
from cmctl.testing.sandbox import FaultKind

from .desk import Desk


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Desk]:
    told = tmp_path / "told"
    extra = (
        f'notify: [{{command: [sh, -c, "cat >> {told}; echo >> {told}; test ! -e {told}.fail"]}}]'
    )
    desk = Desk(tmp_path, extra=extra)
    yield desk
    desk.close()


def turn(desk: Desk, post: object = None) -> int:
    desk.turn()
    with desk.context() as ctx:
        return deliver(ctx, post or (lambda *_: None))


def told(desk: Desk) -> list[dict[str, object]]:
    return [json.loads(line) for line in (desk.root / "told").read_text().splitlines()]


def test_a_command_gets_the_notice_as_json(office: Desk) -> None:
    office.write({"id": "one", "text": "Bonjour", "channels": ["x"], "in": 0})
    assert turn(office) == 1
    (notice,) = told(office)
    assert (notice["kind"], notice["channel"], notice["number"]) == ("published", "a/x", 1)
    assert turn(office) == 0  # once


def test_a_command_that_fails_is_asked_once_a_round_and_again_later(office: Desk) -> None:
    (office.root / "told.fail").touch()
    office.write(
        {"id": "one", "text": "Les horaires d'été", "in": 0},
        {"id": "two", "text": "La recette du far", "in": 0},
    )
    assert turn(office) == 0
    assert len(told(office)) == 1
    (office.root / "told.fail").unlink()
    assert turn(office) == 0  # not yet
    office.clock.forward(seconds=FIRST_WAIT.total_seconds())
    assert turn(office) == 4


def test_what_is_left_when_it_must_stop_is_delivered_the_next_time(office: Desk) -> None:
    office.write({"id": "one", "text": "Bonjour", "channels": ["x"], "in": 0})
    office.turn()
    with office.context() as ctx:
        assert deliver(ctx, lambda *_: None, stopping=lambda: True) == 0
        assert deliver(ctx, lambda *_: None) == 1


@pytest.mark.parametrize(
    ("url", "environment", "why"),
    [
        ("env:NO", {}, "the environment variable NO is not set"),
        ("env:HOOK", {"HOOK": "http://hooks.example/canary"}, "is not https"),
        ("env:HOOK", {"HOOK": "http://127.0.0.1:9/canary?t=canary"}, "cannot be reached"),
    ],
)
def test_a_webhook_that_cannot_be_asked_says_why_without_its_address(
    tmp_path: Path, url: str, environment: dict[str, str], why: str
) -> None:
    post = webhook(environment, tmp_path)
    with pytest.raises(NotifierError, match=why) as failed:
        post(Notifier(kind="webhook", url=url), b"{}")
    assert "canary" not in str(failed.value)


def kinds(desk: Desk) -> list[str]:
    with desk.context() as ctx:
        return [one.notice.kind for one in ctx.store.outbox(now=desk.clock.at, limit=20)]


def test_a_blind_timeline_is_told_once_until_it_works_again(office: Desk) -> None:
    office.fault(FaultKind.UNAUTHORIZED, on="read", account="x", count=0)
    for _ in range(3):
        office.turn()
    assert kinds(office) == ["token"]
    office.network.clear_faults()
    office.turn()
    office.fault(FaultKind.ERROR, on="read", account="x", count=0)
    office.clock.forward(minutes=1)
    office.turn()
    assert kinds(office) == ["token", "blind"]


def test_a_network_that_comes_back_and_does_not_let_us_in_is_told_too(office: Desk) -> None:
    office.fault(FaultKind.ERROR, on="read", account="x", count=0)
    office.turn()
    office.network.clear_faults()
    office.fault(FaultKind.UNAUTHORIZED, on="read", account="x", count=0)
    office.turn()
    office.turn()
    assert kinds(office) == ["blind", "token"]


def test_a_hold_is_told_once_more_when_its_slot_comes_near(office: Desk) -> None:
    office.write({"id": "one", "text": "Bonjour", "channels": ["x"], "in": 150, "draft": True})
    office.turn()
    for minutes in (10, 85, 10):
        office.clock.forward(minutes=minutes)
        with office.context() as ctx:
            remind(ctx)
    assert kinds(office).count("nearing") == 1
