"""Images that a post names by an address: read when they are checked and when they are sent."""

from collections.abc import Iterator
from functools import partial
from hashlib import sha256

import pytest

from channels.answers import Answers, answer
from channels.certificates import authority, serving
from channels.internet import PUBLIC, Led
from cmctl.app.check import check
from cmctl.channels.public_fetch import fetch
from cmctl.core.model import HoldReason, Problem, State
from servers.pictures import png

from .desk import Desk

PICTURE = png()
OTHER = png(7)
URL = "https://pictures.example/a.png"


class Pictures:
    """A public server of one picture, which can be changed."""

    def __init__(self) -> None:
        self.address = PUBLIC
        self.now = answer("200 OK", PICTURE, "Content-Type: image/png")
        certificate = serving(authority().issue_cert("pictures.example"))
        self.server = Answers(lambda sock: sock.sendall(self.now), tls=certificate)

    def show(self, data: bytes, kind: str = "image/png") -> None:
        self.now = answer("200 OK", data, f"Content-Type: {kind}")


@pytest.fixture
def pictures(desk: Desk) -> Iterator[Pictures]:
    shown = Pictures()
    with shown.server as server:
        desk.fetch = partial(
            fetch, limit=1000, addresses=lambda *_: [shown.address], dial=Led(server)
        )
        yield shown


def write(desk: Desk, **media: str) -> None:
    image = {"url": URL, "alt": "An image", **media}
    desk.write({"id": "one", "text": "Bonjour", "channels": ["x"], "in": 0, "media": [image]})


def hash_of(data: bytes) -> str:
    return sha256(data).hexdigest()


def problems(desk: Desk) -> list[Problem]:
    with desk.context() as ctx:
        return [one for one in check(ctx).problems if one.code == "media"]


def test_the_image_at_the_address_goes_out(desk: Desk, pictures: Pictures) -> None:
    write(desk, sha256=hash_of(PICTURE))
    desk.turn()
    assert desk.only().state is State.PUBLISHED
    with desk.context() as ctx:
        sent = [event.data["media"] for event in ctx.store.events(1) if "media" in event.data]
    assert sent == [[hash_of(PICTURE)]]


def test_another_image_than_the_one_that_was_checked_is_never_sent(
    desk: Desk, pictures: Pictures
) -> None:
    write(desk, sha256=hash_of(PICTURE))
    assert problems(desk) == []
    pictures.show(OTHER)
    desk.turn()
    held = desk.only()
    assert (held.state, held.hold and held.hold.reason) == (State.HELD, HoldReason.INVALID)
    assert "another image" in str(held.hold and held.hold.detail)
    assert desk.copies() == {}


@pytest.mark.parametrize(
    ("kind", "said"),
    [("text/html", "is no image but text/html"), ("", "is no image but of no type")],
)
def test_a_page_in_place_of_an_image_is_never_sent(
    desk: Desk, pictures: Pictures, kind: str, said: str
) -> None:
    pictures.show(b"<html>Not found</html>", kind)
    write(desk)
    desk.turn()
    assert said in str(desk.only().hold)
    assert desk.copies() == {}


def test_an_address_that_leads_inside_is_never_asked(desk: Desk, pictures: Pictures) -> None:
    pictures.address = "169.254.169.254"
    write(desk)
    (told,) = problems(desk)
    assert "169.254.169.254, which is not a public address" in told.message
    desk.turn()
    assert desk.only().state is State.HELD
    assert pictures.server.requests == []


def test_an_image_that_cannot_be_read_now_is_read_later(desk: Desk, pictures: Pictures) -> None:
    whole, pictures.now = pictures.now, answer("503 Service Unavailable")
    write(desk)
    desk.turn()
    assert desk.only().state is State.PLANNED
    pictures.now = whole
    desk.clock.forward(minutes=5)
    desk.turn()
    assert desk.only().state is State.PUBLISHED


def test_check_says_what_to_write_so_that_no_other_image_goes_out(
    desk: Desk, pictures: Pictures
) -> None:
    write(desk)
    (told,) = problems(desk)
    assert told.severity == "warning"
    assert told.fix == f'add "sha256: {hash_of(PICTURE)}"'
    write(desk, sha256=hash_of(OTHER))
    (told,) = problems(desk)
    assert told.severity == "error"
    assert "another image" in told.message


def test_what_was_sent_already_is_not_read_again(desk: Desk, pictures: Pictures) -> None:
    write(desk)
    desk.turn()
    asked = len(pictures.server.requests)
    assert problems(desk) == []
    assert len(pictures.server.requests) == asked


def test_a_file_of_the_workspace_can_have_a_hash_too(desk: Desk) -> None:
    folder = desk.config.parent / "posts" / "a"
    (folder / "a.png").write_bytes(PICTURE)
    image = {"file": "a.png", "alt": "An image", "sha256": hash_of(PICTURE)}
    desk.write({"id": "one", "text": "Bonjour", "channels": ["x"], "in": 0, "media": [image]})
    assert problems(desk) == []
    (folder / "a.png").write_bytes(OTHER)
    (told,) = problems(desk)
    assert "another image" in told.message
    desk.turn()
    assert desk.copies() == {}
