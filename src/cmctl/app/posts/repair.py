"""Write what a file lacks and a person need not think about: the ids of posts in a list."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cmctl.app.context import Context
from cmctl.config.edit import insert_ids
from cmctl.config.load import LoadedPosts, load_posts
from cmctl.config.writing import edit_file
from cmctl.core.errors import CmctlError


class Repaired(NamedTuple):
    """What became of one file."""

    file: str
    ids: Sequence[str]
    #: Why nothing was written; empty where it was.
    problem: str = ""


def write_ids(ctx: Context) -> Iterator[Repaired]:
    """Write an id into every post of a list that lacks one; comments and layout stay."""
    for loaded in load_posts(ctx.settings):
        taken = {post.id for post in loaded.posts} | loaded.invalid
        for file in _lacking(loaded):
            repaired = _write(ctx, file, taken)
            taken.update(repaired.ids)
            yield repaired


def _lacking(loaded: LoadedPosts) -> list[str]:
    places = (p.place for p in loaded.problems if p.code == "missing-id" and p.place)
    return sorted({place.file for place in places})


def _write(ctx: Context, file: str, taken: set[str]) -> Repaired:
    new: list[str] = []

    def change(text: str) -> str:
        changed, ids = insert_ids(text, taken)
        new.extend(ids)
        return changed

    try:
        edit_file(ctx.settings.root / file, change)
    except CmctlError as problem:
        return Repaired(file, (), f"{problem.message}; {problem.hint}")
    except (OSError, UnicodeDecodeError) as problem:
        return Repaired(file, (), str(problem))
    return Repaired(file, tuple(new))
