"""What followers read as one: a thread is one text, and an answer to somebody is none."""

from collections.abc import Sequence
from dataclasses import replace

from cmctl.core.model import Seen


def as_read(corpus: Sequence[Seen]) -> list[Seen]:
    """Return the texts of a timeline as followers read them.

    A status that answers another one of `corpus`, directly or through others, is a further part of
    it, in order of time. One that answers anything else is an answer to a person, and left out.
    """
    if not any(seen.reply_to for seen in corpus):
        return list(corpus)
    known = {seen.ref: seen for seen in corpus if seen.source == "timeline"}
    parts: dict[str, list[Seen]] = {}
    for seen in sorted(known.values(), key=lambda one: (one.at, one.ref)):
        if seen.reply_to and (root := _root(seen, known)):
            parts.setdefault(root, []).append(seen)
    return [
        _joined(seen, parts.get(seen.ref, ()) if seen.source == "timeline" else ())
        for seen in corpus
        if not seen.reply_to
    ]


def _root(seen: Seen, known: dict[str, Seen]) -> str:
    """Return the ref of the status that opens the thread; empty where it is not there."""
    passed = set()
    while seen.reply_to:
        if seen.ref in passed or seen.reply_to not in known:
            return ""
        passed.add(seen.ref)
        seen = known[seen.reply_to]
    return seen.ref


def _joined(first: Seen, rest: Sequence[Seen]) -> Seen:
    if not rest:
        return first
    pictures = tuple(dict.fromkeys(p for seen in (first, *rest) for p in seen.pictures))
    return replace(first, text="\n\n".join(seen.text for seen in (first, *rest)), pictures=pictures)
