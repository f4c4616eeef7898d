"""The options of a Bluesky account in YAML, and what is wrong with them."""

from collections.abc import Iterator, Mapping
from typing import Final

from cmctl.channels import options as yaml
from cmctl.core.model import Place, Problem

URL: Final = "https://bsky.social"
OPTIONS: Final = (
    yaml.Option(name="handle", what="the account's handle, such as atlas.bsky.social"),
    yaml.Option(
        name="password",
        what="a reference to an app password (made in Settings, App passwords)",
        form=yaml.Form.SECRET,
    ),
    yaml.Option(
        name="url",
        what=f"the account's PDS; {URL} where nothing is said",
        form=yaml.Form.ADDRESS,
        required=False,
    ),
)


def handle_problems(
    options: Mapping[str, object], places: Mapping[str, Place]
) -> Iterator[Problem]:
    """Yield what is wrong with `handle`."""
    handle = options.get("handle")
    if isinstance(handle, str) and ("." not in handle or "@" in handle):
        yield Problem(
            code="bad-handle",
            message=f"`handle: {handle}` is not a handle",
            fix="write it with its domain and without @, such as atlas.bsky.social",
            place=places.get("handle", places.get("")),
        )
