"""Servers that die, and answers that are lost, in mid-publish: one copy, and how is told.

A real PDS is killed, and the Mastodon mock stands behind a line that loses what it says.
"""

import threading
from pathlib import Path

import pytest

from cmctl.core.model import State
from cmctl.testing import CutProxy, FaultProxy
from cmctl.testing.sandbox import Fault, FaultKind
from servers.mastodon import Account as Customer
from servers.mastodon import MastodonMock
from servers.newsroom import Newsroom
from servers.pds import Account, Pds

TEXT = "Ouverture à Rennes : notre entrepôt vous attend lundi."


def in_doubt(desk: Newsroom) -> None:
    """Look at what a person is told while nobody knows: what was tried, and what to type."""
    told = desk.said("holds", status=3)
    assert "Nobody knows whether this is published (1)" in told
    assert "1 attempt, the first at" in told
    for command in ("confirm 1 ID", "retry 1", "cancel 1"):
        assert f"cmctl queue {command}" in told


# --- a PDS that is killed ------------------------------------------------------------------------


def publishing_desk(tmp_path: Path, line: CutProxy, account: Account) -> Newsroom:
    options = {"handle": account.handle, "password": "env:ATLAS_SECRET", "url": line.url}
    desk = Newsroom(tmp_path, "bluesky", options, secret=account.password)
    desk.write(TEXT)
    return desk


def settled(desk: Newsroom, pds: Pds, account: Account) -> str:
    """Let the PDS live again and the next turns settle it; return the story of the delivery."""
    pds.start_again()
    desk.forward(minutes=2)
    assert desk.turn() == State.PUBLISHED
    (record,) = pds.records(account)
    assert record["value"]["text"] == TEXT
    assert record["uri"].rpartition("/")[2] in desk.said("history", "--json")
    return desk.story()


def test_a_pds_killed_before_the_post_arrives_gets_it_once_when_it_lives_again(
    pds: Pds, account: Account, tmp_path: Path
) -> None:
    with CutProxy(pds.url) as line:
        desk = publishing_desk(tmp_path, line, account)
        line.cut(lambda sent, _: b"putRecord" in sent and pds.kill())
        assert desk.turn() == State.UNCERTAIN
        line.heal()
        in_doubt(desk)
        told = settled(desk, pds, account)
    assert "may have been sent: nobody knows" in told
    assert "sent again under the same key" in told
    assert "published" in told


def test_a_pds_killed_after_it_stored_the_post_keeps_one_copy(
    pds: Pds, account: Account, tmp_path: Path
) -> None:
    with CutProxy(pds.url) as line:
        desk = publishing_desk(tmp_path, line, account)
        line.cut(lambda sent, said: b"putRecord" in sent and b'"cid"' in said and pds.kill())
        assert desk.turn() == State.UNCERTAIN
        line.heal()
        in_doubt(desk)
        told = settled(desk, pds, account)
    assert "published: found on the network" in told
    assert "again" not in told


@pytest.mark.parametrize("milliseconds", [2, 10])
def test_a_pds_killed_somewhere_in_between_ends_with_one_copy(
    pds: Pds, account: Account, tmp_path: Path, milliseconds: int
) -> None:
    deaths: list[threading.Timer] = []

    def dies_soon(sent: bytes, _: bytes) -> bool:
        if b"putRecord" in sent and not deaths:
            deaths.append(threading.Timer(milliseconds / 1000, pds.kill))
            deaths[0].start()
        return False

    with CutProxy(pds.url) as line:
        desk = publishing_desk(tmp_path, line, account)
        line.cut(dies_soon)
        assert desk.turn() in {State.UNCERTAIN, State.PUBLISHED}
        deaths[0].join()
        line.heal()
        settled(desk, pds, account)


# --- a line that loses the answer ----------------------------------------------------------------


@pytest.mark.parametrize("kind", [FaultKind.DROP, FaultKind.TIMEOUT_STORED])
def test_a_mastodon_whose_answer_is_lost_has_one_copy_and_the_ledger_says_how(
    mastodon_server: MastodonMock, customer: Customer, tmp_path: Path, kind: FaultKind
) -> None:
    with FaultProxy(mastodon_server.url) as proxy:
        options = {"url": proxy.url, "token": "env:ATLAS_SECRET"}
        desk = Newsroom(tmp_path, "mastodon", options, secret=customer.token)
        desk.write(TEXT)
        proxy.fault(Fault(kind=kind))
        assert desk.turn() == State.UNCERTAIN
        in_doubt(desk)
        desk.forward(minutes=2)
        assert desk.turn() == State.PUBLISHED
        assert proxy.requests["post"] == 1
    (status,) = mastodon_server.statuses(customer)
    assert status["id"] in desk.said("history", "--json")
    told = desk.story()
    assert "may have been sent: nobody knows" in told
    assert "published: found on the network" in told
