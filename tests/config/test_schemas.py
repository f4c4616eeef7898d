"""The JSON Schemas say the same as the reader, and the manual's examples satisfy both."""

import re
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from cmctl.config.post_fields import POST
from cmctl.config.schemas import config_schema, posts_schema
from cmctl.config.setting_fields import CLIENT, CONFIG

MANUAL = Path(__file__).parents[2] / "docs/workspace.md"
EXAMPLES = re.findall(
    r"```yaml\n(# yaml-language-server.*?)```", MANUAL.read_text("utf-8"), re.DOTALL
)


class Editor(yaml.SafeLoader):
    """What the YAML language server sees: YAML 1.2's core schema."""


Editor.yaml_implicit_resolvers = {}
for tag, pattern, first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+0123456789."),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
):
    Editor.add_implicit_resolver(
        f"tag:yaml.org,2002:{tag}", re.compile(rf"^(?:{pattern})$"), list(first)
    )


def complaint(schema: dict[str, object], text: str) -> str:
    """Return what an editor would underline, or nothing."""
    error = best_match(Draft202012Validator(schema).iter_errors(yaml.load(text, Editor)))
    return error.message if error else ""


def split_alternatives(text: str) -> str:
    """Give the manual's example the one schedule that it shows; the others stand in comments."""
    return re.sub(r"^  until:.*\n", "", text, flags=re.MULTILINE)


@pytest.mark.parametrize("schema", [config_schema(), posts_schema()])
def test_the_schemas_are_schemas(schema: dict[str, object]) -> None:
    Draft202012Validator.check_schema(schema)


def test_the_manual_has_an_example_of_each_file() -> None:
    assert len(EXAMPLES) == 2


def test_the_manuals_examples_satisfy_the_schemas() -> None:
    assert complaint(config_schema(), EXAMPLES[0]) == ""
    assert complaint(posts_schema(), EXAMPLES[1]) == ""


def test_the_manuals_examples_are_read_without_a_problem(workspace) -> None:
    settings = workspace.load_settings(EXAMPLES[0])
    assert settings.problems == ()
    config = EXAMPLES[0] + "      bluesky: {handle: a.example, password: env:B}\n"
    assert workspace.load_settings(config).problems == ()
    workspace.write("posts/atlas/media/entrepot.png", b"png")
    loaded = workspace.client(one=split_alternatives(EXAMPLES[1]))
    assert loaded.problems == ()
    assert loaded.posts[0].id == "rennes-entrepot"


@pytest.mark.parametrize(
    ("text", "fine"),
    [
        ("{text: a, at: 2026-11-24 10:15}", True),
        ("{text: a, at: 2026-11-24T10:15:00+01:00}", True),
        ("- {id: a, text: a, slot: next}", True),
        ("{text: 2026, every: daily 09:00, guard: off, id: 2026}", True),
        ("{text: a, draft: true}", True),
        ("- {text: a, slot: next}", False),  # no id in a list
        ("{text: a}", False),  # no schedule
        ("{text: a, at: 2026-11-24 10:15, slot: next}", False),
        ("{text: a, at: 10:15}", False),
        ("{text: a, slot: nxt}", False),
        ("{text: a, slot: next, chanels: [a]}", False),
        ("{slot: next}", False),
        ("{text: a, slot: next, media: [{alt: b}]}", False),
        ("{text: a, slot: next, channels: mastodon}", False),
        ("{text: a, slot: next, draft: maybe}", False),
    ],
)
def test_the_editor_and_the_reader_agree(workspace, text: str, fine: bool) -> None:
    assert (complaint(posts_schema(), text) == "") == fine
    assert (not workspace.client(one=text).problems) == fine


@pytest.mark.parametrize(
    ("text", "fine"),
    [
        ("{timezone: Europe/Paris, clients: {}}", True),
        ("{timezone: Europe/Paris, grace: 1h30m, slots: [daily 18:00], clients: {}}", True),
        ("{timezone: Europe/Paris, guard: {window: ever, teasers: flag}, clients: {}}", True),
        ("{timezone: Europe/Paris, guard: {community_limit: 0, cooldown: 30d}, clients: {}}", True),
        ("{timezone: Europe/Paris, guard: {flag: 0.4, block: 1}, clients: {}}", True),
        ("{timezone: Europe/Paris, guard: {flag: 1.4}, clients: {}}", False),
        ("{timezone: Europe/Paris, guard: {block: often}, clients: {}}", False),
        ("{timezone: Europe/Paris, guard: {community_limit: few}, clients: {}}", False),
        ("{timezone: Europe/Paris, guard: {translations: hold}, clients: {}}", False),
        ("{timezone: Europe/Paris, guard: {cooldown: ever}, clients: {}}", False),
        ("{clients: {}}", False),
        ("{timezone: Europe/Paris, clients: {}, grase: 2h}", False),
        ("{timezone: Europe/Paris, clients: {}, grace: soon}", False),
        ("{timezone: Europe/Paris, clients: {}, guard: {on_flag: cry}}", False),
        ("{timezone: Europe/Paris, clients: {'A B': {name: x, channels: {}}}}", False),
        ("{timezone: Europe/Paris, clients: {a: {channels: {}}}}", False),
    ],
)
def test_the_editor_and_the_reader_agree_on_the_config(workspace, text: str, fine: bool) -> None:
    assert (complaint(config_schema(), text) == "") == fine
    assert (not workspace.load_settings(text).problems) == fine


@pytest.mark.parametrize("record", [POST, CONFIG, CLIENT])
def test_every_key_is_described(record) -> None:
    for field in record.fields.values():
        assert field.description.endswith("."), field.name
