"""`cmctl guard compare|check|scan`: the guard's answer on texts."""

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from cmctl.cli.catching_up import caught_up
from cmctl.cli.invocation import Invocation, invocation
from cmctl.cli.options import ChannelName, ClientName, Json
from cmctl.cli.output import Scalar, Side
from cmctl.cli.terminal import read_text
from cmctl.cli.told import LEGEND, evidence_keys, headline_of, show_facts, show_texts, when
from cmctl.core.errors import CmctlError, ExitStatus, UsageError
from cmctl.core.show import counted

if TYPE_CHECKING:
    from cmctl.app.guard.asking import Answer, Repeated
    from cmctl.core.guard import Encoder

NoMeaning = Annotated[
    bool, typer.Option("--no-meaning", help="Judge by words and facts alone, without the encoder.")
]
_TEXT = "A text, a post's id or number; @FILE reads it from a file, - from standard input."
_MEANS = {
    "block": "it would be the same news again",
    "flag": "it may be the same news again",
    "allow": "nothing there tells the same news",
}
_SAID = {
    "block": "block: they tell the same news",
    "flag": "flag: they may tell the same news",
    "allow": "allow: they tell different news",
}


def compare(
    ctx: typer.Context,
    ours: Annotated[str, typer.Argument(metavar="OURS", help=_TEXT)],
    theirs: Annotated[str, typer.Argument(metavar="THEIRS", help=_TEXT)],
    no_meaning: NoMeaning = False,
    as_json: Json = False,
) -> None:
    """Say whether two texts tell the same news.

    Two texts alone: what a client writes in every post is not known here, and weighs more than it
    does when a delivery is judged.
    """
    from cmctl.core.guard import judge_pair  # noqa: PLC0415 - `--help` does not need it
    from cmctl.core.guard.sides import sides  # noqa: PLC0415

    asked = invocation(ctx)
    if ours == theirs == "-":
        message = "standard input can be one of the texts, not both"
        raise UsageError(message, hint="see: cmctl guard compare --help")
    a, b = _text(asked, ours), _text(asked, theirs)
    if not (a.strip() and b.strip()):
        message = f"{'OURS' if not a.strip() else 'THEIRS'} says nothing"
        raise UsageError(message, hint="see: cmctl guard compare --help")
    judged = judge_pair(a, b, encoder=encoder(asked, wanted=not no_meaning))
    compared = sides(a, b)
    if as_json:
        decision, reasons = judged.decision.value, "; ".join(judged.reasons)
        facts: dict[str, Scalar] = {
            f"{name}_facts": "; ".join(
                f"{one.kind}: {', '.join(getattr(one, name))}"
                for one in compared.facts
                if getattr(one, name)
            )
            for name in ("both", "ours", "theirs")
        }
        record = {"decision": decision, "score": judged.score, "reasons": reasons, **facts}
        asked.output.records([record])
        return
    asked.output.line(f"{_SAID[judged.decision.value]} (score {judged.score:.2f})")
    left, right = Side("Ours", (), a, compared.ours), Side("Theirs", (), b, compared.theirs)
    asked.output.side_by_side(left, right, ())
    show_facts(asked.output, compared.facts)
    asked.output.line(f"  {LEGEND}")


def check(
    ctx: typer.Context,
    text: Annotated[str, typer.Argument(metavar="TEXT", help=_TEXT)],
    client: Annotated[str, typer.Option("--client", metavar="CLIENT", help="Whose post it is.")],
    channel: Annotated[
        str, typer.Option("--channel", metavar="CHANNEL", help="Only this account.")
    ] = "",
    at: Annotated[
        str, typer.Option("--at", metavar="TIME", help="When it would go out; default: now.")
    ] = "",
    as_json: Json = False,
) -> ExitStatus:
    """Say what the guard would make of a text, before it is written down.

    It is compared with the queue, the history and the timeline of each account, which are read if
    they were not read a moment ago. Ends with 3 where it would be held.
    """
    from cmctl.app.guard.asking import channels_of, check_text  # noqa: PLC0415 - as above
    from cmctl.app.guard.judging import stop  # noqa: PLC0415
    from cmctl.app.posts.moments import moment  # noqa: PLC0415

    asked = invocation(ctx)
    said = _text(asked, text)
    with asked.workspace() as own:
        app = caught_up(asked, own).context
        channels = channels_of(app, client, channel)
        now = asked.machine.now()
        when_out = moment(at, channels[0].zone, now).instant if at else now
        answers = list(check_text(app, said, channels, when_out))
    notes = dict.fromkeys(note for one in answers for note in one.verdict.notes)
    for one in answers:
        if one.blind:
            asked.output.warn(f"{one.channel.name}: the timeline cannot be read: {one.blind}")
    if as_json:
        asked.output.records(map(_answer_record, answers))
    else:
        for one in answers:
            _show_answer(asked, one)
        for note in notes:
            asked.output.say(note)
    held = any(stop(one.verdict, one.channel.guard) for one in answers)
    return ExitStatus.HELD if held else ExitStatus.FINE


def _show_answer(asked: Invocation, one: "Answer") -> None:
    output, match = asked.output, next(iter(one.verdict.matches), None)
    output.line(f"{one.channel.name}: {_MEANS[one.verdict.decision.value]}")
    if match is not None:
        now = asked.machine.now()
        ours = Side("This text", [when(one.text.at, one.channel.zone, now)], one.text.text)
        show_texts(output, ours, one.text.at, match, one.channel.zone, now)


def _answer_record(one: "Answer") -> Mapping[str, Scalar]:
    match, zone = next(iter(one.verdict.matches), None), one.channel.zone
    said = headline_of(one.text.text, one.text.at, match, zone) if match else ""
    return {
        "client": one.channel.client,
        "channel": one.channel.name,
        "at": one.text.at.astimezone(zone).isoformat(),
        "at_utc": one.text.at.isoformat(),
        "headline": said,
        **evidence_keys(match, zone),
        "decision": one.verdict.decision.value,
        "score": one.verdict.score,
        "blind": one.blind,
        "notes": "; ".join(one.verdict.notes),
    }


def scan(
    ctx: typer.Context,
    client: ClientName = "",
    channel: ChannelName = "",
    as_json: Json = False,
) -> ExitStatus:
    """Find everything that tells the same news twice, past and planned.

    Every text of each account, planned, published or somebody else's, is compared with those before
    it within the window. Nothing is changed. Ends with 3 where something is found that nobody has
    settled.
    """
    from cmctl.app.guard.asking import Scan, channels_of  # noqa: PLC0415 - as above

    asked = invocation(ctx)
    with asked.workspace() as own:
        app = caught_up(asked, own).context
        scans = [Scan(app, one.name) for one in channels_of(app, client, channel)]
        work = [(scan, text) for scan in scans for text in scan.texts]
        looked = asked.output.progress(work, "comparing")
        every = (scan.repeated(text) for scan, text in looked)
        found = [one for one in every if one is not None]
        settings = app.settings
    now = asked.machine.now()
    if as_json:
        asked.output.records(_scan_record(one, settings.channel(one.channel).zone) for one in found)
    else:
        for one in found:
            _show_repeated(asked, one, settings.channel(one.channel).zone, now)
    asked.output.say(f"{counted(len(work), 'text')}, {counted(len(found), 'repetition')}")
    return ExitStatus.HELD if found else ExitStatus.FINE


def _show_repeated(asked: Invocation, one: "Repeated", zone: ZoneInfo, now: datetime) -> None:
    output, text = asked.output, one.text
    named = f"{text.post} ({text.ref})" if text.post else f"{text.author} {text.url}".strip()
    output.line(f"{one.channel}  {named}  {when(text.at, zone, now)}")
    show_texts(
        output, Side(named, [when(text.at, zone, now)], text.text), text.at, one.match, zone, now
    )
    if number := _number(one):
        output.line(f"  cmctl resolve {number}")
    output.line()


def _number(one: "Repeated") -> str:
    """Return the delivery by which a pair is settled."""
    return one.text.ref if one.text.source != "timeline" else one.match.seen.ref


def _scan_record(one: "Repeated", zone: ZoneInfo) -> Mapping[str, Scalar]:
    text = one.text
    return {
        "number": int(_number(one)),
        "client": one.channel.partition("/")[0],
        "channel": one.channel,
        "source": text.source,
        "id": text.ref,
        "post": text.post,
        "at": text.at.astimezone(zone).isoformat(),
        "at_utc": text.at.isoformat(),
        "text": text.text,
        "headline": headline_of(text.text, text.at, one.match, zone),
        **evidence_keys(one.match, zone),
    }


def encoder(asked: Invocation, *, wanted: bool) -> "Encoder | None":
    """Return the sentence encoder, loaded; say why where it is wanted and there is none."""
    from cmctl.app.guard.meaning import ready  # noqa: PLC0415 - as above

    found, why_not = ready() if wanted else (None, "")
    if why_not:
        asked.output.warn(why_not)
    return found


def _text(asked: Invocation, said: str) -> str:
    if said == "-":
        return read_text(Path("-"))
    # A post may begin with a mention: a file is named by one word.
    if re.fullmatch(r"@\S+", said):
        return read_text(asked.machine.directory / said[1:])
    return _text_of_post(asked, said) or said


def _text_of_post(asked: Invocation, said: str) -> str:
    """Return what a delivery says where one word names it in this workspace; else nothing."""
    from cmctl.app.posts.targets import targets  # noqa: PLC0415 - as above
    from cmctl.core.text import follower_text  # noqa: PLC0415

    if not re.fullmatch(r"#?\d+|[a-z0-9][\w-]*(?:/[\w-]+)?", said):
        return ""
    try:
        with asked.workspace(read_only=True) as own:
            found = targets(own.settings, own.store, said)
            return follower_text(found[0].content)
    except CmctlError:  # no workspace, or no such post: it is a text of one word
        return ""
