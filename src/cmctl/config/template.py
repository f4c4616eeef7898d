"""What `cmctl init` writes: a workspace that passes `cmctl check` and shows what there is."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

from cmctl.config.scan import CONFIG
from cmctl.config.schemas import CONFIG_SCHEMA, POSTS_SCHEMA, config_schema, posts_schema
from cmctl.config.writing import FileChangedError, write_file

#: Where each file of the template goes.
_PLACES = {
    CONFIG: "config.yaml",
    "posts/my-client/welcome.yaml": "posts.yaml",
    ".gitignore": "gitignore",
}


def new_workspace(now: datetime, zone: ZoneInfo) -> Mapping[str, str]:
    """Return the files of a new workspace by their path; its posts lie in the future of `now`."""
    today = now.astimezone(zone).date()
    words = {
        "{{zone}}": zone.key,
        "{{tomorrow}}": (today + timedelta(days=1)).isoformat(),
        "{{later}}": (today + timedelta(days=90)).isoformat(),
    }
    return {
        **{path: _filled(name, words) for path, name in _PLACES.items()},
        **schema_files(),
    }


def schema_files() -> Mapping[str, str]:
    """Return the JSON Schemas by their path; they belong to the program, not to the person."""
    schemas = {CONFIG_SCHEMA: config_schema(), POSTS_SCHEMA: posts_schema()}
    return {
        path: json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        for path, schema in schemas.items()
    }


def write_new(root: Path, contents: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Write files that are not there yet; return the paths written and the paths left alone.

    Raises:
        OSError: a file cannot be written; those before it are.
    """
    written, left = [], []
    for path, content in contents.items():
        try:
            write_file(root / path, content.encode(), expected=None)
        except FileChangedError:  # it is there, whatever it says
            left.append(path)
        else:
            written.append(path)
    return written, left


def _filled(name: str, words: Mapping[str, str]) -> str:
    text = files("cmctl.config").joinpath("template", name).read_text(encoding="utf-8")
    for word, value in words.items():
        text = text.replace(word, value)
    return text
