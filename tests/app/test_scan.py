"""Scanning a long history compares what is near and what is like it, and settles nothing."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from cmctl.app.guard.asking import Scan
from cmctl.app.posts.take_in import take_in
from cmctl.core.guard.terms import NEAREST
from cmctl.core.model import Status

from .desk import Desk

NEWS = "Notre nouvel entrepôt ouvre à Rennes le 1er décembre, 12 000 m² et 45 emplois."
AGAIN = "Notre nouvel entrepot ouvre a Rennes le 1er décembre : 12 000 m2, 45 emplois !!"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path, extra="guard: {window: ever}")
    yield desk
    desk.close()


def test_news_is_found_again_behind_more_texts_than_are_compared(desk: Desk) -> None:
    first = desk.clock.at - timedelta(days=30)
    texts = [AGAIN, *(f"Menu {n} : soupe{n} et tarte{n}, {n} €" for n in range(NEAREST + 9))]
    desk.write({"id": "rennes", "text": NEWS, "channels": ["x"], "in": 30})
    with desk.context() as ctx:
        statuses = [
            Status(channel="a/x", remote_id=f"s{n}", text=text, at=first + timedelta(minutes=n))
            for n, text in enumerate(texts)
        ]
        ctx.store.observe("a/x", statuses, since=first, at=desk.clock.at)
        take_in(ctx)
        scan = Scan(ctx, "a/x")
        assert len(scan.texts) == len(texts) + 1
        found = [one for one in map(scan.repeated, scan.texts) if one]
    assert [(one.text.post, one.match.seen.text) for one in found] == [("rennes", AGAIN)]
