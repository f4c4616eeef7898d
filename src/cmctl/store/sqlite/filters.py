"""A listing's question as conditions of SQL."""

from typing import Any

from cmctl.store.base import Query
from cmctl.store.sqlite.rows import milliseconds

Values = dict[str, Any]


def where(query: Query) -> tuple[str, Values]:
    """Return the conditions of a query, ` WHERE` included, and their values."""
    values: Values = {}
    conditions = []
    for column in ("client", "channel", "post"):
        if wanted := getattr(query, column):
            conditions.append(f"{column} = :{column}")
            values[column] = wanted
    if query.states:
        names = {f"state_{i}": state.value for i, state in enumerate(sorted(query.states))}
        conditions.append(f"state IN ({', '.join(f':{name}' for name in names)})")
        values |= names
    time = _time(query)
    if query.by_publication:
        conditions.append(f"{time} IS NOT NULL")
    for bound, sign in (("since", ">="), ("until", "<=")):
        if (instant := getattr(query, bound)) is not None:
            conditions.append(f"{time} {sign} :{bound}")
            values[bound] = milliseconds(instant)
    return (" WHERE " + " AND ".join(conditions) if conditions else ""), values


def filtered(query: Query) -> tuple[str, Values]:
    """Return conditions, order and limit of a query, and their values."""
    conditions, values = where(query)
    direction = "DESC" if query.newest_first else "ASC"
    text = f"{conditions} ORDER BY {_time(query)} {direction}, number {direction}"
    if query.limit:
        text += " LIMIT :limit"
        values["limit"] = query.limit
    return text, values


def _time(query: Query) -> str:
    return "published_at" if query.by_publication else "due"
