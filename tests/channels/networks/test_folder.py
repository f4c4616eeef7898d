"""The folder channel's files: whole, durable, and never out of their folder."""

import contextlib
import json
import os
import resource
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cmctl.channels.base import Attachment, Outgoing, Rejected, Unavailable
from cmctl.channels.durable import locked
from cmctl.channels.networks.folder import FolderChannel
from cmctl.core.model import Content

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
KEY = "0123456789abcdef" * 2
FACADE = Attachment(name="facade.png", data=b"\x89PNG", type="image/png", alt="La façade d'été")
POST = Outgoing(
    key=KEY,
    content=Content(text="Ouverture", hashtags=("rennes",), thread=("La suite",)),
    language="fr",
    created_at=NOON,
    attachments=(FACADE, replace(FACADE, alt="")),
)


@pytest.fixture
def channel(tmp_path: Path) -> FolderChannel:
    return FolderChannel(tmp_path / "outbox")


def test_a_person_finds_what_to_paste(channel: FolderChannel, tmp_path: Path) -> None:
    receipt = channel.publish(POST)

    folder = tmp_path / "outbox" / f"2026-11-24_1100_{KEY}"
    assert {path.name for path in folder.iterdir()} == {
        "text.txt",
        "part-2.txt",
        "1-facade.png",
        "1-facade.png.txt",
        "2-facade.png",
        "post.json",
    }
    assert (folder / "text.txt").read_text() == "Ouverture\n\n#rennes"
    assert (folder / "part-2.txt").read_text() == "La suite"
    assert (folder / "1-facade.png").read_bytes() == FACADE.data
    assert (folder / "1-facade.png.txt").read_text() == FACADE.alt
    assert json.loads((folder / "post.json").read_text())["language"] == "fr"
    assert receipt.parts == (folder.name, f"{folder.name}/2")
    assert receipt.url == folder.as_uri()
    assert receipt.at == NOON


def test_a_repeat_at_another_time_is_the_same_post(channel: FolderChannel, tmp_path: Path) -> None:
    receipt = channel.publish(POST)
    later = replace(POST, created_at=NOON.replace(hour=15))
    assert channel.publish(later) == receipt
    assert len([*(tmp_path / "outbox").glob("[!.]*")]) == 1


KILLED = """
import os, sys
from pathlib import Path
from cmctl.channels import durable
sys.path.insert(0, sys.argv[2])
from test_folder import POST, FolderChannel
calls = 0
sync = os.fsync
def killing(handle):
    global calls
    calls += 1
    if calls == int(sys.argv[3]):
        os.kill(os.getpid(), 9)
    sync(handle)
os.fsync = killing
FolderChannel(Path(sys.argv[1])).publish(POST)
"""


def test_a_kill_at_any_step_leaves_all_or_nothing(tmp_path: Path) -> None:
    outcomes = set()
    for step in range(1, 10):
        path = tmp_path / str(step)
        command = [sys.executable, "-c", KILLED, str(path), str(Path(__file__).parent), str(step)]
        done = subprocess.run(command, check=False, capture_output=True)
        channel = FolderChannel(path)
        found = channel.find(POST)
        outcomes.add((done.returncode, found is not None))
        receipt = channel.publish(POST)
        assert found in {None, receipt}
        assert [status.text for status in channel.timeline(NOON)] == [
            "La suite",
            "Ouverture\n\n#rennes",
        ]
        assert [p.name for p in path.iterdir() if p.name != ".lock"] == [receipt.remote_id]
    assert outcomes == {(-9, False), (-9, True), (0, True)}


def test_a_full_disk_is_certainly_not_published(channel: FolderChannel) -> None:
    channel.publish(replace(POST, key="f" * 32))
    big = replace(POST, attachments=(replace(FACADE, data=b"x" * 100_000),))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))
    try:
        with pytest.raises(Unavailable, match="file too large"):
            channel.publish(big)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert channel.find(big) is None
    assert channel.publish(big)


def test_a_share_that_is_not_mounted_is_not_made_up(tmp_path: Path) -> None:
    channel = FolderChannel(tmp_path / "mnt" / "outbox")
    for call in (channel.probe, lambda: channel.publish(POST), lambda: channel.timeline(NOON)):
        with pytest.raises(Unavailable, match="no such file"):
            call()
    assert not (tmp_path / "mnt").exists()


def test_two_writers_do_not_mix(channel: FolderChannel, tmp_path: Path) -> None:
    (tmp_path / "outbox").mkdir()
    with locked(tmp_path / "outbox"), pytest.raises(Unavailable):
        channel.publish(POST)
    assert channel.find(POST) is None


def test_the_same_key_at_the_same_time_makes_one_post(
    channel: FolderChannel, tmp_path: Path
) -> None:
    def publish() -> None:
        with contextlib.suppress(Unavailable):  # another one is writing
            channel.publish(POST)

    threads = [threading.Thread(target=publish) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([*(tmp_path / "outbox").glob("[!.]*")]) == 1


@pytest.mark.parametrize(
    "remote_id", ["..", "../x", ".lock", "", "/etc/passwd", "x/../../y", "x/", "/", "x/y", "a\0b"]
)
def test_a_remote_id_never_leads_out(
    channel: FolderChannel, tmp_path: Path, remote_id: str
) -> None:
    channel.publish(POST)
    (tmp_path / "x").write_text("stays")
    with pytest.raises(Rejected):
        channel.delete(remote_id)
    with pytest.raises(Rejected):
        channel.exists(remote_id)
    assert (tmp_path / "x").exists()


def test_an_image_never_gets_out_by_its_name(channel: FolderChannel, tmp_path: Path) -> None:
    evil = replace(FACADE, name="../../evil.png")
    channel.publish(replace(POST, attachments=(evil,)))
    assert [path.name for path in tmp_path.rglob("*.png")] == ["1-evil.png"]
    assert [path.name for path in tmp_path.iterdir()] == ["outbox"]


@pytest.mark.parametrize("data", [b"{", b"[]", b"{}", b'{"parts": [{}]}', b"\xff"])
def test_a_post_that_somebody_broke_is_told_and_not_left_out(
    channel: FolderChannel, tmp_path: Path, data: bytes
) -> None:
    receipt = channel.publish(POST)
    (tmp_path / "outbox" / receipt.remote_id / "post.json").write_bytes(data)
    with pytest.raises(Unavailable, match=r"post\.json is not as cmctl wrote it"):
        channel.timeline(NOON)


def test_other_files_are_nobodys_post(channel: FolderChannel, tmp_path: Path) -> None:
    channel.publish(POST)
    (tmp_path / "outbox" / "notes.pdf").write_bytes(b"%PDF")
    (tmp_path / "outbox" / "pictures").mkdir()
    os.mkfifo(tmp_path / "outbox" / "fifo.txt")
    assert len(list(channel.timeline(NOON))) == 2
