"""`cmctl init`: a workspace that passes its own check, and nothing overwritten."""

from pathlib import Path

import pytest

from .conftest import CMCTL, Run


def test_a_new_workspace_passes_its_check_and_can_be_run(run: Run, tmp_path: Path) -> None:
    made = run(CMCTL, "init", "ws")
    assert made.status == 0
    assert "wrote config.yaml\n" in made.out
    for command in ("cmctl -C ws check", "cmctl -C ws queue", "cmctl -C ws run --dry-run"):
        assert command in made.err
    checked = run(CMCTL, "-C", "ws", "check")
    assert (checked.status, checked.out) == (0, "")
    assert run(CMCTL, "-C", "ws", "run").status == 0
    assert (tmp_path / "ws/.cmctl/schemas/posts.json").is_file()


def test_without_a_folder_the_workspace_is_made_here(run: Run, tmp_path: Path) -> None:
    assert "\n  cmctl check " in run(CMCTL, "init").err
    assert (tmp_path / "config.yaml").is_file()


@pytest.mark.parametrize("args", [["init", "ws"], ["-C", "ws", "init"], ["init", "-C", "ws"]])
def test_the_folder_is_named_in_either_way(run: Run, tmp_path: Path, args: list[str]) -> None:
    assert run(CMCTL, *args).status == 0
    assert (tmp_path / "ws/config.yaml").is_file()


def test_a_workspace_is_never_overwritten(run: Run, tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("# mine\n")
    refused = run(CMCTL, "init")
    assert refused.status == 1
    assert "a workspace already" in refused.err
    assert "config.yaml" in refused.err
    assert config.read_text() == "# mine\n"
    assert [path.name for path in tmp_path.iterdir()] == ["config.yaml"]


def test_other_files_stay_and_the_rest_is_written(run: Run, tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*.bak\n")
    made = run(CMCTL, "init")
    assert made.status == 0
    assert "left as it is: .gitignore" in made.err
    assert (tmp_path / ".gitignore").read_text() == "*.bak\n"
    assert run(CMCTL, "check").status == 0


def test_the_zone_of_the_machine_is_proposed(run: Run, tmp_path: Path) -> None:
    run(CMCTL, "init", env={"TZ": "Europe/Paris"})
    assert "timezone: Europe/Paris\n" in (tmp_path / "config.yaml").read_text()


def test_a_folder_that_cannot_be_written_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    refused = run(CMCTL, "init", "file/ws")
    assert refused.status == 1
    assert "Not a directory" in refused.err


def test_next_steps_name_the_folder_only_where_it_is_another(run: Run, tmp_path: Path) -> None:
    assert "\n  cmctl check " in run(CMCTL, "init", ".").err
    assert "\n  cmctl -C shop check " in run(CMCTL, "init", "shop").err
