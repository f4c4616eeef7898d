"""`cmctl guard tune`: thresholds for a client, from its past decisions."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cmctl.cli.catching_up import caught_up
from cmctl.cli.guard import NoMeaning, encoder
from cmctl.cli.guard_figures import read
from cmctl.cli.invocation import Invocation, invocation
from cmctl.cli.options import ClientName, Json
from cmctl.cli.output import Column, Output, Scalar
from cmctl.core.errors import UsageError
from cmctl.core.show import counted

if TYPE_CHECKING:
    from cmctl.app.guard.tuning import Tuned
    from cmctl.core.guard.model import Limits
    from cmctl.core.guard.tuning import Measured, Tuning
    from cmctl.core.settings import ClientSettings, Settings

_HEADINGS = ("threshold", "from", "precision", "95 %", "recall", "95 %")


def tune(
    ctx: typer.Context,
    client: ClientName = "",
    pairs: Annotated[
        list[Path] | None,
        typer.Option(
            "--pairs", metavar="FILE", help="Pairs that you labelled, as for guard eval; again."
        ),
    ] = None,
    write: Annotated[
        bool, typer.Option("--write", help="Write what is proposed into config.yaml.")
    ] = False,
    no_meaning: NoMeaning = False,
    as_json: Json = False,
) -> None:
    """Propose thresholds for a client, from what was decided about its texts.

    Counted is every decision that says whether two texts tell the same news: the one that was not
    kept, or `--different`. They are judged anew; with fewer than 20, or fewer than 5 of either
    side, nothing is proposed. Without `--write` nothing is changed.
    """
    from cmctl.app.guard.labelled import pairs as labelled  # noqa: PLC0415 - `--help` does not need it
    from cmctl.app.guard.tuning import tuned  # noqa: PLC0415
    from cmctl.app.guard.tuning import write as write_down  # noqa: PLC0415

    asked = invocation(ctx)
    given = labelled(read(asked, pairs)) if pairs else []
    asks = encoder(asked, wanted=not no_meaning)
    with asked.workspace() as own:
        app = caught_up(asked, own).context
        clients = _clients(app.settings, client, labelled=bool(given))
        found = [
            tuned(app, one, given, asks, lambda work: asked.output.progress(work, "judging"))
            for one in clients
        ]
        written = [write_down(app, one) if write else {} for one in found]
    if as_json:
        both = zip(found, written, strict=True)
        asked.output.records(_record(one, bool(moved)) for one, moved in both)
        return
    for one, moved in zip(found, written, strict=True):
        _show(asked, one, moved, wanted=write)


def _clients(settings: "Settings", key: str, *, labelled: bool) -> "list[ClientSettings]":
    known = settings.clients
    if key and key not in known:
        raise UsageError(f"there is no client {key!r}", hint=f"one of {', '.join(known)}")
    if labelled and not key and len(known) > 1:
        message = "labelled pairs are one client's: say whose"
        raise UsageError(message, hint=f"--client with one of {', '.join(known)}")
    return [known[key]] if key else list(known.values())


def _show(asked: Invocation, one: "Tuned", moved: Mapping[str, float], *, wanted: bool) -> None:
    output, tuning = asked.output, one.tuning
    decided = counted(len(tuning.decided), "decision")
    sides = f"{tuning.same} the same news, {len(tuning.decided) - tuning.same} different"
    output.line(f"{one.client.key}: {decided} ({sides}), {one.labelled} of them labelled pairs")
    if tuning.proposed is None:
        output.line(f"  nothing is proposed: {tuning.why[0]}")
        return
    _table(output, tuning, tuning.proposed)
    for why in tuning.why:
        output.line(f"  {why}")
    if one.apart:
        output.line(f"  with thresholds of their own, and left so: {', '.join(one.apart)}")
    if moved:
        said = ", ".join(f"{name}: {value:g}" for name, value in moved.items())
        output.say(f"written into config.yaml: clients: {one.client.key}: guard: {said}")
    elif wanted or not tuning.moves:
        output.say("nothing to write: the thresholds of now are the ones proposed")
    else:
        output.say(f"nothing was written: cmctl guard tune --client {one.client.key} --write")


def _table(output: Output, tuning: "Tuning", proposed: "Limits") -> None:
    rows = [
        (name, *_cells(each))
        for name, each in _measured(tuning, {"now": tuning.now, "proposed": proposed})
    ]
    columns = [Column(one, right=one != _HEADINGS[0]) for one in _HEADINGS]
    output.listing(columns, rows if output.terminal.watched else [_HEADINGS, *rows])


def _measured(tuning: "Tuning", limits: "Mapping[str, Limits]") -> "Iterator[tuple[str, Measured]]":
    from cmctl.core.guard.tuning import measured  # noqa: PLC0415 - `--help` does not need it

    for name in ("block", "flag"):
        for when, said in limits.items():
            shown = "flag or block" if name == "flag" else name
            yield f"{shown}, {when}", measured(tuning.decided, getattr(said, name))


def _cells(one: "Measured") -> tuple[str, ...]:
    cells = [f"{one.threshold:.4g}"]
    for share in (one.precision, one.recall):
        low, high = share.interval
        cells += [f"{share.value:.3f} ({share.right}/{share.of})", f"{low:.2f}-{high:.2f}"]
    return tuple(cells)


def _record(one: "Tuned", written: bool) -> Mapping[str, Scalar]:
    from cmctl.core.guard.tuning import measured  # noqa: PLC0415 - as above

    tuning = one.tuning
    record: dict[str, Scalar] = {
        "client": one.client.key,
        "decisions": len(tuning.decided),
        "same": tuning.same,
        "different": len(tuning.decided) - tuning.same,
        "labelled": one.labelled,
        "moves": tuning.moves,
        "written": written,
        "why": "; ".join(tuning.why),
        "apart": ", ".join(one.apart),
    }
    for name in ("block", "flag"):
        record[f"{name}_now"] = getattr(tuning.now, name)
        wanted = getattr(tuning.proposed, name) if tuning.proposed else None
        record[name] = wanted
        found = measured(tuning.decided, wanted) if wanted is not None else None
        for part in ("precision", "recall"):
            share = getattr(found, part) if found else None
            low, high = share.interval if share else (None, None)
            record[f"{name}_{part}"] = share.value if share else None
            record[f"{name}_{part}_low"], record[f"{name}_{part}_high"] = low, high
    return record
