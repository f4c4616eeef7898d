"""`cmctl channel login`: in a browser by OAuth 2, and by typing what a network's pages give."""

import os
import pty
import socket
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from cmctl.channels.options import Form
from cmctl.channels.registry import kinds, load
from cmctl.channels.sign_in import SignsIn
from cmctl.core.token import read_token
from cmctl.testing.sandbox import SandboxServer
from cmctl.testing.sandbox.rules import Rules
from servers.oauth import OAuthServer
from servers.vendors import CLIENT, SECRET, Vendors

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


def typing(root: Path, environ: dict[str, str], typed: str, then: str = "") -> tuple[int, str]:
    """Type once a question stands there, as a person does; return the status and the screen."""
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
    while then and b"[y/N]" not in screen:
        screen += os.read(ours, 4096)
    os.write(ours, then.encode())
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


def test_every_network_with_a_secret_says_what_is_asked_for_and_a_browser_what_it_needs(
    tmp_path: Path,
) -> None:
    """What a person is asked for stands in the adapter, whichever way they sign in."""
    asked = {}
    for kind in kinds():
        adapter = load(kind)
        secret = [one for one in getattr(adapter, "options", ()) if one.form is Form.SECRET]
        if isinstance(adapter, type) and issubclass(adapter, SignsIn):
            sign_in = adapter.sign_in({"url": "https://network.example", "account": "1"})
            assert sign_in.option in {one.name for one in secret}, kind
            assert sign_in.scopes, kind
            for address in (sign_in.authorize, sign_in.token, sign_in.register):
                assert not address or address.startswith("https://"), kind
        asked[kind] = [one.what for one in secret]
    assert [kind for kind, what in asked.items() if not what] == ["folder"]
    assert all(what for whats in asked.values() for what in whats)


@pytest.fixture
def vendors() -> Iterator[Vendors]:
    with Vendors() as server:
        yield server


def x(root: Path, url: str) -> Path:
    return workspace(root, f'network: x, url: "{url}", token: "file:token"')


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_program_that_somebody_registered_is_named_once(
    tmp_path: Path, environ: dict[str, str], vendors: Vendors
) -> None:
    root, port = x(tmp_path / "w", vendors.url), str(free_port())
    vendors.redirects.add(f"http://127.0.0.1:{port}/")
    environ = environ | {"X_SECRET": SECRET}
    who = ("--client-id", CLIENT, "--client-secret", "env:X_SECRET")
    for more in (who, ()):
        with signing_in(root, environ, "--port", port, *more) as (child, address):
            assert httpx.get(address, follow_redirects=True).status_code == 200
            _, err = child.communicate(timeout=60)
        assert (child.returncode, "atlas/page is @atlas" in err) == (0, True)
        assert SECRET not in err


def test_a_browser_is_opened_where_that_is_asked_for(
    tmp_path: Path, environ: dict[str, str], oauth: OAuthServer
) -> None:
    program, opened = tmp_path / "browser", tmp_path / "opened"
    program.write_text(f'#!/bin/sh\nprintf %s "$1" > {opened}\n')
    program.chmod(0o700)
    root = mastodon(tmp_path / "w", oauth.url)
    environ = environ | {"BROWSER": f"{program} %s"}
    with signing_in(root, environ, "--browser") as (child, address):
        assert httpx.get(address, follow_redirects=True).status_code == 200
        assert child.wait(60) == 0
    assert opened.read_text() == address


def test_without_a_program_and_without_a_person_both_ways_are_named(
    tmp_path: Path, run: Run
) -> None:
    ended = run(
        CMCTL, "channel", "-C", str(x(tmp_path / "w", "https://x.example")), "login", "atlas/page"
    )
    assert ended.status == 2
    assert "nobody can be asked here: `token` of atlas/page" in ended.err
    assert "--client-id" in ended.err


def test_what_was_held_for_the_token_is_named_or_released_after_signing_in(
    tmp_path: Path, environ: dict[str, str], run: Run
) -> None:
    tokens = {"page": "it-was-withdrawn"}
    with SandboxServer(tmp_path / "network", rules=Rules(tokens=tokens)) as sandbox:
        page = f'network: sandbox, url: "{sandbox.url}", account: page, token: "file:token"'
        root = workspace(tmp_path / "w", page)
        (root / "token").write_text("old-token\n")
        (root / "token").chmod(0o600)
        now = "{id: one, text: Bonjour, channels: [page], at: now}"
        at = datetime.now(UTC).isoformat(timespec="seconds")
        (root / "posts" / "atlas").mkdir(parents=True)
        (root / "posts" / "atlas" / "one.yaml").write_text(now.replace("now", f"'{at}'"))
        run(CMCTL, "run", "-C", str(root))
        held = run(CMCTL, "holds", "-C", str(root))
        assert held.status == 3
        assert "cmctl channel login atlas/page" in held.out
        tokens["page"] = "canary-token"
        status, screen = typing(root, environ, "canary-token\n", "n\n")
        assert status == 0, screen
        assert "1 post of atlas/page waited for it" in screen
        assert "cmctl queue release 1" in screen
        status, screen = typing(root, environ, "canary-token\n", "y\n")
        assert "released" in screen
        assert run(CMCTL, "run", "-C", str(root)).status == 0
        assert "Bonjour" in sandbox.oracle.read_text()


def test_a_keyring_keeps_what_a_browser_gave_and_gives_it_to_the_next_program(
    tmp_path: Path, environ: dict[str, str], oauth: OAuthServer
) -> None:
    environ = environ | {
        "PYTHON_KEYRING_BACKEND": "keyrings.alt.file.PlaintextKeyring",
        "XDG_DATA_HOME": str(tmp_path / "data"),
    }
    root = mastodon(tmp_path / "w", oauth.url, "keyring:cmctl/atlas-page")
    with signing_in(root, environ) as (child, address):
        assert httpx.get(address, follow_redirects=True).status_code == 200
        _, err = child.communicate(timeout=60)
        assert child.returncode == 0
    assert "stored in keyring:cmctl/atlas-page" in err
    command = [*CMCTL, "channel", "test", "-C", str(root)]
    tested = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert (tested.returncode, "atlas" in tested.stdout) == (0, True)
    assert [path.name for path in (tmp_path / "data" / "python_keyring").iterdir()] == [
        "keyring_pass.cfg"
    ]
