"""Secrets in a keyring: a real one that keeps them in a file, and machines that have none."""

import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.errors import KeyringLocked
from keyrings.alt.file import PlaintextKeyring

from cmctl.config.secret_place import SecretPlace
from cmctl.config.secrets import SecretError

TOKEN = '{"access_token": "canary-ä", "refresh_token": "' + "r" * 2000 + '"}'


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Use a keyring of the test's own; return the file of its backend."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    before = keyring.get_keyring()
    backend = PlaintextKeyring()
    keyring.set_keyring(backend)
    yield Path(backend.file_path)
    keyring.set_keyring(before)


def place(root: Path, name: str = "cmctl/atlas") -> SecretPlace:
    return SecretPlace(f"keyring:{name}", environment={}, root=root, home=root / ".cmctl")


def test_what_is_put_there_is_read_from_there_and_stands_nowhere_else(
    tmp_path: Path, kept: Path
) -> None:
    with pytest.raises(SecretError, match="the keyring has no cmctl/atlas") as raised:
        place(tmp_path).read()
    assert raised.value.hint == "keyring set cmctl atlas"
    with place(tmp_path).locked():
        place(tmp_path).write(TOKEN)
        place(tmp_path, "cmctl/other").write("another-token")
    assert place(tmp_path).read() == TOKEN
    assert place(tmp_path, "cmctl/other").read() == "another-token"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    ours = [path for path in tmp_path.rglob("*") if path.is_file() and path != kept]
    assert [path.read_bytes() for path in ours] == [b""]  # the lock
    assert stat.S_IMODE(ours[0].stat().st_mode) == 0o600
    assert stat.S_IMODE(ours[0].parent.stat().st_mode) == 0o700


def test_changes_of_one_place_come_one_after_the_other(tmp_path: Path, kept: Path) -> None:
    place(tmp_path).write("100")

    def count(_: int) -> None:
        here = place(tmp_path)
        with here.locked():
            here.write(str(int(here.read()) + 1))

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(count, range(20)))
    assert place(tmp_path).read() == "120"


class Locked(KeyringBackend):
    """As a desktop's keyring before its owner signed in."""

    priority = 1

    def get_password(self, service: str, username: str) -> str:
        raise KeyringLocked(f"canary {service}")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringLocked(f"canary {password}")


@pytest.mark.parametrize(
    ("backend", "why", "hint"),
    [
        (NoKeyring, "no keyring runs on this machine", "write file:PATH instead"),
        (Locked, "KeyringLocked", "unlock it"),
    ],
)
def test_a_keyring_that_does_not_do_it_says_why_without_its_words(
    tmp_path: Path, kept: Path, backend: type[KeyringBackend], why: str, hint: str
) -> None:
    place(tmp_path).write("the-old-token")
    working = keyring.get_keyring()
    keyring.set_keyring(backend())
    for do in (place(tmp_path).read, lambda: place(tmp_path).write("canary-token")):
        with pytest.raises(SecretError, match=why) as raised:
            do()
        assert raised.value.hint.startswith(hint)
        assert "canary" not in str(raised.value)
    keyring.set_keyring(working)
    assert place(tmp_path).read() == "the-old-token"
