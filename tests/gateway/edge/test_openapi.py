"""The merged document."""

from __future__ import annotations

from typing import Any

import orjson

from gateway.edge import docs
from gateway.edge.openapi import MergedOpenApi, merge
from tests.gateway.edge.conftest import Caller, Start


def _document(area: str) -> dict[str, Any]:
    reference = {"$ref": "#/components/schemas/Thing"}
    operation = {
        "operationId": "getThing",
        "tags": ["things"],
        "responses": {"200": {"content": {"application/json": {"schema": reference}}}},
    }
    return {
        "openapi": "3.1.0",
        "paths": {f"/{area}/v1/things": {"get": operation}, "/livez": {"get": {"operationId": "live"}}},
        "components": {
            "schemas": {
                "Thing": {"type": "object", "properties": {"next": reference, "area": {"const": area}}},
                "Either": {
                    "oneOf": [reference],
                    "discriminator": {"propertyName": "kind", "mapping": {"a": "#/components/schemas/Thing"}},
                },
            }
        },
    }


def test_same_names_of_two_services_do_not_collide() -> None:
    merged = merge({"projects": _document("projects"), "labour": _document("labour")})
    schemas = merged["components"]["schemas"]
    assert set(merged["paths"]) == {"/projects/v1/things", "/labour/v1/things"}
    assert schemas["ProjectsThing"]["properties"]["area"] == {"const": "projects"}
    assert schemas["LabourThing"]["properties"]["next"] == {"$ref": "#/components/schemas/LabourThing"}
    assert schemas["LabourEither"]["discriminator"]["mapping"] == {"a": "#/components/schemas/LabourThing"}
    operations = [item["get"]["operationId"] for item in merged["paths"].values()]
    assert sorted(operations) == ["labour_getThing", "projects_getThing"]
    assert [tag["name"] for tag in merged["tags"]] == ["labour · things", "projects · things"]


def test_a_services_own_way_in_stands_beside_the_platforms() -> None:
    link = {"type": "apiKey", "in": "header", "name": "Zhulian-Link"}
    labour = _document("labour")
    labour["components"]["securitySchemes"] = {"bearer": {"type": "odd"}, "link": link}
    labour["paths"]["/labour/v1/my/link"] = {"get": {"operationId": "getMyLink", "security": [{"link": []}]}}
    labour["paths"]["/labour/v1/things"]["get"]["security"] = [{"bearer": []}]
    merged = merge({"labour": labour})
    assert merged["components"]["securitySchemes"]["link"] == link
    assert merged["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    assert merged["paths"]["/labour/v1/my/link"]["get"]["security"] == [{"link": []}]
    assert "security" not in merged["paths"]["/labour/v1/things"]["get"]


def test_every_reference_of_the_merged_document_resolves() -> None:
    merged = merge({area: _document(area) for area in ("projects", "labour", "access")})

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if "$ref" in node:
                target: Any = merged
                for part in node["$ref"].removeprefix("#/").split("/"):
                    target = target[part]
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(merged)


async def test_a_service_that_is_away_is_named_and_its_last_part_kept() -> None:
    answers: dict[str, Any] = {"projects": _document("projects"), "labour": None}

    def source(area: str) -> Any:
        async def fetch() -> dict[str, Any]:
            if answers[area] is None:
                raise TimeoutError
            return dict(answers[area])

        return fetch

    merged = MergedOpenApi({area: source(area) for area in answers})
    first = orjson.loads(await merged.document())
    assert first["info"]["x-unavailable"] == ["labour"]
    answers["labour"], answers["projects"] = _document("labour"), None
    merged._fresh_until = 0
    second = orjson.loads(await merged.document())
    assert set(second["paths"]) == {"/projects/v1/things", "/labour/v1/things"}
    assert "x-unavailable" not in second["info"]


async def test_the_page_and_the_document_are_public_and_from_here(start: Start) -> None:
    async def fetch() -> dict[str, Any]:
        return _document("projects")

    async with start(openapi=MergedOpenApi({"projects": fetch})) as caller:
        async with caller.session.get(caller.url + "/openapi.json") as answer:
            assert (await answer.json())["openapi"] == "3.1.0"
        for path in docs.pages():
            async with caller.session.get(caller.url + path) as answer:
                assert (answer.status, len(await answer.read()) > 100) == (200, True)
                assert "script-src 'self'" in answer.headers["content-security-policy"]
        async with caller.session.get(caller.url + "/docs") as answer:
            page = await answer.text()
    assert "http://" not in page
    assert "https://" not in page


def test_the_page_can_read_openapi_3_1() -> None:
    bundle = docs.pages()["/docs/swagger-ui-bundle.js"].body
    assert b'PACKAGE_VERSION:"5.' in bundle


async def test_readyz_names_every_part(caller: Caller) -> None:
    async with caller.session.get(caller.url + "/readyz") as answer:
        assert (answer.status, (await answer.json())["parts"]) == (200, {"database": "ok"})
