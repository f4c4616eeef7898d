"""Windows W6, W8, W9 and W12: a worker that lives on while its lease, or its disk, is over."""

import json
import resource
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from PIL import Image

from cmctl.app.posts.take_in import take_in
from cmctl.app.publishing import decide
from cmctl.app.publishing.journal import kept
from cmctl.app.publishing.points import Point
from cmctl.app.publishing.publish import drain
from cmctl.app.publishing.recover import recover
from cmctl.app.publishing.settle import prove
from cmctl.core.model import HoldReason, State
from cmctl.testing.sandbox import FaultKind
from servers.pictures import png

from .desk import Desk, violations

TEXT = "🚚 Notre nouvel entrepôt ouvre à Rennes le 1er décembre !"
MINUTES = 2


def due_post(desk: Desk) -> None:
    desk.write({"id": "rennes", "text": TEXT, "channels": ["x"], "in": -1})


def until(true: Callable[[], object]) -> None:
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.01)


def is_stopped(process: "subprocess.Popen[bytes]") -> bool:
    stat = Path(f"/proc/{process.pid}/stat").read_text(encoding="ascii", errors="replace")
    return stat.rpartition(")")[2].split()[0] == "T"


def stopped_at(desk: Desk, point: Point) -> "subprocess.Popen[bytes]":
    """Have a worker that was stopped at a point, and whose lease is over."""
    process = desk.turn_elsewhere(point, "stop")
    until(lambda: is_stopped(process))
    desk.clock.forward(minutes=MINUTES)
    return process


def goes_on(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGCONT)
    assert process.wait(60) == 0


def kinds(desk: Desk) -> list[str]:
    with desk.context() as ctx:
        return [event.kind for event in ctx.store.events(desk.only().number)]


@pytest.mark.parametrize("point", [Point.AFTER_CLAIM, Point.AFTER_INTENT, Point.AFTER_ANSWER])
def test_what_a_living_worker_has_in_its_hands_is_left_to_it_while_its_lease_lasts(
    desk: Desk, point: Point
) -> None:
    due_post(desk)
    process = desk.turn_elsewhere(point, "stop")
    until(lambda: is_stopped(process))
    before = desk.only()
    with desk.context() as ctx:
        assert list(recover(ctx)) == []
    assert desk.only() == before
    goes_on(process)
    assert (desk.only().state, desk.only().attempts) == (State.PUBLISHED, 1)
    assert desk.copies() == {TEXT: 1}


@pytest.mark.parametrize("point", [Point.AFTER_CLAIM, Point.BEFORE_INTENT])
def test_w8_a_worker_that_slept_past_its_lease_before_the_intent_sends_nothing(
    desk: Desk, point: Point
) -> None:
    due_post(desk)
    process = stopped_at(desk, point)
    desk.settle()
    assert desk.only().state is State.PUBLISHED
    calls = desk.network.requests("x")["post"]
    goes_on(process)
    assert desk.network.requests("x")["post"] == calls == 1
    assert desk.copies() == {TEXT: 1}


def test_w8_a_worker_that_slept_past_its_lease_after_the_intent_sends_nothing(desk: Desk) -> None:
    """Somebody may have looked, and a person said: try again; then its call would be the second."""
    due_post(desk)

    def sleep(point: Point) -> None:
        if point is Point.AFTER_INTENT:
            desk.clock.forward(minutes=MINUTES)

    with desk.context() as ctx:
        take_in(ctx)
        list(drain(replace(ctx, reach=sleep), "a/x"))
    assert desk.only().state is State.PLANNED
    assert not desk.network.requests("x").get("post")
    desk.clock.forward(minutes=MINUTES)
    desk.settle()
    assert desk.only().state is State.PUBLISHED
    assert desk.copies() == {TEXT: 1}


@pytest.mark.parametrize("point", [Point.AFTER_INTENT, Point.AFTER_ANSWER])
def test_w8_w9_another_worker_settles_by_evidence_and_the_late_word_changes_nothing(
    desk: Desk, point: Point
) -> None:
    due_post(desk)
    process = stopped_at(desk, point)
    desk.settle()
    assert desk.only().state is State.PUBLISHED
    before = desk.only()
    goes_on(process)
    assert desk.only() == before
    assert kinds(desk).count("publish") == 1
    assert desk.copies() == {TEXT: 1}


def test_w8_the_answer_of_a_worker_that_was_given_up_is_proof_all_the_same(desk: Desk) -> None:
    """Nobody could look at the account, so that a person was asked; then the proof comes."""
    due_post(desk)
    process = stopped_at(desk, Point.AFTER_ANSWER)
    desk.fault(FaultKind.UNAUTHORIZED, on="read", count=0)
    desk.settle()
    held = desk.only()
    assert held.hold is not None
    assert held.hold.reason is HoldReason.UNCERTAIN
    goes_on(process)
    assert violations(desk) == []
    assert desk.only().state is State.PUBLISHED
    assert desk.copies() == {TEXT: 1}


def given_up_before_its_call(desk: Desk, meanwhile: Callable[[], object] = lambda: None) -> None:
    """Let a worker stand still before its call until a person is asked; then it goes on."""

    def sleep(point: Point) -> None:
        if point is Point.AFTER_INTENT:
            desk.clock.forward(minutes=MINUTES)
            desk.fault(FaultKind.UNAUTHORIZED, on="read", count=0)
            desk.settle()
            assert is_in_doubt(desk)
            meanwhile()

    with desk.context() as ctx:
        take_in(ctx)
        list(drain(replace(ctx, reach=sleep), "a/x"))
    desk.network.clear_faults()


def is_in_doubt(desk: Desk) -> bool:
    hold = desk.only().hold
    return hold is not None and hold.reason is HoldReason.UNCERTAIN


def test_w8_a_worker_that_was_given_up_before_its_call_spares_a_person_the_question(
    desk: Desk,
) -> None:
    due_post(desk)
    given_up_before_its_call(desk)
    assert desk.only().state is State.PLANNED
    assert not desk.network.requests("x").get("post")
    desk.clock.forward(minutes=MINUTES)
    desk.settle()
    assert desk.only().state is State.PUBLISHED
    assert desk.copies() == {TEXT: 1}


def test_w8_what_an_earlier_attempt_left_in_doubt_stays_a_persons_to_decide(desk: Desk) -> None:
    desk.write({"id": "rennes", "text": TEXT, "channels": ["x"], "in": -1, "guard": "off"})
    assert desk.turn_and_die(Point.AFTER_ANSWER) == -signal.SIGKILL
    desk.fault(FaultKind.UNAUTHORIZED, on="read", count=0)
    desk.settle()
    with desk.context() as ctx:
        decide.retry(ctx, desk.only())
    given_up_before_its_call(desk)
    assert is_in_doubt(desk)
    assert desk.copies() == {TEXT: 1}


def test_w8_after_the_store_was_put_back_a_workers_word_does_not_settle_it(desk: Desk) -> None:
    """What was done between the backup and now may be forgotten."""

    def put_back() -> None:
        with desk.context() as ctx:
            ctx.store.forget_backup(at=desk.clock.now())

    due_post(desk)
    given_up_before_its_call(desk, put_back)
    assert is_in_doubt(desk)


def test_w8_a_persons_word_stands_whatever_the_worker_says(desk: Desk) -> None:
    def cancelled() -> None:
        with desk.context() as ctx:
            decide.cancel(ctx, desk.only(), "trop tard")

    due_post(desk)
    given_up_before_its_call(desk, cancelled)
    assert desk.only().state is State.CANCELLED


def test_w9_evidence_after_the_outcome_changes_nothing(desk: Desk) -> None:
    due_post(desk)
    desk.turn()
    before = desk.only()
    assert before.receipt is not None
    with desk.context() as ctx:
        assert prove(ctx, before.number, before.receipt, "found") is None
    assert desk.only() == before
    assert kinds(desk).count("publish") == 1


def test_an_attempt_that_arrives_after_a_person_said_try_again_stops_the_next_one(
    desk: Desk,
) -> None:
    due_post(desk)
    process = stopped_at(desk, Point.AFTER_ANSWER)
    desk.fault(FaultKind.UNAUTHORIZED, on="read", count=0)
    desk.settle()
    with desk.context() as ctx:
        decide.retry(ctx, desk.only())
    goes_on(process)
    assert desk.only().state is State.PUBLISHED
    desk.settle()
    assert desk.copies() == {TEXT: 1}


def test_w6_a_disk_that_is_full_after_the_answer_keeps_the_proof_in_the_journal(
    desk: Desk,
) -> None:
    """And nobody needs to ask the network again: it does not answer."""
    due_post(desk)
    process = desk.turn_elsewhere(Point.AFTER_ANSWER, "full")
    journal = desk.config.parent / ".cmctl" / "journal"

    def is_kept() -> bool:
        return any(one.receipts for one in kept(journal))

    until(is_kept)
    assert desk.only().state is State.SENDING
    process.kill()
    process.wait()
    desk.fault(FaultKind.ERROR, on="read", count=0)
    desk.turn()
    delivery = desk.only()
    assert delivery.state is State.PUBLISHED
    assert delivery.attempts == 1
    assert not is_kept()
    assert desk.copies() == {TEXT: 1}


def test_w6_the_outcome_is_committed_once_the_store_can_be_written_again(desk: Desk) -> None:
    due_post(desk)
    process = desk.turn_elsewhere(Point.AFTER_ANSWER, "full")
    journal = desk.config.parent / ".cmctl" / "journal"
    until(lambda: any(one.receipts for one in kept(journal)))
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
    assert process.wait(60) == 0
    assert desk.only().state is State.PUBLISHED
    desk.settle()
    assert list(journal.glob("*")) == []
    assert desk.copies() == {TEXT: 1}


# --- tokens, and pictures -------------------------------------------------------------------------


def test_a_token_that_died_before_the_send_holds_the_post_and_is_told(desk: Desk) -> None:
    due_post(desk)
    desk.fault(FaultKind.UNAUTHORIZED)
    desk.turn()
    hold = desk.only().hold
    assert hold is not None
    assert hold.reason is HoldReason.TOKEN
    assert not desk.copies()


def test_a_token_that_dies_between_send_and_look_leaves_it_to_a_person(desk: Desk) -> None:
    due_post(desk)
    desk.fault(FaultKind.DROP)
    desk.turn()
    desk.fault(FaultKind.UNAUTHORIZED, on="any", count=0)
    desk.settle()
    held = desk.only()
    assert held.hold is not None
    assert held.hold.reason is HoldReason.UNCERTAIN
    assert "token" in held.hold.detail
    assert desk.copies() == {TEXT: 1}


def test_a_token_that_dies_between_look_and_repeat_leaves_it_in_doubt(desk: Desk) -> None:
    due_post(desk)
    assert desk.turn_and_die(Point.AFTER_INTENT) == -signal.SIGKILL
    desk.turn()
    desk.fault(FaultKind.UNAUTHORIZED, on="post")
    desk.clock.forward(minutes=MINUTES)
    desk.turn()
    assert desk.only().state is State.UNCERTAIN
    desk.settle()
    assert violations(desk) == []
    assert desk.copies() == {TEXT: 1}


def test_nobody_looks_before_the_server_can_be_done_with_the_request(desk: Desk) -> None:
    """It may still be at it: what does not stand yet would be taken for what never arrived."""
    due_post(desk)
    desk.fault(FaultKind.DROP, on="post")
    with desk.context() as ctx:
        take_in(ctx)
        list(drain(ctx, "a/x"))
        assert desk.only().state is State.UNCERTAIN
        asked = desk.network.requests("x")
        settling = ctx.channels.checker("a/x").capabilities.settling
        desk.clock.forward(seconds=settling.total_seconds() - 0.5)
        assert list(recover(ctx)) == []
        assert desk.network.requests("x") == asked
        desk.clock.forward(seconds=1)
        assert [one.state for one in recover(ctx)] == [State.PUBLISHED]
    assert desk.copies() == {TEXT: 1}


def test_a_listing_that_shows_it_later_does_not_make_a_second_one(desk: Desk) -> None:
    """The read fails at first, as a replica that lags behind does; the key still holds."""
    due_post(desk)
    desk.fault(FaultKind.DROP)
    desk.turn()
    desk.fault(FaultKind.BAD_GATEWAY, on="read", count=3)
    desk.settle()
    assert desk.only().state is State.PUBLISHED
    assert desk.copies() == {TEXT: 1}


def test_the_log_has_the_hash_of_the_picture_that_was_sent(desk: Desk) -> None:
    image = desk.config.parent / "posts" / "a" / "photo.png"
    image.write_bytes(png())
    media = [{"file": "photo.png", "alt": "La façade"}]
    desk.write({"id": "photo", "text": TEXT, "channels": ["x"], "in": 5, "media": media})
    desk.turn()
    Image.new("RGB", (2, 2)).save(image)  # after the check, before the slot
    desk.clock.forward(minutes=6)
    with desk.context() as ctx:  # as between two intakes
        next(drain(ctx, "a/x"), None)
        sent = [one.data for one in ctx.store.events(desk.only().number) if one.kind == "send"]
    lines = map(json.loads, desk.server.oracle.read_text(encoding="utf-8").splitlines())
    stored = [line["sha256"] for line in lines if line["op"] == "media"]
    assert [one["media"] for one in sent] == [stored]
    assert stored == [sha256(image.read_bytes()).hexdigest()]


# --- time -----------------------------------------------------------------------------------------


def test_after_a_suspend_of_ten_minutes_what_waited_goes_out_once_and_at_its_pace(
    desk: Desk,
) -> None:
    config = desk.config.read_text(encoding="utf-8").replace("pace: 0s", "pace: 5m")
    desk.config.write_text(config, encoding="utf-8")
    names = ["entrepot", "recrutement", "menu"]
    desk.write(*({"id": n, "text": f"{n} {n}", "channels": ["x"], "in": 1} for n in names))
    desk.turn()
    desk.clock.forward(minutes=10)
    published = []
    for _ in range(4):
        published.append(len(desk.turn()))
        desk.clock.forward(minutes=5)
    assert published == [1, 1, 1, 0]
    assert violations(desk) == []


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_that_is_set_by_an_hour_in_mid_attempt_makes_no_second_copy(
    desk: Desk, hours: int
) -> None:
    due_post(desk)
    desk.fault(FaultKind.DROP)
    desk.turn()
    desk.clock.forward(hours=hours)
    desk.settle()
    assert desk.only().state is State.PUBLISHED
    assert desk.copies() == {TEXT: 1}


def test_a_clock_that_is_set_on_by_a_year_holds_what_is_due_and_drops_nothing(
    desk: Desk,
) -> None:
    names = ["entrepot", "recrutement", "menu"]
    desk.write(*({"id": n, "text": f"{n} {n}", "channels": ["x"], "in": 30} for n in names))
    desk.turn()
    desk.clock.forward(days=366)
    desk.turn()
    assert [one.hold.reason for one in desk.deliveries() if one.hold] == [HoldReason.MISSED] * 3
    assert not desk.copies()


def test_after_the_clock_is_set_back_a_channels_pace_does_not_silence_it(desk: Desk) -> None:
    config = desk.config.read_text(encoding="utf-8").replace("pace: 0s", "pace: 10m")
    desk.config.write_text(config, encoding="utf-8")
    due_post(desk)
    desk.turn()
    desk.clock.forward(hours=-1)
    desk.write({"id": "next", "text": "Portes ouvertes samedi", "channels": ["x"], "in": 0})
    desk.turn()
    states = {one.key.post: one.state for one in desk.deliveries()}
    assert states["next"] is State.PUBLISHED
