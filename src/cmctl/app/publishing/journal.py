"""The journal of last resort: receipts that the store could not take (window W6).

A full disk or a locked database must not cost the proof that something is published. So each worker
allocates a small file before it sends anything; a receipt is written into it without growing it,
and the recoverer carries it over once the store answers again.

Beside them it says which attempts began, as a second witness: a store whose write-ahead log is
damaged loses what was committed last without a word, as SQLite reads it.
"""

import json
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from cmctl.core.model import Receipt

#: Of the receipts.
SIZE = 64 * 1024
#: How many attempts are remembered, more than a write-ahead log holds, and the bytes of each.
MARKS, MARK = 1024, 32


class Kept(NamedTuple):
    """What the journal of one worker says."""

    path: Path
    #: By delivery number.
    receipts: dict[int, Receipt]
    #: Delivery numbers and which attempt of each began.
    attempts: dict[int, int]


class Journal:
    """The journal file of one worker, allocated when it is opened."""

    def __init__(self, folder: Path, worker: str) -> None:
        """Nothing is created yet: dry runs never call `allocate`."""
        self.folder = folder
        self._path = folder / worker.replace("/", "_")
        self._file: int | None = None
        self._used = 0
        self._marks = 0
        self._lock = threading.Lock()

    def allocate(self) -> None:
        """Reserve the file's space on the disk; safe to call again.

        Raises:
            OSError: the disk has no room, so nothing should be sent.
        """
        with self._lock:
            if self._file is not None:
                return
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
            # Zeros are written, not only promised: some file systems promise more than they have.
            os.pwrite(self._file, bytes(SIZE + MARKS * MARK), 0)
            os.fsync(self._file)

    def keep(self, number: int, receipt: Receipt) -> None:
        """Write the proof that delivery `number` is published, durably."""
        line = json.dumps({"number": number, **_plain(receipt)}).encode() + b"\n"
        with self._lock:
            if self._file is None or self._used + len(line) > SIZE:
                return  # the delivery stays `sending` and is reconciled by evidence
            os.pwrite(self._file, line, self._used)
            os.fsync(self._file)
            self._used += len(line)

    def began(self, number: int, attempt: int) -> None:
        """Note that an attempt of delivery `number` is committed; it outlives a kill, no more."""
        line = f"{number} {attempt}".encode().ljust(MARK - 1) + b"\n"
        with self._lock, suppress(OSError):  # a witness the less, and no reason not to send
            if self._file is not None:
                os.pwrite(self._file, line, SIZE + self._marks % MARKS * MARK)
                self._marks += 1

    def close(self) -> None:
        """Give the space back, unless it holds receipts that are still to be carried over."""
        with self._lock:
            if self._file is not None:
                os.close(self._file)
                self._file = None
                if not self._used:
                    self._path.unlink(missing_ok=True)


def kept(folder: Path) -> Iterator[Kept]:
    """Yield what every journal says; a torn last line says nothing."""
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        try:
            said = path.read_bytes()
        except FileNotFoundError:  # its worker ended well, or another one carried it over
            continue
        lines = said[:SIZE].rstrip(b"\0").split(b"\n")
        receipts = dict(entry for line in lines if (entry := _entry(line)))
        yield Kept(path, receipts, _attempts(said[SIZE:].rstrip(b"\0")))


def worker_of(path: Path) -> str:
    """Return whose journal a file is."""
    return "/".join(path.name.rsplit("_", 2))  # a host's name may have an underscore, the rest not


def _attempts(marks: bytes) -> dict[int, int]:
    found: dict[int, int] = {}
    for line in marks.split(b"\n"):
        words = line.split()
        if len(words) == 2 and words[0].isdigit() and words[1].isdigit():
            number, attempt = map(int, words)
            found[number] = max(attempt, found.get(number, 0))
    return found


def _plain(receipt: Receipt) -> Mapping[str, object]:
    at = receipt.at.isoformat() if receipt.at else None
    return {
        "remote_id": receipt.remote_id,
        "url": receipt.url,
        "at": at,
        "parts": list(receipt.parts),
        "altered": receipt.altered,
    }


def _entry(line: bytes) -> tuple[int, Receipt] | None:
    try:
        data = json.loads(line)
    except ValueError:
        return None
    return data["number"], Receipt(
        remote_id=data["remote_id"],
        url=data["url"],
        at=datetime.fromisoformat(data["at"]) if data["at"] else None,
        parts=tuple(data["parts"]),
        altered=data["altered"],
    )
