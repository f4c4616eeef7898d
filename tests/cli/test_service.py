"""`cmctl service`: units that systemd accepts, hardened, and never written over."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import CMCTL, Run
from .shop import Shop, opened


@pytest.fixture
def shop(tmp_path: Path, run: Run) -> Iterator[Shop]:
    with opened(tmp_path, run) as shop:
        config = shop.root / "config.yaml"
        config.write_text(
            "notify: [{webhook: credential:hook}]\n"
            + config.read_text()
            + f'      safe: {{network: sandbox, url: "{shop.sandbox.url}", account: a,'
            " token: credential:atlas-token}\n"
        )
        yield shop


def unit_of(shop: Shop, folder: Path, *args: str) -> Path:
    installed = shop.cmctl("service", "install", *args, "--to", str(folder))
    assert installed.status == 0, installed.err
    return Path(installed.out.strip())


@pytest.mark.parametrize("how", [["--system", "--account", "daemon"], ["--user"]])
def test_systemd_accepts_the_unit_and_finds_it_hardened(
    shop: Shop, tmp_path: Path, how: list[str]
) -> None:
    unit = unit_of(shop, tmp_path, *how)
    verified = subprocess.run(
        ["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False
    )
    assert (verified.returncode, verified.stderr) == (0, "")
    # The threshold is in tenths: 2.0.
    command = ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(unit)]
    secure = subprocess.run(command, capture_output=True, text=True, check=False)
    assert secure.returncode == 0, secure.stdout


def test_the_unit_runs_the_daemon_of_this_workspace(shop: Shop) -> None:
    lines = shop.cmctl("service", "print", "--system", "--account", "atlas").out.splitlines()
    assert f"ExecStart={CMCTL[0]} --config {shop.root}/config.yaml daemon" in lines
    assert f"ReadWritePaths={shop.root}" in lines
    assert "User=atlas" in lines
    assert "Type=notify" in lines


def test_secrets_are_loaded_by_systemd(shop: Shop) -> None:
    system = shop.cmctl("service", "print", "--system").out
    assert "LoadCredential=atlas-token:/etc/cmctl/credentials/atlas-token\n" in system
    assert "LoadCredential=hook:/etc/cmctl/credentials/hook\n" in system
    own = shop.cmctl("service", "print", env={"XDG_CONFIG_HOME": "/home/me/.config"}).out
    assert "LoadCredential=hook:/home/me/.config/cmctl/credentials/hook\n" in own
    assert "User=" not in own.replace("PrivateUsers=", "")


def test_the_owner_of_the_workspace_runs_it(shop: Shop) -> None:
    owner = (shop.root / "config.yaml").owner()
    assert f"\nUser={owner}\n" in shop.cmctl("service", "print", "--system").out


def test_what_lies_outside_of_the_workspace_may_be_written(shop: Shop, tmp_path: Path) -> None:
    config = shop.root / "config.yaml"
    config.write_text(
        f"store: {tmp_path}/facts/cmctl.db\n"
        + config.read_text()
        + f"      box: {{network: folder, path: {tmp_path}/share/box}}\n"
        + f"      x: {{token: 'file:{tmp_path}/tokens/x'}}\n"
    )
    printed = shop.cmctl("service", "print").out
    assert (
        f"ReadWritePaths={shop.root} {tmp_path}/facts {tmp_path}/share {tmp_path}/tokens\n"
        in printed
    )


def test_the_cron_line_is_a_quiet_dry_run(shop: Shop) -> None:
    line = shop.cmctl("service", "print", "--cron").out
    assert line == (
        f"17 * * * * {CMCTL[0]} --config {shop.root}/config.yaml run --dry-run --quiet\n"
    )


def test_a_unit_that_differs_is_never_written_over(shop: Shop, tmp_path: Path) -> None:
    unit = unit_of(shop, tmp_path)
    unit_of(shop, tmp_path)  # the same again is fine
    unit.write_text("[Unit]\n# mine\n")
    refused = shop.cmctl("service", "install", "--to", str(tmp_path))
    assert refused.status == 1
    assert "--force" in refused.err
    assert unit.read_text() == "[Unit]\n# mine\n"
    unit_of(shop, tmp_path, "--force")
    assert "daemon" in unit.read_text()


def test_your_own_unit_goes_where_your_systemd_looks(shop: Shop, tmp_path: Path) -> None:
    installed = shop.cmctl("service", "install", "--name", "atlas")
    unit = tmp_path / "home/.config/systemd/user/atlas.service"
    assert installed.out == f"{unit}\n"
    assert unit.is_file()
    for command in ("systemctl --user enable --now atlas", "loginctl enable-linger", "/hook"):
        assert command in installed.err


def test_a_workspace_below_tmp_is_told(shop: Shop) -> None:
    assert "it has a /tmp of its own" in shop.cmctl("service", "print").err
    assert "it has a /tmp of its own" in shop.cmctl("service", "install").err


def test_names_with_spaces_and_percents_are_quoted(shop: Shop, tmp_path: Path, run: Run) -> None:
    odd = tmp_path / "50% de tout"
    shop.root.rename(odd)
    printed = run(CMCTL, "-C", str(odd), "service", "print")
    assert f'ReadWritePaths="{tmp_path}/50%% de tout"\n' in printed.out
    cron = run(CMCTL, "-C", str(odd), "service", "print", "--cron").out
    assert f"--config '{tmp_path}/50\\% de tout/config.yaml'" in cron


def test_the_cron_line_has_no_tmp_of_its_own(shop: Shop) -> None:
    assert shop.cmctl("service", "print", "--cron").err == ""
