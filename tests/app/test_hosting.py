"""Images for a network that fetches them: from the workspace to a public place, and away again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cmctl.app.check import check
from cmctl.app.media.hosting import sweep
from cmctl.channels.base import Rejected
from cmctl.channels.public_fetch import Fetched
from cmctl.core.model import HoldReason, State
from cmctl.testing.sandbox.faults import Fault, FaultKind
from cmctl.testing.standins.instagram import Instagram
from servers.rclone import PASSWORD, USER, Rclone, serving

from .desk import Desk
from .test_pictures import encoded, photograph

ADDRESS = "https://media.atlas.example/cmctl"


class Office(Desk):
    """A desk with one Instagram account, and a WebDAV folder that everybody can read."""

    def __init__(self, root: Path, instagram: Instagram, place: Rclone) -> None:
        hosting = (
            f"hosting: {{kind: webdav, address: '{ADDRESS}', url: '{place.url}/cmctl', "
            f"user: {USER}, password: 'file:secret'}}"
        )
        super().__init__(root, extra=hosting, channels="x")
        self.folder = place.folder / "cmctl"
        self.fetched: list[str] = []
        self.fetch = self._fetch
        for name, secret in (("secret", PASSWORD), ("token", instagram.token)):
            (self.config.parent / name).write_text(secret)
            (self.config.parent / name).chmod(0o600)
        with self.config.open("a") as config:
            config.write(
                f"      insta: {{network: instagram, account: '{Instagram.account}', "
                f"token: 'file:token', url: '{instagram.url}'}}\n"
            )
        (self.config.parent / "posts" / "a" / "vue.png").write_bytes(encoded(photograph(1), "PNG"))

    def _fetch(self, address: str) -> Fetched:
        name = address.removeprefix(ADDRESS + "/")
        self.fetched.append(name)
        if not (self.folder / name).is_file():
            raise Rejected(f"{address}: 404")
        return Fetched((self.folder / name).read_bytes(), "image/jpeg", address)

    def standing(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir())


@pytest.fixture
def instagram() -> Iterator[Instagram]:
    with Instagram() as server:
        yield server


@pytest.fixture
def office(tmp_path: Path, instagram: Instagram) -> Iterator[Office]:
    (tmp_path / "place").mkdir()
    with serving("webdav", tmp_path / "place") as place:
        office = Office(tmp_path, instagram, place)
        yield office
        office.close()


POST = {"id": "vue", "text": "La vue.", "channels": ["insta"], "media": [{"file": "vue.png"}]}


def test_an_image_of_the_workspace_reaches_a_network_that_fetches_and_is_removed_again(
    office: Office, instagram: Instagram
) -> None:
    office.write({**POST, "in": 0})
    [done] = office.turn()
    assert done.state is State.PUBLISHED
    [name] = office.standing()
    assert name.endswith(".jpg")  # a copy in the format that Instagram takes
    assert (office.folder / name).read_bytes().startswith(b"\xff\xd8")
    [media] = instagram.media.values()
    assert media["images"] == [f"{ADDRESS}/{name}"]
    with office.context() as ctx:
        assert sweep(ctx) == 1
    assert office.standing() == []


def test_what_is_not_ours_is_never_removed(office: Office) -> None:
    office.write({**POST, "in": 0})
    office.turn()
    [ours] = office.standing()
    others = ["logo.png", "cmctl-9-0123456789abcdef-1-1.jpg", f"old-{ours}"]
    number, key = ours.split("-")[1:3]
    others.append(f"cmctl-{number}-{'0' * len(key)}-1-1.jpg")  # another workspace's
    for other in others:
        (office.folder / other).write_bytes(b"x")
    with office.context() as ctx:
        assert sweep(ctx) == 1
    assert office.standing() == sorted(others)


def test_an_image_that_nobody_can_read_is_held_with_the_reason(office: Office) -> None:
    def page(address: str) -> Fetched:
        return Fetched(b"<html>", "text/html", address)

    office.fetch = page
    office.write({**POST, "in": 0})
    [held] = office.turn()
    assert held.state is State.HELD
    assert held.hold is not None
    assert held.hold.reason is HoldReason.INVALID
    assert "shows no image but text/html (`hosting` in config.yaml)" in held.hold.detail


def test_without_a_place_for_images_check_says_so_before_the_slot(office: Office) -> None:
    office.write({**POST, "in": 60})
    with office.context() as ctx:
        assert not [one for one in check(ctx).problems if one.code == "no-public-address"]
    lines = office.config.read_text().splitlines(keepends=True)
    office.config.write_text("".join(line for line in lines if "hosting" not in line))
    with office.context() as ctx:
        [problem] = [one for one in check(ctx).problems if one.code == "no-public-address"]
    assert "instagram fetches images itself" in problem.message
    assert "`hosting`" in problem.fix


def test_a_lost_answer_leaves_one_post_and_no_image(office: Office, instagram: Instagram) -> None:
    office.write({**POST, "in": 0})
    instagram.fault(Fault(kind=FaultKind.DROP))
    office.turn()
    for _ in range(8):
        office.clock.forward(seconds=30)
        office.turn()
    assert instagram.texts() == ["La vue."]
    with office.context() as ctx:
        sweep(ctx)
    assert office.only().state is State.PUBLISHED
    assert office.standing() == []


def test_a_film_of_the_workspace_is_hosted_as_it_is(office: Office, instagram: Instagram) -> None:
    film = b"\0\0\0\x18ftypmp42" + bytes(5000)
    (office.config.parent / "posts" / "a" / "visite.mp4").write_bytes(film)
    office.write({**POST, "media": [{"file": "visite.mp4"}], "in": 0})
    [done] = office.turn()
    assert done.state is State.PUBLISHED
    [name] = office.standing()
    assert (office.folder / name).read_bytes() == film
    [reel] = instagram.media.values()
    assert reel["media_type"] == "VIDEO"
