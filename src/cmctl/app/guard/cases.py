"""What a delivery is judged by, as values alone: any process can judge it, and says the same."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import tzinfo
from functools import partial
from typing import NamedTuple

from cmctl.app.guard.meaning import judged
from cmctl.core.guard import Encoder
from cmctl.core.guard.pasting import with_pasted
from cmctl.core.model import Seen, Verdict
from cmctl.core.settings import GuardPolicy


class Case(NamedTuple):
    """One question to the guard."""

    text: Seen
    #: What stands and what is planned around it; what a person settled is left out.
    known: Sequence[Seen]
    #: What says the same words on the client's other channels of its network, by channel.
    elsewhere: Mapping[str, Sequence[Seen]]
    policy: GuardPolicy
    #: What limits the judgement already: pictures that could not be looked at.
    notes: tuple[str, ...]
    #: In which the client's days begin and end; None: each text's own.
    zone: tzinfo | None = None


#: Judges cases, in their order.
Judging = Callable[[Iterable[Case]], Iterator[Verdict]]


def alone(encoder: Encoder | None) -> Judging:
    """Return what judges in this process, each case when its verdict is asked for."""
    return partial(map, partial(judged_case, encoder))


def judged_case(encoder: Encoder | None, case: Case) -> Verdict:
    """Return what the guard says of a case."""
    said = judged(encoder, case.text, case.known, case.policy, case.zone)
    said = replace(said, notes=(*said.notes, *case.notes))
    return with_pasted(said, case.text, case.elsewhere, case.policy.community_limit)
