"""Changes to a file that touch only what they mean; comments and layout stay.

Every function takes the file's text and returns the new one, after reading it back: where anything
else than the intended value would change, nothing does and `EditError` says so.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from yaml.nodes import ScalarNode

from cmctl.config.emit import Value, flow
from cmctl.config.layout import (
    BY_HAND,
    EditError,
    Source,
    Splice,
    compose_right,
    pair_of,
    value_of,
)
from cmctl.config.reader import raw_value
from cmctl.config.slugs import slug, unique

_BOM = "\ufeff"
SCHEMA_LINE = "# yaml-language-server: $schema={}\n"


def set_key(text: str, post: str, key: str, value: Value, *, path_id: str = "") -> str:
    """Set a top-level key of the post with the id `post`, adding it where it is not there.

    `path_id` is the id that a file with one post takes from its path.

    Raises:
        EditError: the post is not there, or its layout does not allow it.
    """

    def change(source: Source) -> list[Splice]:
        node = source.post(post, path_id)
        pair = pair_of(node, key)
        return [source.replace(node, *pair, value) if pair else source.add(node, key, value)]

    def intended(values: dict[str, Any]) -> None:
        values[key] = raw(value)

    return edited(text, change, lambda posts: intended(_values(posts, post, path_id)))


def remove_key(text: str, post: str, key: str, *, path_id: str = "") -> str:
    """Remove a top-level key of a post, with the comment on its line; fine where it is not there.

    Raises:
        EditError: as for `set_key`, or it is the post's only key.
    """

    def change(source: Source) -> list[Splice]:
        node = source.post(post, path_id)
        return [source.cut(node, key)] if pair_of(node, key) else []

    return edited(text, change, lambda posts: _values(posts, post, path_id).pop(key, None))


def append_post(text: str, post: Mapping[str, Value], *, schema: str = "") -> str:
    """Add a post at the end of a list of posts; an empty text becomes one.

    `schema` is the address of the JSON Schema, for the editor's line in a new file.

    Raises:
        EditError: the file holds one post, or a list in brackets.
    """
    if not text.strip(f"{_BOM}\n\r "):
        text = SCHEMA_LINE.format(schema) if schema else ""

    def change(source: Source) -> list[Splice]:
        return [source.append(post)]

    return edited(text, change, lambda posts: posts.append(raw(post)))


def insert_ids(text: str, taken: Iterable[str] = ()) -> tuple[str, list[str]]:
    """Write an id into every post of a list that has none, made of its text's first words.

    Returns the new text and the new ids. `taken` are the ids that the client's other files have.

    Raises:
        EditError: the file cannot be read, or its layout does not allow it.
    """
    used = set(taken)
    new: list[str] = []

    def change(source: Source) -> list[Splice]:
        nodes = source.posts()
        used.update(str(known) for node in nodes if (known := value_of(node, "id")))
        splices = []
        for node in nodes if source.is_list() else ():
            if not pair_of(node, "id") and node.value:
                new.append(unique(slug(str(value_of(node, "text") or "")), used))
                used.add(new[-1])
                splices.append(source.put_first(node, "id", new[-1]))
        return splices

    def intended(posts: list[Any]) -> None:
        missing = iter(new)
        for post in posts if new else ():
            if isinstance(post, dict) and "id" not in post and post:
                post["id"] = next(missing)

    return edited(text, change, intended), new


# --- how -----------------------------------------------------------------------------------------


def edited(
    text: str,
    change: Callable[[Source], list[Splice]],
    intended: Callable[[list[Any]], object],
) -> str:
    """Apply a change and prove by reading back that it did what was intended and nothing else."""
    mark, body = (_BOM, text[1:]) if text.startswith(_BOM) else ("", text)
    newline = "\r\n" if "\r\n" in body else "\n"
    expected = _raw_posts(body)
    result = body
    for splice in sorted(change(Source(body)), reverse=True):
        new = splice.text.replace("\n", newline)
        result = result[: splice.start] + new + result[splice.end :]
    intended(expected)
    if _raw_posts(result) != expected:
        raise EditError("the file's layout does not allow this change", hint=BY_HAND)
    return mark + result


def _raw_posts(text: str) -> list[Any]:
    root = compose_right(text)
    if root is None or (isinstance(root, ScalarNode) and not root.value):
        return []
    value = raw_value(root)
    return value if isinstance(value, list) else [value]


def raw(value: Value) -> Any:
    """Return a value as the reader gives it back."""
    if isinstance(value, bool | float):
        return flow(value)
    if isinstance(value, Mapping):
        return {key: raw(one) for key, one in value.items()}
    return value if isinstance(value, str) else [raw(one) for one in value]


def _values(posts: list[Any], post: str, path_id: str) -> dict[str, Any]:
    """Return the raw post that `Source.post` finds."""
    found: dict[str, Any] = next(
        one for one in posts if isinstance(one, dict) and one.get("id", path_id) == post
    )
    return found
