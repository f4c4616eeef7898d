"""Replies, which no file plans; and what a network changed of a text."""

from datetime import timedelta
from typing import Any

from cmctl.core.ledger import Add
from cmctl.core.model import Content, Receipt, State
from cmctl.core.state import Move
from cmctl.store.base import Claim, Query, Store
from cmctl.testing.store_contract.base import (
    LANE,
    MINUTE,
    NOON,
    Handles,
    add,
    brought_to,
    change,
    claim,
    claimed,
    ledger,
    moved,
    only,
    take_in,
)

TEXT = "Bonjour, voici p1"
ALTERED = "the text was cut by the network: it ends with “Bonjour”"


def reply(post: str = "reply-1", text: str = TEXT, **what: Any) -> Add:
    """Return the operation that takes in a reply."""
    return add(post, content=Content(text=text, reply_to="42"), guard=False, **what)


class Replies(Handles):
    """Deliveries that answer something, and claims of one delivery alone."""

    def test_a_reply_is_read_back_whole_and_listed(self, store: Store) -> None:
        take_in(store, reply())
        assert only(store, "reply-1").content == Content(text=TEXT, reply_to="42")
        assert [row.reply_to for row in store.listing(Query())] == ["42"]

    def test_the_ledger_that_files_are_compared_with_has_no_replies(self, store: Store) -> None:
        take_in(store, add(), reply())
        assert [key.post for key in ledger(store)] == ["p1"]

    def test_the_guard_compares_nothing_with_a_reply(self, store: Store) -> None:
        take_in(store, reply(), reply("reply-2", due=NOON + MINUTE))
        first = claimed(store)
        moved(store, moved(store, first, Move.SEND), Move.PUBLISH)
        window = {"since": NOON - timedelta(days=1), "until": NOON + timedelta(days=1)}
        assert store.seen(LANE, **window) == []
        assert store.worded(TEXT, **window) == {}
        assert store.unindexed(LANE, version="1", limit=9) == []

    def test_a_claim_can_name_the_one_delivery_that_it_wants(self, store: Store) -> None:
        take_in(store, add(), reply(due=NOON))
        wanted = only(store, "reply-1")
        wish = Claim(LANE, NOON, "host/1/1", MINUTE, only=wanted.number)
        found = store.claim(wish)
        assert found is not None
        assert found.number == wanted.number
        assert store.claim(wish) is None
        moved(store, found, Move.GIVE_BACK)
        store.pause("atlas", reason="grève", at=NOON)
        assert store.claim(wish) is None
        store.resume("atlas", at=NOON)
        earliest = claim(store)
        assert earliest is not None
        assert earliest.key.post == "p1"

    def test_what_the_network_changed_stays_with_the_receipt(self, store: Store) -> None:
        sending = brought_to(store, State.SENDING)
        proof = Receipt(remote_id="r1", at=NOON, altered=ALTERED)
        after = store.apply(change(sending, Move.PUBLISH, receipt=proof))
        assert after is not None
        assert only(store).receipt == proof
        assert [row.altered for row in store.listing(Query())] == [ALTERED]
