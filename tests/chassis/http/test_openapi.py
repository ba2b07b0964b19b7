"""The document is true, complete and always the same bytes."""

from __future__ import annotations

from typing import Any

import httpx
import jsonschema_rs
import pytest
from fastapi.openapi.models import OpenAPI

from chassis.http.openapi import document, document_bytes
from chassis.http.shapes import example, without_null_unions
from tests.chassis.http.sample import ORDERS, OrderIn, Service

Node = dict[str, Any]


@pytest.fixture
def made(service: Service) -> Node:
    return document(service.app())


def operations(made: Node) -> list[tuple[str, str, Node]]:
    return [(path, method, one) for path, item in made["paths"].items() for method, one in item.items()]


def names(operation: Node) -> set[str]:
    return {one.get("$ref", one.get("name", "")).rpartition("/")[2] for one in operation["parameters"]}


def test_it_is_valid_openapi_3_1(made: Node) -> None:
    assert made["openapi"].startswith("3.1")
    OpenAPI.model_validate(made)
    assert {"HTTPValidationError", "ValidationError"}.isdisjoint(made["components"]["schemas"])
    for schema in made["components"]["schemas"].values():
        jsonschema_rs.meta.validate(schema)
    for reference in _references(made):
        target = made
        for part in reference.removeprefix("#/").split("/"):
            target = target[part]


def _references(node: Any) -> list[str]:
    if isinstance(node, list):
        return [found for item in node for found in _references(item)]
    if not isinstance(node, dict):
        return []
    own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
    return own + [found for item in node.values() for found in _references(item)]


def test_it_is_the_same_bytes_each_time(service: Service) -> None:
    assert document_bytes(service.app()) == document_bytes(Service().app())


async def test_it_is_served_and_the_framework_adds_no_page(caller: httpx.AsyncClient, service: Service) -> None:
    answer = await caller.get("/openapi.json")
    assert answer.content == document_bytes(service.app())
    for page in ("/docs", "/redoc"):
        assert (await caller.get(page)).status_code == 404


def test_every_operation_has_id_example_and_all_common_errors(made: Node) -> None:
    for path, method, operation in operations(made):
        assert operation["operationId"], path
        assert {"400", "401", "403", "422", "429", "500", "503"} <= set(operation["responses"]), path
        for content in operation.get("requestBody", {}).get("content", {}).values():
            assert "example" in content, (path, method)
        for status, response in operation["responses"].items():
            if status.startswith("2"):
                assert "X-Request-Id" in response["headers"]
        for parameter in operation["parameters"]:
            assert "$ref" in parameter or "example" in parameter, (path, parameter)


def test_writes_take_a_key_and_changes_a_version(made: Node) -> None:
    paths = made["paths"]
    assert "IdempotencyKey" in names(paths[ORDERS]["post"])
    assert "IfMatch" not in names(paths[ORDERS]["post"])
    assert {"IdempotencyKey", "IfMatch"} <= names(paths[ORDERS + "/{order_id}:approve"]["post"])
    assert "IfMatch" not in names(paths[ORDERS + "/{order_id}:import"]["post"])
    assert "IfMatchRequired" in names(paths[ORDERS + "/{order_id}"]["patch"])
    assert "IdempotencyKey" not in names(paths[ORDERS]["get"])
    assert made["security"] == [{"bearer": []}]


def test_a_route_keeps_the_errors_it_names(made: Node) -> None:
    approve = made["paths"][ORDERS + "/{order_id}:approve"]["post"]["responses"]
    assert set(approve["409"]["content"]["application/problem+json"]["examples"]) == {"FailedPrecondition"}
    assert approve["422"] == {"$ref": "#/components/responses/InvalidArgument"}


def test_every_post_documents_a_key_in_use(made: Node) -> None:
    assert "409" in made["paths"][ORDERS + "/{order_id}:import"]["post"]["responses"]


def test_what_has_a_body_may_be_too_large_or_of_another_type(made: Node) -> None:
    assert {"413", "415"} <= set(made["paths"][ORDERS]["post"]["responses"])
    assert {"413", "415"}.isdisjoint(made["paths"][ORDERS + "/{order_id}:approve"]["post"]["responses"])
    assert "409" in made["paths"][ORDERS]["post"]["responses"]
    created = made["paths"][ORDERS]["post"]["responses"]["201"]["headers"]
    assert "Idempotency-Replayed" in created


def test_lists_have_no_etag_and_things_have(made: Node) -> None:
    assert "ETag" not in made["paths"][ORDERS]["get"]["responses"]["200"]["headers"]
    assert "ETag" in made["paths"][ORDERS + "/{order_id}"]["get"]["responses"]["200"]["headers"]


def test_the_example_of_a_body_is_accepted_by_the_route(made: Node) -> None:
    body = made["paths"][ORDERS]["post"]["requestBody"]["content"]["application/json"]["example"]
    assert body["lines"][0]["quantity"] == "100.000000"
    assert OrderIn.model_validate(body).lines[0].count == 1


def _null_unions(node: Any) -> list[Any]:
    if isinstance(node, list):
        return [found for item in node for found in _null_unions(item)]
    if not isinstance(node, dict):
        return []
    own = [node] if {"type": "null"} in (node.get("anyOf") or []) else []
    return own + [found for item in node.values() for found in _null_unions(item)]


def test_null_is_a_type_not_a_union(made: Node) -> None:
    assert _null_unions(made) == []
    assert made["components"]["schemas"]["OrderOut"]["properties"]["delivered"]["type"] == ["string", "null"]


@pytest.mark.parametrize(
    ("schema", "clean"),
    [
        (
            {"anyOf": [{"type": "string", "format": "uuid"}, {"type": "null"}], "title": "T", "default": None},
            {"type": ["string", "null"], "format": "uuid", "title": "T"},
        ),
        (
            {"anyOf": [{"enum": ["a"], "type": "string"}, {"type": "null"}]},
            {"enum": ["a", None], "type": ["string", "null"]},
        ),
        (
            {"anyOf": [{"$ref": "#/components/schemas/A"}, {"type": "null"}]},
            {"anyOf": [{"$ref": "#/components/schemas/A"}, {"type": "null"}]},
        ),
        ({"$ref": "#/components/schemas/A", "description": "beside"}, {"$ref": "#/components/schemas/A"}),
        (
            {"name": "q", "in": "query", "schema": {"anyOf": [{"type": "integer"}, {"type": "null"}], "title": "Q"}},
            {"name": "q", "in": "query", "schema": {"type": "integer", "title": "Q"}},
        ),
    ],
)
def test_null_unions(schema: Node, clean: Node) -> None:
    assert without_null_unions(schema) == clean


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "string", "examples": ["a"]}, "a"),
        ({"type": "string", "format": "date"}, "2026-11-23"),
        ({"type": "string", "maxLength": 2}, "te"),
        ({"type": "array", "items": {"type": "integer"}, "minItems": 2}, [1, 1]),
        ({"type": ["string", "null"], "default": None}, "text"),
        ({"$ref": "#/components/schemas/A"}, {"b": True}),
        ({"type": "object", "additionalProperties": {"type": "number"}}, {"key": 1.5}),
        ({"type": "boolean", "default": False}, False),
    ],
)
def test_examples(schema: Node, value: Any) -> None:
    schemas = {"A": {"type": "object", "properties": {"b": {"type": "boolean"}}}}
    assert example(schema, schemas) == value
