"""The text for which a delivery was held, as it stood then."""

from collections.abc import Mapping

from cmctl.app.changes import match_of
from cmctl.app.context import Context
from cmctl.core.model import Match


def evidence(ctx: Context, number: int) -> Match | None:
    """Return the text for which a delivery was last held, as it stood then."""
    for event in reversed(ctx.store.events(number)):
        found = event.data.get("evidence")
        if isinstance(found, Mapping):
            return match_of(found)
    return None
