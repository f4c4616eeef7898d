"""The folder `.cmctl` of a workspace: what the program keeps beside what a person writes."""

from pathlib import Path


def make_private(folder: Path) -> None:
    """Make a folder, and those above it that are missing, for their owner alone.

    What is there already keeps its mode: somebody may share it on purpose.

    Raises:
        OSError: it cannot be made.
    """
    if not folder.is_dir():
        for one in reversed([folder, *folder.parents]):
            one.mkdir(mode=0o700, exist_ok=True)
