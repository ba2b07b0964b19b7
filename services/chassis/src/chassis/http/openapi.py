"""OpenAPI 3.1: what FastAPI knows of the routes, and what every route of the platform has besides.

The document is the same bytes for the same code, so that the committed copy can be checked for drift.
"""

from __future__ import annotations

from typing import Any

import orjson
from fastapi import FastAPI

from chassis.errors import FailedPrecondition, PayloadTooLarge, ServiceError, UnsupportedMediaType
from chassis.http.problems import COMMON, problems
from chassis.http.schemas import Problem
from chassis.http.shapes import example, without_null_unions

JSON = "application/json"
_METHODS = ("get", "post", "put", "patch", "delete")
_SCHEMAS = "#/components/schemas/"

Node = dict[str, Any]

BODY: tuple[type[ServiceError], ...] = (PayloadTooLarge, UnsupportedMediaType)
"""What every route with a body may answer besides."""

PARAMETERS: dict[str, Node] = {
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "required": True,
        "description": "One key per thing wanted, kept at least 24 hours: the same key and payload get the "
        "first answer again; the same key with another payload is refused (422), while it runs 409.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!-~]{1,128}$"},
        "example": "0199c0de-7a11-7000-8000-1d3a51f2c0de",
    },
    "IfMatch": {
        "name": "If-Match",
        "in": "header",
        "required": False,
        "description": "The ETag that was read; another version now is refused with 412.",
        "schema": {"type": "string", "pattern": '^"[0-9]{1,18}"$'},
        "example": '"3"',
    },
    "IfMatchRequired": {
        "name": "If-Match",
        "in": "header",
        "required": True,
        "description": "The ETag that was read; another version now is refused with 412.",
        "schema": {"type": "string", "pattern": '^"[0-9]{1,18}"$'},
        "example": '"3"',
    },
    "AcceptLanguage": {
        "name": "Accept-Language",
        "in": "header",
        "required": False,
        "description": "The language of `detail` in problems: zh-CN (default) or en.",
        "schema": {"type": "string"},
        "example": "zh-CN",
    },
    "Organisation": {
        "name": "Zhulian-Organisation",
        "in": "header",
        "required": False,
        "description": "For whom a caller acts who belongs to several organisations.",
        "schema": {"type": "string", "format": "uuid"},
        "example": "0199c0de-0000-7000-8000-000000000001",
    },
}
HEADERS: dict[str, Node] = {
    "RequestId": {
        "description": "Id of this request, for questions to the platform. A sane one of the caller is kept.",
        "schema": {"type": "string"},
        "example": "0199c0de7a1170008000000000000001",
    },
    "IdempotencyReplayed": {
        "description": "`true` when this is the stored answer of the first request with the key.",
        "schema": {"type": "string"},
        "example": "true",
    },
    "ETag": {
        "description": "The version, for If-Match.",
        "schema": {"type": "string"},
        "example": '"3"',
    },
}


def document_bytes(app: FastAPI) -> bytes:
    """The document as it is served and committed: sorted keys, two spaces, a newline at the end."""
    options = orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    return orjson.dumps(document(app), option=options)


def document(app: FastAPI) -> Node:
    """The OpenAPI document of an application."""
    made: Node = without_null_unions(app.openapi())
    components = made.setdefault("components", {})
    schemas: Node = components.setdefault("schemas", {})
    for framework in ("HTTPValidationError", "ValidationError"):
        schemas.pop(framework, None)
    _add_problem(schemas)
    common = {str(status): response for status, response in problems().items()}
    components["responses"] = {_common_name(status): response for status, response in common.items()}
    components["responses"] |= {cls.__name__: problems(cls)[cls.http_status] for cls in BODY}
    components["parameters"] = PARAMETERS
    components["headers"] = HEADERS
    schemes: Node = components.setdefault("securitySchemes", {})
    schemes["bearer"] = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
    made["security"] = [{"bearer": []}]
    made["servers"] = [{"url": "/"}]
    for item in made.get("paths", {}).values():
        for method in _METHODS:
            if method in item:
                _complete(method, item[method], common, schemas)
    return made


def _add_problem(schemas: Node) -> None:
    problem = without_null_unions(Problem.model_json_schema(ref_template=_SCHEMAS + "{model}"))
    for name, schema in problem.pop("$defs", {}).items():
        schemas.setdefault(name, schema)
    schemas["Problem"] = problem


def _common_name(status: str) -> str:
    return next(cls.__name__ for cls in COMMON if str(cls.http_status) == status)


def _complete(method: str, operation: Node, common: Node, schemas: Node) -> None:
    _add_parameters(method, operation)
    for parameter in operation["parameters"]:
        if "$ref" not in parameter and "example" not in parameter and "examples" not in parameter:
            parameter["example"] = example(parameter.get("schema", {}), schemas)
    for content in operation.get("requestBody", {}).get("content", {}).values():
        _add_example(content, schemas)
    responses: Node = operation["responses"]
    for status, response in common.items():
        current = responses.get(status)
        if current is None or current == response or JSON in current.get("content", {}):
            # The last case is FastAPI's own 422, which is not what we answer.
            responses[status] = {"$ref": f"#/components/responses/{_common_name(status)}"}
    if method == "post":  # a key may be in use whatever the route itself refuses for
        responses.setdefault("409", problems(FailedPrecondition)[409])
    if "requestBody" in operation:
        for cls in BODY:
            responses.setdefault(str(cls.http_status), {"$ref": f"#/components/responses/{cls.__name__}"})
    for status, response in responses.items():
        if status.startswith("2"):
            _complete_success(response, method, schemas)


def _add_parameters(method: str, operation: Node) -> None:
    names = ["AcceptLanguage"]
    if "security" not in operation:  # else it is public, or has a way in of its own
        names.append("Organisation")
    if method == "post":
        names.append("IdempotencyKey")
        if "412" in operation["responses"]:  # the verb compares versions
            names.append("IfMatch")
    elif method in ("put", "patch", "delete"):
        names.append("IfMatchRequired")
    # An endpoint may read one of these headers itself; the shared description is the one to show.
    shared = {PARAMETERS[name]["name"].lower() for name in names}
    own = [one for one in operation.get("parameters", []) if one.get("name", "").lower() not in shared]
    operation["parameters"] = own + [{"$ref": f"#/components/parameters/{name}"} for name in names]


def _complete_success(response: Node, method: str, schemas: Node) -> None:
    headers = response.setdefault("headers", {})
    headers.setdefault("X-Request-Id", {"$ref": "#/components/headers/RequestId"})
    content = response.get("content", {}).get(JSON)
    if content is None:
        return
    _add_example(content, schemas)
    if method == "post":
        headers.setdefault("Idempotency-Replayed", {"$ref": "#/components/headers/IdempotencyReplayed"})
    if _has_version(content.get("schema", {}), schemas):
        headers.setdefault("ETag", {"$ref": "#/components/headers/ETag"})


def _has_version(schema: Node, schemas: Node) -> bool:
    resolved = schemas.get(schema.get("$ref", "").removeprefix(_SCHEMAS), schema)
    return "version" in resolved.get("properties", {})


def _add_example(content: Node, schemas: Node) -> None:
    if "example" not in content and "examples" not in content:
        content["example"] = example(content.get("schema", {}), schemas)
