"""Channels that everybody writes to: which of their messages are said to the account."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from cmctl.channels.inbox import Comment, comment
from cmctl.core.model import Status


class Said(NamedTuple):
    """One message of a channel."""

    status: Status
    #: The account wrote it.
    own: bool
    #: It calls the account by its name.
    mentions: bool = False


def said_to_us(messages: Iterable[Said], since: datetime) -> list[Comment]:
    """Return what others said since then below the account's messages, or calling it by name."""
    known = list(messages)
    ours = [one.status.remote_id for one in known if one.own]
    answers = {one.status.remote_id for one in _below(known, ours)}
    new = [one for one in known if not one.own and one.status.at >= since]
    said = [comment(one.status) for one in new if one.status.remote_id in answers]
    called = [one.status for one in new if one.mentions and one.status.remote_id not in answers]
    return said + [replace(comment(status), reply_to="") for status in called]


def said_below(messages: Iterable[Said], post: str) -> list[Comment]:
    """Return everything that stands below a message, the account's own answers among it."""
    return [comment(one.status, own=one.own) for one in _below(list(messages), [post])]


def _below(messages: Sequence[Said], roots: Iterable[str]) -> Iterator[Said]:
    """Yield the answers to these messages, and the answers to them, each once."""
    answers: dict[str, list[Said]] = {}
    for one in messages:
        answers.setdefault(one.status.reply_to, []).append(one)
    waiting = [root for root in roots if root]
    seen = set(waiting)
    while waiting:
        for one in answers.get(waiting.pop(), ()):
            if one.status.remote_id not in seen:
                seen.add(one.status.remote_id)
                waiting.append(one.status.remote_id)
                yield one
