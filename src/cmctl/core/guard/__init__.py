"""The guard: does a text tell news that followers have read already, whoever wrote it first?

`judge` is one pure function, in a clear sequence: normalise, extract, compare, decide, explain. It
is deterministic; the models it reads are data in this package. Importing this module is cheap:
what judging needs is imported by the first judgement.
"""

from collections.abc import Sequence
from datetime import date, timedelta, tzinfo

from cmctl.core.guard.terms import AS_JUDGED, WITHOUT_MEANING, Encoder, Judged, Rules, Thresholds
from cmctl.core.model import Seen, Verdict

__all__ = [
    "WITHOUT_MEANING",
    "Encoder",
    "Judged",
    "Rules",
    "Thresholds",
    "judge",
    "judge_pair",
    "verify",
]


def judge(  # noqa: PLR0913 - all that decides
    text: Seen,
    corpus: Sequence[Seen],
    *,
    window: timedelta = timedelta(days=14),
    encoder: Encoder | None = None,
    thresholds: Thresholds | None = None,
    rules: Rules = AS_JUDGED,
    zone: tzinfo | None = None,
) -> Verdict:
    """Judge whether `text` tells news of `corpus`: the client's other texts, seen or planned.

    Only texts within `window` of `text.at`, before or after, can match, and never `text` itself
    (same source and ref). All of `corpus` teaches what the client writes in every post. Any text
    gets a verdict; none raises. Threads are read as one text, and answers are not read at all.
    `rules` are what the client wants said of texts that repeat news on purpose. "Tomorrow" is told
    by the day that a text stood on in `zone`, where there is one, else in its own. Matches come
    worst first. What limited the judgement is in the verdict's notes: no encoder, a very long
    text, a broken file of the guard's own.
    """
    from cmctl.core.guard import verdict  # noqa: PLC0415 - its patterns take 50 ms to compile

    return verdict.judge(
        text, corpus, window=window, encoder=encoder, thresholds=thresholds, rules=rules, zone=zone
    )


def verify() -> None:
    """Use every file that the guard has learned.

    Raises:
        BrokenGuardError: one is missing or corrupt; texts are judged by likeness alone.
    """
    judge_pair("Le marché de samedi est annulé", "Le marché de samedi aura bien lieu")


def judge_pair(  # noqa: PLR0913 - as above
    ours: str,
    theirs: str,
    *,
    posted: tuple[date | None, date | None] = (None, None),
    history: Sequence[str] = (),
    encoder: Encoder | None = None,
    thresholds: Thresholds | None = None,
) -> Judged:
    """Judge two texts by themselves, with reasons also where they tell different news.

    `posted` are their days in their own zones, where they are known: "tomorrow" is a date then.
    `history` are other texts of the client, which teach what it writes in every post.
    """
    from cmctl.core.guard import verdict  # noqa: PLC0415

    return verdict.judge_pair(
        ours, theirs, posted=posted, history=history, encoder=encoder, thresholds=thresholds
    )
