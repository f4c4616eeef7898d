"""`cmctl channel login`: in a browser by OAuth 2, and by typing what a network's pages give."""

import os
import pty
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from cmctl.core.token import read_token
from cmctl.testing.sandbox import SandboxServer
from servers.oauth import OAuthServer

from .conftest import CMCTL, Run

CONFIG = """\
timezone: Europe/Paris
clients:
  atlas:
    name: Atlas
    channels:
      page: {{{page}}}
"""


@pytest.fixture
def oauth() -> Iterator[OAuthServer]:
    with OAuthServer() as server:
        yield server


def workspace(root: Path, page: str) -> Path:
    root.mkdir()
    (root / "config.yaml").write_text(CONFIG.format(page=page))
    return root


def mastodon(root: Path, url: str, token: str = "file:secrets/token") -> Path:
    return workspace(root, f'network: mastodon, url: "{url}", token: "{token}"')


@contextmanager
def signing_in(
    root: Path, environ: dict[str, str], *more: str
) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """Start signing in; yield the process and the address that it shows."""
    command = [*CMCTL, "channel", "login", "-C", str(root), "atlas/page", *more]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environ
    ) as child:
        assert child.stdout
        yield child, child.stdout.readline().strip()
        child.kill()


def test_an_account_signs_in_through_a_browser_and_its_token_is_for_its_owner_alone(
    tmp_path: Path, environ: dict[str, str], oauth: OAuthServer, run: Run
) -> None:
    root = mastodon(tmp_path / "w", oauth.url)
    with signing_in(root, environ) as (child, address):
        asked = parse_qs(urlsplit(address).query)
        assert asked["code_challenge_method"] == ["S256"]
        assert asked["scope"] == ["read write:statuses write:media"]
        assert httpx.get(address, follow_redirects=True).status_code == 200
        out, err = child.communicate(timeout=60)
        assert (child.returncode, out) == (0, "")
    assert "atlas/page is atlas" in err
    file = root / "secrets" / "token"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    token = read_token(file.read_text().strip())
    assert token.refresh
    assert token.expires_at
    assert not [one for one in token.secrets if one in err + out]
    tested = run(CMCTL, "channel", "-C", str(root), "test")
    assert (tested.status, "atlas" in tested.out) == (0, True)


def test_an_answer_with_another_state_is_turned_away_and_changes_nothing(
    tmp_path: Path, environ: dict[str, str], oauth: OAuthServer
) -> None:
    root = mastodon(tmp_path / "w", oauth.url)
    with signing_in(root, environ) as (child, address):
        redirect = parse_qs(urlsplit(address).query)["redirect_uri"][0]
        assert urlsplit(redirect).hostname == "127.0.0.1"
        for forged in ("?code=evil", "?code=evil&state=guessed", "elsewhere?code=evil"):
            assert httpx.get(redirect + forged).status_code == 400
        assert httpx.get(address, follow_redirects=True).status_code == 200
        assert child.wait(60) == 0


def test_a_person_who_says_no_leaves_what_was_there(
    tmp_path: Path, environ: dict[str, str], oauth: OAuthServer
) -> None:
    root = mastodon(tmp_path / "w", oauth.url, "file:token")
    (root / "token").write_text("old-token\n")
    (root / "token").chmod(0o600)
    with signing_in(root, environ) as (child, address):
        asked = parse_qs(urlsplit(address).query)
        said = {"error": "access_denied", "state": asked["state"][0]}
        httpx.get(asked["redirect_uri"][0], params=said)
        _, err = child.communicate(timeout=60)
        assert child.returncode == 1
    assert "did not let us in: access_denied" in err
    assert (root / "token").read_text() == "old-token\n"


@pytest.mark.parametrize("kind", ["env:ATLAS_TOKEN", "credential:atlas"])
def test_what_we_cannot_write_is_said_before_anybody_is_asked(
    tmp_path: Path, run: Run, kind: str
) -> None:
    root = mastodon(tmp_path / "w", "https://mastodon.example", kind)
    ended = run(CMCTL, "channel", "-C", str(root), "login", "atlas/page")
    assert ended.status == 1
    assert f"has its `token` in {kind}, which only you can change" in ended.err
    assert "file:PATH or keyring:SERVICE/USER" in ended.err


def typing(root: Path, environ: dict[str, str], typed: str) -> tuple[int, str]:
    """Type once the question stands there, as a person does; return the status and the screen."""
    ours, theirs = pty.openpty()
    command = [*CMCTL, "channel", "login", "-C", str(root), "atlas/page"]
    child = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env=environ, start_new_session=True
    )
    os.close(theirs)
    screen = b""
    while b"not shown" not in screen:
        screen += os.read(ours, 4096)
    os.write(ours, typed.encode())
    with suppress(OSError):  # Linux says so when the other side is closed
        while part := os.read(ours, 4096):
            screen += part
    os.close(ours)
    return child.wait(60), screen.decode()


def test_a_token_is_typed_unseen_proved_and_stored(tmp_path: Path, environ: dict[str, str]) -> None:
    with SandboxServer(tmp_path / "network") as sandbox:
        page = f'network: sandbox, url: "{sandbox.url}", account: page, token: "file:token"'
        root = workspace(tmp_path / "w", page)
        status, screen = typing(root, environ, "canary-token\n")
    assert status == 0, screen
    assert "atlas/page is page; stored in file:token" in screen
    assert "canary" not in screen
    assert (root / "token").read_text() == "canary-token\n"
    assert stat.S_IMODE((root / "token").stat().st_mode) == 0o600


def test_where_nobody_can_be_asked_it_says_where_a_token_comes_from(
    tmp_path: Path, run: Run
) -> None:
    page = 'network: bluesky, handle: a.example, password: "file:password"'
    root = workspace(tmp_path / "w", page)
    ended = run(CMCTL, "channel", "-C", str(root), "login", "atlas/page", stdin="typed\n")
    assert ended.status == 2
    assert "nobody can be asked here: `password` of atlas/page" in ended.err
    assert "docs/channels.md" in ended.err
    assert not (root / "password").exists()


def test_a_token_that_the_network_does_not_take_is_not_stored(
    tmp_path: Path, environ: dict[str, str], oauth: OAuthServer
) -> None:
    root = mastodon(tmp_path / "w", oauth.url)
    oauth.life *= 0
    with signing_in(root, environ) as (child, address):
        httpx.get(address, follow_redirects=True)
        _, err = child.communicate(timeout=60)
        assert child.returncode == 1
    assert "does not accept the token" in err
    assert not (root / "secrets" / "token").exists()
