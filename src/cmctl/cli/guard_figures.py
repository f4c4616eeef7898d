"""`cmctl guard eval|replay`: how well the guard judges what a person has labelled."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from cmctl.cli.guard import NoMeaning, encoder
from cmctl.cli.invocation import Invocation, invocation
from cmctl.cli.output import Column, Output, Side
from cmctl.cli.terminal import read_text
from cmctl.core.errors import UsageError
from cmctl.core.show import counted

if TYPE_CHECKING:
    from cmctl.app.guard.labelled import Text
    from cmctl.core.guard import Judged
    from cmctl.core.guard.evaluate import Alarm, Evaluation, Pair, Replay

Files = Annotated[
    list[Path],
    typer.Argument(metavar="FILE...", help="One JSON object a line; - reads standard input."),
]
Errors = Annotated[
    bool, typer.Option("--errors", help="Show each error, both texts whole and side by side.")
]
Figures = Annotated[bool, typer.Option("--json", help="Print one object with all figures.")]

Flag = Annotated[
    float | None,
    typer.Option("--flag", metavar="SCORE", help="Flag from this score on, 0 to 1."),
]
Block = Annotated[
    float | None,
    typer.Option("--block", metavar="SCORE", help="Block from this score on, 0 to 1."),
]

Values = Mapping[str, float]


def eval_(
    ctx: typer.Context,
    files: Files,
    flag: Flag = None,
    block: Block = None,
    errors: Errors = False,
    no_meaning: NoMeaning = False,
    as_json: Figures = False,
) -> None:
    """Measure the guard on labelled pairs.

    A pair has `a`, `b` and `label`: 1 where they tell the same news, else 0; and `kind` and `lang`,
    if you like. Beside the guard stand plain string measures, at the threshold best for them here.
    """
    from cmctl.app.guard.labelled import pairs  # noqa: PLC0415 - `--help` does not need it
    from cmctl.core.guard import Thresholds  # noqa: PLC0415
    from cmctl.core.guard.evaluate import evaluate  # noqa: PLC0415

    asked = invocation(ctx)
    labelled = pairs(read(asked, files))
    asks = encoder(asked, wanted=not no_meaning)
    watched = asked.output.progress(labelled, "judging")
    found = evaluate(watched, encoder=asks, thresholds=Thresholds(flag=flag, block=block))
    if as_json:
        wrong = {"errors": [_wrong(*one) for one in found.errors()]} if errors else {}
        _print_json(asked, {**found.as_json(), **wrong})
        return
    _print_evaluation(asked.output, found)
    if errors:
        for pair, judged in found.errors():
            _print_wrong(asked.output, pair, judged)


def replay(
    ctx: typer.Context,
    files: Files,
    window: Annotated[
        str, typer.Option(metavar="SPAN", help='How far back the same news counts, or "ever".')
    ] = "14d",
    flag: Flag = None,
    block: Block = None,
    errors: Errors = False,
    no_meaning: NoMeaning = False,
    as_json: Figures = False,
) -> None:
    """Measure the guard on labelled timelines.

    A timeline has `items`, each with `at` and `text`, and `duplicates`: pairs of their numbers from
    0, the earlier first. Each post is judged against those of the window before it.
    """
    from cmctl.app.guard.labelled import timelines  # noqa: PLC0415 - as above
    from cmctl.core.guard import Thresholds  # noqa: PLC0415
    from cmctl.core.guard.evaluate import replay as play  # noqa: PLC0415

    asked = invocation(ctx)
    span = _span(window)
    labelled = timelines(read(asked, files))
    asks = encoder(asked, wanted=not no_meaning)
    limits = Thresholds(flag=flag, block=block)
    watched = asked.output.progress(labelled, "replaying")
    found = play(watched, window=span, encoder=asks, thresholds=limits)
    if as_json:
        _print_json(asked, found.as_json())
    else:
        _print_replay(asked.output, found, whole=errors)


def _span(text: str) -> timedelta:
    from cmctl.config.durations import parse_duration  # noqa: PLC0415 - as above
    from cmctl.config.wrong import Wrong  # noqa: PLC0415
    from cmctl.core.settings import EVER  # noqa: PLC0415

    try:
        return EVER if text == "ever" else parse_duration(text)
    except Wrong as wrong:
        raise UsageError(f"--window: {wrong.message}", hint=wrong.fix) from None


def read(asked: Invocation, files: Sequence[Path]) -> "list[Text]":
    """Return what labelled files say."""
    from cmctl.app.guard.labelled import Text  # noqa: PLC0415 - as above

    folder = asked.machine.directory
    return [
        Text("standard input", read_text(file))
        if str(file) == "-"
        else Text(str(file), read_text(folder / file))
        for file in files
    ]


def _print_json(asked: Invocation, figures: Mapping[str, object]) -> None:
    from json import dumps  # noqa: PLC0415 - only where it was asked for

    from cmctl.core.plain import escape_json  # noqa: PLC0415

    document = dumps(figures, ensure_ascii=False, indent=1)
    asked.terminal.out.write(f"{escape_json(document)}\n")


# --- pairs ---------------------------------------------------------------------------------------


def _print_evaluation(output: Output, found: "Evaluation") -> None:
    told = found.as_json()
    area, average = told["auc"], told["average_precision"]
    pairs = counted(len(found.pairs), "pair")
    output.line(f"{pairs}: AUC {area:.3f}, average precision {average:.3f}\n")
    names = {"block": "block", "flag_or_block": "flag or block"}
    rows = [(shown, cast("Values", told[name])) for name, shown in names.items()]
    _table(output, "the guard", ("precision", "recall", "f1", "threshold"), rows)
    baselines = cast("Mapping[str, Values]", told["baselines"])
    keys = ("precision", "recall", "f1", "threshold", "auc")
    _table(output, "rapidfuzz at its best threshold", keys, baselines.items())
    for name, heading in (("by_kind", "kind"), ("by_language", "language")):
        parts = cast("Mapping[str, Values]", told[name])
        shown = [(part or "(none)", values) for part, values in parts.items()]
        _table(output, f"flag or block, by {heading}", ("n", "accuracy"), shown)


def _table(
    output: Output, heading: str, keys: Sequence[str], rows: Iterable[tuple[str, Values]]
) -> None:
    headings = [heading, *keys]
    cells = [[name, *(_figure(values[key]) for key in keys)] for name, values in rows]
    columns = [Column(one, wide=one == heading, right=one != heading) for one in headings]
    # A report: in a pipe, too, a row says nothing without its heading.
    output.listing(columns, cells if output.terminal.watched else [headings, *cells])
    output.line()


def _figure(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.3f}"


def _print_wrong(output: Output, pair: "Pair", judged: "Judged") -> None:
    truth = "the same news" if pair.same else "different news"
    about = ", ".join(filter(None, (pair.kind, pair.language)))
    said = f"{judged.decision} ({judged.score:.2f}), and it is {truth}"
    output.line(f"{said}: {about}" if about else said)
    output.side_by_side(Side("a", (), pair.a), Side("b", (), pair.b), judged.reasons)


def _wrong(pair: "Pair", judged: "Judged") -> Mapping[str, object]:
    return {
        "a": pair.a,
        "b": pair.b,
        "label": int(pair.same),
        "kind": pair.kind,
        "lang": pair.language,
        "decision": judged.decision.value,
        "score": judged.score,
        "reasons": list(judged.reasons),
    }


# --- timelines -----------------------------------------------------------------------------------


def _print_replay(output: Output, found: "Replay", *, whole: bool) -> None:
    right = found.duplicates - len(found.missed)
    false = len(found.false_holds) + len(found.false_flags)
    output.line(f"{counted(found.posts, 'post')}, {counted(found.duplicates, 'duplicate')}")
    output.line(
        f"found {right}, missed {len(found.missed)}: recall {_part(right, len(found.missed))}"
    )
    output.line(
        f"{counted(len(found.false_holds), 'false hold')}, "
        f"{counted(len(found.false_flags), 'false flag')}: precision {_part(right, false)}"
    )
    named = {
        "missed": found.missed,
        "held, and tells something else": found.false_holds,
        "flagged, and tells something else": found.false_flags,
    }
    for what, alarms in named.items():
        for alarm in alarms:
            output.line()
            _print_alarm(output, what, alarm, whole=whole)


def _part(right: int, wrong: int) -> str:
    return f"{right / (right + wrong):.3f}" if right + wrong else "1.000"


def _print_alarm(output: Output, what: str, alarm: "Alarm", *, whole: bool) -> None:
    from cmctl.core.text import excerpt  # noqa: PLC0415 - `--help` does not need it

    score = f" ({alarm.score:.2f})" if alarm.score else ""
    output.line(f"{what}{score}")
    sides = [(alarm.post, "This post"), (alarm.other, "The one before it")]
    if whole:
        post, other = (
            Side(title, [f"{seen.at:%Y-%m-%d %H:%M}", seen.author], seen.text)
            for seen, title in sides
        )
        output.side_by_side(post, other, alarm.reasons)
        return
    for seen, _ in sides:
        output.line(f"  {seen.at:%Y-%m-%d %H:%M} “{excerpt(seen.text, 90)}”")
    for reason in alarm.reasons:
        output.line(f"  • {reason}")
