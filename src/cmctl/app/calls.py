"""Calls to a network: the one place where an adapter's surprises become one of the three failures.

An adapter is foreign code as much as its network is: whatever else it throws, such as a `TypeError`
for an answer of another shape, is told by its class alone, for its words may hold anything. What
only reads, or is unseen by followers, is `Unavailable` then; what writes is `Uncertain`.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

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
    Unavailable,
    Uncertain,
    Uploads,
)
from cmctl.channels.grant import Grant, Inspects
from cmctl.channels.inbox import Comment, Comments, DeletesComments, Hides, Inbox
from cmctl.core.model import Receipt, Status

log = logging.getLogger(__name__)

Said = TypeVar("Said")
Failure = type[Unavailable] | type[Uncertain]


def published(channel: Channel, out: Outgoing, about: Mapping[str, object]) -> Receipt:
    """Publish once; `about` is what the log is told of the delivery beside a surprise.

    Raises:
        Rejected, Unavailable, Uncertain: as the contract says; `Uncertain` for anything else.
    """
    return _said(lambda: channel.publish(out), channel, Uncertain, about)


def found(channel: Finds, out: Outgoing) -> Receipt | None:
    """Look for the proof of an attempt.

    Raises:
        Rejected, Unavailable, Uncertain: as the contract says; `Unavailable` for anything else.
    """
    return _said(lambda: channel.find(out), channel, Unavailable)


def listed(channel: Timeline, since: datetime) -> Sequence[Status]:
    """Read a timeline whole.

    Raises:
        Rejected, Unavailable: as the contract says; `Unavailable` for anything else.
    """
    return _said(lambda: list(channel.timeline(since)), channel, Unavailable)


def delete(channel: Deletes, remote_id: str) -> None:
    """Delete one post.

    Raises:
        Rejected, Unavailable, Uncertain: as the contract says; `Uncertain` for anything else.
    """
    _said(lambda: channel.delete(remote_id), channel, Uncertain)


def stands(channel: Deletes, remote_id: str) -> bool:
    """Tell whether a post still stands, asked by its id.

    Raises:
        Unavailable: could not be asked now, or anything else went wrong.
    """
    return _said(lambda: channel.exists(remote_id), channel, Unavailable)


def upload(channel: Uploads, attachment: Attachment) -> str:
    """Upload one image, which followers do not see.

    Raises:
        Rejected, Unavailable: as the contract says; `Unavailable` for anything else.
    """
    return _said(lambda: channel.upload(attachment), channel, Unavailable)


def counted(channel: Counted, remote_id: str) -> Counts:
    """Ask what followers did with one post.

    Raises:
        Rejected, Unavailable: as the contract says; `Unavailable` for anything else.
    """
    return _said(lambda: channel.counts(remote_id), channel, Unavailable)


def said(channel: Inbox, since: datetime) -> Sequence[Comment]:
    """Read what was said to an account.

    Raises:
        Rejected, Unavailable: as the contract says; `Unavailable` for anything else.
    """
    return _said(lambda: list(channel.inbox(since)), channel, Unavailable)


def said_below(channel: Comments, remote_id: str) -> Sequence[Comment]:
    """Read what stands below one post.

    Raises:
        Rejected, Unavailable: as the contract says; `Unavailable` for anything else.
    """
    return _said(lambda: list(channel.comments(remote_id)), channel, Unavailable)


def hide(channel: Hides, comment: str, *, hidden: bool) -> None:
    """Hide a comment, or show it again.

    Raises:
        Rejected, Unavailable, Uncertain: as the contract says; `Uncertain` for anything else.
    """
    _said(lambda: channel.hide(comment, hidden=hidden), channel, Uncertain)


def delete_comment(channel: DeletesComments, comment: str) -> None:
    """Delete one comment.

    Raises:
        Rejected, Unavailable, Uncertain: as the contract says; `Uncertain` for anything else.
    """
    _said(lambda: channel.delete_comment(comment), channel, Uncertain)


def probed(channel: Probes) -> str:
    """Ask who we are.

    Raises:
        Rejected, Unavailable: as the contract says; `Unavailable` for anything else.
    """
    return _said(channel.probe, channel, Unavailable)


def granted(channel: object) -> Grant | None:
    """Ask what the token at hand may do; None where the network does not tell, or not now."""
    if not isinstance(channel, Inspects):
        return None
    try:
        return _said(channel.grant, channel, Unavailable)
    except ChannelError:  # a question beside the others: they tell what is wrong
        return None


def _said(
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
