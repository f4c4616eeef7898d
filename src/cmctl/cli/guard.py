"""`cmctl guard compare`: the guard's answer on two texts."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cmctl.cli.invocation import Invocation, invocation
from cmctl.cli.options import Json
from cmctl.cli.terminal import read_text
from cmctl.core.errors import UsageError

if TYPE_CHECKING:
    from cmctl.core.guard import Encoder

NoMeaning = Annotated[
    bool, typer.Option("--no-meaning", help="Judge by words and facts alone, without the encoder.")
]
_TEXT = "A text; @FILE reads it from a file, - from standard input."
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

    asked = invocation(ctx)
    if ours == theirs == "-":
        message = "standard input can be one of the texts, not both"
        raise UsageError(message, hint="see: cmctl guard compare --help")
    texts = [_text(asked, ours), _text(asked, theirs)]
    judged = judge_pair(texts[0], texts[1], encoder=encoder(asked, wanted=not no_meaning))
    if as_json:
        decision, reasons = judged.decision.value, "; ".join(judged.reasons)
        asked.output.records([{"decision": decision, "score": judged.score, "reasons": reasons}])
        return
    asked.output.line(f"{_SAID[judged.decision.value]} (score {judged.score:.2f})")
    for reason in judged.reasons:
        asked.output.line(f"  • {reason}")


def encoder(asked: Invocation, *, wanted: bool) -> "Encoder | None":
    """Return the sentence encoder, loaded; say why where it is wanted and there is none."""
    from cmctl.app.meaning import ready  # noqa: PLC0415 - as above

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
    return said
