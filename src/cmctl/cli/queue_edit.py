"""`cmctl queue add|edit|move|approve`: what changes a post changes its YAML file."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from cmctl.cli.catching_up import caught_up
from cmctl.cli.invocation import Invocation, invocation
from cmctl.cli.queue_decide import OnChannel, Ref
from cmctl.cli.terminal import read_text
from cmctl.cli.told import done, show_both, show_steps, zone_of
from cmctl.core.errors import ExitStatus, UsageError
from cmctl.core.model import HoldReason
from cmctl.core.show import counted

if TYPE_CHECKING:
    from cmctl.app.context import Context
    from cmctl.app.posts.author import Written

AT = 'now, "tomorrow 9:00", "mon 10:15", "in 2h", 10:15 or "2026-11-24 10:15"'

#: So many times of a recurring post are shown.
SHOWN = 10

At = Annotated[str, typer.Option("--at", metavar="TIME", help=f"When, in the client's zone: {AT}.")]
Slot = Annotated[
    str, typer.Option("--slot", metavar="next", help="The next free weekly slot of each channel.")
]


def add(  # noqa: PLR0913, RUF100 - one a key of the post
    ctx: typer.Context,
    text: Annotated[
        str, typer.Argument(metavar="TEXT", help="What it says; - reads it from standard input.")
    ],
    client: Annotated[str, typer.Option("--client", metavar="CLIENT", help="Whose post it is.")],
    channel: Annotated[
        list[str] | None,
        typer.Option("--channel", metavar="CHANNEL", help="Where; again for more. Default: all."),
    ] = None,
    at: At = "",
    slot: Slot = "",
    every: Annotated[
        str, typer.Option(metavar="RULE", help='Again and again: "tue,fri 12:00", or an RRULE.')
    ] = "",
    identity: Annotated[
        str, typer.Option("--id", metavar="ID", help="Default: made of the text's first words.")
    ] = "",
    media: Annotated[
        list[Path] | None, typer.Option(metavar="FILE", help="An image; again for more.")
    ] = None,
    alt: Annotated[
        list[str] | None,
        typer.Option(metavar="TEXT", help="What the image shows; one for each --media, in order."),
    ] = None,
    link: Annotated[str, typer.Option(metavar="URL", help="The page that it is about.")] = "",
    draft: Annotated[
        bool, typer.Option("--draft", help="Hold it until `cmctl queue approve`.")
    ] = False,
    file: Annotated[
        str, typer.Option(metavar="FILE", help="Default: posts/CLIENT/queue.yaml.")
    ] = "",
) -> ExitStatus:
    """Write a new post into its file.

    The answer is when it goes out and what the guard says of it. Ends with 3 where it is held.
    Nothing is written where it has an error.
    """
    from cmctl.app.posts import author  # noqa: PLC0415 - `--help` does not need it
    from cmctl.app.posts.new_post import Draft  # noqa: PLC0415

    asked = invocation(ctx)
    if not draft or at or slot or every:
        _one_of(at, slot, every)
    pairs = _pairs(asked, media or [], alt or [])
    with asked.workspace() as workspace:
        app = workspace.context
        zone = app.settings.clients[client].zone if client in app.settings.clients else None
        written = author.add(
            app,
            Draft(
                client=client,
                text=_text(text),
                channels=channel or (),
                at=moment_of(asked, at, zone) if at and zone else None,
                next_slot=bool(slot),
                every=every,
                id=identity,
                media=pairs,
                link=link,
                draft=draft,
                file=file,
            ),
        )
        return answer(asked, app, written)


def edit(
    ctx: typer.Context,
    ref: Ref,
    text: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="The new text; - reads it from standard input."),
    ] = None,
    channel: OnChannel = "",
) -> ExitStatus:
    """Open a post's file at its place, or change its text.

    Without --text, $VISUAL or $EDITOR opens the file; afterwards it is checked and taken in.
    """
    from cmctl.app.posts import author  # noqa: PLC0415 - as above
    from cmctl.app.posts.find_post import channel_of, find_post  # noqa: PLC0415

    asked = invocation(ctx)
    with asked.workspace() as workspace:
        app = workspace.context
        if text is not None:
            on = channel.rpartition("/")[2] or channel_of(app, ref)
            post = find_post(app, ref)
            return answer(asked, app, author.set_text(app, post, _text(text), channel=on))
        return edit_by_hand(asked, app, ref)


def edit_by_hand(asked: Invocation, app: "Context", ref: str) -> ExitStatus:
    """Open a post's file at its place; afterwards check it, take it in and judge it."""
    from cmctl.app.posts import author  # noqa: PLC0415 - as above
    from cmctl.app.posts.find_post import find_place  # noqa: PLC0415
    from cmctl.cli.editor import open_editor  # noqa: PLC0415

    found = find_place(app, ref)
    path = app.settings.root / found.place.file
    open_editor(app.children, path, found.place.line)
    written = author.edited(app, found.place, found.client, found.id)
    if problems := author.errors_at(app, found.client, found.place.file):
        for problem in problems:
            fix = f"\n       {problem.fix}" if problem.fix else ""
            asked.output.warn(f"{problem.place}: {problem.message}{fix}")
        asked.output.warn(f"put it right: cmctl queue edit {ref}")
        return ExitStatus.PROBLEMS
    return answer(asked, app, written)


def move(
    ctx: typer.Context, ref: Ref, at: At = "", slot: Slot = "", channel: OnChannel = ""
) -> ExitStatus:
    """Give a post another time.

    It moves on all its channels, for its time stands in its file once.
    """
    from cmctl.app.posts import author  # noqa: PLC0415 - as above
    from cmctl.app.posts.find_post import channel_of, find_post  # noqa: PLC0415

    asked = invocation(ctx)
    _one_of(at, slot)
    with asked.workspace() as workspace:
        app = caught_up(asked, workspace).context
        post = find_post(app, ref)
        when = moment_of(asked, at, app.settings.clients[post.client].zone) if at else None
        on = channel.rpartition("/")[2] or channel_of(app, ref)
        return answer(asked, app, author.move(app, post, when, channel=on))


def approve(ctx: typer.Context, ref: Ref) -> ExitStatus:
    """Make a draft a post.

    Takes `draft: true` out of its file.
    """
    from cmctl.app.posts import author  # noqa: PLC0415 - as above
    from cmctl.app.posts.find_post import find_post  # noqa: PLC0415

    asked = invocation(ctx)
    with asked.workspace() as workspace:
        app = caught_up(asked, workspace).context
        return answer(asked, app, author.approve(app, find_post(app, ref)))


# --- what was typed ------------------------------------------------------------------------------


def _text(text: str) -> str:
    said = read_text(Path("-")) if text == "-" else text
    if not said.strip():
        message = "the text is empty"
        raise UsageError(message, hint="nothing was written")
    return said.rstrip("\n")


def _one_of(*schedules: str) -> None:
    given = [one for one in schedules if one]
    if len(given) != 1:
        several = "more than one time" if given else "no time"
        names = "--at, --slot next and --every" if len(schedules) > 2 else "--at and --slot next"
        message = f"{several} was given: exactly one of {names} is needed"
        raise UsageError(message, hint=f"--at takes {AT}")
    if len(schedules) > 1 and schedules[1] not in ("", "next"):
        message = f"--slot {schedules[1]}: only next is known"
        raise UsageError(message, hint="--slot next")


def moment_of(asked: Invocation, text: str, zone: ZoneInfo) -> datetime:
    """Return the instant that a person typed; say what was made of it where that is not plain."""
    from cmctl.app.posts.moments import moment  # noqa: PLC0415 - as above

    found = moment(text, zone, asked.machine.now())
    if found.note:
        asked.output.warn(found.note)
    return found.instant


def _pairs(
    asked: Invocation, media: Sequence[Path], alt: Sequence[str]
) -> Sequence[tuple[Path, str]]:
    if alt and len(alt) != len(media):
        message = f"{len(media)} --media and {len(alt)} --alt"
        raise UsageError(message, hint="give one --alt for each --media, in order; or none")
    texts = alt or [""] * len(media)
    folder = asked.machine.directory
    return [(folder / file, text) for file, text in zip(media, texts, strict=True)]


# --- the answer ----------------------------------------------------------------------------------


def answer(asked: Invocation, app: "Context", written: "Written") -> ExitStatus:
    """Say where it stands, when it goes out, and what the guard holds."""
    from cmctl.app.guard.evidence import evidence  # noqa: PLC0415 - as above
    from cmctl.app.steps import steps  # noqa: PLC0415

    output, now = asked.output, asked.machine.now()
    output.line(f"{written.place.file}:{written.place.line}")
    if not written.deliveries:
        output.line("no time is planned for it")
    if written.kept:
        output.warn(f"of its own in the file, and left as it is: {', '.join(written.kept)}")
    held = []
    for delivery in written.deliveries[:SHOWN]:
        done(output, delivery, app.settings, now)
        if delivery.hold is not None and not delivery.hold.from_files:
            held.append(delivery)
    if len(written.deliveries) > SHOWN:
        output.line(f"and {counted(len(written.deliveries) - SHOWN, 'more time')}")
    for delivery in held:
        match = evidence(app, delivery.number)
        if match is not None and delivery.hold and delivery.hold.reason is HoldReason.DUPLICATE:
            zone = zone_of(app.settings, delivery.key.channel)
            show_both(output, delivery, match, zone, now)
        show_steps(output, steps(delivery, match, now=now))
    return ExitStatus.HELD if held else ExitStatus.FINE
