"""Every operation of a service as a call that passes validation, made from the examples of its OpenAPI document."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

import httpx

from chassis.identity import Kind, Principal, Role
from chassis.ids import new_id
from infra.contracts import openapi
from infra.contracts.paths import EVERYONE
from tests.contracts.test_openapi import resolve
from tests.harness import Harness, Organisation, key

EXAMPLE_ID = "0199c0de-0000-7000-8000-000000000001"
"""The id in the examples of every document (chassis.http.openapi)."""

AT_ONCE = 12

Ids = dict[str, str]
T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class Operation:
    """One operation of a document."""

    name: str
    method: str
    path: str
    parameters: tuple[Mapping[str, Any], ...]
    content_type: str | None
    example: Any

    def takes(self, *places: str) -> list[str]:
        """The names of the parameters in these places (path, query)."""
        return [one["name"] for one in self.parameters if one["in"] in places]

    def names(self) -> set[str]:
        """All names under which this operation takes an id: in its path, query and body."""
        return {*self.takes("path", "query"), *_keys(self.example)}

    def request(self, ids: Ids, *, filters: bool = False) -> dict[str, Any]:
        """Arguments for `httpx.AsyncClient.request`; `ids` by parameter name or key, every other id is a fresh one.

        Only required query parameters are sent, with `filters` also those for which there is an id.
        """
        path = self.path
        query: dict[str, str] = {}
        for one in self.parameters:
            value = ids.get(one["name"], _example(one))
            value = str(new_id()) if value == EXAMPLE_ID else str(value)
            if one["in"] == "path":
                path = path.replace(f"{{{one['name']}}}", value)
            elif one["in"] == "query" and (one.get("required") or (filters and one["name"] in ids)):
                query[one["name"]] = value
        made: dict[str, Any] = {"method": self.method, "url": path, "params": query}
        headers = key() if self.method == "post" else {}
        if self.method in ("put", "patch", "delete"):
            headers["If-Match"] = '"1"'
        if self.content_type is not None:
            headers["Content-Type"] = self.content_type
            body = _filled(self.example, ids)
            made["content"] = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        return made | {"headers": headers}


def _example(parameter: Mapping[str, Any]) -> Any:
    schema = parameter.get("schema", {})
    return parameter.get("example", (schema.get("examples") or [EXAMPLE_ID])[0])


def _keys(value: Any) -> Iterable[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from _keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _keys(inner)


def _filled(value: Any, ids: Ids) -> Any:
    if isinstance(value, dict):
        return {name: ids[name] if name in ids else _filled(inner, ids) for name, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, ids) for inner in value]
    return str(new_id()) if value == EXAMPLE_ID else value


@lru_cache
def operations(package: str) -> Mapping[str, Operation]:
    """Every operation of a service's committed document, by operationId."""
    [service] = [one for one in EVERYONE if one.package == package]
    document = json.loads(openapi.path(service).read_text(encoding="utf-8"))
    found = {}
    for method, path, operation in openapi.operations(document):
        parameters = tuple(resolve(document, one) for one in operation.get("parameters", []))
        content = resolve(document, operation.get("requestBody", {})).get("content", {})
        content_type = next(iter(content), None)
        example = None if content_type is None else content[content_type]["example"]
        name = operation["operationId"]
        found[name] = Operation(name, method, path, parameters, content_type, example)
    return found


@dataclass
class Caller:
    """Calls a service as anybody; a principal's token is signed once."""

    harness: Harness
    client: httpx.AsyncClient
    tokens: dict[tuple[str, Principal], str]

    async def call(self, who: Principal | None, request: dict[str, Any]) -> httpx.Response:
        """One call; without a principal it has no token."""
        request = request | {"headers": dict(request["headers"])}
        if who is not None:
            kept = self.harness.service.package, who
            if kept not in self.tokens:
                self.tokens[kept] = self.harness.signer.token(principal=who)
            request["headers"]["Authorization"] = f"Bearer {self.tokens[kept]}"
        return await self.client.request(**request)


def code(answer: httpx.Response) -> str:
    """The stable code of a refusal; empty for a success."""
    return "" if answer.is_success else str(answer.json()["code"])


def with_all_roles(one: Organisation) -> Principal:
    """A member who has every role that there is."""
    return one.as_(*Role)


def strangers() -> list[Organisation]:
    """A fresh organisation of every kind."""
    return [Organisation(frozenset({kind})) for kind in Kind]


async def in_chunks(items: Sequence[T], do: Callable[[T], Awaitable[R]]) -> list[R]:
    """Do it for all, a few at a time; the results in order."""
    done: list[R] = []
    for start in range(0, len(items), AT_ONCE):
        done += await asyncio.gather(*(do(item) for item in items[start : start + AT_ONCE]))
    return done
