"""The JSON Schemas for an editor, made of the same tables that read the files."""

from cmctl.config.kinds import Schema
from cmctl.config.post_fields import POST
from cmctl.config.setting_fields import CONFIG

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
#: Where `cmctl init` puts them, relative to the workspace.
CONFIG_SCHEMA = ".cmctl/schemas/config.json"
POSTS_SCHEMA = ".cmctl/schemas/posts.json"


def config_schema() -> Schema:
    """Return the schema of `config.yaml`."""
    return {"$schema": _DIALECT, "title": "cmctl: config.yaml", **CONFIG.schema()}


def posts_schema() -> Schema:
    """Return the schema of a posts file: one post, or a list in which each has its id."""
    return {
        "$schema": _DIALECT,
        "title": "cmctl: posts",
        "$defs": {"post": _post_schema()},
        "if": {"type": "array"},
        "then": {
            "items": {"allOf": [{"$ref": "#/$defs/post"}, {"required": ["id"]}]},
        },
        "else": {"$ref": "#/$defs/post"},
    }


def _post_schema() -> Schema:
    """Say of one post what its table cannot: one schedule, and none only in a draft."""
    schedules = [{"required": [name]} for name in ("at", "slot", "every")]
    draft = {"properties": {"draft": {"enum": [True, "on", "yes"]}}, "required": ["draft"]}
    none = {"not": {"anyOf": schedules}}
    return {**POST.schema(), "oneOf": [*schedules, {"allOf": [draft, none]}]}
