"""A history too long to compare with every text of it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cmctl.app.guard.corpus import corpus, index_some
from cmctl.app.guard.watch import refresh
from cmctl.core.guard.retrieval import LIKEST, NEAREST
from cmctl.core.model import Seen, Status
from cmctl.core.settings import EVER
from cmctl.store.base import Store
from cmctl.store.sqlite import open_store

from .desk import Desk

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
CHANNEL = "a/x"
OLD = "L'entrepôt de Rennes ouvre le 1er décembre : 12 000 m² et 45 emplois"


def filled(folder: Path, count: int) -> Store:
    """Return a store with so many statuses of one account, the oldest one `OLD`."""
    store = open_store(folder / "cmctl.db", epoch="e")
    texts = [*(f"Le plat numéro {n} attend {n % 7} convives" for n in range(count - 1)), OLD]
    statuses = [
        Status(channel=CHANNEL, remote_id=f"s{n}", at=NOW - n * timedelta(hours=1), text=text)
        for n, text in enumerate(texts)
    ]
    store.observe(CHANNEL, statuses, since=NOW, at=NOW, whole=False)
    return store


def test_a_long_history_is_indexed_in_steps_and_a_short_one_never(tmp_path: Path) -> None:
    store = filled(tmp_path, 2 * NEAREST + 100)
    assert index_some(store, CHANNEL, NOW, EVER)
    assert len(store.unindexed(CHANNEL, limit=9999)) == NEAREST + 100
    assert index_some(store, CHANNEL, NOW, EVER)
    assert not index_some(store, CHANNEL, NOW, EVER)
    assert store.unindexed(CHANNEL, limit=9999) == []
    store.close()
    (tmp_path / "short").mkdir()
    short = filled(tmp_path / "short", NEAREST)
    assert not index_some(short, CHANNEL, NOW, EVER)
    assert len(short.unindexed(CHANNEL, limit=9999)) == NEAREST
    short.close()


def test_what_adds_to_an_old_text_is_compared_with_it(tmp_path: Path) -> None:
    store = filled(tmp_path, 3 * NEAREST)
    while index_some(store, CHANNEL, NOW, EVER):
        pass
    text = f"{OLD}. Merci à la région, à nos équipes et à tous ceux qui nous suivent depuis 2012 !"
    ours = Seen(source="queue", ref="0", text=text, at=NOW)
    found, _ = corpus(store, CHANNEL, ours, EVER)
    assert OLD in {one.text for one in found}
    assert len(found) <= NEAREST + 1 + LIKEST
    store.close()


def test_whoever_reads_a_timeline_lets_what_is_new_there_be_found(desk: Desk) -> None:
    """Also where the watch never comes to it, since it is always read just before a slot."""
    for number in range(NEAREST + 2):
        desk.network.post_by_hand("x", f"Le plat numéro {number} attend {number % 7} convives")
    desk.clock.forward(minutes=5)
    with desk.context() as ctx:
        assert refresh(ctx, "a/x", newer_than=ctx.now()) is None
        assert len(ctx.store.unindexed("a/x", limit=9999)) == 2
