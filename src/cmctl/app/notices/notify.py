"""Deliver the outbox: tell people, apart from publishing, so that its failure touches no post."""

import json
import logging
import subprocess
from collections.abc import Callable
from datetime import timedelta

from cmctl.app.context import Context
from cmctl.app.notices.notice_text import told
from cmctl.app.publishing.points import Point
from cmctl.core.settings import Notifier
from cmctl.store.base import Posted

log = logging.getLogger(__name__)

#: Seconds that a notifier may take.
DEADLINE = 20.0
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
#: After so many tries a notice is given up; what it told stays in `holds` and `history`.
MOST_TRIES = 12

Webhook = Callable[[Notifier, bytes], None]


class NotifierError(Exception):
    """A notifier did not take a notice."""


def deliver(ctx: Context, webhook: Webhook, *, stopping: Callable[[], bool] = lambda: False) -> int:
    """Deliver what waits in the outbox; return how many notices went out.

    A notifier that fails is not asked again for the notices behind: each could take its deadline.
    What is left once `stopping` says so is delivered the next time.
    """
    sent = 0
    down: set[Notifier] = set()
    for posted in ctx.store.outbox(now=ctx.now(), limit=100):
        if stopping():
            break
        ctx.reach(Point.BEFORE_NOTICE)
        sent += _deliver(ctx, posted, webhook, down)
    return sent


def _deliver(ctx: Context, posted: Posted, webhook: Webhook, down: set[Notifier]) -> bool:
    """Tell one notice to all its notifiers; those that fail are added to `down`."""
    body = json.dumps(told(ctx, posted), ensure_ascii=False).encode()
    taken = [
        _try(ctx, notifier, body, webhook, down)
        for notifier in _notifiers(ctx, posted.notice.channel)
    ]
    if not all(taken) and posted.tries < MOST_TRIES:
        wait = min(FIRST_WAIT * 2**posted.tries, LONGEST_WAIT)
        ctx.store.postpone(posted.id, until=ctx.now() + wait)
        return False
    ctx.store.delivered([posted.id])
    return all(taken)


def _try(
    ctx: Context, notifier: Notifier, body: bytes, webhook: Webhook, down: set[Notifier]
) -> bool:
    if notifier in down:
        return False
    try:
        _tell(ctx, notifier, body, webhook)
    except (NotifierError, OSError, subprocess.SubprocessError) as problem:
        down.add(notifier)
        log.warning("a notice could not be delivered: %s", problem)
        return False
    return True


def _notifiers(ctx: Context, channel: str) -> tuple[Notifier, ...]:
    try:
        return ctx.settings.channel(channel).notifiers
    except KeyError:  # the channel was taken out of the configuration meanwhile
        return ()


def _tell(ctx: Context, notifier: Notifier, body: bytes, webhook: Webhook) -> None:
    if notifier.kind != "command":
        webhook(notifier, body)
        return
    done = subprocess.run(  # noqa: S603 - the command stands in the CM's own configuration
        notifier.command,
        input=body,
        capture_output=True,
        timeout=DEADLINE,
        check=False,
        env=ctx.children,
    )
    if done.returncode:
        message = f"{notifier.command[0]} ended with {done.returncode}"
        raise NotifierError(message)
