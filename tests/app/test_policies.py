"""What a client wants said of news that is repeated on purpose, from its config to the network."""

from collections.abc import Callable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from cmctl.app.check import check
from cmctl.app.publishing.preview import preview
from cmctl.core.model import HoldReason, State

from .desk import Desk

NEWS = "🚚 Notre nouvel entrepôt ouvre à Rennes le 1er décembre ! 12 000 m² et 45 emplois."
AGAIN = "Notre nouvel entrepot ouvre a Rennes le 1er décembre, 12 000 m2 et 45 emplois !!"
TIP = "L'astuce de la semaine : arrosez vos plantes le soir, elles boivent toute la nuit"

Office = Callable[..., Desk]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Make a desk whose guard has a policy."""
    desks: list[Desk] = []

    def make(policy: str, channels: str = "x y") -> Desk:
        desks.append(Desk(tmp_path, extra=f"guard: {{{policy}}}", channels=channels))
        return desks[-1]

    yield make
    for desk in desks:
        desk.close()


def states(desk: Desk) -> dict[str, State]:
    return {one.key.channel.partition("/")[2]: one.state for one in desk.deliveries()}


def test_a_window_may_be_ever(office: Office) -> None:
    """Of a text without a day, which would be another one 400 days later."""
    desk = office("window: ever")
    desk.network.post_by_hand("x", AGAIN.replace(" le 1er décembre", ""))
    desk.turn()
    desk.clock.forward(days=400)
    text = NEWS.replace(" le 1er décembre", "")
    desk.write({"id": "rennes", "text": text, "channels": ["x"], "in": 0})
    desk.turn()
    hold = desk.only().hold
    assert hold is not None
    assert hold.reason is HoldReason.DUPLICATE


def test_after_the_window_the_same_news_is_news(office: Office) -> None:
    desk = office("window: 30d")
    desk.network.post_by_hand("x", AGAIN)
    desk.turn()
    desk.clock.forward(days=31)
    desk.write({"id": "rennes", "text": NEWS, "channels": ["x"], "in": 0})
    desk.turn()
    assert desk.only().state is State.PUBLISHED


def test_a_text_pasted_into_too_many_channels_of_a_network_is_held(office: Office) -> None:
    desk = office("community_limit: 2", channels="w x y z")
    desk.write(
        {"id": "rennes", "text": NEWS, "channels": ["w", "x", "y", "z"], "in": 0},
        {"id": "tip", "text": TIP, "channels": ["w", "x"], "in": 1},
    )
    desk.turn()
    held = [one for one in desk.deliveries() if one.state is State.HELD]
    assert [one.key.channel for one in held] == ["a/y", "a/z"]
    assert held[0].hold is not None
    assert "the limit is 2 channels" in held[0].hold.detail
    assert desk.copies() == {NEWS: 2}


def test_a_dry_run_holds_what_a_run_would_hold_for_its_many_channels(office: Office) -> None:
    desk = office("community_limit: 2", channels="w x y z")
    desk.write({"id": "rennes", "text": NEWS, "channels": ["w", "x", "y", "z"], "in": 0})
    with desk.context() as ctx:
        foreseen = preview(ctx, desk.clock.now()).deliveries
    desk.turn()
    held = [one.planned.key for one in foreseen if one.hold]
    assert held == [one.key for one in desk.deliveries() if one.state is State.HELD]
    assert [key.channel for key in held] == ["a/y", "a/z"]


def test_a_dry_run_knows_what_stands_on_the_other_channels(office: Office) -> None:
    desk = office("community_limit: 2", channels="w x y")
    desk.write({"id": "first", "text": NEWS, "channels": ["w", "x"], "in": 0})
    desk.turn()
    desk.write({"id": "second", "text": NEWS, "channels": ["y"], "in": 60}, file="second.yaml")
    desk.clock.forward(minutes=60)
    with desk.context() as ctx:
        (foreseen,) = preview(ctx, desk.clock.now()).deliveries
    assert foreseen.hold is not None
    assert "a/w, a/x; the limit is 2" in foreseen.hold.detail


def test_what_was_pasted_by_hand_counts_and_another_day_does_not(office: Office) -> None:
    desk = office("community_limit: 2", channels="w x y z")
    for account in ("w", "x"):
        desk.network.post_by_hand(account, f"{NEWS} https://exemple.fr/{account}")
    desk.turn()
    desk.write({"id": "now", "text": NEWS, "channels": ["y"], "in": 1})
    desk.turn()
    assert states(desk) == {"y": State.HELD}
    desk.write({"id": "later", "text": NEWS, "channels": ["z"], "in": 25 * 60}, file="later.yaml")
    desk.turn()
    assert states(desk) == {"y": State.HELD, "z": State.PLANNED}


@pytest.mark.parametrize("limit", [0, 3])
def test_within_the_limit_or_without_one_the_same_news_is_normal(
    office: Office, limit: int
) -> None:
    desk = office(f"community_limit: {limit}", channels="w x y")
    desk.write({"id": "rennes", "text": NEWS, "channels": ["w", "x", "y"], "in": 0})
    desk.turn()
    assert set(states(desk).values()) == {State.PUBLISHED}


def test_an_evergreen_post_waits_for_a_person_only_within_its_cooldown(office: Office) -> None:
    desk = office("cooldown: 7d, on_flag: hold")
    desk.network.post_by_hand("y", TIP)
    desk.write(
        {"id": "one", "text": TIP, "channels": ["x"], "in": 0, "evergreen": True},
        {"id": "two", "text": TIP, "channels": ["x"], "in": 3 * 1440, "evergreen": True},
        {"id": "three", "text": TIP, "channels": ["x"], "in": 13 * 1440, "evergreen": True},
        {"id": "owner", "text": TIP, "channels": ["y"], "in": 0, "evergreen": True},
    )
    desk.turn()
    found = {one.key.post: one.state for one in desk.deliveries()}
    assert found == {
        "one": State.PUBLISHED,
        "two": State.HELD,
        "three": State.PLANNED,
        "owner": State.HELD,
    }


def test_a_post_that_becomes_evergreen_is_let_go(office: Office) -> None:
    desk = office("cooldown: 1d")
    desk.write({"id": "one", "text": TIP, "channels": ["x"], "in": 0})
    desk.turn()
    two = {"id": "two", "text": TIP, "channels": ["x"], "in": 3 * 1440}
    desk.write(dict(two), file="two.yaml")
    desk.turn()
    assert [one.state for one in desk.deliveries()] == [State.PUBLISHED, State.HELD]
    desk.write({**two, "evergreen": True}, file="two.yaml")
    desk.turn()
    assert [one.state for one in desk.deliveries()] == [State.PUBLISHED, State.PLANNED]


def test_a_recurring_post_with_a_cooldown_is_flagged_where_it_comes_too_soon(
    office: Office,
) -> None:
    desk = office("cooldown: 2d, on_flag: hold")
    at = desk.clock.at.astimezone(ZoneInfo("Europe/Paris"))
    every = f"daily {at:%H:%M}"
    desk.write({"id": "tip", "text": TIP, "channels": ["x"], "every": every})
    desk.turn()
    first, second, *_ = desk.deliveries()
    assert first.hold is None
    assert second.hold is not None
    assert "its cool-down of 2 d is not over" in second.hold.detail


def test_check_says_of_files_what_a_run_would_say(office: Office) -> None:
    desk = office("translations: allow, cooldown: 1d")
    desk.write(
        {"id": "one", "text": TIP, "channels": ["x"], "in": 10},
        {"id": "two", "text": TIP, "channels": ["x"], "in": 3 * 1440, "evergreen": True},
        {"id": "three", "text": TIP, "channels": ["x"], "in": 4 * 1440},
    )
    with desk.context() as ctx:
        told = [(one.code, one.post) for one in check(ctx).problems]
    assert told == [("same-news", "three")]


@pytest.mark.parametrize(("policy", "state"), [("block: 1", State.PLANNED), ("", State.HELD)])
def test_a_client_may_have_its_own_thresholds(office: Office, policy: str, state: State) -> None:
    desk = office(f"flag: 1, {policy}" if policy else "flag: 0.4")
    desk.network.post_by_hand("x", AGAIN)
    desk.write({"id": "rennes", "text": NEWS, "channels": ["x"], "in": 30})
    desk.turn()
    assert desk.only().state is state
