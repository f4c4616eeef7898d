"""Queries as conditions of SQL, with `:name` for their values."""

from typing import Any

from cmctl.store.listing import AHEAD, Query
from cmctl.store.sql.instants import milliseconds

#: Word for word the condition of the index `ahead`, so that an engine knows that it has them all.
_IS_AHEAD = "state IN ('planned', 'held', 'claimed', 'sending', 'uncertain')"


def where(query: Query) -> tuple[str, dict[str, Any]]:
    """Return the conditions of a query, ` WHERE` included, and their values."""
    values: dict[str, Any] = {}
    conditions = []
    for column in ("client", "channel", "post"):
        if wanted := getattr(query, column):
            conditions.append(f"{column} = :{column}")
            values[column] = wanted
    if query.states == AHEAD:
        conditions.append(_IS_AHEAD)
    elif query.states:
        names = {f"state_{i}": state for i, state in enumerate(sorted(query.states))}
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


def is_all_ahead(query: Query) -> bool:
    """Tell whether it asks for everything that is ahead, which has an index of its own."""
    return query.states == AHEAD and not (query.client or query.channel or query.post)


def filtered(query: Query) -> tuple[str, dict[str, Any]]:
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
