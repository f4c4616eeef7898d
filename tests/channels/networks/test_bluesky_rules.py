"""Record keys, facets and records of Bluesky, without a server."""

import json
import time
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmctl.channels.vendors.bluesky import record as records
from cmctl.channels.vendors.bluesky.facets import expand, facets
from cmctl.channels.vendors.bluesky.tid import instant, tid

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOON = datetime(2026, 11, 24, 9, 15, 0, 123000, tzinfo=UTC)
INSTANTS = st.integers(0, 2**51).map(lambda micros: EPOCH + timedelta(microseconds=micros))
KEYS = st.text("0123456789abcdef", min_size=32, max_size=32)


def marked(text: str) -> list[tuple[str, str]]:
    """Return what each facet covers, by its byte offsets, and its kind."""
    found = facets(text, lambda handle: None if handle.startswith("nobody") else f"did:{handle}")
    data = text.encode()
    return [
        (
            data[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode(),
            facet["features"][0]["$type"].partition("#")[2],
        )
        for facet in found
    ]


@given(INSTANTS, KEYS, st.integers(0, 99))
def test_a_record_key_is_a_tid_of_its_instant(at: datetime, key: str, index: int) -> None:
    rkey = tid(at, key, index)

    made = instant(rkey)

    assert made is not None
    assert timedelta(0) <= made - at.replace(microsecond=at.microsecond // 1000 * 1000)
    assert made - at < timedelta(milliseconds=1)


@given(INSTANTS, KEYS)
def test_what_a_store_rounds_off_does_not_change_the_record_key(at: datetime, key: str) -> None:
    kept = at.replace(microsecond=at.microsecond // 1000 * 1000)

    assert tid(at, key) == tid(kept, key)


def test_parts_and_deliveries_have_keys_of_their_own_in_order() -> None:
    thread = [tid(NOON, "0" * 32, index) for index in range(100)]
    others = {tid(NOON, sha256(bytes([number])).hexdigest()) for number in range(200)}

    assert thread == sorted(set(thread))
    assert len(others) == 200


@pytest.mark.parametrize("other", ["", "self", "3jzfcijpj2z2", "zzzzzzzzzzzzz", "0000000000000"])
def test_other_record_keys_are_no_tids(other: str) -> None:
    assert instant(other) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Été 🚚 #rennes", [("#rennes", "tag")]),
        ("👨‍👩‍👧 https://atlas.example/été", [("https://atlas.example/été", "link")]),
        ("Voir https://atlas.example/r.", [("https://atlas.example/r", "link")]),
        ("(https://atlas.example/r)", [("https://atlas.example/r", "link")]),
        ("https://x.example/A_(B)", [("https://x.example/A_(B)", "link")]),
        ("« https://x.example/ »", [("https://x.example/", "link")]),
        ("https://x.example/#haut", [("https://x.example/#haut", "link")]),
        ("Merci @odile.test !", [("@odile.test", "mention")]),
        ("Merci @odile.test.", [("@odile.test", "mention")]),
        ("Merci @nobody.test", []),
        ("Merci @odile", []),
        ("mail@odile.test", []),
        (
            "#l'été #2026 #été2026, #rennes!",
            [("#l'été", "tag"), ("#été2026", "tag"), ("#rennes", "tag")],
        ),
        ("C# et a#b", []),
        ("#️⃣ un", []),
        ("#" + "a" * 65, []),
        ("#un\u202f#deux", [("#un", "tag"), ("#deux", "tag")]),
        ("rien", []),
    ],
)
def test_facets_cover_exactly_the_bytes_of_what_they_mark(
    text: str, expected: list[tuple[str, str]]
) -> None:
    assert marked(text) == expected


@given(st.text(st.sampled_from("aé🚚#@. \n/:()h tps") | st.characters(), max_size=80))
def test_facets_never_cut_a_character_or_overlap(text: str) -> None:
    text = text.encode(errors="ignore").decode()
    found = facets(text, lambda handle: f"did:{handle}")
    size, end = len(text.encode()), 0
    for facet in found:
        start, stop = facet["index"]["byteStart"], facet["index"]["byteEnd"]
        assert end <= start < stop <= size
        text.encode()[start:stop].decode()
        end = stop


@pytest.mark.parametrize("text", ["@" + "a.-" * 1000, "https://" + ")" * 3000, "#" + "!" * 3000])
def test_marking_a_hostile_text_takes_no_time(text: str) -> None:
    start = time.perf_counter()
    facets(text, lambda _: None)
    assert time.perf_counter() - start < 30  # not for ever, however slow the machine


def test_a_link_that_a_client_shortened_is_shown_whole() -> None:
    text = "🚚 Voir atlas.example/ren... vite"
    first = len("🚚 Voir ".encode())
    facet = {
        "index": {"byteStart": first, "byteEnd": first + len("atlas.example/ren...")},
        "features": [
            {"$type": "app.bsky.richtext.facet#link", "uri": "https://atlas.example/rennes"}
        ],
    }

    assert expand(text, [facet]) == "🚚 Voir https://atlas.example/rennes vite"


@pytest.mark.parametrize(
    "facet",
    [
        {},
        {"index": 1, "features": []},
        {"index": {"byteStart": 2, "byteEnd": 900}, "features": [{"uri": "https://x.example"}]},
        {"index": {"byteStart": 3, "byteEnd": 3}, "features": [{"uri": "https://x.example"}]},
        {"index": {"byteStart": "0", "byteEnd": 3}, "features": ["x"]},
    ],
)
def test_malformed_facets_of_others_change_nothing(facet: dict[str, object]) -> None:
    assert expand("Été", [facet]) == "Été"


def test_a_record_of_another_client_is_read_whatever_it_holds() -> None:
    listed = {
        "uri": "at://did:plc:a/app.bsky.feed.post/3jzfcijpj2z2a",
        "value": {"text": 5, "createdAt": "yesterday", "facets": "x", "embed": [], "reply": "y"},
    }

    status = records.status(listed, "did:plc:a", "atlas.test")

    assert status is not None
    assert (status.remote_id, status.at, status.reply_to) == (
        "3jzfcijpj2z2a",
        instant("3jzfcijpj2z2a"),
        "",
    )
    assert records.status({"uri": "", "value": {}}, "did:plc:a", "atlas.test") is None


def test_a_card_and_a_quote_with_images_are_told() -> None:
    value = {
        "text": "Lire",
        "createdAt": "2026-11-24T09:15:00Z",
        "embed": {
            "$type": "app.bsky.embed.recordWithMedia",
            "media": {"$type": "app.bsky.embed.images", "images": [{}, {}]},
        },
    }
    quote = records.status({"uri": "at://d/c/k", "value": value}, "d", "h.test")
    value["embed"] = records.card("https://atlas.example/r")
    card = records.status({"uri": "at://d/c/k", "value": value}, "d", "h.test")

    assert quote is not None
    assert card is not None
    assert quote.media_count == 2
    assert card.text == "Lire\n\nhttps://atlas.example/r"


def test_equal_values_make_an_equal_record() -> None:
    one = records.post("Été", NOON, "fr", [])
    other = records.post("Été", NOON.astimezone(), "fr", [])

    assert json.dumps(one) == json.dumps(other)
    assert one["createdAt"] == "2026-11-24T09:15:00.123Z"
