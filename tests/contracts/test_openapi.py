"""What every OpenAPI document promises (issue 3, section 5): stable names, examples, all errors, keys on every POST.

The documents are read as committed; `make check` sees to it that they are what the services print.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from infra.contracts import openapi
from infra.contracts.openapi import Document, operations
from infra.contracts.paths import EVERYONE, Service

OPERATION_ID = re.compile(r"[a-z]+([A-Z][a-z0-9]+)+")
ALWAYS = {"400", "401", "403", "422", "429", "500", "503"}
PREFIX = {service.package: f"/{service.area}/v1/" for service in EVERYONE}


def read(service: Service) -> Document:
    """The committed document."""
    document: Document = json.loads(openapi.path(service).read_text(encoding="utf-8"))
    return document


def resolve(document: Document, node: Any) -> Any:
    """The node that a reference points to; the node itself when it is none. KeyError when it points nowhere."""
    while isinstance(node, dict) and "$ref" in node:
        reference = str(node["$ref"])
        node = document
        for step in reference.removeprefix("#/").split("/"):
            node = node[step.replace("~1", "/").replace("~0", "~")]
    return node


def faults(document: Document, prefix: str) -> list[str]:
    """Everything in which a document falls short of the promises."""
    found = [] if document["openapi"].startswith("3.1.") else [f"OpenAPI {document['openapi']} is not 3.1"]
    seen: set[str] = set()
    for method, path, operation in operations(document):
        name = f"{method.upper()} {path}"
        found += [f"{name}: {fault}" for fault in _faults(document, method, path, operation)]
        if not path.startswith(prefix):
            found.append(f"{name}: not below {prefix}")
        if operation.get("operationId") in seen:
            found.append(f"{name}: operationId {operation['operationId']} stands twice")
        seen.add(operation.get("operationId", ""))
    return found + [f"{reference} points nowhere" for reference in dangling(document, document)]


def _faults(document: Document, method: str, path: str, operation: dict[str, Any]) -> Iterator[str]:
    if not OPERATION_ID.fullmatch(operation.get("operationId", "")):
        yield "no operationId of its own, such as createOrder"
    if not operation.get("description"):
        yield "no description"
    yield from _error_faults(document, method, path, operation)
    yield from _example_faults(document, operation)
    yield from _header_faults(document, method, operation)


def _error_faults(document: Document, method: str, path: str, operation: dict[str, Any]) -> Iterator[str]:
    responses = operation["responses"]
    public = operation.get("security") == []
    wanted = ALWAYS - ({"401", "403"} if public else set())
    if "{" in path:
        wanted = wanted | {"404"}
    if method == "post":
        wanted = wanted | {"409"}  # the state forbids it, or the key is in use
    missing = sorted(wanted - set(responses))
    if missing:
        yield f"does not document {', '.join(missing)}"
    for status, response in responses.items():
        content = resolve(document, response).get("content", {})
        if status.startswith(("4", "5")) and "application/problem+json" not in content:
            yield f"{status} is no application/problem+json"


def _example_faults(document: Document, operation: dict[str, Any]) -> Iterator[str]:
    bodies = [("request", resolve(document, operation["requestBody"]))] if "requestBody" in operation else []
    bodies += [(status, resolve(document, response)) for status, response in operation["responses"].items()]
    for name, body in bodies:
        for media_type, content in body.get("content", {}).items():
            if not any(key in content for key in ("example", "examples")):
                yield f"{name} has no example of {media_type}"
    if not any(status.startswith("2") for status in operation["responses"]):
        yield "no success"


def _header_faults(document: Document, method: str, operation: dict[str, Any]) -> Iterator[str]:
    parameters = [resolve(document, parameter) for parameter in operation.get("parameters", [])]
    required = {one["name"].lower() for one in parameters if one["in"] == "header" and one.get("required")}
    if method == "post" and "idempotency-key" not in required:
        yield "does not require Idempotency-Key"
    if method in {"put", "patch", "delete"} and "if-match" not in required:
        yield "does not require If-Match"
    if any(one["name"].lower() == "if-match" for one in parameters) and "412" not in operation["responses"]:
        yield "takes If-Match and does not document 412"


def dangling(document: Document, node: Any) -> Iterator[str]:
    """References that point nowhere."""
    if isinstance(node, dict):
        reference = node.get("$ref")
        if isinstance(reference, str):
            try:
                resolve(document, node)
            except KeyError:
                yield reference
        for value in node.values():
            yield from dangling(document, value)
    elif isinstance(node, list):
        for value in node:
            yield from dangling(document, value)


@pytest.mark.parametrize("service", EVERYONE, ids=lambda service: service.name)
def test_the_document_keeps_its_promises(service: Service) -> None:
    assert "\n".join(faults(read(service), PREFIX[service.package])) == ""


def test_an_operation_id_stands_once_on_the_platform() -> None:
    names = [operation["operationId"] for service in EVERYONE for _, _, operation in operations(read(service))]
    assert sorted(names) == sorted(set(names))


def _good() -> Document:
    problem = {"content": {"application/problem+json": {"example": {"code": "X"}}}}
    key = {"name": "Idempotency-Key", "in": "header", "required": True}
    return {
        "openapi": "3.1.0",
        "components": {"responses": {"Problem": problem}, "parameters": {"Key": key}},
        "paths": {
            "/procurement/v1/orders/{id}:approve": {
                "post": {
                    "operationId": "approveOrder",
                    "description": "Approve.",
                    "parameters": [{"$ref": "#/components/parameters/Key"}],
                    "requestBody": {"content": {"application/json": {"example": {}}}},
                    "responses": {
                        "200": {"content": {"application/json": {"example": {}}}},
                        **{status: {"$ref": "#/components/responses/Problem"} for status in [*ALWAYS, "404", "409"]},
                    },
                }
            }
        },
    }


def test_a_good_document_passes() -> None:
    assert faults(_good(), "/procurement/v1/") == []


def _operation(document: Document) -> dict[str, Any]:
    operation: dict[str, Any] = document["paths"]["/procurement/v1/orders/{id}:approve"]["post"]
    return operation


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (lambda d: d.update(openapi="3.0.3"), "not 3.1"),
        (lambda d: _operation(d).pop("operationId"), "no operationId"),
        (lambda d: _operation(d).update(operationId="approve_orders__id__approve_post"), "no operationId"),
        (lambda d: _operation(d).pop("description"), "no description"),
        (lambda d: _operation(d).pop("parameters"), "does not require Idempotency-Key"),
        (lambda d: d["components"]["parameters"]["Key"].pop("required"), "does not require Idempotency-Key"),
        (lambda d: _operation(d)["responses"].pop("429"), "does not document 429"),
        (lambda d: _operation(d)["responses"].pop("404"), "does not document 404"),
        (lambda d: _operation(d)["responses"].pop("409"), "does not document 409"),
        (lambda d: _operation(d)["responses"].pop("200"), "no success"),
        (lambda d: _operation(d)["responses"].update({"413": {"description": "big"}}), "413 is no application/problem"),
        (lambda d: _operation(d)["requestBody"]["content"].update({"text/xml": {}}), "no example of text/xml"),
        (lambda d: d["paths"].update({"/v1/orders": {"post": _operation(d)}}), "not below"),
        (lambda d: d["paths"].update({"/procurement/v1/a": {"post": _operation(d)}}), "stands twice"),
        (lambda d: d["components"]["responses"].update({"A": {"x": {"$ref": "#/components/nothing"}}}), "nowhere"),
    ],
)
def test_a_broken_promise_is_found(spoil: Any, fault: str) -> None:
    document = _good()
    spoil(document)
    assert any(fault in line for line in faults(document, "/procurement/v1/"))


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_a_change_without_if_match_is_found(method: str) -> None:
    document = _good()
    item = document["paths"]["/procurement/v1/orders/{id}:approve"]
    item[method] = item.pop("post")
    assert any("does not require If-Match" in line for line in faults(document, "/procurement/v1/"))


def test_if_match_without_412_is_found() -> None:
    document = _good()
    _operation(document)["parameters"].append({"name": "If-Match", "in": "header"})
    assert any("412" in line for line in faults(document, "/procurement/v1/"))
