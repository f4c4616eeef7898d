"""One text pasted into many channels of a network: spam to those who follow more than one."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from cmctl.core.model import Decision, Match, Seen, Verdict

DAY = timedelta(days=1)


def with_pasted(
    said: Verdict, text: Seen, elsewhere: Mapping[str, Sequence[Seen]], limit: int
) -> Verdict:
    """Return a verdict that also flags `text` where it would be the one too many.

    `elsewhere` is what goes out before it with the same words on the other channels of its network,
    by channel. So many as `limit` within a day before are enough, whatever the links, the hashtags
    and the pictures.
    """
    same = {
        channel: found
        for channel, worded in elsewhere.items()
        if (found := _first(text, worded)) is not None
    }
    if not same or len(same) < limit:
        return said
    first = min(same.values(), key=lambda seen: (seen.at, seen.ref))
    why = f"the same text within a day on {', '.join(sorted(same))}; the limit is {limit} channels"
    match = Match(seen=first, decision=Decision.FLAG, score=1.0, reasons=(why,))
    if said.matches:
        return replace(said, matches=(*said.matches, match))
    return replace(said, decision=Decision.FLAG, score=1.0, matches=(match,))


def _first(text: Seen, worded: Sequence[Seen]) -> Seen | None:
    for seen in worded:
        if timedelta() <= text.at - seen.at < DAY:
            return replace(seen, source="elsewhere")
    return None
