"""One OpenAPI 3.1 document for the whole platform, merged from the services' own.

Component names get their service as a prefix (`ProcurementOrderOut`), so do operationIds
(`procurement_approveOrder`) and tags: nothing collides, no name depends on another service's names.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import aiohttp
import orjson
import structlog

Document = dict[str, Any]
Fetch = Callable[[], Awaitable[Document]]

FRESH_SECONDS: Final = 60.0
RETRY_SECONDS: Final = 5.0
FETCH_TIMEOUT: Final = aiohttp.ClientTimeout(total=5, sock_connect=2)
_REFERENCE: Final = "#/components/"
_METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_SECURITY_SCHEME: Final = "bearer"

_log = structlog.get_logger("gateway.edge")

DESCRIPTION: Final = """筑联 Zhulian: projects, labour, procurement and equipment behind one door.

Tokens: OAuth 2.0 from the realm's issuer, sent as `Authorization: Bearer …`. Every POST carries an
`Idempotency-Key`; lists are cursor pages; refusals are RFC 9457 problems with a stable `code`; the fields
`RateLimit-Policy` and `RateLimit` tell the budget.
"""


def merge(documents: Mapping[str, Document], missing: tuple[str, ...] = ()) -> Document:
    """One document out of `area → document`; pure. `missing` areas are named in `info.x-unavailable`."""
    merged: Document = {
        "openapi": "3.1.0",
        "info": {"title": "Zhulian 筑联", "version": "1.0.0", "description": DESCRIPTION},
        "servers": [{"url": "/"}],
        "security": [{_SECURITY_SCHEME: []}],
        "tags": [],
        "paths": {},
        "components": {
            "securitySchemes": {
                _SECURITY_SCHEME: {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
            }
        },
    }
    if missing:
        merged["info"]["x-unavailable"] = list(missing)
    for area in sorted(documents):
        _add(merged, area, documents[area])
    return merged


def _add(merged: Document, area: str, document: Document) -> None:
    for path, item in document.get("paths", {}).items():
        if path.startswith(f"/{area}/"):
            merged["paths"][path] = _operations(area, _renamed(area, item))
    for kind, things in document.get("components", {}).items():
        if kind == "securitySchemes":
            # A way in of a service's own stands beside the platform's, which every service has.
            merged["components"][kind] = things | merged["components"][kind]
            continue
        section = merged["components"].setdefault(kind, {})
        for name, thing in things.items():
            section[_component(area, name)] = _renamed(area, thing)
    used = sorted({tag for item in merged["paths"].values() for tag in _tags(item) if tag.startswith(f"{area} · ")})
    merged["tags"].extend({"name": tag} for tag in used)


def _tags(item: Document) -> list[str]:
    return [tag for method in _METHODS if method in item for tag in item[method].get("tags", [])]


def _component(area: str, name: str) -> str:
    return f"{area.capitalize()}{name}"


def _operations(area: str, item: Document) -> Document:
    for method in _METHODS:
        operation = item.get(method)
        if operation is None:
            continue
        if "operationId" in operation:
            operation["operationId"] = f"{area}_{operation['operationId']}"
        operation["tags"] = [f"{area} · {tag}" for tag in operation.get("tags", ["other"])]
        # An empty list means: no token; the platform's one way to sign in need not be named.
        if operation.get("security") == [{_SECURITY_SCHEME: []}]:
            del operation["security"]
    return item


def _renamed(area: str, node: Any) -> Any:
    """A deep copy whose references (also a discriminator's mapping) name the prefixed components."""
    if isinstance(node, dict):
        return {key: _renamed(area, value) for key, value in node.items()}
    if isinstance(node, list):
        return [_renamed(area, value) for value in node]
    if isinstance(node, str) and node.startswith(_REFERENCE):
        kind, _, name = node.removeprefix(_REFERENCE).partition("/")
        return f"{_REFERENCE}{kind}/{_component(area, name)}"
    return node


class MergedOpenApi:
    """The merged document as bytes, fetched when asked for and kept for a minute.

    A service that is away keeps its last known part; one never seen is named in `info.x-unavailable`.
    """

    def __init__(self, sources: Mapping[str, Fetch]) -> None:
        self._sources = dict(sources)
        self._known: dict[str, Document] = {}
        self._bytes = b""
        self._fresh_until = 0.0
        self._lock = asyncio.Lock()

    async def document(self) -> bytes:
        """JSON bytes of the merged document."""
        if time.monotonic() < self._fresh_until:
            return self._bytes
        async with self._lock:  # one caller fetches, the others get what it brought
            if time.monotonic() >= self._fresh_until:
                await self._refresh()
        return self._bytes

    async def _refresh(self) -> None:
        answers = await asyncio.gather(*(self._fetched(area) for area in self._sources))
        missing = tuple(sorted(area for area in self._sources if area not in self._known))
        self._bytes = orjson.dumps(merge(self._known, missing))
        self._fresh_until = time.monotonic() + (FRESH_SECONDS if all(answers) else RETRY_SECONDS)

    async def _fetched(self, area: str) -> bool:
        try:
            document = await self._sources[area]()
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            _log.warning("openapi_unavailable", service=area, error=type(error).__name__)
            return False
        self._known[area] = document
        return True


async def fetch(session: aiohttp.ClientSession, base: str) -> Document:
    """A service's own document; ValueError when what comes is not one."""
    async with session.get(f"{base.rstrip('/')}/openapi.json", timeout=FETCH_TIMEOUT) as answer:
        answer.raise_for_status()
        document = orjson.loads(await answer.read())
    if not isinstance(document, dict) or not isinstance(document.get("paths"), dict):
        raise ValueError("not an OpenAPI document")
    return document
