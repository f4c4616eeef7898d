"""The statements of the store in PostgreSQL's words."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from cmctl.store.sql.files import statements_of

HERE = Path(__file__).parent


@cache
def queries() -> Mapping[str, str]:
    """Return every statement by its name; leases end by the server's clock."""
    named = statements_of(HERE, clock="lease_clock()")
    return {name: placed(statement) for name, statement in named.items()}


def placed(statement: str) -> str:
    """Return a statement with psycopg's places for values: `:name` and `?` are ours."""
    found = statement.replace("%", "%%").replace("?", "%s")
    return re.sub(r"(?<!:):([a-z_0-9]+)", r"%(\1)s", found)


def schema() -> str:
    """Return the script that makes an empty store."""
    return (HERE / "schema.sql").read_text(encoding="utf-8")
