"""Texts of long histories, to be found by what the guard's first look looks at."""

from collections.abc import Mapping

from cmctl.core.model import Seen
from cmctl.store.sql.instants import milliseconds
from cmctl.store.sql.session import Session


def index(db: Session, channel: str, sketches: Mapping[Seen, str]) -> None:
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
            db.run("add_text", {**values, "at": milliseconds(seen.at), "sketch": sketch})
