"""Finding and reading the files of a workspace that somebody hostile may have prepared."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cmctl.config.files import MAX_BYTES, read_file
from cmctl.config.scan import UNREADABLE, scan


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "workspace"
    (root / "posts/atlas").mkdir(parents=True)
    (root / "config.yaml").write_text("timezone: Europe/Paris\n")
    return root


def refusal(root: Path, name: str) -> str:
    raw = read_file(root, f"posts/atlas/{name}")
    assert raw.problem
    assert raw.data == b""
    return raw.problem.message


def test_a_scan_finds_config_and_posts_sorted_and_leaves_hidden_ones_out(root: Path) -> None:
    for name in ("b.yaml", "a.yml", "2026/x.yaml", ".hidden.yaml", ".d/y.yaml", "notes.txt"):
        (root / "posts/atlas" / name).parent.mkdir(exist_ok=True)
        (root / "posts/atlas" / name).write_text("id: x")
    assert list(scan(root)) == [
        "config.yaml",
        "posts/atlas/2026/x.yaml",
        "posts/atlas/a.yml",
        "posts/atlas/b.yaml",
    ]


def test_two_scans_are_equal_until_a_file_changes(root: Path) -> None:
    file = root / "posts/atlas/a.yaml"
    file.write_text("id: a")
    before = scan(root)
    assert scan(root) == before
    file.write_text("id: abc")
    assert scan(root) != before
    file.unlink()
    assert "posts/atlas/a.yaml" not in scan(root)


def test_what_is_missing_is_to_be_made_where_no_link_leads_to_it(tmp_path: Path) -> None:
    told = read_file(tmp_path, "posts").problem
    assert told
    assert (told.message, told.fix) == (
        "posts does not exist",
        "make the folder, even empty",
    )


def test_a_scan_sees_that_the_right_to_read_a_file_was_taken_and_given_back(root: Path) -> None:
    file = root / "posts/atlas/a.yaml"
    file.write_text("id: a")
    readable = scan(root)
    file.chmod(0o000)
    unreadable = scan(root)
    file.chmod(0o644)
    assert len({one["posts/atlas/a.yaml"] for one in (readable, unreadable, scan(root))}) == 3


def test_a_missing_posts_folder_is_no_empty_one(tmp_path: Path) -> None:
    assert scan(tmp_path) == {"posts": UNREADABLE}


def test_a_fifo_is_refused_without_waiting(root: Path) -> None:
    os.mkfifo(root / "posts/atlas/a.yaml")
    assert refusal(root, "a.yaml") == "posts/atlas/a.yaml is not a regular file"


def test_a_folder_that_is_called_like_a_file_is_searched_and_not_read(root: Path) -> None:
    (root / "posts/atlas/a.yaml").mkdir()
    (root / "posts/atlas/a.yaml/b.yaml").write_text("id: x")
    assert "posts/atlas/a.yaml/b.yaml" in scan(root)
    assert refusal(root, "a.yaml").startswith("posts/atlas/a.yaml is a folder")


@pytest.mark.parametrize("target", ["/dev/zero", "/etc/passwd", "../../../outside.yaml"])
def test_a_link_out_of_the_workspace_is_refused(root: Path, target: str) -> None:
    (root.parent / "outside.yaml").write_text("id: x")
    (root / "posts/atlas/a.yaml").symlink_to(target)
    assert "leads out of the workspace" in refusal(root, "a.yaml")


def test_a_file_behind_a_linked_folder_out_of_the_workspace_is_refused(root: Path) -> None:
    (root.parent / "away").mkdir()
    (root.parent / "away/a.yaml").write_text("id: x")
    (root / "posts/atlas/link").symlink_to(root.parent / "away")
    assert list(scan(root)) == ["config.yaml", "posts/atlas/link"]
    assert "leads out of the workspace" in refusal(root, "link")
    assert "leads out of the workspace" in refusal(root, "link/a.yaml")


def test_a_linked_folder_of_images_is_as_it_is(root: Path) -> None:
    (root / "images").mkdir()
    (root / "images/a.png").write_bytes(b"")
    (root / "posts/atlas/media").symlink_to(root / "images")
    assert list(scan(root)) == ["config.yaml"]


def test_a_file_is_a_posts_file_in_capitals_too(root: Path) -> None:
    (root / "posts/atlas/A.YAML").write_text("id: x")
    assert "posts/atlas/A.YAML" in scan(root)


def test_a_link_inside_the_workspace_is_followed(root: Path) -> None:
    (root / "posts/atlas/a.yaml").write_text("id: x")
    (root / "posts/atlas/b.yaml").symlink_to("a.yaml")
    assert read_file(root, "posts/atlas/b.yaml").data == b"id: x"


def test_a_loop_of_links_and_a_link_to_nothing_are_refused(root: Path) -> None:
    (root / "posts/atlas/a.yaml").symlink_to("b.yaml")
    (root / "posts/atlas/b.yaml").symlink_to("a.yaml")
    (root / "posts/atlas/c.yaml").symlink_to("nowhere.yaml")
    assert "posts/atlas/c.yaml" in scan(root)
    assert "cannot be read" in refusal(root, "a.yaml")
    assert "leads nowhere" in refusal(root, "c.yaml")


def test_a_loop_of_folders_ends(root: Path) -> None:
    (root / "posts/atlas/again").symlink_to(root / "posts")
    assert list(scan(root)) == ["config.yaml"]


def test_a_huge_file_is_refused_without_reading_it_whole(root: Path) -> None:
    file = root / "posts/atlas/a.yaml"
    with file.open("wb") as stream:
        stream.truncate(500 * 1024 * 1024)  # sparse
    assert refusal(root, "a.yaml") == "posts/atlas/a.yaml is larger than 16 MiB"
    os.truncate(file, MAX_BYTES)
    assert read_file(root, "posts/atlas/a.yaml").problem is None


@pytest.mark.parametrize("name", [b"caf\xe9.yaml", b"caf\xe9/a.yaml"])
def test_a_name_that_is_not_utf_8_is_told_in_signs_that_can_be_written(
    root: Path, name: bytes
) -> None:
    file = root / "posts/atlas" / os.fsdecode(name)
    file.parent.mkdir(exist_ok=True)
    file.write_text("id: x")
    (_, path) = scan(root)
    assert path == "posts/atlas/" + name.decode(errors="backslashreplace")
    assert scan(root)[path] == UNREADABLE
    raw = read_file(root, path)
    assert raw.problem
    assert raw.problem.message == f"the name {path} is not UTF-8"
    assert raw.problem.fix == "rename the file"


def test_a_file_in_the_place_of_the_posts_is_no_empty_folder(root: Path) -> None:
    (root / "posts/atlas").rmdir()
    (root / "posts").rmdir()
    (root / "posts").touch()
    assert scan(root)["posts"] == UNREADABLE
    problem = read_file(root, "posts").problem
    assert problem
    assert problem.message == "posts is a file, and a folder is needed"


def test_loading_does_not_import_yaml_where_nothing_has_to_be_parsed() -> None:
    code = "import sys, cmctl.config.load; print('yaml' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
