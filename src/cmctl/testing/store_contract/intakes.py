"""What taking in the files promises."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from cmctl.core.ledger import Alter, Drop, MarkEdited
from cmctl.core.model import Content, HoldReason, Key, Media, PublicEvent, State
from cmctl.core.state import Move
from cmctl.store.base import ClientRow, Query, Source, Store
from cmctl.testing.store_contract.base import (
    LANE,
    MINUTE,
    NOON,
    Handles,
    add,
    brought_to,
    change,
    claimed,
    hold,
    ledger,
    moved,
    only,
    planned,
    take_in,
)


class Intakes(Handles):
    """Adding, altering, dropping; sources and clients."""

    def test_what_is_taken_in_is_read_back_whole(self, store: Store) -> None:
        content = Content(
            text="🚚 L'entrepôt\nde Rennes",
            link="https://atlas.example/rennes",
            hashtags=("logistique",),
            media=(Media(file="media/a.png", alt="La façade"),),
            thread=("La suite…", "fin"),
            first_comment="Merci !",
            event=PublicEvent(title="Portes ouvertes", starts="2026-12-01", ends="2026-12-02"),
        )
        expires = NOON + timedelta(days=1, milliseconds=7)
        one = add(content=content, expires=expires, guard=False, occurrence="2026-11-24")
        take_in(store, replace(one, planned=replace(one.planned, evergreen=True)))
        delivery = only(store)
        assert delivery.content == content
        assert delivery.key == Key("p1", "2026-11-24", LANE)
        assert (delivery.due, delivery.expires) == (NOON, expires)
        assert (delivery.state, delivery.fence) == (State.PLANNED, 0)
        assert (delivery.guard, delivery.evergreen) == (False, True)

    def test_facts_outlive_the_handle(self, store: Store, another: Callable[[], Store]) -> None:
        take_in(store, add())
        before = only(store)
        store.close()
        assert only(another()) == before

    def test_a_delivery_that_is_known_is_not_added_again(self, store: Store) -> None:
        take_in(store, add())
        take_in(store, add(text="another text"), add("p2"))
        assert store.count(Query()) == 2
        assert only(store).content.text == "Bonjour, voici p1"

    def test_a_draft_is_held_from_the_start(self, store: Store) -> None:
        draft = hold("approval", from_files=True)
        take_in(store, add(hold=draft))
        assert (only(store).state, only(store).hold) == (State.HELD, draft)

    def test_the_ledger_tells_one_client_only(self, store: Store) -> None:
        take_in(store, add(), add("p9", "atlas2/mastodon"))
        ((key, fact),) = ledger(store).items()
        assert key == Key("p1", "", LANE)
        assert (fact.state, fact.due, fact.published_at) == (State.PLANNED, NOON, None)
        assert fact.digest == only(store).digest

    def test_files_are_planned_against_what_they_can_still_change(self, store: Store) -> None:
        over = [State.PUBLISHED, State.REFUSED, State.CANCELLED]
        for number, state in enumerate(over):
            brought_to(store, state, f"over{number}", f"atlas/over{number}")
        published = brought_to(store, State.PUBLISHED, "kept", "atlas/kept")
        open_ = brought_to(store, State.UNCERTAIN, "open", "atlas/open")
        take_in(store, add("planned"), add("elsewhere", "atlas2/mastodon"), add("kept", "atlas2/x"))
        found = store.ledger("atlas", {"kept", "new"}, now=NOON)
        whole = ledger(store)
        wanted = {published.key, open_.key, Key("planned", "", LANE)}
        assert found == {key: whole[key] for key in wanted}
        assert not store.ledger("zeta", {"kept"}, now=NOON)

    def test_an_id_is_looked_for_among_all_that_a_client_ever_had(self, store: Store) -> None:
        brought_to(store, State.PUBLISHED, "over", "atlas/kept")
        take_in(store, add("new"), add("café"), add("elsewhere", "atlas2/mastodon"))
        assert all(store.had("atlas", one) for one in ("over", "new", "café"))
        assert store.had("atlas2", "elsewhere")
        others = ("elsewhere", "ove", "over-2", "New", "cafe", "%", "n_w", "")
        assert not any(store.had("atlas", one) for one in others)

    def test_what_says_the_same_on_a_channel_is_found_whatever_became_of_it(
        self, store: Store
    ) -> None:
        published = brought_to(store, State.PUBLISHED)
        take_in(
            store, add("p2", text="Autre chose"), add("p3", "atlas/x", text="Bonjour, voici p1")
        )
        same = add("new", text="Bonjour, voici p1")
        found = store.same([same, add("other", text="rien de pareil"), add("mute", text="🎉")])
        assert found == {published.key: ledger(store)[published.key]}
        edited = replace(same, digest="of the same words, and another image")
        assert not store.same([edited])
        assert not store.same([])

    def test_an_edit_replaces_what_is_planned(self, store: Store) -> None:
        take_in(store, add())
        later = planned(text="autre", due=NOON + MINUTE, expires=NOON + 2 * MINUTE)
        take_in(store, Alter(number=only(store).number, planned=later, digest="new"))
        delivery = only(store)
        assert (delivery.content, delivery.due, delivery.digest) == (
            later.content,
            later.due,
            "new",
        )
        assert delivery.expires == later.expires

    def test_an_edit_leaves_a_hold_alone(self, store: Store) -> None:
        held = brought_to(store, State.HELD)
        take_in(store, Alter(number=held.number, planned=planned(text="x"), digest="new"))
        assert (only(store).state, only(store).hold) == (State.HELD, held.hold)

    def test_what_may_have_left_keeps_the_words_it_was_sent_with(self, store: Store) -> None:
        sending = brought_to(store, State.SENDING)
        edit = Alter(number=sending.number, planned=planned(text="too late"), digest="new")
        take_in(store, edit, Drop(number=sending.number))
        assert only(store) == sending
        take_in(store, MarkEdited(number=sending.number, edited=True))
        assert only(store).edited
        assert only(store).content == sending.content

    def test_a_word_said_of_the_old_text_does_not_let_a_new_one_pass(self, store: Store) -> None:
        held = brought_to(store, State.HELD)
        released = moved(store, held, Move.RELEASE, override="duplicate: both are wanted")
        same = Alter(number=held.number, planned=planned(due=NOON + MINUTE), digest=held.digest)
        take_in(store, same)
        assert only(store).override == released.override
        take_in(store, Alter(number=held.number, planned=planned(text="x"), digest="new"))
        assert only(store).override == ""

    def test_a_planned_delivery_goes_with_its_post(self, store: Store) -> None:
        take_in(store, add(), add("p2"))
        number = only(store).number
        take_in(store, Drop(number=number))
        assert [row.post for row in store.listing(Query())] == ["p2"]
        assert [event.kind for event in store.events(number)] == ["add", "drop"]

    def test_a_number_is_never_given_again(self, store: Store) -> None:
        take_in(store, add(), add("p2"))
        last = only(store, "p2").number
        take_in(store, Drop(number=last))
        take_in(store, add("p2"))
        assert only(store, "p2").number > last

    def test_a_held_delivery_without_its_post_is_cancelled_and_can_come_back(
        self, store: Store
    ) -> None:
        held = brought_to(store, State.HELD)
        take_in(store, Drop(number=held.number))
        cancelled = only(store)
        assert (cancelled.state, cancelled.hold) == (State.CANCELLED, None)
        assert ledger(store)[held.key].dropped
        moved(store, cancelled, Move.RELEASE)
        assert not ledger(store)[held.key].dropped

    def test_what_a_person_cancelled_is_not_called_dropped(self, store: Store) -> None:
        cancelled = brought_to(store, State.CANCELLED)
        assert not ledger(store)[cancelled.key].dropped

    def test_a_change_that_was_overtaken_is_left_out_and_the_rest_goes_in(
        self, store: Store
    ) -> None:
        take_in(store, add())
        stale = only(store)
        claimed(store)
        take_in(store, change(stale, Move.HOLD, hold=hold("invalid")), add("p2"))
        assert only(store).state is State.CLAIMED
        assert only(store, "p2").state is State.PLANNED

    def test_changes_of_an_intake_are_made_with_its_edits(self, store: Store) -> None:
        take_in(store, add())
        seen = only(store)
        invalid = change(seen, Move.HOLD, hold=hold("invalid", from_files=True))
        take_in(store, invalid, Alter(number=seen.number, planned=planned(text="x"), digest="n"))
        after = only(store)
        assert after.hold is not None
        assert after.hold.reason is HoldReason.INVALID
        assert after.hold.from_files
        assert after.content.text == "x"

    def test_sources_and_clients_are_replaced_whole(self, store: Store) -> None:
        one, two = Source(1, 2, 3, "aa"), Source(4, 1 << 60, 1 << 61, "bb")
        clients = [ClientRow("zeta", "Zêta", "Europe/Paris"), ClientRow("atlas", "Atlas", "UTC")]
        assert store.taken_at() is None
        store.set_sources({"posts/a.yaml": one, "posts/b.yaml": one}, clients[:1], at=NOON)
        store.set_sources({"posts/b.yaml": two}, clients, at=NOON + MINUTE)
        assert store.taken_at() == NOON + MINUTE
        assert dict(store.sources()) == {"posts/b.yaml": two}
        assert list(store.clients()) == clients
