"""An outbox for networks without an API: what would be published goes into a folder.

    2026-11-24_0915_0f3a...e1/     when (UTC) and the delivery's key
        text.txt                   what to paste; part-2.txt and so on for a thread or a comment
        1-facade.png               images in order
        1-facade.png.txt           its alt text
        post.json                  all of it for programs

A text file that somebody else puts into the folder counts as a foreign post.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, ClassVar

from cmctl.channels import durable
from cmctl.channels.adapter import Adapter
from cmctl.channels.base import (
    Capabilities,
    MediaRules,
    Outgoing,
    Rejected,
    TextRules,
    Unavailable,
    Uncertain,
)
from cmctl.channels.content import content_problems, parts
from cmctl.channels.options import Option
from cmctl.core.model import Content, Problem, Receipt, Status

OPTIONS = (
    Option(name="path", what="the folder, relative to the workspace, such as `outbox/tiktok`"),
)
_POST = "post.json"
#: A name that is not hidden, and the number of a part.
_ID = re.compile(r"[^./\0][^/\0]*(/[0-9]+)?")
_FORMATS = ("jpg", "jpeg", "png", "gif", "webp", "avif", "heic", "tif", "tiff", "svg", "pdf")


class FolderChannel(Adapter):
    """A folder that somebody empties by hand; it must stand, its last part is made."""

    kind: ClassVar[str] = "folder"
    options: ClassVar[tuple[Option, ...]] = OPTIONS
    #: Options that hold a path; they are absolute when the channel is opened.
    paths: ClassVar[frozenset[str]] = frozenset({"path"})
    capabilities: ClassVar[Capabilities] = Capabilities(
        text=TextRules(limit=0),
        media=MediaRules(count=100, formats=_FORMATS),
        recovery=frozenset({"key", "lookup"}),
        threads=True,
        first_comment=True,
    )

    def __init__(self, path: Path | str) -> None:
        self._path = Path(path)

    def __repr__(self) -> str:
        return f"FolderChannel({self._path})"

    def problems(self, content: Content) -> Iterable[Problem]:
        """Yield everything that is wrong with this content here."""
        return content_problems(content, "the folder", self.capabilities)

    def publish(self, outgoing: Outgoing) -> Receipt:
        """Write everything under a hidden name, then show it in one step."""
        try:
            self._path.mkdir(exist_ok=True)  # not its parents: a share that is not mounted
            with durable.locked(self._path):
                return self.find(outgoing) or self._write(outgoing)
        except OSError as problem:
            raise Unavailable(_told(self._path, "written to", problem)) from problem

    def _write(self, outgoing: Outgoing) -> Receipt:
        folder = self._path / f"{outgoing.created_at.astimezone(UTC):%Y-%m-%d_%H%M}_{outgoing.key}"
        durable.write_folder(folder, _files(outgoing))
        try:
            durable.show(folder)
            return self._receipt(folder)
        except OSError as problem:
            raise Uncertain(_told(folder, "shown", problem)) from problem
        except Unavailable as problem:  # it is shown, and cannot be read back
            raise Uncertain(str(problem)) from problem

    def find(self, outgoing: Outgoing) -> Receipt | None:
        """Return what stands in the folder under the delivery's key."""
        for folder in self._listed():
            if folder.name.endswith(f"_{outgoing.key}"):
                return self._receipt(folder)
        return None

    def timeline(self, since: datetime) -> Iterable[Status]:
        """Return what stands in the folder, newest first."""
        found = [status for path in self._listed() for status in _read(path)]
        found.sort(key=lambda status: (status.at, status.remote_id), reverse=True)
        return [status for status in found if status.at >= since]

    def delete(self, remote_id: str) -> None:
        """Remove a post, or one of its parts; no error where it is gone already."""
        path = self._place(remote_id)
        try:
            if path.exists() and path.parent == self._path:
                gone = durable.hidden(path)
                durable.discard(gone)
                path = path.rename(gone)  # at once for who looks, however many files it has
            durable.discard(path)
            if path.parent.exists():
                durable.sync(path.parent)
        except OSError as problem:
            raise Uncertain(_told(path, "removed", problem)) from problem

    def exists(self, remote_id: str) -> bool:
        """Tell whether a post or a part of it still stands."""
        path = self._place(remote_id)
        try:
            return path.exists()
        except OSError as problem:
            raise Unavailable(_told(path, "read", problem)) from problem

    def probe(self) -> str:
        """Return the folder's name."""
        self._listed()
        return str(self._path)

    def close(self) -> None:
        """Nothing is held."""

    def _listed(self) -> list[Path]:
        """Return what the folder shows; nothing where it is not made yet."""
        try:
            if not self._path.exists() and self._path.parent.is_dir():
                return []
            return sorted(path for path in self._path.iterdir() if path.name[0] != ".")
        except OSError as problem:
            raise Unavailable(_told(self._path, "read", problem)) from problem

    def _place(self, remote_id: str) -> Path:
        """Return where a remote id leads, never out of the folder."""
        if not _ID.fullmatch(remote_id):
            message = f"{remote_id!r} is not the name of anything in {self._path}"
            raise Rejected(message)
        name, _, part = remote_id.partition("/")
        folder = self._path / name
        return folder / f"part-{part}.txt" if part else folder

    def _receipt(self, folder: Path) -> Receipt:
        own = list(_read(folder))
        if not own:
            message = f"{folder} holds no {_POST}"
            raise Uncertain(message)
        return Receipt(
            remote_id=folder.name,
            url=folder.as_uri(),
            at=own[0].at,
            parts=tuple(status.remote_id for status in own),
        )


def _files(outgoing: Outgoing) -> dict[str, bytes]:
    """Return the files of a delivery by name."""
    texts = {
        "text.txt" if number == 1 else f"part-{number}.txt": part
        for number, part in enumerate(parts(outgoing.content), start=1)
    }
    images = {
        f"{number}-{Path(item.name).name}": item
        for number, item in enumerate(outgoing.attachments, start=1)
    }
    post = {
        "key": outgoing.key,
        "created_at": outgoing.created_at.isoformat(),
        "language": outgoing.language,
        "parts": [{"text": part.text, "parent": part.parent} for part in texts.values()],
        "media": [
            {"file": name, "alt": item.alt, "sha256": sha256(item.data).hexdigest()}
            for name, item in images.items()
        ],
    }
    return {
        **{name: part.text.encode() for name, part in texts.items()},
        **{name: item.data for name, item in images.items()},
        **{f"{name}.txt": item.alt.encode() for name, item in images.items() if item.alt},
        _POST: json.dumps(post, ensure_ascii=False, indent=2).encode(),
    }


def _read(path: Path) -> Iterator[Status]:
    """Yield what a folder of ours, or a text file of somebody else's, says."""
    try:
        if path.is_dir() and (path / _POST).is_file():
            yield from _own(path, json.loads((path / _POST).read_bytes()))
        elif path.is_file() and path.suffix == ".txt":
            at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            text = path.read_text(encoding="utf-8", errors="replace")
            yield Status(channel="", remote_id=path.name, at=at, text=text, url=path.as_uri())
    except FileNotFoundError:
        return  # emptied while we look
    except OSError as problem:
        raise Unavailable(_told(path, "read", problem)) from problem
    except (ValueError, LookupError, TypeError) as problem:
        message = f"{path / _POST} is not as cmctl wrote it"
        raise Unavailable(message) from problem


def _own(path: Path, post: Mapping[str, Any]) -> Iterator[Status]:
    ids = [path.name, *(f"{path.name}/{n}" for n in range(2, len(post["parts"]) + 1))]
    for number, (remote_id, part) in enumerate(zip(ids, post["parts"], strict=True), start=1):
        if number > 1 and not (path / f"part-{number}.txt").exists():
            continue
        yield Status(
            channel="",
            remote_id=remote_id,
            at=datetime.fromisoformat(post["created_at"]),
            text=part["text"],
            url=path.as_uri(),
            tool="cmctl",
            media_count=len(post["media"]) if number == 1 else 0,
            reply_to="" if part["parent"] is None else ids[part["parent"]],
        )


def _told(path: Path, what: str, problem: OSError) -> str:
    return f"{path} could not be {what}: {(problem.strerror or 'it failed').lower()}"
