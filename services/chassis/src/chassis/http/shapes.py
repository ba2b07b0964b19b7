"""JSON Schemas: an example for each, and null without unions (code generators stumble on `anyOf:
[T, null]`).
"""

from __future__ import annotations

from typing import Any

Node = dict[str, Any]

_SCHEMAS = "#/components/schemas/"
_DEEPEST = 8

_BY_FORMAT = {
    "uuid": "0199c0de-0000-7000-8000-000000000001",
    "date": "2026-11-23",
    "date-time": "2026-11-23T08:00:00+08:00",
    "uri": "https://partner.example/hook",
    "email": "buyer@partner.example",
    "time": "08:00:00",
}


def example(schema: Node, schemas: Node, depth: int = 0) -> Any:
    """A value of a schema: its own example, else its default, else made from its properties, else
    by its type.
    """
    given = _given(schema)
    if given:
        return given[0]
    if depth > _DEEPEST:
        return None
    if "$ref" in schema:
        return example(schemas.get(schema["$ref"].removeprefix(_SCHEMAS), {}), schemas, depth + 1)
    for union in ("anyOf", "oneOf", "allOf"):
        if schema.get(union):
            return example(schema[union][0], schemas, depth + 1)
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = kind[0]
    if kind == "object":
        return _object(schema, schemas, depth)
    if kind == "array":
        return [example(schema.get("items", {}), schemas, depth + 1)] * max(1, schema.get("minItems", 1))
    if kind == "string":
        return _BY_FORMAT.get(schema.get("format", ""), "text"[: schema.get("maxLength", 4)])
    return {"integer": schema.get("minimum", 1), "number": schema.get("minimum", 1.5), "boolean": True}.get(str(kind))


def _given(schema: Node) -> list[Any]:
    """The value that the schema itself names, in a list because it may be null."""
    if "example" in schema:
        return [schema["example"]]
    if schema.get("examples"):
        return [schema["examples"][0]]
    if "const" in schema:
        return [schema["const"]]
    if "default" in schema and schema["default"] is not None:
        return [schema["default"]]
    if schema.get("enum"):
        return [schema["enum"][0]]
    return []


def _object(schema: Node, schemas: Node, depth: int) -> Node:
    properties: Node = schema.get("properties", {})
    if properties:
        return {name: example(value, schemas, depth + 1) for name, value in properties.items()}
    values = schema.get("additionalProperties")
    return {"key": example(values, schemas, depth + 1)} if isinstance(values, dict) else {}


def without_null_unions(node: Any, *, parameter: bool = False) -> Any:
    """The same document with `anyOf: [T, null]` as `type: [T, "null"]`, and with nothing beside a `$ref`.

    In a parameter null cannot be sent at all, so there only T is left.
    """
    if isinstance(node, list):
        return [without_null_unions(item, parameter=parameter) for item in node]
    if not isinstance(node, dict):
        return node
    if isinstance(node.get("$ref"), str):
        return {"$ref": node["$ref"]}
    within = parameter or ("in" in node and "schema" in node and "name" in node)
    simple = {key: without_null_unions(value, parameter=within) for key, value in node.items()}
    members = simple.get("anyOf")
    if not isinstance(members, list) or {"type": "null"} not in members:
        return simple
    return _without_null(simple, [one for one in members if one != {"type": "null"}], parameter=within)


def _without_null(node: Node, members: list[Node], *, parameter: bool) -> Node:
    rest = {key: value for key, value in node.items() if key != "anyOf"}
    if rest.get("default", 0) is None:
        del rest["default"]
    if len(members) != 1:
        return rest | {"anyOf": members if parameter else [*members, {"type": "null"}]}
    [member] = members
    if parameter:
        return member if "$ref" in member else member | rest
    if not isinstance(member.get("type"), str) or "const" in member:
        return node
    merged = member | rest | {"type": [member["type"], "null"]}
    if "enum" in member:
        merged["enum"] = [*member["enum"], None]
    return merged
