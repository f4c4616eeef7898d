"""Calls to the accounts: the one place where an adapter's surprises become the three failures.

An adapter is foreign code as much as its network is: whatever else it throws, such as a `TypeError`
for an answer of another shape, is told by its class alone, for its words may hold anything. What
only reads, or is unseen by followers, is `Unavailable` then; what writes is `Uncertain`.

Here too a token is renewed that its network refuses: a 401 did nothing, so whatever was asked is
asked once more with the next token, writing too. Nothing else is ever asked twice, and publishing
not even then: its attempts are counted and written down, so that it says `Renewed` and is planned
again.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from cmctl.app.context import Context
from cmctl.app.sign_in.letting_in import Renewed, after_refusal
from cmctl.channels.base import (
    Attachment,
    Channel,
    ChannelError,
    Counted,
    Counts,
    Deletes,
    Finds,
    Outgoing,
    Probes,
    Timeline,
    Unauthorized,
    Unavailable,
    Uncertain,
    Uploads,
)
from cmctl.channels.grant import Grant, Inspects
from cmctl.channels.inbox import Comment, Comments, DeletesComments, Hides, Inbox
from cmctl.core.errors import CmctlError
from cmctl.core.model import Receipt, Status

log = logging.getLogger(__name__)

Able = TypeVar("Able")
Said = TypeVar("Said")
Failure = type[Unavailable] | type[Uncertain]


def can(ctx: Context, name: str, ability: type[object]) -> bool:
    """Tell whether the network of `client/channel` has an ability, such as `Timeline`.

    Raises:
        CmctlError: the channel cannot be opened.
    """
    return isinstance(ctx.channels.open(name), ability)


def published(
    ctx: Context, name: str, channel: Channel, out: Outgoing, about: Mapping[str, object]
) -> Receipt:
    """Publish once, by the adapter that was opened before the intent was written down.

    `about` is what the log is told of the delivery beside a surprise.

    Raises:
        Rejected, Unavailable, Uncertain: as the contract says; `Uncertain` for anything else.
        Renewed: nothing was sent, and there is another token now.
    """
    try:
        return _once(lambda: channel.publish(out), channel, Uncertain, about)
    except Unauthorized as refusal:
        raise after_refusal(ctx, name, channel, refusal) from None


def found(ctx: Context, name: str, out: Outgoing) -> Receipt | None:
    """Look for the proof of an attempt.

    Raises:
        Rejected, Unavailable, Uncertain: as the contract says; `Unavailable` for anything else.
    """
    return _said(ctx, name, Finds, lambda channel: channel.find(out), Unavailable)


def listed(ctx: Context, name: str, since: datetime) -> Sequence[Status]:
    """Read a timeline whole.

    Raises:
        Rejected, Unavailable: as the contract says; `Unavailable` for anything else.
    """
    return _said(ctx, name, Timeline, lambda channel: list(channel.timeline(since)), Unavailable)


def delete(ctx: Context, name: str, remote_id: str) -> None:
    """Delete one post.

    Raises:
        Rejected, Unavailable, Uncertain: as the contract says; `Uncertain` for anything else.
    """
    _said(ctx, name, Deletes, lambda channel: channel.delete(remote_id), Uncertain)


def stands(ctx: Context, name: str, remote_id: str) -> bool:
    """Tell whether a post still stands, asked by its id.

    Raises:
        Unavailable: could not be asked now, or anything else went wrong.
    """
    return _said(ctx, name, Deletes, lambda channel: channel.exists(remote_id), Unavailable)


def upload(ctx: Context, name: str, attachment: Attachment) -> str:
    """Upload one image, which followers do not see.

    Raises:
        Rejected, Unavailable: as the contract says; `Unavailable` for anything else.
    """
    return _said(ctx, name, Uploads, lambda channel: channel.upload(attachment), Unavailable)


def counted(ctx: Context, name: str, remote_id: str) -> Counts:
    """Ask what followers did with one post.

    Raises:
        Rejected, Unavailable: as the contract says; `Unavailable` for anything else.
    """
    return _said(ctx, name, Counted, lambda channel: channel.counts(remote_id), Unavailable)


def said(ctx: Context, name: str, since: datetime) -> Sequence[Comment]:
    """Read what was said to an account.

    Raises:
        Rejected, Unavailable: as the contract says; `Unavailable` for anything else.
    """
    return _said(ctx, name, Inbox, lambda channel: list(channel.inbox(since)), Unavailable)


def said_below(ctx: Context, name: str, remote_id: str) -> Sequence[Comment]:
    """Read what stands below one post.

    Raises:
        Rejected, Unavailable: as the contract says; `Unavailable` for anything else.
    """
    return _said(
        ctx, name, Comments, lambda channel: list(channel.comments(remote_id)), Unavailable
    )


def hide(ctx: Context, name: str, comment: str, *, hidden: bool) -> None:
    """Hide a comment, or show it again.

    Raises:
        Rejected, Unavailable, Uncertain: as the contract says; `Uncertain` for anything else.
    """
    _said(ctx, name, Hides, lambda channel: channel.hide(comment, hidden=hidden), Uncertain)


def delete_comment(ctx: Context, name: str, comment: str) -> bool:
    """Delete one comment; tell whether it was there.

    Raises:
        Rejected, Unavailable, Uncertain: as the contract says; `Uncertain` for anything else.
    """
    return _said(
        ctx, name, DeletesComments, lambda channel: channel.delete_comment(comment), Uncertain
    )


def probed(ctx: Context, name: str) -> str:
    """Ask who we are.

    Raises:
        Rejected, Unavailable: as the contract says; `Unavailable` for anything else.
    """
    return _said(ctx, name, Probes, lambda channel: channel.probe(), Unavailable)


def granted(ctx: Context, name: str) -> Grant | None:
    """Ask what the token at hand may do; None where the network does not tell, or not now."""
    try:
        return _said(ctx, name, Inspects, lambda channel: channel.grant(), Unavailable)
    except CmctlError:  # a question beside the others: they tell what is wrong
        return None


def tried(channel: Channel) -> tuple[str, Grant | None]:
    """Ask by an adapter of its own who we are, and what its token may do; nothing is renewed.

    Raises:
        Rejected, Unavailable: as the contract says; `Unavailable` for anything else.
    """
    account = _once(channel.probe, channel, Unavailable) if isinstance(channel, Probes) else ""
    if not isinstance(channel, Inspects):
        return account, None
    try:
        return account, _once(channel.grant, channel, Unavailable)
    except ChannelError:  # as `granted`
        return account, None


def _said(
    ctx: Context,
    name: str,
    ability: type[Able],
    call: Callable[[Able], Said],
    failure: Failure,
) -> Said:
    """Make one call on an account; once more where its token was refused, and renewed."""
    channel = _able(ctx, name, ability)
    try:
        return _once(lambda: call(channel), channel, failure)
    except Unauthorized as refusal:
        known = after_refusal(ctx, name, channel, refusal)
        if not isinstance(known, Renewed):
            raise known from None
    fresh = _able(ctx, name, ability)
    return _once(lambda: call(fresh), fresh, failure)


def _able(ctx: Context, name: str, ability: type[Able]) -> Able:
    channel = ctx.channels.open(name)
    if isinstance(channel, ability):
        return channel
    message = f"the network of {name} lacks what is asked of it: {ability.__name__.lower()}"
    raise CmctlError(message, hint="cmctl network list shows what each can do")


def _once(
    call: Callable[[], Said],
    channel: object,
    failure: Failure,
    about: Mapping[str, object] | None = None,
) -> Said:
    try:
        return call()
    except ChannelError:
        raise
    except Exception as problem:  # noqa: BLE001 - whatever an adapter throws
        name = type(problem).__name__
        log.warning("%s in the adapter %s", name, getattr(channel, "kind", ""), extra=about)
        # Its words and its traceback may hold what a server sent.
        raise failure(f"the adapter failed with {name}") from None
