"""A film on its way: its claim is kept for as long as it may be."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cmctl.app.context import LEASE
from cmctl.app.publishing.publish import FILM, lease, on_the_line
from cmctl.channels.base import Attachment
from cmctl.channels.http import SLOWEST
from cmctl.core.model import State
from cmctl.testing.channel_contract.network import outgoing
from cmctl.testing.standins.telegram import Telegram

from .desk import Desk

SECONDS = 20


@pytest.fixture
def telegram() -> Iterator[Telegram]:
    with Telegram() as server:
        yield server


@pytest.fixture
def desk(tmp_path: Path, telegram: Telegram) -> Iterator[Desk]:
    desk = Desk(tmp_path, channels="x")
    token = desk.config.parent / "token"
    token.write_text(telegram.token)
    token.chmod(0o600)
    block = f"network: telegram, chat: '@atlas', token: 'file:token', url: '{telegram.url}'"
    with desk.config.open("a") as config:
        config.write(f"      news: {{{block}}}\n")
    yield desk
    desk.close()


def moves(desk: Desk) -> list[str]:
    with desk.context() as ctx:
        return [event.kind for event in ctx.store.events(desk.only().number)]


def write(desk: Desk, film: bytes) -> None:
    (desk.config.parent / "posts" / "a" / "visite.mp4").write_bytes(film)
    media = [{"file": "visite.mp4"}]
    desk.write({"id": "one", "text": "La visite", "channels": ["news"], "in": -1, "media": media})


def test_a_film_is_published_under_a_claim_that_is_kept(desk: Desk, telegram: Telegram) -> None:
    write(desk, bytes(SLOWEST * SECONDS))
    desk.turn()
    assert desk.only().state is State.PUBLISHED
    assert moves(desk) == ["add", "claim", "keep", "send", "publish"]
    assert telegram.calls[-1].operation.endswith("/sendVideo")


def test_what_is_light_needs_no_longer_claim(desk: Desk) -> None:
    write(desk, bytes(1000))
    desk.turn()
    assert moves(desk) == ["add", "claim", "send", "publish"]


def test_a_lease_has_room_for_what_is_on_the_line() -> None:
    film = Attachment(name="visite.mp4", data=bytes(SLOWEST * SECONDS), type="video/mp4")
    out = replace(outgoing("La visite"), attachments=(film,))
    assert on_the_line(out).total_seconds() == SECONDS
    assert lease(out) == LEASE + FILM + on_the_line(out)
