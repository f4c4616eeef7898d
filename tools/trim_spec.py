"""Trim a vendor's description of its API to what a stand-in needs.

    python tools/trim_spec.py FOLDER [VENDOR]...

FOLDER holds the vendors' files as they publish them; `tools/specs/VENDOR.toml` says where each
comes from, under which licence, and which operations are kept. Written is
`src/cmctl/testing/standins/specs/VENDOR.json`: JSON Schemas (2020-12) by operation, closed, so that
a field that the vendor does not describe is a mistake. `[by_hand]` in the TOML file holds what the
vendor documents in words only, with its page; a description whose licence forbids copies is told
there whole, and has no file.

Reads OpenAPI 3, Swagger 2, the community's JSON of the Telegram Bot API, and the lists of fields
and parameters of Meta's Graph API.
"""

import json
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
TARGET = HERE.parent / "src/cmctl/testing/standins/specs"
METHODS = ("get", "post", "put", "patch", "delete")
#: What a schema keeps as it is; names and words go.
KEPT = frozenset(
    {
        *("type", "enum", "const", "required", "pattern", "uniqueItems"),
        *("minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems"),
    }
)
ABOUT = ("source", "licence", "by_hand_source")
TELEGRAM = {"Integer": "integer", "String": "string", "Boolean": "boolean", "Float": "number"}


def main() -> None:
    folder, *vendors = sys.argv[1:]
    for vendor in vendors or sorted(path.stem for path in (HERE / "specs").glob("*.toml")):
        config = tomllib.loads((HERE / "specs" / f"{vendor}.toml").read_text())
        TARGET.mkdir(exist_ok=True)
        text = json.dumps(
            trimmed(config, Path(folder)), indent=1, sort_keys=True, ensure_ascii=False
        )
        (TARGET / f"{vendor}.json").write_text(text + "\n")


def trimmed(config: dict[str, Any], folder: Path) -> dict[str, Any]:
    operations, schemas = read(config, folder) if config["files"] else ({}, {})
    for name, operation in config.get("by_hand", {}).items():
        told = json.loads(operation) if isinstance(operation, str) else operation
        operations[name] = merged(operations.get(name, {}), told)
    for name, schema in config.get("by_hand_schemas", {}).items():
        schemas[name] = merged(schemas.get(name, {}), json.loads(schema))
    about = {
        name: config[name] for name in ("source", "licence", "by_hand_source") if name in config
    }
    return {**about, "operations": operations, "$defs": used(operations, schemas)}


def read(config: dict[str, Any], folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    if config["files"][0].endswith("/"):
        return graph(folder / config["files"][0], config)
    spec = json.loads((folder / config["files"][0]).read_text())
    return (telegram if "methods" in spec else openapi)(spec, config)


def merged(old: Any, new: Any) -> Any:
    """Return nested values, the newer ones winning; null takes one away."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return new
    both = {**old, **{name: merged(old.get(name), value) for name, value in new.items()}}
    return {name: value for name, value in both.items() if value is not None}


def used(operations: Any, schemas: dict[str, Any]) -> dict[str, Any]:
    """Return the schemas that the operations lead to."""
    found: dict[str, Any] = {}
    todo = list(references(operations))
    while todo:
        name = todo.pop()
        if name not in found:
            found[name] = schemas[name]
            todo += references(schemas[name])
    return dict(sorted(found.items()))


def references(value: Any) -> Iterator[str]:
    yield from re.findall(r'"#/\$defs/([^"]+)"', json.dumps(value))


# --- OpenAPI 3 and Swagger 2 ------------------------------------------------------------------


def openapi(spec: dict[str, Any], config: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    raw = spec.get("definitions") or spec["components"]["schemas"]
    cut = re.compile(config.get("open", r"(?!)"))
    close = Closing(raw, cut)
    schemas = {name: True if cut.fullmatch(name) else close(schema) for name, schema in raw.items()}
    operations = {}
    for name in config["operations"]:
        method, path = name.split(" ")
        item = spec["paths"][path.removeprefix(config.get("strip", ""))]
        operations[f"{method} {config.get('prefix', '')}{path}"] = operation(
            spec, item[method.lower()], item.get("parameters", []), close
        )
    return operations, schemas


def operation(
    spec: dict[str, Any], told: dict[str, Any], shared: list[Any], close: "Closing"
) -> dict[str, Any]:
    parameters = [followed(spec, one) for one in [*shared, *told.get("parameters", [])]]
    kept: dict[str, Any] = {}
    query = [one for one in parameters if one["in"] == "query"]
    kept["query"] = close(parameters_schema(query))
    form = [one for one in parameters if one["in"] == "formData"]
    bodies = [one["schema"] for one in parameters if one["in"] == "body"]
    content = followed(spec, told.get("requestBody", {})).get("content", {})
    bodies += [kind["schema"] for kind in list(content.values())[-1:] if "schema" in kind]
    if form:
        bodies.append(parameters_schema(form))
    if bodies:
        kept["body"] = close(bodies[0])
    kept["answers"] = {status: close(schema) for status, schema in answers(spec, told["responses"])}
    return kept


def answers(spec: dict[str, Any], responses: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for status, response in responses.items():
        told = followed(spec, response)
        content = told.get("content", {}).get("application/json", told)
        yield str(status), content.get("schema", True)


def parameters_schema(parameters: list[dict[str, Any]]) -> dict[str, Any]:
    schemas = {one["name"]: one.get("schema") or one for one in parameters}
    required = [one["name"] for one in parameters if one.get("required")]
    return {"type": "object", "properties": schemas, "required": required}


def followed(spec: dict[str, Any], value: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in value:
        at: Any = spec
        for part in value["$ref"].removeprefix("#/").split("/"):
            at = at[part.replace("~1", "/").replace("~0", "~")]
        value = at
    return value


class Closing:
    """Rewrites schemas as JSON Schema 2020-12 in which an object has no field of another name."""

    def __init__(self, raw: dict[str, Any], cut: re.Pattern[str]) -> None:
        self._raw = raw
        self._cut = cut

    def __call__(self, schema: Any, *, closed: bool = True) -> Any:
        if not isinstance(schema, dict):
            return schema
        if "$ref" in schema:
            return self._reference(schema, closed=closed)
        if isinstance(schema.get("items"), list):  # Slack's way of writing a union
            return {"anyOf": [self(one) for one in schema["items"]]}
        kept = {name: schema[name] for name in KEPT if name in schema}
        if isinstance(kept.get("required"), bool):  # of a parameter, not of a schema
            del kept["required"]
        for name in ("oneOf", "anyOf"):
            branches = [self(one, closed=closed) for one in schema.get(name, ())]
            if branches and True not in branches:  # one that is left open opens them all
                kept[name] = branches
        for name in ("items", "additionalProperties"):
            if isinstance(schema.get(name), dict):
                kept[name] = self(schema[name])
        kept |= self._fields(schema, closed=closed)
        return nullable(kept) if schema.get("nullable") else kept

    def _fields(self, schema: dict[str, Any], *, closed: bool) -> dict[str, Any]:
        kept: dict[str, Any] = {}
        if "properties" in schema:
            kept["properties"] = {name: self(one) for name, one in schema["properties"].items()}
        if "allOf" in schema:
            kept["allOf"] = [self(one, closed=False) for one in schema["allOf"]]
        if kept and closed and not schema.get("additionalProperties"):
            kept["unevaluatedProperties" if "allOf" in kept else "additionalProperties"] = False
        return kept

    def _reference(self, schema: dict[str, Any], *, closed: bool) -> Any:
        name = schema["$ref"].rpartition("/")[2]
        if self._cut.fullmatch(name):
            return True
        if not closed:
            return self(self._raw[name], closed=False)
        return {"$ref": f"#/$defs/{name}"}


def nullable(schema: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [schema, {"type": "null"}]}


# --- Telegram ---------------------------------------------------------------------------------


def telegram(spec: dict[str, Any], config: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    cut = re.compile(config.get("open", r"(?!)"))
    schemas = {name: telegram_type(told, cut) for name, told in spec["types"].items()}
    refused = telegram_object(
        {
            "ok": {"const": False},
            "error_code": {"type": "integer"},
            "description": {"type": "string"},
        }
    )
    refused["properties"]["parameters"] = {"$ref": "#/$defs/ResponseParameters"}
    operations = {}
    for name in config["operations"]:
        method = spec["methods"][name]
        result = telegram_union(method["returns"], cut)
        fields = method.get("fields", [])
        operations[f"POST /bot{{token}}/{name}"] = {
            "query": telegram_object({}),
            "body": telegram_fields(fields, cut),
            "answers": {
                "200": telegram_object({"ok": {"const": True}, "result": result}),
                "default": refused,
            },
        }
    return operations, schemas


def telegram_object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def telegram_fields(fields: list[dict[str, Any]], cut: re.Pattern[str]) -> dict[str, Any]:
    schema = telegram_object({f["name"]: telegram_union(f["types"], cut) for f in fields})
    schema["required"] = [field["name"] for field in fields if field["required"]]
    return schema


def telegram_type(told: dict[str, Any], cut: re.Pattern[str]) -> Any:
    if cut.fullmatch(told["name"]):
        return True
    if told.get("subtypes"):
        return telegram_union(told["subtypes"], cut)
    return telegram_fields(told.get("fields", []), cut)


def telegram_union(names: list[str], cut: re.Pattern[str]) -> Any:
    schemas = [telegram_one(name, cut) for name in names]
    return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}


def telegram_one(name: str, cut: re.Pattern[str]) -> Any:
    if name.startswith("Array of "):
        return {"type": "array", "items": telegram_one(name.removeprefix("Array of "), cut)}
    if name == "InputFile":
        return {"type": "string"}
    if name in TELEGRAM:
        return {"type": TELEGRAM[name]}
    return True if cut.fullmatch(name) else {"$ref": f"#/$defs/{name}"}


# --- Meta's Graph API -------------------------------------------------------------------------

GRAPH = {
    "string": {"type": "string"},
    "datetime": {"type": "string"},
    "file": {"type": "string"},
    "bool": {"type": "boolean"},
    "int": {"type": "integer"},
    "unsigned int": {"type": "integer"},
    "float": {"type": "number"},
    "Object": {"type": "object"},
    "map": {"type": "object"},
}
#: "Paginated results" and "Field expansion": what every reading takes.
GRAPH_TOKEN = {"access_token": GRAPH["string"]}
GRAPH_READING = {**GRAPH_TOKEN, "fields": GRAPH["string"]}
GRAPH_CURSORS = {"after": GRAPH["string"], "before": GRAPH["string"]}
GRAPH_LISTING = {**GRAPH_CURSORS, "limit": GRAPH["int"]}
GRAPH_PAGING = {
    "cursors": {"type": "object", "properties": GRAPH_CURSORS},
    "next": {"type": "string"},
    "previous": {"type": "string"},
}


def graph(folder: Path, config: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Read `[graph]`: by operation the node's file, its edge or `#get`, and what it answers.

    `nodes` are those beside which answer an address that several kinds of nodes have.
    """
    operations: dict[str, Any] = {}
    schemas: dict[str, Any] = {}
    for name, (node, edge) in config["graph"].items():
        method = name.partition(" ")[0]
        spec = json.loads((folder / f"{node}.json").read_text())
        api = next(a for a in spec["apis"] if a["method"] == method and graph_edge(a) == edge)
        parameters = graph_object(api["params"])
        parameters["required"] = [one["name"] for one in api["params"] if one["required"]]
        operations[name] = graph_operation(method, edge, api["return"], parameters)

        if method == "GET":
            schemas[api["return"]] = None
    for kind in [*schemas, *config.get("nodes", ())]:
        told = json.loads((folder / f"{kind}.json").read_text())
        schemas[kind] = graph_object(told["fields"])
    return operations, schemas


def graph_edge(api: dict[str, Any]) -> str:
    return str(api.get("endpoint") or api["name"])


def graph_object(fields: list[dict[str, Any]]) -> dict[str, Any]:
    return graph_closed({one["name"]: graph_type(one["type"]) for one in fields})


def graph_type(kind: str) -> Any:
    if kind.startswith("list"):
        return {"type": "array"}
    return GRAPH.get(kind, {"type": "string"} if kind.endswith("_param") else True)


def graph_operation(
    method: str, edge: str, kind: str, parameters: dict[str, Any]
) -> dict[str, Any]:
    if method == "DELETE":
        return {"query": graph_closed(GRAPH_TOKEN), "answers": graph_answers("Done")}
    if method == "POST":
        query = graph_closed(GRAPH_TOKEN)
        return {"query": query, "body": parameters, "answers": graph_answers("Made")}
    taken = parameters["properties"] | GRAPH_READING
    if edge == "#get":
        return {"query": {**parameters, "properties": taken}, "answers": graph_answers(kind)}
    items = {"type": "array", "items": {"$ref": f"#/$defs/{kind}"}}
    listed = graph_closed({"data": items, "paging": graph_closed(GRAPH_PAGING)})
    query = {**parameters, "properties": taken | GRAPH_LISTING}
    return {"query": query, "answers": {**graph_answers(kind), "200": listed}}


def graph_answers(kind: str) -> dict[str, Any]:
    return {"200": {"$ref": f"#/$defs/{kind}"}, "4XX": {"$ref": "#/$defs/Refused"}}


def graph_closed(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False}


if __name__ == "__main__":
    main()
