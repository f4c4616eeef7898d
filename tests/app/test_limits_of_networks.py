"""A network's limit as its stand-in keeps it: met once at most, whichever daemon comes next.

Every step is a process of its own in all that counts: its store is opened anew, and its adapters
know nothing of those before.
"""

from itertools import pairwise
from pathlib import Path

import pytest

from cmctl.app.posts.take_in import take_in
from cmctl.app.publishing.publish import drain
from cmctl.core.model import State
from cmctl.testing.standins.limits import Window

from .desk import Desk
from .test_networks_in_doubt import NETWORKS, at_work

TEXTS = ("L'entrepôt ouvre", "Nous recrutons", "Le menu du jour", "Fermé lundi")
#: Those that say with each answer how much is left, so that the limit is never met at all.
FORETOLD = {"x", "discord", "mattermost"}
#: LinkedIn's limit is one of the day, until midnight.
OF_A_DAY = {"linkedin"}
#: A limit of two posts in a minute, and how long four of them take at the most.
MOST, SECONDS, STEPS = 2, 60, 12


def one_daemon(desk: Desk) -> None:
    """Publish one post, if the store says that its time has come."""
    with desk.context() as ctx:
        next(drain(ctx, "a/chat", more=lambda: False), None)


@pytest.mark.parametrize("network", [one for one in NETWORKS if "webhook" not in one])
def test_a_full_queue_meets_a_limit_once_whichever_daemon_is_next(
    tmp_path: Path, network: str
) -> None:
    with at_work(tmp_path, network) as (desk, server):
        server.clock = desk.clock.now
        server.limits["post"] = Window(MOST, SECONDS)
        posts = [{"text": text, "channels": ["chat"], "in": -1, "guard": "off"} for text in TEXTS]
        desk.write(*({"id": f"p{number}", **one} for number, one in enumerate(posts)))
        with desk.context() as ctx:
            take_in(ctx)
        refused = [server.throttled]
        for _ in range(STEPS):
            for _ in range(2):
                one_daemon(desk)
            refused.append(server.throttled)
            if len(server.texts()) == len(TEXTS):
                break
            desk.clock.forward(seconds=20)
        wanted = TEXTS[:MOST] if network in OF_A_DAY else TEXTS
        assert sorted(server.texts()) == sorted(wanted)
        done = [one for one in desk.deliveries() if one.state is State.PUBLISHED]
        assert len(done) == len(wanted)
    assert all(later - before <= 1 for before, later in pairwise(refused))  # though two ask
    assert refused[-1] == (0 if network in FORETOLD else 1)
