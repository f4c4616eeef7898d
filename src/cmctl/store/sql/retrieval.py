"""Texts of long histories, to be found by what the guard's first look looks at."""

from collections.abc import Mapping, Sequence

from cmctl.core.model import Seen
from cmctl.store.sql.instants import milliseconds
from cmctl.store.sql.session import Given, Session


def index(db: Session, channel: str, version: str, sketches: Mapping[Seen, str]) -> None:
    """Let texts be found by their sketches; one that was edited since it was read is left out.

    Of an answer is only known that it is none of them: answers are not compared.
    """
    for seen, sketch in sketches.items():
        values = {"channel": channel, "ref": seen.ref, "source": seen.source}
        mark = "mark_status" if seen.source == "timeline" else "mark_delivery"
        ref = seen.ref if seen.source == "timeline" else int(seen.ref)
        if not db.run(mark, {"channel": channel, "ref": ref, "text": seen.text}):
            continue
        db.run("forget_text", values)
        if not seen.reply_to:
            made = {"version": version, "sketch": sketch}
            db.run("add_text", {**values, **made, "at": milliseconds(seen.at)})


def lose(db: Session, channel: str, remote_ids: Sequence[str], at: int) -> None:
    """Write down that statuses are gone; what was noted of them goes too."""
    keys: list[Given] = [{"channel": channel, "remote_id": one} for one in remote_ids]
    db.many("lose_status", [{**key, "at": at} for key in keys])
    db.many("lose_text", keys)
