"""One text pasted into many channels of a network: spam to those who follow more than one."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from cmctl.core.guard.normalise import bare
from cmctl.core.model import Decision, Match, Seen, Verdict

DAY = timedelta(days=1)


def with_pasted(
    said: Verdict, text: Seen, elsewhere: Mapping[str, Sequence[Seen]], limit: int
) -> Verdict:
    """Return a verdict that also flags `text` where it would be the one too many.

    `elsewhere` is what goes out before it on the other channels of its network, by channel. The
    same words on `limit` of them within a day before are enough, whatever the links, the hashtags
    and the pictures.
    """
    words = bare(text.text) if elsewhere else ""
    if not words:
        return said
    same = {
        channel: found
        for channel, corpus in elsewhere.items()
        if (found := _first(words, text, corpus)) is not None
    }
    if not same or len(same) < limit:
        return said
    first = min(same.values(), key=lambda seen: (seen.at, seen.ref))
    why = f"the same text within a day on {', '.join(sorted(same))}; the limit is {limit} channels"
    match = Match(seen=first, decision=Decision.FLAG, score=1.0, reasons=(why,))
    if said.matches:
        return replace(said, matches=(*said.matches, match))
    return replace(said, decision=Decision.FLAG, score=1.0, matches=(match,))


def _first(words: str, text: Seen, corpus: Sequence[Seen]) -> Seen | None:
    for seen in corpus:
        if timedelta() <= text.at - seen.at < DAY and bare(seen.text) == words:
            return replace(seen, source="elsewhere")
    return None
