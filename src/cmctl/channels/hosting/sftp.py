"""A folder of a server that is reached by SFTP, and that a web server shows."""

import base64
import io
import posixpath
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, ClassVar, TypeVar
from urllib.parse import quote

from cmctl.channels.base import Attachment, Rejected, Unavailable
from cmctl.channels.hosting.base import ADDRESS, Opening
from cmctl.channels.options import Form, Option

if TYPE_CHECKING:
    from paramiko import PKey, SFTPClient, SSHClient

_T = TypeVar("_T")
#: For each step of a connection, in seconds.
_PATIENCE = 15


class SftpHost(Opening):
    """A folder on a server; whose key it has is said once, and checked each time."""

    kind: ClassVar[str] = "sftp"
    options: ClassVar[tuple[Option, ...]] = (
        ADDRESS,
        Option(name="host", what="the server's name, with :PORT where it is not 22"),
        Option(name="user", what="who may write there"),
        Option(name="folder", what="the folder's path on the server"),
        Option(
            name="host_key",
            what="the server's public key, as `ssh-keyscan HOST` prints it: ssh-ed25519 AAAA...",
        ),
        Option(
            name="password", what="a reference to the password", form=Form.SECRET, required=False
        ),
        Option(name="key", what="a reference to a private key", form=Form.SECRET, required=False),
    )

    def __init__(  # noqa: PLR0913 - as many as it takes to get in
        self,
        *,
        address: str,
        host: str,
        user: str,
        folder: str,
        host_key: str,
        password: str = "",
        key: str = "",
    ) -> None:
        self._address = address.rstrip("/")
        name, _, port = host.rpartition(":")
        self._host, self._port = (name, int(port)) if name and port.isdigit() else (host, 22)
        self._user = user
        self._folder = folder
        self._host_key = host_key
        self._password = password
        self._key = key
        self._gate = threading.Lock()
        self._client: SSHClient | None = None
        self._sftp: SFTPClient | None = None

    def __repr__(self) -> str:
        return f"SftpHost({self._host})"

    def put(self, file: Attachment) -> str:
        """Write the file beside its name, then give it the name: nobody reads half of it."""
        path, part = self._path(file.name), self._path(f".{file.name}.part")

        def write(sftp: "SFTPClient") -> None:
            sftp.putfo(io.BytesIO(file.data), part, confirm=True)
            sftp.posix_rename(part, path)

        self._do(write)
        return f"{self._address}/{quote(file.name)}"

    def remove(self, name: str) -> None:
        """Delete the file."""

        def unlink(sftp: "SFTPClient") -> None:
            with suppress(FileNotFoundError):
                sftp.remove(self._path(name))

        self._do(unlink)

    def names(self) -> Iterator[str]:
        """Yield what the folder has."""
        yield from self._do(lambda sftp: sftp.listdir(self._folder))

    def close(self) -> None:
        """Let go of the connection."""
        with self._gate:
            client, self._client, self._sftp = self._client, None, None
        if client is not None:
            client.close()

    def _path(self, name: str) -> str:
        return posixpath.join(self._folder, name)

    def _do(self, work: "Callable[[SFTPClient], _T]") -> _T:
        with self._gate, self._said():
            if self._sftp is None:
                self._sftp = self._connected()
            try:
                return work(self._sftp)
            except BaseException:
                self._sftp = None  # whatever it was, the next one begins anew
                raise

    def _connected(self) -> "SFTPClient":
        import paramiko  # noqa: PLC0415 - an extra, and heavy

        if self._client is not None:
            self._client.close()
        client = self._client = paramiko.SSHClient()  # refuses keys that it does not know
        kind, key = _host_key(self._host_key)
        entry = self._host if self._port == 22 else f"[{self._host}]:{self._port}"
        client.get_host_keys().add(entry, kind, key)
        client.connect(
            self._host,
            self._port,
            self._user,
            self._password or None,
            pkey=_private(self._key) if self._key else None,
            timeout=_PATIENCE,
            banner_timeout=_PATIENCE,
            auth_timeout=_PATIENCE,
            channel_timeout=_PATIENCE,
            allow_agent=False,
            look_for_keys=False,
        )
        sftp = client.open_sftp()
        channel = sftp.get_channel()
        if channel is not None:
            channel.settimeout(_PATIENCE)
        return sftp

    @contextmanager
    def _said(self) -> Iterator[None]:
        """Say in our words what went wrong; nothing of them names a secret."""
        try:
            import paramiko  # noqa: PLC0415 - as above
        except ImportError:
            message = "images by SFTP need paramiko: pip install 'cmctl[sftp]'"
            raise Rejected(message) from None
        try:
            yield
        except paramiko.BadHostKeyException:
            message = f"{self._host} has another key than `host_key` says: is it the server?"
            raise Rejected(message) from None
        except paramiko.AuthenticationException:
            message = f"{self._host} does not let {self._user} in: is the password right?"
            raise Rejected(message) from None
        except PermissionError:
            message = f"{self._host} does not let {self._user} write in {self._folder}"
            raise Rejected(message) from None
        except FileNotFoundError:
            message = f"{self._host} has no folder {self._folder}"
            raise Rejected(message) from None
        except (paramiko.SSHException, OSError, EOFError) as problem:
            message = f"{self._host} cannot be reached: {problem or type(problem).__name__}"
            raise Unavailable(message) from None


def _host_key(text: str) -> "tuple[str, PKey]":
    """Return the kind and the key of `ssh-ed25519 AAAA...`, perhaps with the host before it."""
    import paramiko  # noqa: PLC0415 - as above

    words = text.split()
    kind = next((word for word in words if word.startswith(("ssh-", "ecdsa-"))), "")
    try:
        data = base64.b64decode(words[words.index(kind) + 1], validate=True)
        return kind, paramiko.PKey.from_type_string(kind, data)
    except (ValueError, IndexError, paramiko.SSHException):
        message = "`host_key` is no public key: write what `ssh-keyscan HOST` prints"
        raise Rejected(message) from None


def _private(text: str) -> "PKey":
    import paramiko  # noqa: PLC0415 - as above

    for kind in (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey):
        try:
            return kind.from_private_key(io.StringIO(text))
        except (paramiko.SSHException, ValueError):
            continue
    message = "`key` leads to no private key that can be read, or to one with a passphrase"
    raise Rejected(message)
