"""Pictures on the real timeline: the owner's photograph is known again, from where it stands."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from cmctl.app.guard.foreign_pictures import MOST_STATUSES
from cmctl.app.run import watch_all
from cmctl.channels.base import Rejected
from cmctl.channels.public_fetch import Fetched
from cmctl.core.model import State
from cmctl.testing.standins.instagram import Instagram

from .desk import Desk
from .test_pictures import encoded, photograph

OWNERS = "https://cdn.example/owner.jpg"


@pytest.fixture
def instagram() -> Iterator[Instagram]:
    with Instagram() as server:
        yield server


class Office(Desk):
    """A desk that keeps which addresses were asked for."""

    asked: list[str]


@pytest.fixture
def desk(tmp_path: Path, instagram: Instagram) -> Iterator[Office]:
    desk = Office(tmp_path, channels="x")
    (desk.config.parent / "token").write_text(instagram.token)
    (desk.config.parent / "token").chmod(0o600)
    with desk.config.open("a") as config:
        config.write(
            f"      insta: {{network: instagram, account: '{Instagram.account}', "
            f"token: 'file:token', url: '{instagram.url}'}}\n"
        )
    desk.asked = []
    yield desk
    desk.close()


def showing(desk: Office, **pictures: bytes) -> Callable[[str], Fetched]:
    """Return the public web: these pictures by name, and nothing else."""

    def fetch(address: str) -> Fetched:
        desk.asked.append(address)
        name = address.rpartition("/")[2].removesuffix(".jpg")
        if name not in pictures:
            raise Rejected(f"{address}: 404")
        return Fetched(pictures[name], "image/jpeg", address)

    return fetch


def pictures_of_the_timeline(desk: Office) -> list[tuple[str, ...]]:
    with desk.context() as ctx:
        return [
            one.pictures
            for one in ctx.store.statuses("a/insta", since=desk.clock.at - timedelta(days=9))
        ]


def test_the_owners_photograph_is_fetched_once_and_kept(desk: Office, instagram: Instagram) -> None:
    desk.fetch = showing(desk, owner=encoded(photograph(1)))
    instagram.post_by_hand("Le menu du jour", image=OWNERS)
    with desk.context() as ctx:
        watch_all(ctx)
        desk.clock.forward(minutes=20)
        watch_all(ctx)
    assert desk.asked == [OWNERS]
    [[fingerprint]] = pictures_of_the_timeline(desk)
    assert fingerprint


def test_a_picture_that_cannot_be_had_keeps_nothing_from_going_on(
    desk: Office, instagram: Instagram
) -> None:
    desk.fetch = showing(desk, broken=b"<html>")
    instagram.post_by_hand("Une photo", image=OWNERS)
    instagram.post_by_hand("Pas une photo", image="https://cdn.example/broken.jpg")
    with desk.context() as ctx:
        assert watch_all(ctx) == []
    assert pictures_of_the_timeline(desk) == [(), ()]


def test_only_the_latest_pictures_of_a_long_history_are_fetched(
    desk: Office, instagram: Instagram
) -> None:
    desk.fetch = showing(desk)
    for number in range(MOST_STATUSES + 5):
        instagram.post_by_hand(f"Photo {number}", image=f"https://cdn.example/{number}.jpg")
    with desk.context() as ctx:
        watch_all(ctx)
    assert len(desk.asked) == MOST_STATUSES


def test_a_short_text_with_the_owners_photograph_waits_for_a_person(
    desk: Office, instagram: Instagram
) -> None:
    (desk.config.parent / "posts" / "a" / "plat.jpg").write_bytes(encoded(photograph(1)))
    desk.fetch = showing(desk, owner=encoded(photograph(1), quality=60))
    instagram.post_by_hand("Miam !", image=OWNERS)
    desk.clock.forward(minutes=1)
    hosting = "hosting: {kind: webdav, address: https://m.example, url: http://127.0.0.1:9}"
    desk.config.write_text(f"{hosting}\n{desk.config.read_text()}")
    post = {"id": "miam", "text": "Miam 😋", "channels": ["insta"], "in": 30}
    desk.write({**post, "media": [{"file": "plat.jpg"}]})
    desk.turn()
    held = desk.only()
    assert held.state is State.HELD
    assert held.hold is not None
    assert "picture" in held.hold.detail
