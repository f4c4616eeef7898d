"""Tell a person, once for each token and term, that a token comes to its end."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from cmctl.app.context import Context
from cmctl.app.health.token_health import SOON, Ending, endings, in_words
from cmctl.app.publishing.lanes import on_lanes
from cmctl.core.errors import CmctlError
from cmctl.core.ledger import Notice

TOKEN = "token"  # noqa: S105 - a kind of notice
#: So long before its end it is told, each once; the last one: it is over.
TERMS = (SOON, timedelta(days=1), timedelta())


def renew(ctx: Context, *, stopping: Callable[[], bool] = lambda: False) -> None:
    """Renew every token whose time has come, also where nothing else asks for its account."""

    def open_(name: str) -> None:
        with suppress(CmctlError):  # told where the account is needed, and below
            if not stopping():
                ctx.channels.open(name)

    on_lanes(open_, [one.name for one in ctx.settings.channels() if _renews(ctx, one.name)])


def tell_of_tokens(ctx: Context) -> Mapping[str, datetime]:
    """Tell of tokens that end within the next term, and were not told of in it.

    Returns when each token ends, by channel, as far as that is known.
    """
    found = list(endings(ctx))
    for one in found:
        term = _term(ctx, one)
        if term is None:
            continue
        what = f"token {one.channel} {one.at.isoformat()} {term.days}"
        message = f"{in_words(ctx, one)}: {one.login}"
        notice = Notice(TOKEN, one.channel, 0, message)
        ctx.store.tell_once(what, at=ctx.now(), notice=notice)
    return {one.channel: one.at for one in found}


def _renews(ctx: Context, name: str) -> bool:
    try:
        life = ctx.channels.life(name)
    except CmctlError:
        return False
    return life is not None and life.renews


def _term(ctx: Context, one: Ending) -> timedelta | None:
    """Return the nearest term that has come; None: none has."""
    left = one.at - ctx.now()
    return next((term for term in reversed(TERMS) if left <= term), None)
