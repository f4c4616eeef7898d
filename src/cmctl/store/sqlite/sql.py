"""The statements of the store in SQLite's words, and SQL files cut into statements."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from sqlite3 import complete_statement

from cmctl.store.sql.files import Dialect, statements_of

HERE = Path(__file__).parent


@cache
def queries() -> Mapping[str, str]:
    """Return every statement by its name; leases end by the time that is given."""
    return statements_of(HERE, Dialect(":at", "given.at", _given))


def _given(columns: Sequence[tuple[str, str]]) -> str:
    """Return the table `given`; its columns have the types that JSON gives them."""
    taken = ", ".join(f"json_extract(value, '$.{name}') AS {name}" for name, _ in columns)
    return f"(SELECT {taken} FROM json_each(:rows)) AS given"  # noqa: S608 - names of queries.sql


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
