"""Networks that charge: what the queue and the watch cost, and a watch that keeps to its budget."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cmctl.app.comments.reply import reply
from cmctl.app.health.costs import costs
from cmctl.app.health.finding import Health
from cmctl.app.run import paced, watch_all
from cmctl.core.money import ONE_DOLLAR
from cmctl.core.watching import FOR_EVER
from cmctl.testing.standins.x import X

from .desk import Desk

POST, LINK, READ = 15_000, 200_000, 5_000


@pytest.fixture
def server() -> Iterator[X]:
    with X() as server:
        yield server


@pytest.fixture
def desk(tmp_path: Path, server: X) -> Iterator[Desk]:
    desk = Desk(tmp_path, channels="x")
    desk.clock.at = datetime(2026, 11, 10, 9, 0, tzinfo=UTC)
    server.clock = desk.clock.now
    (desk.config.parent / "token").write_text(server.token)
    (desk.config.parent / "token").chmod(0o600)
    with desk.config.open("a") as config:
        config.write(
            f"      paid: {{network: x, token: 'file:token', url: '{server.url}', "
            "guard: {budget: 0.02}}\n"
        )
    yield desk
    desk.close()


def test_the_queue_knows_what_its_posts_cost(desk: Desk) -> None:
    desk.write(
        {"id": "a", "text": "Bonjour", "channels": ["paid"], "in": 60},
        {
            "id": "b",
            "text": "Voir exemple.fr (a@b.fr)",
            "channels": ["paid"],
            "in": 120,
        },
        {"id": "f", "text": "À contact@atlas.fr ou au 3.5", "channels": ["paid"], "in": 150},
        {"id": "c", "text": "Un", "thread": ["Deux"], "channels": ["paid"], "in": 180},
        {"id": "d", "text": "Gratuit https://atlas.example", "channels": ["x"], "in": 240},
        {"id": "e", "text": "En décembre", "channels": ["paid"], "at": "2026-12-02 10:00"},
    )
    desk.turn()
    with desk.context() as ctx:
        month = ctx.store.month(ctx.now())
        assert (month.published, month.ahead) == (0, POST + LINK + POST + 2 * POST)
        desk.write({"id": "a", "text": "Bonjour www.exemple.fr", "channels": ["paid"], "in": 60})
    desk.turn()
    with desk.context() as ctx:
        assert ctx.store.month(ctx.now()).ahead == LINK


def test_what_was_published_is_counted_as_spent(desk: Desk) -> None:
    desk.write({"id": "a", "text": "Bonjour", "channels": ["paid"], "in": 1})
    desk.turn()
    desk.clock.forward(minutes=1)
    desk.turn()
    with desk.context() as ctx:
        month = ctx.store.month(ctx.now())
        assert (month.published, month.ahead) == (POST, 0)
        assert next(iter(costs(ctx))).what == "costs"


@pytest.mark.parametrize(
    ("text", "price"),
    [("Merci !", POST), ("Voir exemple.fr (a@b.fr)", LINK)],
)
def test_a_reply_costs_what_a_post_does(desk: Desk, server: X, text: str, price: int) -> None:
    server.post_by_hand("Le dépôt ouvre")
    question = server.comment_by_hand(next(iter(server.posts)), "Quand ?")
    with desk.context() as ctx:
        reply(ctx, "a/paid", question, text)
        assert ctx.store.month(ctx.now()).published == price


def test_reading_is_charged_once_a_day_for_each_post_and_stops_at_its_budget(
    desk: Desk, server: X
) -> None:
    for number in range(3):
        server.post_by_hand(f"Nouvelle {number}")
    desk.clock.forward(minutes=1)
    with desk.context() as ctx:
        watch_all(ctx)
        assert ctx.store.month(ctx.now()).read == 3 * READ
        assert paced(ctx, "a/paid") < FOR_EVER
        [_, finding] = costs(ctx)
        assert (finding.what, finding.health) == ("a/paid", Health.WARN)
        assert "before the month ends" in finding.detail
        desk.clock.forward(minutes=20)
        server.post_by_hand("Une de plus")
        desk.clock.forward(minutes=1)
        watch_all(ctx)
        assert ctx.store.month(ctx.now()).read == 4 * READ == 0.02 * ONE_DOLLAR
        assert paced(ctx, "a/paid") == FOR_EVER
        assert "only before a slot now" in list(costs(ctx))[1].detail
        desk.clock.forward(hours=2)
        watch_all(ctx)
        assert ctx.store.month(ctx.now()).read == 4 * READ
        desk.clock.at = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
        assert paced(ctx, "a/paid") < FOR_EVER  # a new month, a new budget


def test_before_a_slot_it_is_read_whatever_it_costs(desk: Desk, server: X) -> None:
    for number in range(9):
        server.post_by_hand(f"Nouvelle {number}")
    desk.clock.forward(minutes=1)
    with desk.context() as ctx:
        watch_all(ctx)
        assert paced(ctx, "a/paid") == FOR_EVER
    desk.write({"id": "a", "text": "Tout autre chose", "channels": ["paid"], "in": 0})
    [delivery] = desk.turn()
    assert delivery.state == "published"
