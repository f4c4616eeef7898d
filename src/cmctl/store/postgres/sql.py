"""The statements of the store in PostgreSQL's dialect."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from cmctl.store.sql.files import Dialect, statements_of

HERE = Path(__file__).parent


@cache
def queries() -> Mapping[str, str]:
    """Return every statement by its name; leases end by the server's clock."""
    named = statements_of(HERE, Dialect("lease_clock()", "lease_clock()", _given))
    return {name: placed(statement) for name, statement in named.items()}


def placed(statement: str) -> str:
    """Return a statement with psycopg's places for values: `:name` and `?` are ours."""
    found = statement.replace("%", "%%").replace("?", "%s")
    return re.sub(r"(?<!:):([a-z_0-9]+)", r"%(\1)s", found)


def _given(columns: Sequence[tuple[str, str]]) -> str:
    named = ", ".join(f"{name} {kind}" for name, kind in columns)
    return f"json_to_recordset(CAST(:rows AS JSON)) AS given ({named})"


def schema() -> str:
    """Return the script that makes an empty store."""
    return (HERE / "schema.sql").read_text(encoding="utf-8")
