"""Writing a file: whole or not at all, and never over somebody else's change."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cmctl.config.writing import FileChangedError, edit_file, write_file


def test_a_file_is_replaced_with_its_mode_and_nothing_is_left_behind(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(b"old")
    file.chmod(0o640)
    write_file(file, b"new", expected=b"old")
    assert file.read_bytes() == b"new"
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert [left.name for left in tmp_path.iterdir()] == ["a.yaml"]


def test_a_file_that_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(b"theirs")
    with pytest.raises(FileChangedError, match="changed meanwhile"):
        write_file(file, b"mine", expected=b"old")
    assert file.read_bytes() == b"theirs"
    file.unlink()
    with pytest.raises(FileChangedError):
        write_file(file, b"mine", expected=b"old")
    assert list(tmp_path.iterdir()) == []


def test_a_new_file_appears_with_its_folders_and_never_over_another(tmp_path: Path) -> None:
    file = tmp_path / "posts/atlas/a.yaml"
    write_file(file, b"new", expected=None)
    assert file.read_bytes() == b"new"
    assert stat.S_IMODE(file.stat().st_mode) & 0o600 == 0o600
    with pytest.raises(FileChangedError):
        write_file(file, b"other", expected=None)
    assert file.read_bytes() == b"new"


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.yaml").write_bytes(b"old")
    (tmp_path / "link.yaml").symlink_to("real.yaml")
    write_file(tmp_path / "link.yaml", b"new", expected=b"old")
    assert (tmp_path / "link.yaml").is_symlink()
    assert (tmp_path / "real.yaml").read_bytes() == b"new"


def test_an_edit_reads_changes_and_writes(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    edit_file(file, lambda text: text + "un\r\n")
    edit_file(file, lambda text: text + "deux\r\n")
    assert file.read_bytes() == b"un\r\ndeux\r\n"
    before = file.stat()
    edit_file(file, lambda text: text)
    assert file.stat().st_mtime_ns == before.st_mtime_ns


def test_an_edit_during_which_the_file_changes_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(b"old")

    def slow(text: str) -> str:
        file.write_bytes(b"theirs")
        return text + "mine"

    with pytest.raises(FileChangedError):
        edit_file(file, slow)
    assert file.read_bytes() == b"theirs"


def test_edits_at_the_same_time_come_one_after_the_other(tmp_path: Path) -> None:
    file = tmp_path / "posts" / "a.yaml"
    with ThreadPoolExecutor(5) as hands:
        done = [hands.submit(edit_file, file, lambda text: text + "x\n") for _ in range(30)]
    assert [one.result() for one in done] == [None] * 30
    assert file.read_text() == "x\n" * 30
    assert [left.name for left in file.parent.iterdir()] == ["a.yaml"]
