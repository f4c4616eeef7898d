"""Edits in place: what is meant changes, and nothing else does."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cmctl.config.edit import EditError, append_post, insert_ids, remove_key, set_key
from cmctl.config.emit import block, flow
from cmctl.config.reader import compose, raw_value
from cmctl.config.slugs import slug, unique
from cmctl.core.model import Problem

FILE = """\
# The posts of November.

- id: un            # the first
  text: |
    Bonjour
      à tous

  # seen with Mr G.
  at: 2026-11-24 10:15   # the market opens at 11

- id: deux
  text: "Fermé"
  draft: true
# the end
"""


def read(text: str) -> list[dict[str, object]]:
    root = compose(text, "a.yaml")
    assert root is not None
    assert not isinstance(root, Problem), root
    value = raw_value(root)
    return value if isinstance(value, list) else [value]


def test_moving_a_post_changes_its_time_and_nothing_else() -> None:
    assert set_key(FILE, "un", "at", "2026-11-25 09:00") == FILE.replace(
        "2026-11-24 10:15", "2026-11-25 09:00"
    )


def test_approving_a_draft_removes_one_line() -> None:
    assert remove_key(FILE, "deux", "draft") == FILE.replace("  draft: true\n", "")
    assert set_key(FILE, "deux", "draft", False) == FILE.replace("draft: true", "draft: false")


def test_removing_a_key_takes_the_comment_on_its_line_and_no_other() -> None:
    assert remove_key(FILE, "un", "at") == FILE.replace(
        "  at: 2026-11-24 10:15   # the market opens at 11\n", ""
    )


def test_removing_a_block_keeps_the_comments_below() -> None:
    assert remove_key(FILE, "un", "text") == FILE.replace(
        "  text: |\n    Bonjour\n      à tous\n", ""
    )


def test_removing_the_first_key_of_an_item_keeps_the_item() -> None:
    text = "- draft: true  # still\n  id: a\n  text: b\n"
    assert remove_key(text, "a", "draft") == "- id: a\n  text: b\n"


def test_removing_what_is_not_there_changes_nothing() -> None:
    assert remove_key(FILE, "un", "draft") == FILE


def test_a_new_key_stands_below_the_others() -> None:
    assert set_key(FILE, "deux", "at", "2026-12-01 09:00") == FILE.replace(
        "  draft: true\n", "  draft: true\n  at: 2026-12-01 09:00\n"
    )


def test_a_new_text_is_a_block_as_a_person_would_write_it() -> None:
    assert set_key(FILE, "un", "text", "Salut\n\nvous: tous #1") == FILE.replace(
        "    Bonjour\n      à tous\n", "    Salut\n\n    vous: tous #1\n"
    )
    assert 'text: "Fermé: #demain"\n' in set_key(FILE, "deux", "text", "Fermé: #demain")


def test_a_comment_behind_a_value_stays_even_where_the_new_one_has_lines() -> None:
    text = "- id: a\n  text: Bonjour   # short\n"
    assert set_key(text, "a", "text", "b\nc") == '- id: a\n  text: "b\\nc"   # short\n'
    text = "- id: a\n  text: |  # long\n    b\n    c\n"
    assert set_key(text, "a", "text", "d") == "- id: a\n  text: d  # long\n"


def test_an_empty_value_is_filled() -> None:
    assert set_key("- id: a\n  at:\n", "a", "at", "2026-11-24 10:15") == (
        "- id: a\n  at: 2026-11-24 10:15\n"
    )


def test_posts_in_brackets_are_edited_too() -> None:
    text = "- {id: a, text: b, draft: true}  # c\n- {id: d, text: e}\n"
    assert remove_key(text, "a", "draft") == text.replace(", draft: true", "")
    assert remove_key(text, "a", "text") == text.replace("text: b, ", "")
    assert set_key(text, "d", "slot", "next") == text.replace("text: e", "text: e, slot: next")
    assert set_key(text, "d", "text", "x, y") == text.replace("text: e", 'text: "x, y"')


def test_a_file_with_one_post_is_edited_by_the_id_of_its_path() -> None:
    text = "text: Bonjour\nslot: next\n"
    new = set_key(text, "2026/rennes", "draft", True, path_id="2026/rennes")
    assert new == text + "draft: true\n"
    with pytest.raises(EditError, match="no posts with the id"):
        set_key(text, "other", "draft", True, path_id="2026/rennes")


def test_an_id_can_be_changed_and_written_into_a_file_with_one_post() -> None:
    assert set_key(FILE, "deux", "id", "zwei") == FILE.replace("id: deux", "id: zwei")
    assert read(set_key("text: a\n", "p", "id", "p", path_id="p")) == [{"text": "a", "id": "p"}]


def test_windows_line_ends_and_a_byte_order_mark_stay() -> None:
    text = "\ufeff" + FILE.replace("\n", "\r\n")
    new = set_key(text, "deux", "text", "a\nb")
    assert new.startswith("\ufeff#")
    assert "\n" not in new.replace("\r\n", "")
    assert read(new[1:])[1]["text"] == "a\nb"
    assert remove_key(text, "deux", "draft") == text.replace("  draft: true\r\n", "")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- id: b\n", "no posts with the id"),
        ("- id: a\n- id: a\n", "2 posts with the id"),
        ("- id: a\n  text: 'x", "put right first: line"),
        ("- id: b\n  at: &x 1\n- id: a\n  at: *x\n", "by an alias"),
        ("- &x\n  id: a\n- *x\n", "2 posts"),
        ("", "no posts"),
        ("just text", "no posts"),
    ],
)
def test_what_cannot_be_edited_is_left_alone(text: str, said: str) -> None:
    with pytest.raises(EditError, match=re.escape(said)):
        set_key(text, "a", "at", "2026-11-24 10:15")


def test_a_typed_text_that_is_no_unicode_is_refused() -> None:
    with pytest.raises(EditError, match="not Unicode"):
        set_key(FILE, "un", "note", "caf\udce9")


def test_a_value_that_others_repeat_is_left_alone() -> None:
    text = "- id: a\n  at: &x 2026-11-24 10:15\n- id: b\n  at: *x\n"
    with pytest.raises(EditError):
        set_key(text, "a", "at", "2026-11-25 10:15")


# --- new posts -----------------------------------------------------------------------------------

POST = {
    "id": "trois",
    "text": "Ligne 1\nLigne 2",
    "channels": ["mastodon", "blue"],
    "at": "2026-11-30 09:00",
    "draft": True,
    "media": [{"file": "media/a.png", "alt": "Une façade, de près"}],
}
WRITTEN = """\
- id: trois
  text: |
    Ligne 1
    Ligne 2
  channels: [mastodon, blue]
  at: 2026-11-30 09:00
  draft: true
  media: [{file: media/a.png, alt: "Une façade, de près"}]
"""


def test_a_post_is_added_at_the_end_with_the_files_own_spacing() -> None:
    assert append_post(FILE, POST) == f"{FILE}\n{WRITTEN}"
    assert append_post("- {id: a}\n- {id: b}\n", POST) == "- {id: a}\n- {id: b}\n" + WRITTEN
    indented = "  - id: a\n    text: b"
    assert append_post(indented, {"id": "c", "text": "d"}) == (
        "  - id: a\n    text: b\n\n  - id: c\n    text: d\n"
    )


def test_a_new_file_gets_the_line_for_the_editor() -> None:
    assert append_post("", POST, schema="../../.cmctl/schemas/posts.json") == (
        "# yaml-language-server: $schema=../../.cmctl/schemas/posts.json\n" + WRITTEN
    )
    assert append_post("# mine\n", POST) == "# mine\n" + WRITTEN


@pytest.mark.parametrize("text", ["id: a\ntext: b\n", "[]", "[{id: a}]", "- 'x", "word"])
def test_a_file_that_is_no_list_takes_no_post(text: str) -> None:
    with pytest.raises(EditError):
        append_post(text, POST)


# --- missing ids ---------------------------------------------------------------------------------


def test_missing_ids_are_written_first_and_nothing_else_moves() -> None:
    text = """\
# list
- text: Où va l’œuvre ? https://x.example Très bien
  at: 2026-11-24 10:15   # c

-   # later
  text: |
    Où va l'œuvre, très bien
- id: trois
  text: x
- {text: "🎉🎉"}
"""
    new, ids = insert_ids(text, taken={"post"})
    assert ids == ["ou-va-l-oeuvre-tres", "ou-va-l-oeuvre-tres-2", "post-2"]
    assert (
        new
        == """\
# list
- id: ou-va-l-oeuvre-tres
  text: Où va l’œuvre ? https://x.example Très bien
  at: 2026-11-24 10:15   # c

-   # later
  id: ou-va-l-oeuvre-tres-2
  text: |
    Où va l'œuvre, très bien
- id: trois
  text: x
- {id: post-2, text: "🎉🎉"}
"""
    )
    assert insert_ids(new) == (new, [])


def test_a_file_with_one_post_needs_no_id() -> None:
    assert insert_ids("text: a\n") == ("text: a\n", [])
    assert insert_ids("") == ("", [])


@given(st.text(max_size=80))
def test_a_slug_is_an_id(text: str) -> None:
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]{0,47}", slug(text))


def test_a_slug_that_is_taken_gets_the_next_number() -> None:
    assert unique("a", {"a", "a-2"}) == "a-3"


# --- properties ----------------------------------------------------------------------------------

# What a post's text can be: anything but control characters, which the reader refuses.
TEXTS = st.text(
    st.characters(blacklist_categories=["Cs", "Cc"]) | st.sampled_from("\n\n  :#-[]{}'\"&*!|>%@`"),
    max_size=60,
)
LAYOUTS = st.sampled_from(
    [
        FILE,
        FILE.replace("\n", "\r\n"),
        "- {id: un, text: a, at: b}\n- {id: deux, text: c}",
        "  - text: >-\n      folded\n      text\n    id: un  # x\n  - id: deux\n    text: ''\n",
        "- id: deux\n  text: |+\n    kept\n\n\n- id: un\n  text: 'a\n    b'\n  note: a\n    b\n",
        "- id: un\n  media:\n  - file: a\n    alt: b # c\n  # d\n  text: x\n-\n  id: deux\n",
        "- id: deux\n  text: x\n- id: un\n  text: |+  # c\n    kept\n\n\n",
    ]
)


@given(TEXTS)
def test_every_text_is_written_so_that_it_is_read_back(text: str) -> None:
    assert read(f"- a: {flow(text)}\n  b: [{flow(text)}]\n") == [{"a": text, "b": [text]}]
    assert read(f"- a: {block(text, 2)}\n  b: c\n") == [{"a": text, "b": "c"}]


@given(LAYOUTS, st.sampled_from(["un", "deux"]), st.sampled_from(["text", "at", "note"]), TEXTS)
def test_setting_a_key_changes_this_key_only(text: str, post: str, key: str, value: str) -> None:
    before = read(text)
    after = read(set_key(text, post, key, value))
    for one in before:
        if one["id"] == post:
            one[key] = value
    assert after == before


@given(LAYOUTS, st.sampled_from(["un", "deux"]), st.sampled_from(["text", "at", "note", "media"]))
def test_removing_a_key_keeps_every_other_line(text: str, post: str, key: str) -> None:
    new = remove_key(text, post, key)
    assert all(key not in one for one in read(new) if one["id"] == post)
    for comment in re.findall(r"^\s*# .*", text, re.MULTILINE):
        assert comment.strip() in new


@given(LAYOUTS, TEXTS)
def test_a_post_that_is_added_is_the_last_one(text: str, value: str) -> None:
    after = read(append_post(text, {"id": "new", "text": value}))
    assert after == [*read(text), {"id": "new", "text": value}]


def test_the_anchor_of_an_alias_is_not_edited_away() -> None:
    text = "- id: a\n  text: &t Words\n- id: b\n  text: *t\n"
    with pytest.raises(EditError, match='"text" is repeated elsewhere by an alias'):
        set_key(text, "a", "text", "Others")
    alone = text.replace("*t", "Third")
    assert read(set_key(alone, "a", "text", "Others"))[0]["text"] == "Others"
