"""A history too long to compare with every text of it."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cmctl.app.guard.corpus import corpus, index_some
from cmctl.app.guard.histories import Histories
from cmctl.app.guard.watch import refresh
from cmctl.app.health.sketches import sketches
from cmctl.core.guard import judge
from cmctl.core.guard.retrieval import look
from cmctl.core.guard.sketches import version
from cmctl.core.guard.terms import LIKEST, NEAREST
from cmctl.core.model import Decision, Seen, Status, Verdict
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


def test_a_history_is_noted_in_steps(tmp_path: Path) -> None:
    store = filled(tmp_path, 2 * NEAREST + 100)
    assert index_some(store, CHANNEL)
    assert len(store.unindexed(CHANNEL, version=version(), limit=9999)) == NEAREST + 100
    assert index_some(store, CHANNEL)
    assert not index_some(store, CHANNEL)
    assert store.unindexed(CHANNEL, version=version(), limit=9999) == []
    store.close()


def test_histories_of_many_channels_keep_to_their_bytes(tmp_path: Path) -> None:
    """However few texts of however many words: those asked for last stay."""
    store = open_store(tmp_path / "cmctl.db", epoch="e")
    ours = Seen(source="queue", ref="0", text="mot-3 mot-4 mot-5", at=NOW)
    looking, kept = look(ours, []), 60_000
    known = Histories(store, kept=kept)
    sizes = []
    for name in (f"a/{n}" for n in range(8)):
        texts = [" ".join(f"mot{name[2]}{n}-{k}" for k in range(30)) for n in range(20)]
        statuses = [
            Status(channel=name, remote_id=f"s{n}", at=NOW, text=text)
            for n, text in enumerate(texts)
        ]
        store.observe(name, statuses, since=NOW, at=NOW, whole=False)
        assert not index_some(store, name)
        list(known.likest(name, looking, since=NOW - EVER, before=NOW))
        sizes.append(known.size)
    assert sizes[0] < sizes[1] <= kept
    assert max(sizes) <= kept
    assert min(sizes[2:]) > kept / 2
    store.close()


def test_what_adds_to_an_old_text_is_compared_with_it(tmp_path: Path) -> None:
    store = filled(tmp_path, 3 * NEAREST)
    while index_some(store, CHANNEL):
        pass
    text = f"{OLD}. Merci à la région, à nos équipes et à tous ceux qui nous suivent depuis 2012 !"
    ours = Seen(source="queue", ref="0", text=text, at=NOW)
    found, _ = corpus(store, CHANNEL, ours, EVER)
    assert OLD in {one.text for one in found}
    assert len(found) <= NEAREST + 1 + LIKEST
    store.close()


def test_the_verdict_is_that_of_judging_all_that_stands(tmp_path: Path) -> None:
    """Whatever was edited or deleted since it was indexed, and what is not indexed yet."""
    store = open_store(tmp_path / "cmctl.db", epoch="e")
    draw = random.Random(1)
    texts = [news(draw) for _ in range(1200)]
    statuses = [
        Status(channel=CHANNEL, remote_id=f"s{n}", at=NOW - n * timedelta(minutes=50), text=text)
        for n, text in enumerate(texts)
    ]
    store.observe(CHANNEL, statuses, since=statuses[-1].at, at=NOW)
    for _ in range(2):  # 200 are left
        assert index_some(store, CHANNEL)
    assert said_by_index(store, texts[650]).decision is Decision.BLOCK
    edited = [replace(one, text=news(draw)) for one in statuses[600:630]]
    store.observe(
        CHANNEL, [*statuses[:600], *edited, *statuses[700:]], since=statuses[-1].at, at=NOW
    )
    everything = store.seen(CHANNEL, since=NOW - EVER, until=NOW)
    assert len(everything) == 1200 - 70
    for text in (texts[610], texts[650], edited[5].text, edited[20].text, texts[800], texts[-1]):
        ours = Seen(source="queue", ref="0", text=text, at=NOW)
        assert said_by_index(store, text) == judge(ours, everything, window=EVER)
    store.close()


def said_by_index(store: Store, text: str) -> Verdict:
    ours = Seen(source="queue", ref="0", text=text, at=NOW)
    return judge(ours, corpus(store, CHANNEL, ours, EVER)[0], window=EVER)


def news(draw: random.Random) -> str:
    """Return one of very many texts, every fourth signed."""
    words = [f"mot{int(800 * draw.random() ** 2)}" for _ in range(draw.randrange(3, 9))]
    signed = " Quai des Lices, Rennes." if draw.random() < 0.25 else ""
    return f"{' '.join(words)} {draw.randrange(60)} €.{signed}"


def test_whoever_reads_a_timeline_notes_what_is_new_there(desk: Desk) -> None:
    """Also where the watch never comes to it, since it is always read just before a slot."""
    for number in range(NEAREST + 2):
        desk.network.post_by_hand("x", f"Le plat numéro {number} attend {number % 7} convives")
    desk.clock.forward(minutes=5)
    with desk.context() as ctx:
        assert refresh(ctx, "a/x", newer_than=ctx.now()) is None
        assert len(ctx.store.unindexed("a/x", version=version(), limit=9999)) == 2


def test_what_was_noted_by_other_lists_is_noted_again_and_told_meanwhile(desk: Desk) -> None:
    desk.network.post_by_hand("x", OLD)
    desk.network.post_by_hand("x", "Merci à tous pour cette belle journée")
    desk.clock.forward(minutes=5)
    with desk.context() as ctx:
        assert refresh(ctx, "a/x", newer_than=ctx.now()) is None
        old = ctx.store.unindexed("a/x", version="other", limit=9)
        ctx.store.index("a/x", "other", dict.fromkeys(old, "what other lists made of it"))
        ours = Seen(source="queue", ref="0", text=f"{OLD} !", at=ctx.now())
        known, _ = corpus(ctx.store, "a/x", ours, EVER)
        assert judge(ours, known, window=EVER).decision is Decision.BLOCK
        assert any("2 texts of 1 channel" in one.detail for one in sketches(ctx))
        assert not index_some(ctx.store, "a/x")
        assert ctx.store.stale(version()) == {}
        assert [*sketches(ctx)] == []
