"""What every service's lists promise: they answer CSV and XLSX to whom they answer rows (chassis/tabular)."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

import httpx

from chassis.identity import Kind, Role
from chassis.tabular import CSV, XLSX
from infra.contracts import openapi
from tests.harness import Harness, organisation
from tests.visibility.calls import operations


def lists(document: Any) -> dict[str, dict[str, Any]]:
    """operationId → the content of the good answer, of everything that answers pages."""
    found = {}
    for _, _, operation in openapi.operations(document):
        content = operation["responses"].get("200", {}).get("content", {})
        name = content.get("application/json", {}).get("schema", {}).get("$ref", "").rpartition("/")[2]
        schema = document["components"]["schemas"].get(name, {})
        if {"items", "next_page_token"} <= set(schema.get("properties", {})):
            found[operation["operationId"]] = content
    return found


def not_exported(document: Any) -> list[str]:
    """Lists that do not say that they answer both kinds of file."""
    return [name for name, content in lists(document).items() if not {CSV, XLSX} <= set(content)]


def rows(answer: httpx.Response) -> list[list[str]]:
    """The cells of an answered CSV file."""
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8"), answer.text
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


async def answers_files(harness: Harness, service: str, name: str, who: Mapping[str, Any]) -> None:
    """One list: the same callers and refusals as for rows; every column has a heading in Chinese, no two the same."""
    [kind, role] = sorted(who[name])[0]
    request = operations(service)[name].request({})
    for accept in (CSV, XLSX):
        headers = request["headers"] | {"Accept": accept}
        async with harness.client(organisation(Kind(kind)).as_(Role(role)), language="zh-CN") as client:
            plain = await client.request(**request)
            answer = await client.request(**(request | {"headers": headers}))
        assert answer.status_code == plain.status_code
        if plain.status_code != 200:
            assert answer.json()["code"] == plain.json()["code"]
        elif accept == CSV:
            [head, *_] = rows(answer)
            assert [one for one in head if one.isascii()] == []
            assert len(set(head)) == len(head)
        async with harness.client(None) as client:
            assert (await client.request(**(request | {"headers": headers}))).status_code == 401
