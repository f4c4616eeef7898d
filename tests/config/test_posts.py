"""Posts: what each field means, what can be wrong, and that one bad post never stops the others."""

import os
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cmctl.config.load import load_client, load_posts, past_times, scan, stray_files
from cmctl.config.post_fields import POST
from cmctl.core.model import At, Every, Media, NextSlot, Place, PublicEvent, Severity, Variant

GOOD = "- {id: good, text: Bonjour, at: 2026-11-24 10:15}\n"


def at(text: str) -> str:
    """Return the instant of a post, in the client's zone."""
    return f"id: x\ntext: Bonjour\nat: {text}\n"


def test_every_field_of_a_post(workspace) -> None:
    workspace.write("posts/atlas/media/front.png", b"png")
    workspace.write("posts/shared.png", b"png")
    post = workspace.post("""\
- id: rennes-entrepot
  text: |
    🚚 Notre nouvel entrepôt ouvre à Rennes !

    Venez.
  channels: [mastodon, blue]
  at: 2026-11-24 10:15
  expires: 2026-11-24
  media:
    - file: media/front.png
      alt: La façade
    - {file: ../shared.png, alt: Le plan}
  link: https://atlas.example/rennes?x=1#y
  thread: ["La suite…", "Et la fin"]
  first_comment: Merci !
  hashtags: [logistique, "#rennes"]
  variants:
    bluesky: {text: Entrepôt, media: []}
    blue: {at: 2026-11-24 11:00}
  labels: [annonce]
  draft: yes
  guard: off
  evergreen: true
  note: vu avec M. G.
""")
    paris = workspace.settings.clients["atlas"].zone
    assert post.place == Place("posts/atlas/one.yaml", 1, 3)
    assert post.text == "🚚 Notre nouvel entrepôt ouvre à Rennes !\n\nVenez."
    assert post.schedule == At(instant=datetime(2026, 11, 24, 10, 15, tzinfo=paris))
    assert post.expires == datetime(2026, 11, 24, 23, 59, 59, tzinfo=paris)
    assert post.media == (
        Media(file="posts/atlas/media/front.png", alt="La façade"),
        Media(file="posts/shared.png", alt="Le plan"),
    )
    assert post.hashtags == ("logistique", "rennes")
    assert post.thread == ("La suite…", "Et la fin")
    assert dict(post.variants) == {
        "bluesky": Variant(text="Entrepôt", media=()),
        "blue": Variant(at=datetime(2026, 11, 24, 11, 0, tzinfo=paris)),
    }
    assert (post.draft, post.guard, post.evergreen) == (True, False, True)
    assert (post.link, post.first_comment) == ("https://atlas.example/rennes?x=1#y", "Merci !")
    assert (post.labels, post.note) == (("annonce",), "vu avec M. G.")


def test_what_is_left_out_has_its_default(workspace) -> None:
    post = workspace.post("- {id: x, text: Bonjour, slot: next}")
    assert post.channels == ("mastodon", "blue")
    assert post.schedule == NextSlot()
    assert (post.draft, post.guard, dict(post.variants)) == (False, True, {})


def test_an_unquoted_trap_is_what_a_person_means(workspace) -> None:
    post = workspace.post("""\
id: 0123
text: 10:15
at: 2026-11-24 10:15
hashtags: [no, on, 2026, 1.10]
labels: [12:30:45]
guard: on
draft: no
note: ~
""")
    assert (post.id, post.text) == ("0123", "10:15")
    assert post.hashtags == ("no", "on", "2026", "1.10")
    assert post.labels == ("12:30:45",)
    assert (post.guard, post.draft, post.note) == (True, False, "")


def test_a_file_with_one_post_takes_its_id_from_its_path(workspace) -> None:
    workspace.write("posts/atlas/2026/rennes.yaml", "{text: Bonjour, slot: next}")
    workspace.write("posts/atlas/2026/b.yml", "{id: own, text: Bonjour, slot: next}")
    loaded = workspace.client()
    assert [post.id for post in loaded.posts] == ["own", "2026/rennes"]


def test_a_path_that_cannot_be_an_id_says_which_id_to_write(workspace) -> None:
    workspace.write("posts/atlas/Été à Rennes.yaml", "{text: Bonjour, slot: next}")
    (problem,) = workspace.client().problems
    assert problem.code == "missing-id"
    assert problem.fix == "add id: ete-a-rennes"


def test_a_recurring_post(workspace) -> None:
    post = workspace.post(
        "{id: x, text: Menu, every: 'tue,fri 12:00', since: 2026-11-24, until: 2026-12-31}"
    )
    paris = workspace.settings.clients["atlas"].zone
    assert post.schedule == Every(
        rule="FREQ=WEEKLY;BYDAY=TU,FR;BYHOUR=12;BYMINUTE=0;BYSECOND=0",
        since="2026-11-24",
        until=datetime(2026, 12, 31, 23, 59, 59, tzinfo=paris),
    )


def test_all_problems_of_all_posts_come_at_once(workspace) -> None:
    assert workspace.problems("""\
- id: a
  text: Bonjour
  chanels: [mastodon]
  at: 2026-11-24 10:15
- id: B C
  text: [x]
  at: 24/11/2026 10:15
  slot: demain
- text: Bonjour
  slot: next
- id: d
  channels: [mastodonn, mastodon, mastodon]
  every: mon 09:00
  until: 2026-01-01
  since: 2026-02-01
  link: atlas.example
  draft: peut-être
- just a text
""") == [
        'posts/atlas/one.yaml:3:3: unknown key "chanels" in a post; did you mean "channels"?',
        'posts/atlas/one.yaml:5:7: "B C" cannot be an id -> write it like b-c',
        'posts/atlas/one.yaml:6:9: "text": a text is expected here, not a list',
        'posts/atlas/one.yaml:7:7: "24/11/2026 10:15" is not a date and time'
        " -> write 2026-11-24 10:15",
        'posts/atlas/one.yaml:8:9: "slot" cannot be "demain" -> write slot: next',
        'posts/atlas/one.yaml:8:9: a post has one of "at", "slot" and "every", not at and slot'
        " -> keep one",
        'posts/atlas/one.yaml:9:3: a post in a list has no "id"'
        " -> type cmctl check --fix, which writes the missing ids",
        'posts/atlas/one.yaml:11:3: a post has no "text" -> add "text: ..."',
        'posts/atlas/one.yaml:12:14: atlas has no channel "mastodonn"; did you mean "mastodon"?',
        'posts/atlas/one.yaml:12:35: the channel "mastodon" stands here twice'
        " -> keep one of the two",
        'posts/atlas/one.yaml:14:10: "until" is before "since": it could never go out'
        " -> move one of the two",
        'posts/atlas/one.yaml:16:9: "atlas.example" is not a web address -> write it like https://…',
        'posts/atlas/one.yaml:17:10: "draft" is true or false, not "peut-être"'
        " -> write draft: true",
        "posts/atlas/one.yaml:18:3: a post (a mapping) is expected here, not a text",
    ]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("{id: x, text: a}", 'needs "at", "slot" or "every"'),
        ("{id: x, text: a, slot: next, until: 2026-12-31}", 'write "expires"'),
        ("{id: x, text: a, at: 2026-11-24 10:15, expires: 2026-11-23}", '"expires" is before "at"'),
        ("{id: x, text: a, every: 'FREQ=WEEKLY;INTERVAL=2;BYHOUR=9'}", 'add "since: 2026-11-24"'),
        ("{id: x, text: a, slot: next, channels: []}", "goes to no channel"),
        ("{id: x, text: a, slot: next, channels: mastodon}", "write channels: [mastodon]"),
        ("{id: x, text: ' ', slot: next}", "a text with nothing in it"),
        ("{id: x, text: , slot: next}", '"text" says nothing'),
        ("{id: x, text: ~, slot: next}", 'a post has no "text"'),
        ('{id: x, text: "a\\0b", slot: next}', "control character U+0000"),
        ('{id: x, text: "a\\eb", slot: next}', "control character U+001B"),
        ("{id: x, text: a, text: b, slot: next}", 'the key "text" stands here a second time'),
        ("{id: x, text: a, slot: next, hashtags: ['a b']}", '"a b" is not one hashtag'),
        ("id: x\ntext: a\nslot: next\nhashtags:\n  - #a\n", 'an item of "hashtags" says nothing'),
        ("{id: x, text: a, slot: next, media: [{alt: b}]}", 'an image has no "file"'),
        (
            "{id: x, text: a, slot: next, media: [{file: a.png, url: https://b.example/c.png}]}",
            "not both",
        ),
        (
            "{id: x, text: a, slot: next, media: [{file: https://b.example/c.png}]}",
            "an address and no path",
        ),
        (
            "{id: x, text: a, slot: next, media: [{url: http://b.example/c.png}]}",
            "not an address that an image",
        ),
        (
            "{id: x, text: a, slot: next, media: [{url: https://u:p@b.example/c.png}]}",
            "not an address that an image",
        ),
        (
            "{id: x, text: a, slot: next, media: [{file: a.png, sha256: abc}]}",
            "is not a SHA-256",
        ),
        ("{id: x, text: a, slot: next, media: [{file: /etc/passwd}]}", "not a path inside"),
        ("{id: x, text: a, slot: next, media: [{file: ../../../x.png}]}", "out of the workspace"),
        ("{id: x, text: a, slot: next, media: [x.png]}", "not a text -> write {file: x.png}"),
        ("{id: x, text: a, slot: next, variants: {blu: {text: b}}}", 'did you mean "blue"?'),
        ("{id: x, text: a, every: mon 09:00, variants: {blue: {at: 2026-11-24 10:00}}}", "cannot"),
        ("{id: x, text: a, slot: next, [1]: 2}", "unknown key"),
        ("{id: x, text: a, slot: next, <<: {note: b}}", 'unknown key "<<"'),
        ("just a text", "a post or a list of posts is expected here"),
    ],
)
def test_what_is_wrong_with_one_post(workspace, body: str, said: str) -> None:
    loaded = workspace.client(one=body)
    errors = [one for one in loaded.problems if one.severity is Severity.ERROR]
    assert len(errors) == 1, errors
    assert said in f"{errors[0].message} -> {errors[0].fix}"
    assert loaded.posts == ()


def test_one_bad_post_never_stops_the_others(workspace) -> None:
    loaded = workspace.client(one=f"{GOOD}- {{id: bad, text: x, at: sometime}}\n", two="slot: next")
    assert [post.id for post in loaded.posts] == ["good"]
    assert loaded.invalid == {"bad", "two"}
    assert loaded.unreadable == ()
    assert {problem.post for problem in loaded.problems} == {"bad", "two"}


def test_a_half_written_file_never_publishes_and_the_other_files_go_on(workspace) -> None:
    loaded = workspace.client(one=GOOD, two="- id: a\n  text: Bonjour\n  slot: next\n- id: 'b")
    assert [post.id for post in loaded.posts] == ["good"]
    assert loaded.unreadable == ("posts/atlas/two.yaml",)
    assert [problem.code for problem in loaded.problems] == ["syntax"]


def test_no_part_of_a_file_cut_at_any_byte_says_something_else(workspace) -> None:
    """Written byte by byte: what is published from a part is a post of the whole, or nothing."""
    whole = (
        "- id: un\n  text: 'Déjà ouvert'\n  at: 2026-11-24 10:15\n  channels: [blue]\n"
        "- id: deux\n  text: 'Fermé'\n  slot: next\n"
    ).encode()
    texts = {"Déjà ouvert", "Fermé"}
    known = workspace.settings
    for end in range(len(whole)):
        workspace.write("posts/atlas/one.yaml", whole[:end])
        for post in load_client(known, "atlas", write_cache=False).posts:
            assert post.text in texts


def test_a_post_without_a_usable_id_makes_its_file_not_whole(workspace) -> None:
    loaded = workspace.client(one="- {text: a, slot: next}\n" + GOOD)
    assert loaded.unreadable == ("posts/atlas/one.yaml",)
    assert [post.id for post in loaded.posts] == ["good"]


def test_an_id_that_is_taken_twice_publishes_neither(workspace) -> None:
    loaded = workspace.client(one=GOOD, two=GOOD, three=GOOD.replace("good", "other"))
    assert [post.id for post in loaded.posts] == ["other"]
    assert loaded.invalid == {"good"}
    (problem,) = loaded.problems
    assert str(problem.place) == "posts/atlas/two.yaml:1:3"
    assert problem.message == 'the id "good" is also that of the post at posts/atlas/one.yaml:1:3'


def test_an_id_that_a_bad_post_has_too_publishes_neither(workspace) -> None:
    loaded = workspace.client(one=GOOD, two="- {id: good, text: x}")
    assert loaded.posts == ()
    assert [problem.code for problem in loaded.problems] == ["duplicate-id", "no-schedule"]


def test_the_same_id_at_two_clients_is_fine(workspace) -> None:
    workspace.write("posts/bistro/a.yaml", GOOD)
    workspace.write("posts/atlas/a.yaml", GOOD)
    loaded = list(load_posts(workspace.settings))
    assert [(one.client, len(one.posts), one.problems) for one in loaded] == [
        ("atlas", 1, ()),
        ("bistro", 1, ()),
    ]


def test_an_empty_file_says_nothing_and_is_fine(workspace) -> None:
    loaded = workspace.client(one="", two="# soon\n", three="[]")
    assert (loaded.posts, loaded.problems, loaded.unreadable) == ((), (), ())


# --- time ----------------------------------------------------------------------------------------


def test_a_time_that_the_clock_skips_goes_forward_and_is_said(workspace) -> None:
    loaded = workspace.client(one=at("2027-03-28 02:30"))
    assert loaded.posts[0].schedule.instant.isoformat() == "2027-03-28T03:30:00+02:00"
    (problem,) = loaded.problems
    assert (problem.code, problem.severity) == ("dst-gap", Severity.WARNING)
    assert problem.message == (
        "the clock in Europe/Paris skips 2027-03-28 02:30; 2027-03-28 03:30 is meant"
    )


def test_a_time_that_the_clock_shows_twice_is_the_first_and_is_said(workspace) -> None:
    loaded = workspace.client(one=at("2026-10-25 02:30"))
    assert loaded.posts[0].schedule.instant.isoformat() == "2026-10-25T02:30:00+02:00"
    (problem,) = loaded.problems
    assert problem.code == "dst-fold"
    assert "shows 2026-10-25 02:30 twice; the first is meant (UTC+0200)" in problem.message


@pytest.mark.parametrize("offset", ["+02:00", "+01:00"])
def test_both_of_a_repeated_hour_can_be_meant_by_their_offset(workspace, offset: str) -> None:
    for _ in range(2):  # from YAML, then from the cache
        loaded = workspace.client(one=at(f"2026-10-25 02:30{offset}"))
        assert loaded.problems == ()
        assert loaded.posts[0].schedule.instant.isoformat() == f"2026-10-25T02:30:00{offset}"


def test_what_is_over_is_said_when_asked(workspace) -> None:
    loaded = workspace.client(
        one="""\
- {id: over, text: a, at: 2026-11-24 10:15}
- {id: ahead, text: a, at: 2026-11-26 10:15}
- {id: elsewhere, text: a, at: 2026-11-24 10:15, variants: {blue: {at: 2026-11-26 10:15}}}
- {id: ended, text: a, every: daily 09:00, until: 2026-11-24}
- {id: expired, text: a, slot: next, expires: 2026-11-24}
- {id: on, text: a, every: daily 09:00, until: 2026-11-25}
"""
    )
    found = past_times(loaded.posts, datetime(2026, 11, 25, 10, tzinfo=UTC))
    assert [(one.post, one.message.split()[0]) for one in found] == [
        ("over", '"at"'),
        ("ended", '"until"'),
        ("expired", '"expires"'),
    ]
    assert {one.severity for one in found} == {Severity.WARNING}


# --- events --------------------------------------------------------------------------------------


def invites(event: str) -> str:
    return f"{{id: x, text: a, slot: next, variants: {{blue: {{event: {event}}}}}}}"


@pytest.mark.parametrize(
    ("event", "meant"),
    [
        (
            "{title: Portes ouvertes, from: 2026-12-01 10:00, to: 2026-12-01}",
            PublicEvent(title="Portes ouvertes", starts="2026-12-01T10:00", ends="2026-12-01"),
        ),
        (
            "{title: Soldes, from: 2026-12-1, to: 2026-12-06 18h30, coupon: A1, terms: Une fois}",
            PublicEvent(
                title="Soldes",
                starts="2026-12-01",
                ends="2026-12-06T18:30",
                offer=True,
                coupon="A1",
                terms="Une fois",
            ),
        ),
        (
            "{title: Soldes, from: 2026-12-01, to: 2026-12-01, offer: true}",
            PublicEvent(title="Soldes", starts="2026-12-01", ends="2026-12-01", offer=True),
        ),
    ],
)
def test_an_event_is_that_of_a_variant(workspace, event: str, meant: PublicEvent) -> None:
    for _ in range(2):  # from YAML, then from the cache
        loaded = workspace.client(one=invites(event))
        assert loaded.problems == ()
        (post,) = loaded.posts
        assert post.variants["blue"].event == meant


@pytest.mark.parametrize(
    ("event", "told"),
    [
        ("{title: a, from: 2026-12-02, to: 2026-12-01 10:00}", "end before it begins"),
        ("{title: a, from: 2026-12-01 10:00, to: 2026-12-01 09:00}", "end before it begins"),
        ("{title: a, from: 2026-12-01 10:00+01:00, to: 2026-12-02}", "has an offset"),
        ("{title: a, from: 2026-12-01}", 'has no "to"'),
        ("{title: a, from: soon, to: 2026-12-01}", "is not a date"),
    ],
)
def test_what_is_wrong_with_an_event_is_told(workspace, event: str, told: str) -> None:
    (problem,) = workspace.client(one=invites(event)).problems
    assert told in problem.message


# --- media ---------------------------------------------------------------------------------------


def test_an_image_at_an_address_keeps_address_hash_and_text(workspace) -> None:
    image = f"{{url: 'https://b.example/c.png?d=1', sha256: {'0a' * 32}, alt: é}}"
    loaded = workspace.client(one=f"{{id: x, text: a, slot: next, media: [{image}]}}")
    expected = Media(file="https://b.example/c.png?d=1", alt="é", sha256="0a" * 32)
    assert loaded.posts[0].media == (expected,)
    assert expected.name == "c.png"
    assert [use.media for use in loaded.unread] == [expected]
    assert loaded.problems == ()


MEDIA = "- {id: x, text: a, slot: next, media: [{file: a.png, alt: b}]}\n" + GOOD


def test_a_missing_image_holds_back_its_post_and_no_other(workspace) -> None:
    loaded = workspace.client(one=MEDIA)
    assert [post.id for post in loaded.posts] == ["good"]
    assert loaded.invalid == {"x"}
    (problem,) = loaded.problems
    assert str(problem.place) == "posts/atlas/one.yaml:1:47"
    assert problem.message == "posts/atlas/a.png is not there"
    workspace.write("posts/atlas/a.png", b"png")  # no change to the file that names it
    assert workspace.client().problems == ()


@pytest.mark.parametrize("target", ["/etc/passwd", "../../../away.png"])
def test_an_image_behind_a_link_out_of_the_workspace_is_refused(workspace, target: str) -> None:
    (workspace.root.parent / "away.png").write_bytes(b"png")
    workspace.write("posts/atlas/one.yaml", MEDIA)
    (workspace.root / "posts/atlas/a.png").symlink_to(target)
    (problem,) = workspace.client().problems
    assert problem.message == "posts/atlas/a.png leads out of the workspace"


def test_an_image_in_a_linked_folder_out_of_the_workspace_is_refused(
    workspace, tmp_path_factory
) -> None:
    away = tmp_path_factory.mktemp("away")
    (away / "a.png").write_bytes(b"png")
    workspace.write("posts/atlas/one.yaml", MEDIA.replace("a.png", "media/a.png"))
    (workspace.root / "posts/atlas/media").symlink_to(away)
    (problem,) = workspace.client().problems
    assert problem.message == "posts/atlas/media/a.png leads out of the workspace"


def test_an_image_that_is_a_link_inside_the_workspace_is_fine(workspace) -> None:
    workspace.write("posts/atlas/b.png", b"png")
    (workspace.root / "posts/atlas/a.png").symlink_to("b.png")
    assert workspace.client(one=MEDIA).problems == ()


def test_a_fifo_is_no_image(workspace) -> None:
    workspace.write("posts/atlas/one.yaml", MEDIA)
    os.mkfifo(workspace.root / "posts/atlas/a.png")
    (problem,) = workspace.client().problems
    assert problem.message == "posts/atlas/a.png is not a file"


def test_a_variant_for_a_channel_that_the_post_does_not_reach_is_said(workspace) -> None:
    body = "{id: x, text: a, slot: next, channels: [mastodon], variants: {bluesky: {text: b}}}"
    loaded = workspace.client(one=body)
    assert len(loaded.posts) == 1
    assert [problem.code for problem in loaded.problems] == ["unused-variant"]


# --- strays --------------------------------------------------------------------------------------


def test_posts_of_no_client_are_said(workspace) -> None:
    workspace.write("posts/atlass/a.yaml", GOOD)
    workspace.write("posts/atlass/b.yaml", GOOD)
    workspace.write("posts/lost.yaml", GOOD)
    found = stray_files(workspace.settings, scan(workspace.root))
    assert [one.message for one in found] == [
        'posts/atlass/ is no client in config.yaml; its posts do not go out; did you mean "atlas"?',
        "posts/lost.yaml is in no client's folder; its posts do not go out",
    ]


VALUES = st.recursive(
    st.sampled_from(["", "a", "2026-11-24 10:15", "next", "yes", "~", "'x: y'", "[]", "mon 09:00"])
    | st.text(alphabet="ab \"'{}[]:,#&*-\n", max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.dictionaries(st.sampled_from(["text", "file", "at", "blue"]), inner, max_size=3).map(
            lambda pairs: "{" + ", ".join(f"{key}: {value}" for key, value in pairs.items()) + "}"
        )
    ),
    max_leaves=4,
)
KEYS = st.sampled_from([*POST.fields, "oops"])


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.tuples(KEYS, VALUES), max_size=5), max_size=3))
def test_no_posts_file_makes_it_raise_and_every_refusal_has_a_place(workspace, posts) -> None:
    body = "".join(
        "- " + "\n  ".join(f"{key}: {value}" for key, value in post) + "\n" for post in posts
    )
    loaded = workspace.client(one=body)
    again = load_client(workspace.settings, "atlas")
    assert again == loaded
    for problem in loaded.problems:
        assert problem.place
        assert problem.place.file == "posts/atlas/one.yaml"
        assert problem.message
