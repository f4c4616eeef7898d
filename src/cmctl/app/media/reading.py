"""The images of posts: read from the workspace, or from the public address that a post names."""

import mimetypes
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cmctl.channels.base import Attachment, ChannelError, Rejected
from cmctl.config.post_values import MediaUse
from cmctl.core.model import Media, Problem, Severity

if TYPE_CHECKING:
    from cmctl.channels.public_fetch import Fetched

#: Larger files are never read: no network here takes them.
MEDIA_LIMIT = 100 * 1024 * 1024
#: Reading one image from an address may take so long, in seconds.
PATIENCE = 15.0
#: The same of a film.
FILM_PATIENCE = 300.0
_FILMS = (".mp4", ".m4v", ".mov", ".webm")
#: Addresses that a check reads at once.
_READERS = 8

#: Reads the file at an address, as `public_fetch.fetch` does.
Fetch = Callable[[str], "Fetched"]


class MediaError(Exception):
    """An image cannot be sent as the post names it."""


def public(url: str) -> "Fetched":
    """Read an image from a public https address.

    Raises:
        Rejected, Unavailable: as `public_fetch.fetch`.
    """
    from cmctl.channels.public_fetch import fetch  # noqa: PLC0415 - heavy, and few posts need it

    film = urlsplit(url).path.lower().endswith(_FILMS)
    return fetch(url, limit=MEDIA_LIMIT, deadline=FILM_PATIENCE if film else PATIENCE)


def attachment(root: Path, media: Media, fetch: Fetch) -> Attachment:
    """Read an image as it is now.

    Raises:
        MediaError: it is missing, too large, outside of the workspace, or not what is meant.
        Unavailable: its address could not be read now.
    """
    data = _at_address(media, fetch) if media.is_remote else _in_workspace(root, media)
    if media.sha256 and sha256(data).hexdigest() != media.sha256:
        raise MediaError(_other(media))
    kind = mimetypes.guess_type(media.name)[0] or "application/octet-stream"
    return Attachment(name=media.name, data=data, type=kind, alt=media.alt)


def image_problems(root: Path, uses: Sequence[MediaUse], fetch: Fetch) -> list[Problem]:
    """Return what is wrong with images that must be read to be known, each read once.

    Where an address has no hash, the problem says what to write: only then is the image that
    somebody looked at the one that goes out.
    """
    if not uses:
        return []
    files = list(dict.fromkeys(use.media.file for use in uses))
    with ThreadPoolExecutor(_READERS) as readers:
        hashes = readers.map(lambda file: _hash(root, file, fetch), files)
        found = dict(zip(files, hashes, strict=True))
    return [problem for use in uses for problem in _judge(use, found[use.media.file])]


def _in_workspace(root: Path, media: Media) -> bytes:
    # Resolved again here: a link may have been swapped since the files were checked.
    path = (root / media.file).resolve()
    if not path.is_relative_to(root.resolve()):
        message = f"{media.file} leads out of the workspace"
        raise MediaError(message)
    try:
        if not path.is_file() or path.stat().st_size > MEDIA_LIMIT:
            message = f"{media.file} is missing or larger than {MEDIA_LIMIT >> 20} MiB"
            raise MediaError(message)
        return path.read_bytes()
    except OSError as problem:
        message = f"{media.file} cannot be read: {problem.strerror}"
        raise MediaError(message) from problem


def _at_address(media: Media, fetch: Fetch) -> bytes:
    try:
        found = fetch(media.file)
    except Rejected as problem:
        raise MediaError(str(problem)) from problem
    # A page that says "not found" or asks for a password is often a 200.
    if not found.type.startswith(("image/", "video/")):
        message = f"{media.file} is no image but {found.type or 'of no type'}"
        raise MediaError(message)
    return found.data


def _hash(root: Path, file: str, fetch: Fetch) -> "str | MediaError | ChannelError":
    try:
        return sha256(attachment(root, Media(file=file), fetch).data).hexdigest()
    except (MediaError, ChannelError) as problem:
        return problem


def _judge(use: MediaUse, has: "str | MediaError | ChannelError") -> Iterable[Problem]:
    media = use.media
    if isinstance(has, MediaError):
        if media.is_remote:  # a file that is missing is told by who reads the posts
            fix = "correct the address, or put the image into the workspace"
            yield _problem(use, str(has), fix)
    elif isinstance(has, ChannelError):
        yield _problem(use, str(has), "cmctl check asks again", Severity.WARNING)
    elif not media.sha256:
        message = f"{media.file} may be another image when it is sent"
        yield _problem(use, message, f'add "sha256: {has}"', Severity.WARNING)
    elif media.sha256 != has:
        yield _problem(use, _other(media), f'look at it, then write "sha256: {has}"')


def _other(media: Media) -> str:
    return f"{media.file} is another image than its `sha256` says"


def _problem(use: MediaUse, message: str, fix: str, severity: Severity = Severity.ERROR) -> Problem:
    return Problem(
        code="media", message=message, fix=fix, place=use.place, post=use.post, severity=severity
    )
