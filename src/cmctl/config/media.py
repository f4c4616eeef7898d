"""Whether the media files that posts name are there; asked anew each time, as nothing tells."""

import os
import stat
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from cmctl.config.post_values import MediaUse
from cmctl.core.model import Problem


def missing_media(root: Path, uses: Iterable[MediaUse]) -> list[Problem]:
    """Return a problem for each use of a file that is missing, no file, or out of `root`."""
    inside = lru_cache(maxsize=None)(_Inside(os.path.realpath(root)).problem_with)
    problems = []
    for use in uses:
        if use.media.is_remote:
            continue  # read by `check`, and when it is sent
        message = inside(use.media.file)
        if message:
            problems.append(
                Problem(
                    code="media",
                    message=f"{use.media.file} {message}",
                    fix="put the image there, or correct the path; it is relative to this file",
                    place=use.place,
                    post=use.post,
                )
            )
    return problems


class _Inside:
    """Looks at files below one folder, resolving each folder on the way once."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._resolved = lru_cache(maxsize=None)(os.path.realpath)

    def problem_with(self, relative: str) -> str:
        folder, name = os.path.split(f"{self._root}/{relative}")
        path = f"{self._resolved(folder)}/{name}"
        try:
            status = os.lstat(path)
            if stat.S_ISLNK(status.st_mode):
                path = os.path.realpath(path, strict=True)
                status = os.stat(path)  # noqa: PTH116 - as fast as can be, for thousands of files
        except OSError:
            return "is not there"
        if not path.startswith(self._root + os.sep):
            return "leads out of the workspace"
        return "" if stat.S_ISREG(status.st_mode) else "is not a file"
