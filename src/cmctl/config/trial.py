"""Reading a posts file as it would be, before it is written."""

from hashlib import sha256

from cmctl.config.files import RawFile
from cmctl.config.media import missing_media
from cmctl.config.post_values import LoadedFile, file_from_plain
from cmctl.config.posts import read_posts
from cmctl.config.scan import FileStamp
from cmctl.core.settings import Settings


def read_as(settings: Settings, client: str, file: str, text: str) -> LoadedFile:
    """Return what `file` (relative to the workspace) says if it holds `text`; nothing is cached."""
    data = text.encode()
    own = settings.clients[client]
    raw = RawFile(data, FileStamp(len(data), 0, 0, sha256(data).hexdigest()))
    found = file_from_plain(read_posts(raw, file, own), file=file, client=client, zone=own.zone)
    missing = missing_media(settings.root, found.media)
    return found._replace(problems=(*found.problems, *missing))
