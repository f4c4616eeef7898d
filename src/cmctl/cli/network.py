"""`cmctl network`: the networks that posts can go to."""

import typer

from cmctl.app.networks import Network, abilities, evidence, networks, rate, standing
from cmctl.cli.invocation import invocation
from cmctl.cli.options import Json
from cmctl.cli.output import Column, Scalar


def list_(ctx: typer.Context, as_json: Json = False) -> None:
    """List the networks that there are adapters for, and what each can do.

    Needs no workspace and asks no network.
    """
    asked = invocation(ctx)
    found = list(networks())
    if as_json:
        asked.output.records(map(record, found))
        return
    columns = [
        Column("Network"),
        Column("Text"),
        Column("Images"),
        Column("When in doubt"),
        Column("Can", wide=True),
    ]
    asked.output.listing(columns, [cells(one) for one in found])


def cells(one: Network) -> list[str]:
    """Return a network's row for people; a limit of captions stands in brackets."""
    can = one.can
    if can is None:
        return [one.kind, "", "", "", one.problem]
    text = str(can.text.limit) if can.text.limit else "any"
    text = f"{text} ({can.caption.limit})" if can.caption else text
    can_do = ", ".join(filter(None, [*abilities(one), standing(can)]))
    return [one.kind, text, str(can.media.count), evidence(can), can_do]


def record(one: Network) -> dict[str, Scalar]:
    """Return a network for programs: 0 and null mean that no limit is known."""
    can = one.can
    if can is None:
        return {"network": one.kind, "problem": one.problem}
    media = can.media
    return {
        "network": one.kind,
        "text_limit": can.text.limit,
        "text_unit": can.text.unit,
        "caption_limit": can.caption.limit if can.caption else None,
        "images": media.count,
        "image_bytes": media.bytes,
        "image_formats": ", ".join(media.formats) if media.count else "",
        "films": ", ".join(media.films),
        "film_bytes": media.film_bytes,
        "alt": media.alt and bool(media.count),
        "alt_limit": media.alt_limit,
        "threads": can.threads,
        "first_comment": can.first_comment,
        "replies": can.replies,
        "events": can.events,
        "timeline": "timeline" in one.has,
        "delete": "delete" in one.has,
        "counts": "counts" in one.has,
        "inbox": "inbox" in one.has,
        "comments": "comments" in one.has,
        "hide": "hide" in one.has,
        "delete_comments": "delete_comment" in one.has,
        "probe": "probe" in one.has,
        "key": "key" in can.recovery,
        "key_seconds": can.key_life.total_seconds() if can.key_life else None,
        "lookup": "lookup" in can.recovery,
        "rate": rate(can.rate),
        "verified": can.verified,
        "problem": "",
    }
