"""The statements of `queries.sql` by name, and SQL files cut into statements."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from sqlite3 import complete_statement

HERE = Path(__file__).parent

#: The columns of a whole delivery, in the order that `rows.delivery` reads.
_DELIVERY = """number, post, occurrence, channel, network, due, content, digest, state, expires,
    guard, hold_reason, hold_detail, hold_from_files, fence, attempts, not_before, owner,
    lease_until, sent_at, published_at, remote_id, url, parts, override, edited, deleted_at,
    evergreen"""


@cache
def queries() -> Mapping[str, str]:
    """Return every statement of `queries.sql` by its name."""
    text = (HERE / "queries.sql").read_text(encoding="utf-8")
    blocks = text.replace("{delivery}", _DELIVERY).split("\n-- name: ")[1:]
    return {name: _bare(body) for name, _, body in (block.partition("\n") for block in blocks)}


def schema() -> str:
    """Return the script that makes an empty store."""
    return (HERE / "schema.sql").read_text(encoding="utf-8")


def statements(script: str) -> Iterator[str]:
    """Cut a script into statements, so that they run inside a transaction that is open already."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if complete_statement(statement):
            yield statement
            statement = ""


def _bare(body: str) -> str:
    lines = (line for line in body.splitlines() if not line.startswith("--"))
    return "\n".join(lines).strip().removesuffix(";")
