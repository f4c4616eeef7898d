"""Hosts against real servers: what is put there stands there, and is gone when it is removed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from cmctl.channels.base import Attachment, Rejected, Unavailable
from cmctl.channels.hosting import Host, check_host, hosts
from cmctl.core.model import Place
from cmctl.core.settings import Hosting
from servers.process import free_port
from servers.rclone import PASSWORD, USER, Rclone, serving

ADDRESS = "https://media.atlas.example/cmctl"
FILE = Attachment(name="cmctl-1-ab.jpg", data=b"\xff\xd8photo" * 1000, type="image/jpeg")


def s3(server: Rclone, password: str = PASSWORD) -> dict[str, object]:
    return {"bucket": "cmctl", "endpoint": server.url, "key": USER, "secret": password}


def sftp(server: Rclone, password: str = PASSWORD) -> dict[str, object]:
    return {
        "host": f"127.0.0.1:{server.port}",
        "user": USER,
        "folder": "/cmctl",
        "host_key": server.host_key,
        "password": password,
    }


def webdav(server: Rclone, password: str = PASSWORD) -> dict[str, object]:
    return {"url": f"{server.url}/cmctl", "user": USER, "password": password}


OPTIONS: dict[str, Callable[..., dict[str, object]]] = {"s3": s3, "sftp": sftp, "webdav": webdav}


@contextmanager
def opened(kind: str, options: dict[str, object]) -> Iterator[Host]:
    host = hosts()[kind].open({"address": ADDRESS, **options})
    try:
        yield host
    finally:
        host.close()


@pytest.fixture(params=sorted(OPTIONS))
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def server(kind: str, tmp_path: Path) -> Iterator[Rclone]:
    with serving(kind, tmp_path) as server:
        yield server


def test_what_is_put_there_stands_there_until_it_is_removed(kind: str, server: Rclone) -> None:
    with opened(kind, OPTIONS[kind](server)) as host:
        assert host.put(FILE) == f"{ADDRESS}/cmctl-1-ab.jpg"
        assert host.put(FILE) == f"{ADDRESS}/cmctl-1-ab.jpg"  # again is as good as once
        assert (server.folder / "cmctl" / FILE.name).read_bytes() == FILE.data
        assert list(host.names()) == [FILE.name]
        host.remove(FILE.name)
        host.remove(FILE.name)
        assert list(host.names()) == []


def test_a_wrong_password_is_a_refusal_that_does_not_tell_it(kind: str, server: Rclone) -> None:
    wrong = "faux-mot-de-passe"
    with opened(kind, OPTIONS[kind](server, wrong)) as host:
        with pytest.raises(Rejected) as refused:
            host.put(FILE)
        assert wrong not in str(refused.value)
        assert wrong not in repr(host)


def test_a_server_that_is_not_there_is_for_later(kind: str) -> None:
    nobody = Rclone(free_port(), Path(), "ssh-ed25519 " + "AAAAC3NzaC1lZDI1NTE5AAAAI" + "A" * 43)
    with opened(kind, OPTIONS[kind](nobody)) as host, pytest.raises(Unavailable):
        host.put(FILE)


def test_a_server_with_another_key_gets_no_password(tmp_path: Path) -> None:
    with serving("sftp", tmp_path) as server:
        other = {"host_key": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + "A" * 43}
        told = pytest.raises(Rejected, match="another key")
        with opened("sftp", {**sftp(server), **other}) as host, told:
            host.put(FILE)


def test_a_host_key_that_is_none_says_where_to_find_it(tmp_path: Path) -> None:
    options = {**sftp(Rclone(free_port(), tmp_path)), "host_key": "nonsense"}
    told = pytest.raises(Rejected, match="ssh-keyscan")
    with opened("sftp", options) as host, told:
        host.put(FILE)


@pytest.mark.parametrize(
    ("kind", "options", "codes"),
    [
        ("ftp", {}, ["unknown-kind"]),
        ("webdav", {"address": "http://atlas.example", "url": "x"}, ["bad-address"] * 2),
        (
            "s3",
            {"address": ADDRESS, "bucket": "b", "key": "AKIA", "secret": "env:S", "pail": 1},
            ["unknown-option", "inline-secret"],
        ),
    ],
)
def test_what_is_wrong_with_the_block_is_told(
    kind: str, options: dict[str, object], codes: list[str]
) -> None:
    hosting = Hosting(kind=kind, options=options, places={"": Place("config.yaml", 3)})
    problems = list(check_host(hosts(), hosting))
    assert [problem.code for problem in problems] == codes
    assert all(problem.place == Place("config.yaml", 3) for problem in problems)


def test_everybody_can_read_what_webdav_shows(tmp_path: Path) -> None:
    with serving("webdav", tmp_path) as server:
        with opened("webdav", webdav(server)) as host:
            host.put(FILE)
        found = httpx.get(f"{server.url}/cmctl/{FILE.name}", auth=(USER, PASSWORD))
        assert found.content == FILE.data
