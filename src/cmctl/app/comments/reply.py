"""Answer a comment: a delivery of its own, so that it goes out once or is visibly held.

No file plans it: it comes from a person's command. All else is as for any other delivery: the
intent before the request, a key where the network has one, the look-up after a doubt, the hold.
"""

from hashlib import sha256

from cmctl.app.context import Context
from cmctl.app.posts.prices import cost
from cmctl.app.publishing.publish import publish_one
from cmctl.app.run import reserve
from cmctl.core.content import digest
from cmctl.core.errors import CmctlError
from cmctl.core.model import Content, Delivery, Key, Planned, Severity, State
from cmctl.store.base import Add, Intake, Query


def reply(ctx: Context, name: str, to: str, text: str) -> Delivery:
    """Answer what stands as `to` on `client/channel`, now; return what became of it.

    The same words to the same comment are the same delivery: typed again, they are not sent again.

    Raises:
        CmctlError: the network takes no replies of programs, or not this one; nothing was sent.
    """
    content = Content(text=text.strip(), reply_to=to)
    _must_fit(ctx, name, content)
    delivery = _planned(ctx, name, content)
    if delivery.state is State.PLANNED:
        reserve(ctx)
        return publish_one(ctx, delivery)
    return delivery


def _must_fit(ctx: Context, name: str, content: Content) -> None:
    found = ctx.channels.checker(name).problems(content)
    wrong = [problem for problem in found if problem.severity is Severity.ERROR]
    if wrong:
        raise CmctlError("; ".join(one.message for one in wrong), hint=wrong[0].fix)


def _planned(ctx: Context, name: str, content: Content) -> Delivery:
    settings, now = ctx.settings.channel(name), ctx.now()
    said = sha256("\0".join((content.reply_to, content.text)).encode()).hexdigest()[:12]
    # A post's id may be anything that a person writes, and would be this one only on purpose.
    key = Key(f"reply-{said}", "", name)
    planned = Planned(
        key=key,
        network=settings.network,
        due=now,
        content=content,
        guard=False,
        cost=cost(ctx.channels.checker(name), content),
    )
    add = Add(planned=planned, digest=digest(content))
    ctx.store.take_in(Intake(client=settings.client, operations=[add], at=now))
    (delivery,) = ctx.store.deliveries(Query(channel=name, post=key.post))
    return delivery
