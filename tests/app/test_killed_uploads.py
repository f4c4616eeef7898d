"""A process that is killed in mid-upload: the next one uploads anew, and posts once."""

import signal
import time
from pathlib import Path

import pytest

from cmctl.core.model import State
from cmctl.testing.sandbox import Fault, FaultKind
from cmctl.testing.standins.facebook import Facebook
from cmctl.testing.standins.linkedin import LinkedIn
from cmctl.testing.standins.x import X
from servers.pictures import png

from .desk import Desk
from .test_networks_in_doubt import at_work

#: Longer than a machine under load needs to see that a request has come.
PATIENCE = 30
FILM = bytes(index % 251 for index in range(1000)) * 9000
#: An upload's requests before the one in whose midst the process is killed: begun, and a part sent.
SENT = 2


def kill_in_mid_upload(desk: Desk, sent) -> None:
    """Make a turn elsewhere, and end it while it waits for an answer that drips."""
    turn = desk.turn_elsewhere("never", "kill")
    until = time.monotonic() + PATIENCE
    while sent() <= SENT and time.monotonic() < until and turn.poll() is None:
        time.sleep(0.02)
    turn.kill()
    assert turn.wait(PATIENCE) == -signal.SIGKILL


def write(desk: Desk, channel: str, media: str, data: bytes) -> None:
    (desk.config.parent / "posts" / "a" / media).write_bytes(data)
    post = {"id": "one", "text": "La visite", "channels": [channel], "in": -1, "guard": "off"}
    desk.write({**post, "media": [{"file": media, "alt": "Le quai"}]})


@pytest.mark.parametrize("network", ["x", "linkedin", "facebook_page"])
def test_a_film_whose_upload_was_cut_is_sent_anew_and_posted_once(
    tmp_path: Path, network: str
) -> None:
    with at_work(tmp_path, network) as (desk, server):
        assert isinstance(server, X | LinkedIn | Facebook)
        server.looks = 0
        server.fault(Fault(kind=FaultKind.DRIP, on="upload", skip=SENT, seconds=1))
        write(desk, "chat", "visite.mp4", FILM)
        kill_in_mid_upload(desk, lambda: len(server.calls))
        server.clear_faults()
        assert desk.only().state is State.CLAIMED
        assert server.texts() == []
        desk.clock.forward(minutes=2)
        desk.settle()
        assert desk.only().state is State.PUBLISHED
        assert server.texts() == ["La visite"]
        begun, whole = server.films.values()
        assert _data(begun) != FILM
        assert _data(whole) == FILM


def _data(film) -> bytes:
    parts = getattr(film, "parts", None)
    return film.data if parts is None else b"".join(parts[number] for number in sorted(parts))


def test_an_image_whose_upload_was_cut_is_sent_anew_and_posted_once(desk: Desk) -> None:
    desk.fault(FaultKind.DRIP, on="upload", seconds=1)
    write(desk, "x", "quai.png", png())
    kill_in_mid_upload(desk, lambda: SENT + desk.network.requests("x").get("upload", 0))
    desk.network.clear_faults()
    assert desk.only().state is State.CLAIMED
    assert not desk.copies()
    desk.clock.forward(minutes=2)
    desk.settle()
    assert desk.only().state is State.PUBLISHED
    assert desk.copies() == {"La visite": 1}
