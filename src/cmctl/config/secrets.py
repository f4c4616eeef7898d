"""Where secrets are found, and reading them; their values never stand in a repr, a log or a file.

A reference is `env:NAME`, `file:PATH`, `credential:NAME` (systemd's `$CREDENTIALS_DIRECTORY`, see
systemd.exec(5), LoadCredential=) or `keyring:SERVICE/USER`.
"""

import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, NoReturn

from cmctl.config.wrong import Wrong
from cmctl.core.errors import LockedOutError

KINDS = ("env", "file", "credential", "keyring")
_NAMES = {
    "env": re.compile(r"[A-Za-z_][A-Za-z0-9_]*"),
    "file": re.compile(r"[^\x00-\x1f]+"),
    "credential": re.compile(r"(?!\.)[^/\x00-\x1f]+"),
    "keyring": re.compile(r"[^/\x00-\x1f]+/[^\x00-\x1f]+"),
}
_SHAPES = {
    "env": "env:NAME",
    "file": "file:PATH",
    "credential": "credential:NAME",
    "keyring": "keyring:SERVICE/USER",
}
_MAX_BYTES = 64 * 1024
#: Shorter ones could be any word, and could not be told from one.
_SHORTEST = 6
#: What was read in this process, to be struck out of what only a developer asks to see whole.
_read: set[str] = set()


class SecretError(LockedOutError):
    """A secret cannot be had; the message says why, never its value."""


class Secret:
    """A secret's value, which only `reveal` shows."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value
        if len(value) >= _SHORTEST:
            _read.add(value)

    def reveal(self) -> str:
        """Return the value; call it where it is sent and nowhere else."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(…)"

    def __reduce__(self) -> NoReturn:
        """Refuse to be written down by pickle or copied."""
        raise TypeError("a secret is not written down")


def struck_out(text: str) -> str:
    """Return `text` without any secret that this process has read.

    The last line of defence, for tracebacks and logs: messages never hold one in the first place.
    """
    for value in sorted(_read, key=len, reverse=True):  # one may be a part of another
        text = text.replace(value, "***")
    return text


class Reference(NamedTuple):
    """Where a secret is found."""

    #: One of `KINDS`.
    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"


def is_reference(text: str) -> bool:
    """Tell whether `text` begins like a reference; it may still be a wrong one."""
    return text.partition(":")[0] in KINDS and ":" in text


def parse_reference(text: str) -> Reference:
    """Return the reference that `text` is.

    Raises:
        Wrong: it is none; the message does not repeat it, as it may be the secret itself.
    """
    kind, colon, name = text.partition(":")
    if not colon or kind not in KINDS:
        shapes = ", ".join(_SHAPES.values())
        raise Wrong("this is not a reference to a secret", f"write one of {shapes}", "secret")
    if not _NAMES[kind].fullmatch(name):
        message = f'what stands behind "{kind}:" is not a name'
        raise Wrong(message, f"write {_SHAPES[kind]}", "secret")
    return Reference(kind, name)


def resolve_secret(reference: str, *, environment: Mapping[str, str], root: Path) -> Secret:
    """Read the secret that a reference points to.

    A relative `file:` path starts at `root`, the workspace; `~/` at `$HOME`.

    Raises:
        SecretError: it is not there, not readable, empty, or readable by others.
    """
    try:
        kind, name = parse_reference(reference)
    except Wrong as wrong:
        raise SecretError(wrong.message, hint=wrong.fix) from None
    if kind == "env":
        value = _from_environment(name, environment)
    elif kind == "file":
        value = _from_file(secret_path(name, environment, root), private=True)
    elif kind == "credential":
        value = _from_credential(name, environment)
    else:
        value = _from_keyring(name)
    return Secret(_usable(value, reference))


def resolve_options(
    options: Mapping[str, object], *, environment: Mapping[str, str], root: Path
) -> dict[str, object]:
    """Return a channel's options with a `Secret` for each top-level reference.

    Raises:
        SecretError: one of them cannot be had.
    """
    return {
        name: resolve_secret(value, environment=environment, root=root)
        if isinstance(value, str) and is_reference(value)
        else value
        for name, value in options.items()
    }


def _from_environment(name: str, environment: Mapping[str, str]) -> str:
    if name not in environment:
        message = f"the environment variable {name} is not set"
        raise SecretError(message, hint=f"export {name}=...")
    return environment[name]


def secret_path(name: str, environment: Mapping[str, str], root: Path) -> Path:
    """Return the path that a `file:` reference names."""
    if name.startswith("~/") and environment.get("HOME"):
        return Path(environment["HOME"], name[2:])
    return root / name


def _from_file(path: Path, *, private: bool) -> str:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise SecretError(f"the secret file {path} cannot be read: {error.strerror}") from None
    with open(descriptor, "rb") as file:  # noqa: PTH123 - a descriptor has no path
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode):
            raise SecretError(f"the secret file {path} is not a regular file")
        if private and mode & 0o077:
            raise SecretError(f"others can read the secret file {path}", hint=f"chmod 600 {path}")
        data = file.read(_MAX_BYTES + 1)
    if len(data) > _MAX_BYTES:
        raise SecretError(f"the secret file {path} is too large for a secret")
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise SecretError(f"the secret file {path} is not UTF-8 text") from None


def _from_credential(name: str, environment: Mapping[str, str]) -> str:
    folder = environment.get("CREDENTIALS_DIRECTORY", "")
    if not folder:
        message = f"the credential {name} is there only under systemd ($CREDENTIALS_DIRECTORY)"
        raise SecretError(message, hint=f"put LoadCredential={name}:/path into the unit")
    # systemd grants access by an ACL, which shows as group permissions in the mode.
    return _from_file(Path(folder, name), private=False)


def _from_keyring(name: str) -> str:
    service, _, user = name.partition("/")
    try:
        import keyring  # noqa: PLC0415 - an extra that most do not install
    except ImportError:
        raise SecretError("no keyring support", hint="pip install 'cmctl[keyring]'") from None
    try:
        value = keyring.get_password(service, user)
    except Exception as error:  # noqa: BLE001 - each of its backends raises errors of its own
        raise keyring_failure(error, "be asked") from None
    if value is None:
        message = f"the keyring has no {service}/{user}"
        raise SecretError(message, hint=f"keyring set {service} {user}")
    return str(value)


def keyring_failure(error: Exception, what: str) -> SecretError:
    """Return why the keyring cannot do so, by the error's class: its words may hold anything."""
    name = type(error).__name__
    if name == "NoKeyringError":
        hint = "write file:PATH instead, or install a keyring that runs without a desktop"
        return SecretError("no keyring runs on this machine", hint=hint)
    hint = "unlock it, then try again" if name == "KeyringLocked" else ""
    return SecretError(f"the keyring cannot {what}: {name}", hint=hint)


def _usable(value: str, reference: str) -> str:
    value = value.strip()
    if not value:
        raise SecretError(f"the secret {reference} is empty")
    if not value.isprintable():
        raise SecretError(f"the secret {reference} contains line breaks or control characters")
    return value
