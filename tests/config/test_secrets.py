"""Secrets are read from where they are kept, and shown nowhere."""

import copy
import pickle
import traceback
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmctl.config.inline_secrets import is_secret_name
from cmctl.config.secrets import (
    Secret,
    SecretError,
    parse_reference,
    resolve_options,
    resolve_secret,
)
from cmctl.config.wrong import Wrong

CANARY = "canary-3f9a"


def resolve(reference: str, root: Path, **environment: str) -> str:
    return resolve_secret(reference, environment=environment, root=root).reveal()


def refusal(reference: str, root: Path, **environment: str) -> str:
    with pytest.raises(SecretError) as error:
        resolve(reference, root, **environment)
    assert CANARY not in "".join(traceback.format_exception(error.value))
    return f"{error.value.message} -> {error.value.hint}"


def private(path: Path, content: bytes = CANARY.encode() + b"\n", mode: int = 0o600) -> Path:
    path.write_bytes(content)
    path.chmod(mode)
    return path


def test_a_secret_never_shows_its_value() -> None:
    secret = Secret(CANARY)
    shown = f"{secret} {secret!r} {secret!s} {[secret]} {vars} {secret.__doc__}"
    assert CANARY not in shown
    assert secret.reveal() == CANARY
    for write_down in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            write_down(secret)


def test_a_secret_from_the_environment(tmp_path: Path) -> None:
    assert resolve("env:TOKEN", tmp_path, TOKEN=f" {CANARY}\n") == CANARY
    assert refusal("env:TOKEN", tmp_path) == (
        "the environment variable TOKEN is not set -> export TOKEN=..."
    )
    assert "is empty" in refusal("env:TOKEN", tmp_path, TOKEN=" ")
    assert "line breaks" in refusal("env:TOKEN", tmp_path, TOKEN=f"{CANARY}\nx: y")


def test_a_secret_from_a_file_relative_absolute_or_at_home(tmp_path: Path) -> None:
    file = private(tmp_path / "token")
    assert resolve("file:token", tmp_path) == CANARY
    assert resolve(f"file:{file}", Path("/")) == CANARY
    assert resolve("file:~/token", Path("/"), HOME=str(tmp_path)) == CANARY
    assert "cannot be read: No such file" in refusal("file:nowhere", tmp_path)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o620])
def test_a_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    file = private(tmp_path / "token", mode=mode)
    assert refusal("file:token", tmp_path) == (
        f"others can read the secret file {file} -> chmod 600 {file}"
    )


def test_what_is_no_text_file_is_refused(tmp_path: Path) -> None:
    private(tmp_path / "binary", b"\xff\xfe" + CANARY.encode())
    private(tmp_path / "huge", b"x" * 100_000)
    assert "not UTF-8" in refusal("file:binary", tmp_path)
    assert "too large" in refusal("file:huge", tmp_path)
    assert "not a regular file" in refusal("file:/dev/null", tmp_path)


def test_a_credential_of_systemd_may_show_group_permissions(tmp_path: Path) -> None:
    private(tmp_path / "atlas", mode=0o440)
    assert resolve("credential:atlas", Path("/"), CREDENTIALS_DIRECTORY=str(tmp_path)) == CANARY
    assert "LoadCredential=atlas:" in refusal("credential:atlas", tmp_path)


def test_a_keyring_that_is_not_installed_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "keyring", None)
    assert refusal("keyring:cmctl/atlas", tmp_path) == (
        "no keyring support -> pip install 'cmctl[keyring]'"
    )


@pytest.mark.parametrize(
    "text", ["", "token", "env:", "env:1A", "env:A B", "credential:../x", "keyring:x", "vault:x"]
)
def test_what_is_no_reference_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(Wrong) as error:
        parse_reference(text)
    assert error.value.code == "secret"
    assert not text.partition(":")[2] or text.partition(":")[2] not in error.value.message


def test_the_secrets_among_a_channels_options_are_found(tmp_path: Path) -> None:
    options = {"url": "https://x.example", "token": "env:T", "limit": 500}
    resolved = resolve_options(options, environment={"T": CANARY}, root=tmp_path)
    assert CANARY not in repr(resolved)
    assert isinstance(resolved["token"], Secret)
    assert (resolved["url"], resolved["limit"]) == ("https://x.example", 500)


@pytest.mark.parametrize("name", ["token", "TOKEN", "bot_token", "api-key", "app_password", "jwt"])
def test_names_of_secrets(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize("name", ["key", "tokens_url", "handle", "author", "secretary", "path"])
def test_names_of_other_things(name: str) -> None:
    assert not is_secret_name(name)


@given(st.text(max_size=30))
def test_no_text_breaks_the_parser(text: str) -> None:
    with suppress(Wrong):
        assert str(parse_reference(text)) == text
