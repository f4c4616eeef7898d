"""`cmctl reply`: answer a comment, once."""

from pathlib import Path
from typing import Annotated

import typer

from cmctl.cli.invocation import invocation
from cmctl.cli.terminal import read_text
from cmctl.cli.told import done, show_steps
from cmctl.core.errors import ExitStatus
from cmctl.core.model import State

#: How the command ends where the reply is not published.
_ENDINGS = {
    State.HELD: ExitStatus.HELD,
    State.UNCERTAIN: ExitStatus.NETWORK,
    State.SENDING: ExitStatus.NETWORK,
    State.REFUSED: ExitStatus.PROBLEMS,
    State.CANCELLED: ExitStatus.PROBLEMS,
}


def reply(
    ctx: typer.Context,
    channel: Annotated[str, typer.Argument(metavar="CLIENT/CHANNEL", help="As which account.")],
    comment: Annotated[
        str, typer.Argument(metavar="ID", help="What is answered, as `cmctl inbox` shows it.")
    ],
    text: Annotated[
        str, typer.Argument(metavar="TEXT", help="What to say; - reads standard input.")
    ],
) -> ExitStatus:
    """Answer a comment or a mention, once.

    It goes out now, under the same promise as a post: its intent is written down before it leaves,
    and where nobody knows whether it arrived, it is looked for, or held. The same words to the same
    comment are one reply, however often they are typed.
    """
    from cmctl.app.accounts import one_of  # noqa: PLC0415 - `--help` does not need it
    from cmctl.app.comments.reply import reply as answer  # noqa: PLC0415
    from cmctl.app.run import answer as why  # noqa: PLC0415 - as above
    from cmctl.app.steps import steps  # noqa: PLC0415 - as above

    said = read_text(Path("-")) if text == "-" else text
    asked = invocation(ctx)
    with asked.workspace() as workspace:
        app = workspace.context
        delivery = answer(app, one_of(app.settings, channel), comment, said)
        now = asked.machine.now()
        done(asked.output, delivery, app.settings, now)
        if delivery.receipt is None:
            if problem := why(app, delivery):
                asked.output.warn(problem)
            show_steps(asked.output, steps(delivery, now=now))
    if delivery.state is State.PLANNED:
        asked.output.say("cmctl run, or the daemon, sends it as soon as its channel is free")
        return ExitStatus.NETWORK if delivery.attempts else ExitStatus.FINE
    return _ENDINGS.get(delivery.state, ExitStatus.FINE)
