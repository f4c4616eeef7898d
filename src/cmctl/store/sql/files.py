"""The statements of `queries.sql` by name: those of every engine, and an engine's own."""

from collections.abc import Mapping
from pathlib import Path

_SHARED = Path(__file__).with_name("queries.sql")

#: The columns of a whole delivery, in the order that `rows.delivery` reads.
_DELIVERY = """number, post, occurrence, channel, network, due, content, digest, state, expires,
    guard, hold_reason, hold_detail, hold_from_files, fence, attempts, not_before, owner,
    lease_until, sent_at, published_at, remote_id, url, parts, override, edited, deleted_at,
    evergreen, altered"""


def statements_of(engine: Path, *, clock: str) -> Mapping[str, str]:
    """Return every statement by its name; `engine` is the folder of the engine's own.

    `clock` is SQL for the time by which leases end, in milliseconds.
    """
    named: dict[str, str] = {}
    for file in (_SHARED, engine / "queries.sql"):
        text = file.read_text(encoding="utf-8")
        text = text.replace("{delivery}", _DELIVERY).replace("{clock}", clock)
        blocks = (block.partition("\n") for block in text.split("\n-- name: ")[1:])
        named |= {name: _bare(body) for name, _, body in blocks}
    return named


def _bare(body: str) -> str:
    lines = (line for line in body.splitlines() if not line.startswith("--"))
    return "\n".join(lines).strip().removesuffix(";")
