"""Where a secret is kept, for what changes it: signing in, and renewing a token.

Only `file:` and `keyring:` can be written; a variable and a credential belong to whoever starts us.
"""

import fcntl
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from cmctl.config.secrets import (
    Secret,
    SecretError,
    keyring_failure,
    parse_reference,
    resolve_secret,
    secret_path,
)
from cmctl.config.state_folder import make_private

WRITABLE = frozenset({"file", "keyring"})


class SecretPlace:
    """The place that one reference points to; `home` is the folder of what the program keeps."""

    def __init__(
        self, reference: str, *, environment: Mapping[str, str], root: Path, home: Path
    ) -> None:
        """Nothing is read yet; `reference` was checked."""
        self._reference = reference
        self._environment = environment
        self._root = root
        self._home = home
        self._kind, self._name = parse_reference(reference)

    def __str__(self) -> str:
        return self._reference

    @property
    def is_writable(self) -> bool:
        """Whether what is there can be changed by us."""
        return self._kind in WRITABLE

    @property
    def is_atomic(self) -> bool:
        """Whether who reads never sees a write half done; of keyrings nobody knows."""
        return self._kind != "keyring"

    def read(self) -> str:
        """Return what is there.

        Raises:
            SecretError: as `resolve_secret`.
        """
        return resolve_secret(
            self._reference, environment=self._environment, root=self._root
        ).reveal()

    def write(self, value: str) -> None:
        """Put a secret there at once: a reader sees the old or the new one, whole.

        Raises:
            SecretError: it cannot be written; what was there stands.
        """
        Secret(value)  # from here on it is struck out of whatever is shown
        if self._kind == "keyring":
            _to_keyring(self._name, value)
        elif self._kind == "file":
            _to_file(self._path(), value)
        else:
            raise SecretError(f"{self._reference} cannot be written from here")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Change it alone, after whichever process of this machine changes it now.

        Raises:
            SecretError: the lock's file cannot be made.
        """
        path = self._lock()
        try:
            make_private(path.parent)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise SecretError(f"the lock {path} cannot be made: {error.strerror}") from None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def _path(self) -> Path:
        # A link stays one: what it leads to is replaced.
        return Path(os.path.realpath(secret_path(self._name, self._environment, self._root)))

    def _lock(self) -> Path:
        if self._kind == "file":
            path = self._path()
            return path.with_name(f"{path.name}.lock")
        return self._home / f"{quote(self._reference, safe='')}.lock"


def _to_file(path: Path, value: str) -> None:
    try:
        make_private(path.parent)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".cmctl-")  # 0600
        try:
            with open(descriptor, "w", encoding="utf-8") as file:  # noqa: PTH123
                file.write(f"{value}\n")
                file.flush()
                os.fsync(descriptor)
            Path(name).replace(path)
        finally:
            Path(name).unlink(missing_ok=True)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        message = f"the secret file {path} cannot be written: {error.strerror}"
        raise SecretError(message) from None


def _to_keyring(name: str, value: str) -> None:
    service, _, user = name.partition("/")
    try:
        import keyring  # noqa: PLC0415 - an extra that most do not install
    except ImportError:
        raise SecretError("no keyring support", hint="pip install 'cmctl[keyring]'") from None
    try:
        keyring.set_password(service, user, value)
    except Exception as error:  # noqa: BLE001 - each of its backends raises errors of its own
        raise keyring_failure(error, "take it") from None
