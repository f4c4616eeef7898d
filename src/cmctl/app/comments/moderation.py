"""Taking comments out of sight, and the record of who did.

As for every decision, that it was asked for is written down before the network is, and what became
of it afterwards: a line that has no second one was cut short, and nobody knows what came of it.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from cmctl.app import calls
from cmctl.app.comments.inbox import unable
from cmctl.app.context import Context
from cmctl.channels.base import ChannelError
from cmctl.channels.inbox import DeletesComments, Hides
from cmctl.core.errors import UsageError
from cmctl.store.base import Query

_KIND = "comment"
#: What became of a deletion where there was nothing.
ABSENT = "it was not there"
#: No status on record is older.
_KEPT = timedelta(days=36_500)


class Act(StrEnum):
    """What can be done about a comment."""

    HIDE = "hide"
    UNHIDE = "unhide"
    DELETE = "delete"


class Decision(NamedTuple):
    """What somebody had done about a comment."""

    at: datetime
    #: `client/channel`.
    channel: str
    comment: str
    act: str
    #: `name@host`.
    by: str
    #: `done`, `ABSENT` or what the network said; empty: it was cut short, and nobody knows.
    outcome: str = ""


def act(ctx: Context, name: str, comment: str, what: Act, *, by: str) -> bool:
    """Hide a comment on `client/channel`, show it again or delete it for good, and write it down.

    Tells whether there was anything to delete.

    Raises:
        CmctlError: the network cannot, or said no.
        UsageError: what is to be deleted is a post.
    """
    call = _call(ctx, name, comment, what)
    if what is Act.DELETE and _is_post(ctx, name, comment):
        message = f"{comment} is a post on {name} and no comment"
        raise UsageError(message, hint="cmctl inbox shows comments with their ids")
    told = {"channel": name, "comment": comment, "act": what.value, "by": by}
    ctx.store.note(0, kind=_KIND, data=told, at=ctx.now())
    try:
        done = call()
    except ChannelError as problem:
        ctx.store.note(0, kind=_KIND, data={**told, "outcome": str(problem)}, at=ctx.now())
        raise
    outcome = "done" if done else ABSENT
    ctx.store.note(0, kind=_KIND, data={**told, "outcome": outcome}, at=ctx.now())
    return done


def decisions(ctx: Context, names: Sequence[str]) -> Sequence[Decision]:
    """Return what was done about comments on these channels, newest first."""
    found: list[Decision] = []
    #: Asked for and not settled, by what was asked: two people may ask for the same.
    waiting: dict[tuple[object, ...], list[int]] = {}
    for event in ctx.store.other_events():
        if event.kind != _KIND or event.data["channel"] not in names:
            continue
        told = {field: str(value) for field, value in event.data.items()}
        asked = tuple(told[field] for field in ("channel", "comment", "act", "by"))
        outcome = told.get("outcome", "")
        if not outcome:
            waiting.setdefault(asked, []).append(len(found))
            found.append(Decision(event.at, *asked))
        elif waiting.get(asked):
            place = waiting[asked].pop()
            found[place] = found[place]._replace(outcome=outcome)
    return found[::-1]


def _is_post(ctx: Context, name: str, comment: str) -> bool:
    """Tell whether an id is that of a post: to many networks the two are alike."""
    ours = (one for one in ctx.store.deliveries(Query(channel=name)) if not one.content.reply_to)
    receipts = (one.receipt for one in ours if one.receipt)
    if any(comment in {receipt.remote_id, *receipt.parts} for receipt in receipts):
        return True
    statuses = ctx.store.statuses(name, ctx.now() - _KEPT)
    return any(one.remote_id == comment and not one.reply_to for one in statuses)


def _call(ctx: Context, name: str, comment: str, what: Act) -> Callable[[], bool]:
    if what is Act.DELETE:
        if not calls.can(ctx, name, DeletesComments):
            raise unable(name, "delete comments of others")
        return lambda: calls.delete_comment(ctx, name, comment)
    if not calls.can(ctx, name, Hides):
        raise unable(name, "hide comments")

    def hide() -> bool:
        calls.hide(ctx, name, comment, hidden=what is Act.HIDE)
        return True

    return hide
