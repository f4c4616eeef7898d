"""Thresholds for a client, from what was decided about its texts and what a person labelled."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from cmctl.app.context import Context
from cmctl.app.guard.corpus import nearest
from cmctl.app.guard.rulings import source_of
from cmctl.config.edit_settings import set_guard
from cmctl.config.writing import edit_file
from cmctl.core.guard import Encoder, judge_pair
from cmctl.core.guard.evaluate import Pair
from cmctl.core.guard.model import models
from cmctl.core.guard.tuning import Decided, Tuning, tune
from cmctl.core.ledger import Ruling
from cmctl.core.model import Seen
from cmctl.core.settings import ClientSettings

#: Goes through what is judged, and may show how far it is.
Watch = Callable[[Sequence[Ruling | Pair]], Iterable[Ruling | Pair]]


class Tuned(NamedTuple):
    """What a client's decisions say of its thresholds."""

    client: ClientSettings
    tuning: Tuning
    #: How many of the decisions are pairs that a person labelled.
    labelled: int
    #: Channels with thresholds of their own, which the client's do not change.
    apart: Sequence[str]


def tuned(
    ctx: Context,
    client: ClientSettings,
    pairs: Sequence[Pair],
    encoder: Encoder | None,
    watch: Watch,
) -> Tuned:
    """Judge anew what was decided about a client's texts, and propose thresholds.

    Only decisions that say whether it is the same news count, the last one about two texts. Pairs
    are judged by themselves; both texts of a decision among those that stood around it.
    """
    past = _told(ctx.store.rulings(client.key))
    decided = [
        _anew(ctx, client, one, encoder) if isinstance(one, Ruling) else _labelled(one, encoder)
        for one in watch([*past, *pairs])
    ]
    own = client.guard.thresholds
    model = models().meaning if encoder else models().words
    apart = [one.name for one in client.channels.values() if one.guard.thresholds != own]
    return Tuned(client, tune(decided, model.limits(own)), len(pairs), apart)


def write(ctx: Context, found: Tuned) -> Mapping[str, float]:
    """Write what is proposed into `config.yaml`, the thresholds that move alone; return them.

    Raises:
        EditError: the file's layout does not allow it.
        FileChangedError, OSError: it cannot be written.
    """
    tuning = found.tuning
    if tuning.proposed is None:
        return {}
    both = zip(tuning.proposed._asdict().items(), tuning.now, strict=True)
    moved = {name: wanted for (name, wanted), now in both if wanted != now}
    if moved:
        file = ctx.settings.root / ctx.settings.config
        edit_file(file, lambda text: set_guard(text, found.client.key, moved))
    return moved


def _told(rulings: Iterable[Ruling]) -> list[Ruling]:
    """Return the last word about each two texts of those that say whether it is the same news."""
    known = (one for one in rulings if one.same is not None)
    return list({(one.ours, one.theirs): one for one in known}.values())


def _labelled(pair: Pair, encoder: Encoder | None) -> Decided:
    return Decided(judge_pair(pair.a, pair.b, encoder=encoder).score, pair.same)


def _anew(ctx: Context, client: ClientSettings, one: Ruling, encoder: Encoder | None) -> Decided:
    around = nearest(ctx.store, one.channel, one.at, client.guard.window)
    judged = judge_pair(
        one.ours,
        one.theirs,
        posted=_days(ctx, client, one, around),
        history=[seen.text for seen in around],
        encoder=encoder,
    )
    return Decided(judged.score, bool(one.same))


def _days(
    ctx: Context, client: ClientSettings, one: Ruling, around: Iterable[Seen]
) -> tuple[date | None, date | None]:
    """Return the days of the two texts, where they are still known."""
    ours = ctx.store.delivery(one.number)
    theirs = (seen.at for seen in around if (source_of(seen), seen.ref) == (one.source, one.ref))
    at = next(theirs, None)
    zone = client.zone
    due = ours.due.astimezone(zone).date() if ours else None
    return due, at.astimezone(zone).date() if at else None
