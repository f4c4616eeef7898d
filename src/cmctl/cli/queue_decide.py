"""`cmctl queue hold|release|cancel|confirm|retry`: what a person decides about deliveries."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from cmctl.cli.invocation import invocation
from cmctl.cli.terminal import sure
from cmctl.cli.told import done
from cmctl.core.errors import CmctlError, ExitStatus
from cmctl.core.model import Delivery, HoldReason, State

if TYPE_CHECKING:
    from cmctl.app.context import Context

Refs = Annotated[
    list[str],
    typer.Argument(
        metavar="REF...",
        help="Numbers, or ids of posts; an id means all its deliveries that are still open.",
    ),
]
Ref = Annotated[str, typer.Argument(metavar="REF", help="A number, or the id of a post.")]
OnChannel = Annotated[
    str, typer.Option("--channel", metavar="CHANNEL", help="Only its delivery on this account.")
]
Yes = Annotated[
    bool, typer.Option("--yes", help="It is certainly not there: send it without asking.")
]
Reason = Annotated[str, typer.Option(metavar="WHY", help="For the record.")]

Decide = Callable[["Context", Delivery], Delivery]

HOLDABLE = frozenset({State.PLANNED})
RELEASABLE = frozenset({State.HELD, State.CANCELLED})
CANCELLABLE = frozenset({State.PLANNED, State.HELD, State.UNCERTAIN, State.REFUSED})
DOUBTFUL = frozenset({State.UNCERTAIN, State.HELD})
RETRIABLE = frozenset({State.REFUSED, State.UNCERTAIN, State.HELD})


def hold(
    ctx: typer.Context, refs: Refs, channel: OnChannel = "", reason: Reason = ""
) -> ExitStatus:
    """Hold a delivery until it is released."""
    from cmctl.app.publishing import decide  # noqa: PLC0415 - `--help` does not need it

    return _each(ctx, refs, channel, HOLDABLE, lambda app, one: decide.hold(app, one, reason))


def release(
    ctx: typer.Context,
    refs: Refs,
    channel: OnChannel = "",
    reason: Reason = "",
    yes: Yes = False,
) -> ExitStatus:
    """Let a held or cancelled delivery go on.

    One that the guard stopped needs a reason, which stays on record. You are asked about one that
    was cancelled while nobody knew whether it was published.
    """
    from cmctl.app.publishing import decide  # noqa: PLC0415 - as above
    from cmctl.app.publishing.doubts import in_doubt  # noqa: PLC0415 - as above

    def asks(app: "Context", one: Delivery) -> str:
        could = one.state is State.CANCELLED and in_doubt(app.store.events(one.number))
        return _twice(one) if could and not yes else ""

    def decided(app: "Context", one: Delivery) -> Delivery:
        return decide.release(app, one, reason)

    return _each(ctx, refs, channel, RELEASABLE, decided, asks=asks)


def cancel(
    ctx: typer.Context, refs: Refs, channel: OnChannel = "", reason: Reason = ""
) -> ExitStatus:
    """Decide that a delivery never goes out.

    Its post stays in its file; `cmctl queue release` brings the delivery back.
    """
    from cmctl.app.publishing import decide  # noqa: PLC0415 - as above

    return _each(ctx, refs, channel, CANCELLABLE, lambda app, one: decide.cancel(app, one, reason))


def confirm(
    ctx: typer.Context,
    ref: Ref,
    published: Annotated[
        str, typer.Argument(metavar="ID", help="Its id on the network, or its address.")
    ],
    channel: OnChannel = "",
) -> ExitStatus:
    """Say that an uncertain delivery is published.

    The network is asked where it can be, and an id that it does not know is refused.
    """
    from cmctl.app.addresses import remote_id  # noqa: PLC0415
    from cmctl.app.publishing import decide  # noqa: PLC0415 - as above

    def decided(app: "Context", one: Delivery) -> Delivery:
        return decide.confirm(app, one, remote_id(app, one.key.channel, published))

    return _each(ctx, [ref], channel, DOUBTFUL, decided, only_one=True)


def retry(
    ctx: typer.Context,
    refs: Refs,
    channel: OnChannel = "",
    yes: Yes = False,
) -> ExitStatus:
    """Plan a refused or uncertain delivery once more.

    For an uncertain one look at the account first: what stands there already would be doubled, so
    that you are asked.
    """
    from cmctl.app.publishing import decide  # noqa: PLC0415 - as above

    def asks(_: "Context", one: Delivery) -> str:
        return "" if yes else _could_double(one)

    return _each(ctx, refs, channel, RETRIABLE, decide.retry, asks=asks)


def _could_double(one: Delivery) -> str:
    """Return what to ask before an uncertain delivery is sent once more."""
    waits = one.hold is not None and one.hold.reason is HoldReason.UNCERTAIN
    if one.state is not State.UNCERTAIN and not waits:
        return ""  # it goes again, or is refused, without a question
    return _twice(one)


def _twice(one: Delivery) -> str:
    where = one.key.channel
    return f"{one.number} may stand on {where} already, and would be there twice. Send it?"


def _each(
    ctx: typer.Context,
    refs: list[str],
    channel: str,
    states: frozenset[State],
    decided: Decide,
    *,
    only_one: bool = False,
    asks: Callable[["Context", Delivery], str] = lambda *_: "",
) -> ExitStatus:
    """Decide about every delivery that is meant; what is refused is said, the others go on.

    `asks` returns a question that must be answered with yes first, or nothing.
    """
    from cmctl.app.posts.take_in import take_in  # noqa: PLC0415 - as above
    from cmctl.app.posts.targets import target, targets  # noqa: PLC0415 - as above

    asked = invocation(ctx)
    status = ExitStatus.FINE
    with asked.workspace() as workspace:
        app, settings = workspace.context, workspace.settings
        take_in(app)  # what is decided about may have been written a moment ago
        meant: dict[int, Delivery] = {}

        def fits(one: Delivery) -> bool:
            return one.state in states

        for ref in refs:
            found = (
                [target(settings, app.store, ref, channel=channel, wanted=fits)]
                if only_one
                else targets(settings, app.store, ref, channel=channel, wanted=fits)
            )
            meant |= {one.number: one for one in found}
        for delivery in meant.values():
            if (question := asks(app, delivery)) and not sure(asked.terminal, question):
                asked.output.say(f"{delivery.number}: nothing was changed")
                status = ExitStatus.PROBLEMS
                continue
            try:
                done(asked.output, decided(app, delivery), settings, asked.machine.now())
            except CmctlError as refused:
                if len(meant) == 1:
                    raise
                asked.output.warn(f"{refused.message}\n       {refused.hint}".rstrip())
                status = ExitStatus.PROBLEMS
    return status
