"""Texts of long histories, found by the words that they share with another."""

from collections.abc import Collection, Mapping
from hashlib import blake2b

from cmctl.core.model import Seen
from cmctl.store.sql.session import Session

#: Stands in every text: its count is how many texts there are.
EVERY = ""


def key_of(channel: str, term: str) -> int:
    """Return 47 bits that stand for a term of a channel; two that share them only rank wrongly."""
    digest = blake2b(f"{channel}\0{term}".encode("utf-8", "replace"), digest_size=6).digest()
    return int.from_bytes(digest, "big") >> 1


def index(db: Session, channel: str, texts: Mapping[Seen, Collection[str]]) -> None:
    """Let texts be found by their terms; one that was edited since it was read is left out."""
    for seen, terms in texts.items():
        values = {"channel": channel, "ref": seen.ref, "source": seen.source}
        mark = "mark_status" if seen.source == "timeline" else "mark_delivery"
        ref = seen.ref if seen.source == "timeline" else int(seen.ref)
        if not db.run(mark, {"channel": channel, "ref": ref, "text": seen.text}):
            continue
        db.run("forget_text", values)
        number = db.rows("add_text", values)[0][0]
        keys = sorted({key_of(channel, term) for term in terms})
        size = len(keys)
        db.later("add_posting", [{"term": k, "text": number, "size": size} for k in keys])
        db.later("count_term", [{"term": k} for k in (key_of(channel, EVERY), *keys)])
