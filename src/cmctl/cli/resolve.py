"""`cmctl resolve`, also `cmctl guard resolve`: settle two texts that tell the same news."""

from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from cmctl.cli.invocation import Invocation, invocation
from cmctl.cli.queue_decide import OnChannel, Ref
from cmctl.cli.terminal import sure
from cmctl.cli.told import done, show_both, show_steps, zone_of
from cmctl.core.errors import ExitStatus, UsageError
from cmctl.core.model import Delivery, HoldReason, State

if TYPE_CHECKING:
    from cmctl.app.context import Context
    from cmctl.app.guard.resolve import Case, Outcome, Word
    from cmctl.core.ledger import Removal

AT = '"tomorrow 9:00"'
_PROOF = (
    "the other text is deleted: {where}; asked again, the network does not have it, "
    "neither by its id nor on the timeline"
)


def resolve(
    ctx: typer.Context,
    ref: Ref,
    keep: Annotated[
        str,
        typer.Option(
            metavar="theirs|ours|both",
            help="Which of the two texts stays; without a decision both are shown.",
        ),
    ] = "",
    both: Annotated[bool, typer.Option("--both", help="The same as --keep both.")] = False,
    move: Annotated[
        str, typer.Option(metavar="TIME", help=f"Ours goes out then, all the same: {AT}.")
    ] = "",
    rewrite: Annotated[
        bool, typer.Option("--rewrite", help="Open ours in the editor; it is judged again.")
    ] = False,
    reason: Annotated[
        str, typer.Option(metavar="WHY", help="For the record; both needs one.")
    ] = "",
    at_slot: Annotated[
        bool,
        typer.Option(
            "--at-slot", help="With --keep ours: ours keeps its time, and theirs stays until then."
        ),
    ] = False,
    different: Annotated[
        bool,
        typer.Option("--different", help="For `guard tune`: they tell different news."),
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Delete from the network without asking.")
    ] = False,
    channel: OnChannel = "",
) -> ExitStatus:
    """Settle a duplicate: keep theirs, ours or both.

    Theirs: ours is cancelled. Ours: ours is published now, then theirs is deleted for good, and the
    network is asked again whether it is gone. Both: ours goes out, with the reason on record. Where
    both stand on the account already, the one that is not kept is deleted. Every decision stays on
    record, and nobody is asked twice about the same two texts.
    """
    from cmctl.app.guard.resolve import Keep, Word, case_of  # noqa: PLC0415 - `--help` does not need it
    from cmctl.app.posts.targets import target  # noqa: PLC0415

    asked = invocation(ctx)
    choice = _choice(keep=keep, both=both, move=move, rewrite=rewrite)
    with asked.workspace() as workspace:
        app = workspace.context
        found = target(app.settings, app.store, ref, channel=channel, wanted=_is_duplicate)
        case = case_of(app, found)
        if choice == "move":
            return _move(asked, app, case, move, reason)
        if choice == "rewrite":
            return _rewrite(asked, app, case, reason)
        if not choice:
            _show(asked, app, case)
        same = False if different else None
        word = Word(Keep(choice), reason, same, at_slot)
        return _settle(asked, app, case, word, yes=yes)


def _choice(*, keep: str, both: bool, move: str, rewrite: bool) -> str:
    """Return the one decision that was typed; empty where none was."""
    from cmctl.app.guard.resolve import Keep  # noqa: PLC0415 - as above

    if keep and keep not in list(Keep):
        message = f"--keep {keep}: one of {', '.join(Keep)}"
        raise UsageError(message, hint="see: cmctl resolve --help")
    typed = {keep: bool(keep), "both": both, "move": bool(move), "rewrite": rewrite}
    given = {name for name, is_typed in typed.items() if is_typed}
    if len(given) > 1:
        message = f"{', '.join(sorted(given))}: only one of these can be decided"
        raise UsageError(message, hint="nothing was changed")
    return given.pop() if given else ""


def _is_duplicate(delivery: Delivery) -> bool:
    return delivery.hold is not None and delivery.hold.reason is HoldReason.DUPLICATE


# --- theirs, ours, both --------------------------------------------------------------------------


def _settle(
    asked: Invocation, app: "Context", case: "Case", word: "Word", *, yes: bool
) -> ExitStatus:
    from cmctl.app.guard.resolve import doomed, must_be_possible  # noqa: PLC0415 - as above
    from cmctl.app.guard.resolve import resolve as settle  # noqa: PLC0415

    must_be_possible(app, case, word)
    gone = doomed(case, word.keep)
    if gone is not None and not yes:
        where = gone.url or gone.ref
        question = f"Delete {where} for good?"
        if not sure(asked.terminal, question):
            asked.output.say("nothing was changed")
            return ExitStatus.PROBLEMS
    outcome = settle(app, case, word)
    return _tell(asked, app, case, word, outcome)


def _tell(
    asked: Invocation, app: "Context", case: "Case", word: "Word", outcome: "Outcome"
) -> ExitStatus:
    output, delivery = asked.output, outcome.delivery
    status = ExitStatus.FINE
    if not case.live:
        done(output, delivery, app.settings, asked.machine.now())
        if delivery.state is State.HELD:
            status = ExitStatus.HELD
    seen = case.match.seen
    where = seen.url or f"{seen.source} {seen.ref}"
    for removed in outcome.removed:
        if removed.gone:
            output.line(_PROOF.format(where=_address(app, removed.removal, where)))
        else:
            output.warn(f"still there: {removed.removal.remote_id}: {removed.why}")
            output.warn("cmctl run, or the daemon, tries again; it stands in cmctl holds")
            status = ExitStatus.NETWORK
    if outcome.pending and not outcome.removed:
        output.line(f"the other text stands until ours does, and is deleted then: {where}")
    if word.keep.value == "theirs" and not case.live:
        output.line(f"the other text stays: {where}")
    if word.keep.value == "both":
        output.line(f"the other text stays too: {where}; the reason is on record")
    return status


def _address(app: "Context", removal: "Removal", theirs: str) -> str:
    """Return where the text stood that is gone."""
    ours = app.store.delivery(removal.loser) if removal.loser else None
    return ours.receipt.url or ours.receipt.remote_id if ours and ours.receipt else theirs


# --- another time, another text ------------------------------------------------------------------


def _move(asked: Invocation, app: "Context", case: "Case", when: str, reason: str) -> ExitStatus:
    from cmctl.app.guard.resolve import at_another_time  # noqa: PLC0415
    from cmctl.app.posts import author  # noqa: PLC0415 - as above
    from cmctl.app.posts.find_post import channel_of, find_post  # noqa: PLC0415
    from cmctl.cli.queue_edit import answer, moment_of  # noqa: PLC0415

    ref = _still_open(case)
    post = find_post(app, ref)
    at = moment_of(asked, when, app.settings.clients[post.client].zone)
    written = author.move(app, post, at, channel=channel_of(app, ref))
    at_another_time(app, case, reason)
    ahead = [app.store.delivery(one.number) or one for one in written.deliveries]
    return answer(asked, app, written._replace(deliveries=ahead))


def _rewrite(asked: Invocation, app: "Context", case: "Case", reason: str) -> ExitStatus:
    from cmctl.app.guard.resolve import rewritten  # noqa: PLC0415 - as above
    from cmctl.cli.queue_edit import edit_by_hand  # noqa: PLC0415

    status = edit_by_hand(asked, app, _still_open(case))
    rewritten(app, case, reason)
    return status


def _still_open(case: "Case") -> str:
    if case.live:
        message = f"{case.delivery.number} is published: it can only be kept or deleted"
        raise UsageError(message, hint="--keep theirs, --keep ours or --both; nothing was changed")
    return str(case.delivery.number)


def _show(asked: Invocation, app: "Context", case: "Case") -> NoReturn:
    """Show what there is to choose from."""
    from cmctl.app.steps import duplicate_steps  # noqa: PLC0415 - as above

    now, output = asked.machine.now(), asked.output
    zone = zone_of(app.settings, case.delivery.key.channel)
    show_both(output, case.delivery, case.match, zone, now)
    show_steps(output, duplicate_steps(case.delivery, case.match))
    message = "--keep says which of the two texts stays"
    raise UsageError(message, hint="type one of the commands above; nothing was changed")
