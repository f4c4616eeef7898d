"""The media library of a WordPress site.

developer.wordpress.org, "REST API Handbook: Media". The site chooses the address; a file is found
again by its slug, which is its name without the ending.
"""

from collections.abc import Iterator
from pathlib import PurePath
from typing import ClassVar
from urllib.parse import urlsplit

from cmctl.channels.base import Attachment
from cmctl.channels.body import file_body
from cmctl.channels.hosting.base import Opening
from cmctl.channels.http import Request
from cmctl.channels.options import Form, Option
from cmctl.channels.vendors.wordpress.site import API, Site


class WordPressHost(Opening):
    """The media of one site, as one of its users."""

    kind: ClassVar[str] = "wordpress"
    options: ClassVar[tuple[Option, ...]] = (
        Option(name="url", what="the site's address", form=Form.ADDRESS),
        Option(name="user", what="a user who may upload files"),
        Option(
            name="password",
            what="a reference to an application password, such as env:HOSTING_PASSWORD",
            form=Form.SECRET,
        ),
    )

    def __init__(self, *, url: str, user: str, password: str) -> None:
        self._site = Site(url, user=user, password=password)

    def put(self, file: Attachment) -> str:
        """Upload the file, in place of one of its name."""
        self.remove(file.name)  # the site would give a second one another name
        answer = self._site.unseen(f"{API}/media", file_body({}, {"file": file}))
        return answer.text("source_url")

    def remove(self, name: str) -> None:
        """Delete the file and the smaller copies that the site made of it."""
        for answer, item in self._site.listing(f"{API}/media", {"slug": PurePath(name).stem}):
            number = str(item.get("id"))
            if not number.isdigit():
                raise answer.malformed("with a file without a number")
            self._site.http.send(
                Request(
                    method="DELETE",
                    path=f"{API}/media/{number}",
                    query={"force": "true"},
                    accept={404, 410},
                    repeatable=True,
                )
            )

    def names(self) -> Iterator[str]:
        """Yield the names of the library's files."""
        for _, item in self._site.listing(f"{API}/media", {"_fields": "slug,source_url"}):
            ending = PurePath(urlsplit(str(item.get("source_url"))).path).suffix
            yield f"{item.get('slug')}{ending}"

    def close(self) -> None:
        """Let go of the connection."""
        self._site.http.close()
