"""Changes to `config.yaml` that touch only what they mean; comments and layout stay."""

from collections.abc import Mapping
from typing import Any

from yaml.nodes import MappingNode, Node

from cmctl.config.edit import edited, raw
from cmctl.config.emit import Value
from cmctl.config.layout import BY_HAND, EditError, Source, Splice, pair_of


def set_guard(text: str, client: str, values: Mapping[str, Value]) -> str:
    """Set keys of a client's `guard`, which is added where it is not there.

    Raises:
        EditError: the client is not there, or the layout does not allow it.
    """

    def change(source: Source) -> list[Splice]:
        node = _client(source, client)
        guard = pair_of(node, "guard")
        if guard is None:
            return [source.add(node, "guard", values)]
        if not isinstance(guard[1], MappingNode) or not guard[1].value:
            return [source.replace(node, *guard, values)]
        return [_set(source, guard[1], key, value) for key, value in values.items()]

    def intended(documents: list[Any]) -> None:
        section = documents[0]["clients"][client]
        known = section.get("guard")
        section["guard"] = {**(known if isinstance(known, dict) else {}), **_raw(values)}

    return edited(text, change, intended)


def _raw(values: Mapping[str, Value]) -> dict[str, Any]:
    return {key: raw(value) for key, value in values.items()}


def _set(source: Source, node: MappingNode, key: str, value: Value) -> Splice:
    pair = pair_of(node, key)
    return source.replace(node, *pair, value) if pair else source.add(node, key, value)


def _client(source: Source, client: str) -> MappingNode:
    node: Node | None = next(iter(source.posts()), None)
    for key in ("clients", client):
        pair = pair_of(node, key) if isinstance(node, MappingNode) else None
        node = pair[1] if pair else None
    if isinstance(node, MappingNode):
        return node
    raise EditError(f"the file has no client {client!r}", hint=BY_HAND)
