"""A WebDAV folder (RFC 4918): Nextcloud, Apache, nginx and many a provider's disk."""

import base64
import re
from collections.abc import Iterator
from html import unescape
from typing import ClassVar
from urllib.parse import quote, unquote, urlsplit

from cmctl.channels.base import Attachment
from cmctl.channels.body import Body
from cmctl.channels.hosting.base import ADDRESS, Opening
from cmctl.channels.http import Http, Request
from cmctl.channels.options import Form, Option

#: Of an answer only the names are read; whatever prefix the server gives the namespace.
_HREF = re.compile(r"<(?:[\w.-]+:)?href[^>]*>([^<]*)<")


class WebDavHost(Opening):
    """A folder of a WebDAV server, which must be there already."""

    kind: ClassVar[str] = "webdav"
    options: ClassVar[tuple[Option, ...]] = (
        ADDRESS,
        Option(name="url", what="the folder as WebDAV shows it", form=Form.ADDRESS),
        Option(name="user", what="who may write there", required=False),
        Option(
            name="password",
            what="a reference to the password, such as env:HOSTING_PASSWORD",
            form=Form.SECRET,
            required=False,
        ),
    )

    def __init__(self, *, address: str, url: str, user: str = "", password: str = "") -> None:
        token = base64.b64encode(f"{user}:{password}".encode()).decode()
        headers = {"Authorization": f"Basic {token}"} if user or password else {}
        self._address = address.rstrip("/")
        self._http = Http(url, headers, secrets=(password,) if password else ())
        self._folder = urlsplit(url).path.rstrip("/")

    def put(self, file: Attachment) -> str:
        """Write the file."""
        self._send("PUT", f"/{quote(file.name)}", body=Body(file.data, file.type))
        return f"{self._address}/{quote(file.name)}"

    def remove(self, name: str) -> None:
        """Delete the file."""
        self._send("DELETE", f"/{quote(name)}", accept={404})

    def names(self) -> Iterator[str]:
        """Yield what the folder has."""
        answer = self._send("PROPFIND", "/", headers={"Depth": "1"})
        for href in _HREF.findall(answer.decode("utf-8", "replace")):
            path = unquote(urlsplit(unescape(href).strip()).path)
            folder, _, name = path.rpartition("/")
            if name and folder == unquote(self._folder):
                yield name

    def close(self) -> None:
        """Let go of the connection."""
        self._http.close()

    def _send(
        self,
        method: str,
        path: str,
        *,
        body: Body | None = None,
        headers: dict[str, str] | None = None,
        accept: frozenset[int] | set[int] = frozenset(),
    ) -> bytes:
        request = Request(
            method=method, path=path, body=body, headers=headers, accept=accept, repeatable=True
        )
        return self._http.send(request).body
