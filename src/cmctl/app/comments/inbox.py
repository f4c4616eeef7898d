"""What was said to the accounts, read now."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import NamedTuple

from cmctl.app import calls
from cmctl.app.context import Context
from cmctl.channels.base import ChannelError, Rejected
from cmctl.channels.inbox import Comment, Comments, Inbox
from cmctl.core.errors import CmctlError, ExitStatus
from cmctl.core.model import Delivery, State
from cmctl.store.base import Query

#: How many accounts are asked at once.
_AT_ONCE = 16
#: How old a delivery may be of which a comment is told to answer it.
_KNOWN = timedelta(days=60)


class Said(NamedTuple):
    """A comment or a mention, and what we know of it."""

    #: `client/channel`.
    channel: str
    comment: Comment
    #: The delivery that it answers; None: a post of another tool, or nothing.
    on: Delivery | None = None
    #: Our latest reply to it.
    reply: Delivery | None = None

    @property
    def is_mention(self) -> bool:
        """Tell whether it answers nothing of the account."""
        return not self.comment.reply_to


class Unread(NamedTuple):
    """An account whose inbox could not be read, and why."""

    channel: str
    problem: str
    status: ExitStatus


class Read(NamedTuple):
    """What several accounts were told."""

    #: Oldest first.
    said: Sequence[Said]
    unread: Sequence[Unread]
    #: Channels whose networks tell programs nothing of the kind.
    deaf: Sequence[str]


def inbox(ctx: Context, names: Sequence[str], since: datetime) -> Read:
    """Read what was said to these channels since then."""
    found: list[Said] = []
    unread, deaf = [], []
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="inbox") as askers:
        for one in askers.map(lambda name: _asked(ctx, name, since), names):
            if isinstance(one, Unread):
                unread.append(one)
            elif isinstance(one, str):
                deaf.append(one)
            else:
                found += one
    return Read(sorted(found, key=lambda said: said.comment.at), unread, deaf)


def below(ctx: Context, delivery: Delivery) -> Sequence[Said]:
    """Read everything that stands below a published delivery, our own replies too, oldest first.

    Raises:
        CmctlError: it is not published, or its network lists no comments.
        ChannelError: they could not be read.
    """
    if delivery.receipt is None:
        message = f"{delivery.number} is not published: nothing stands below it"
        raise CmctlError(message, hint=f"cmctl queue show {delivery.number}")
    name = delivery.key.channel
    if not calls.can(ctx, name, Comments):
        raise unable(name, "list what stands below a post")
    said = calls.said_below(ctx, name, delivery.receipt.remote_id)
    return sorted(_known(ctx, name, said), key=lambda one: one.comment.at)


def _asked(ctx: Context, name: str, since: datetime) -> Sequence[Said] | Unread | str:
    """Return what was said, why it could not be read, or the name where it never can."""
    try:
        if not calls.can(ctx, name, Inbox):
            return name
        return _known(ctx, name, calls.said(ctx, name, since))
    except Rejected as problem:
        return Unread(name, str(problem), ExitStatus.PROBLEMS)
    except ChannelError as problem:
        return Unread(name, str(problem), ExitStatus.NETWORK)
    except CmctlError as problem:
        return Unread(name, str(problem), ExitStatus.PROBLEMS)


def _known(ctx: Context, name: str, said: Sequence[Comment]) -> list[Said]:
    """Return comments with the deliveries that they answer, and that answer them."""
    if not said:
        return []
    ours = ctx.store.deliveries(Query(channel=name, since=ctx.now() - _KNOWN))
    standing = {
        part: one
        for one in ours
        if one.receipt
        for part in (one.receipt.remote_id, *one.receipt.parts)
    }
    goes = [one for one in ours if one.state is not State.CANCELLED]
    replies = {one.content.reply_to: one for one in goes if one.content.reply_to}
    return [Said(name, one, standing.get(one.reply_to), replies.get(one.remote_id)) for one in said]


def unable(name: str, what: str) -> CmctlError:
    """Return what to raise where the network of `client/channel` lacks an ability."""
    message = f"the network of {name} lets no program {what}"
    return CmctlError(message, hint="cmctl network list shows what each can do")
