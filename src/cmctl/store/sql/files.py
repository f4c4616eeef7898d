"""The statements of `queries.sql` by name: those of every engine, and an engine's own."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

_SHARED = Path(__file__).with_name("queries.sql")

#: The columns of a whole delivery, in the order that `rows.delivery` reads.
_DELIVERY = ", ".join(
    f"deliveries.{column}"
    for column in (
        "number", "post", "occurrence", "channel", "network", "due", "content", "digest", "state",
        "expires", "guard", "hold_reason", "hold_detail", "hold_from_files", "fence", "attempts",
        "not_before", "owner", "lease_until", "sent_at", "published_at", "remote_id", "url",
        "parts", "override", "edited", "deleted_at", "evergreen", "altered",
    )
)  # fmt: skip
#: The columns of a fact, in the order that `rows.fact` reads.
_FACT = ", ".join(
    f"deliveries.{column}"
    for column in (
        "post", "occurrence", "channel", "number", "state", "due", "digest", "fence",
        "hold_reason", "hold_detail", "hold_from_files", "expires", "edited", "guard", "evergreen",
        "published_at", "dropped", "cost",
    )
)  # fmt: skip
_GIVEN = re.compile(r"\{given:([^}]+)\}")


class Dialect(NamedTuple):
    """What engines say in different dialect."""

    #: SQL for the time by which leases end, in milliseconds.
    clock: str
    #: The same in a statement over many rows, each with its `at`.
    clock_of_row: str
    #: Makes the table `given` of the JSON objects in `:rows`, from its columns: name and type.
    given: Callable[[Sequence[tuple[str, str]]], str]


def statements_of(engine: Path, dialect: Dialect) -> Mapping[str, str]:
    """Return every statement by its name; `engine` is the folder of the engine's own."""
    named: dict[str, str] = {}
    for file in (_SHARED, engine / "queries.sql"):
        text = file.read_text(encoding="utf-8")
        blocks = (block.partition("\n") for block in text.split("\n-- name: ")[1:])
        named |= {name: _spoken(_bare(body), dialect) for name, _, body in blocks}
    return named


def _bare(body: str) -> str:
    lines = (line for line in body.splitlines() if not line.startswith("--"))
    return "\n".join(lines).strip().removesuffix(";")


def _spoken(statement: str, dialect: Dialect) -> str:
    clock = dialect.clock_of_row if _GIVEN.search(statement) else dialect.clock
    statement = statement.replace("{delivery}", _DELIVERY).replace("{fact}", _FACT)
    statement = statement.replace("{clock}", clock)
    return _GIVEN.sub(lambda found: dialect.given(_columns(found[1])), statement)


def _columns(text: str) -> Sequence[tuple[str, str]]:
    return [(name, kind) for name, kind in map(str.split, text.split(","))]
