"""Every list as CSV or XLSX: the same route, filters and visibility, asked for by `Accept`.

`ListExport` stands around a list route. For a caller who accepts a table it asks that route for one page after the
other, as the same caller, and writes the rows as they come: whatever the list shows and refuses, the file does too.
"""

from __future__ import annotations

import asyncio
import re
import types
import typing
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson
from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.http.language import preferred_language
from chassis.http.schemas import PAGE_PARAMETERS, PageOut
from chassis.http.uploads import download
from chassis.pages import LARGEST_SIZE
from chassis.tabular import errors
from chassis.tabular.headings import heading
from chassis.tabular.reading import CSV, XLSX
from chassis.tabular.writing import BOM, Cell, XlsxFile, csv_lines

MOST_XLSX_ROWS = 100_000
"""A workbook is finished before its first byte goes out; longer lists go as CSV, which has no end."""
JSON = "application/json"
_QUALITY = re.compile(r"[01](?:\.[0-9]{0,3})?")
_SUFFIXES = {CSV: "csv", XLSX: "xlsx"}


@dataclass(frozen=True, slots=True)
class Column:
    """A member of the list's items, at a path of names, and what kind of value stands there."""

    path: tuple[str, ...]
    kind: type

    def cell(self, item: Any) -> Cell:
        """The value of an item."""
        for name in self.path:
            item = item.get(name) if isinstance(item, dict) else None
        if item is None:
            return None
        if isinstance(item, bool):
            return "yes" if item else "no"
        if self.kind is Decimal:
            return Decimal(item)
        if self.kind is date:
            return date.fromisoformat(item)
        if isinstance(item, list) and all(isinstance(one, str) for one in item):
            return "|".join(item)
        return item if isinstance(item, str | int) else orjson.dumps(item).decode()


def columns_of(model: type[BaseModel], path: tuple[str, ...] = ()) -> list[Column]:
    """The columns of an item's model, in its order; a model inside is spread out, a list of models is one cell."""
    found: list[Column] = []
    for name, field in model.model_fields.items():
        kind = _kind(field.annotation)
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            found += columns_of(kind, (*path, name))
        else:
            found.append(Column((*path, name), kind))
    return found


def _kind(annotation: Any) -> Any:
    """The type of a field without `| None` and `Annotated`."""
    origin = typing.get_origin(annotation)
    if origin in (typing.Union, types.UnionType):
        [annotation, *_] = [one for one in typing.get_args(annotation) if one is not type(None)]
        return _kind(annotation)
    return _kind(typing.get_args(annotation)[0]) if origin is typing.Annotated else annotation


def offer_lists(app: FastAPI) -> None:
    """Let every list of the application answer files, and say so in its document."""
    for route in app.router.routes:
        model = getattr(route, "response_model", None)
        if isinstance(route, APIRoute) and isinstance(model, type) and issubclass(model, PageOut):
            columns = columns_of(model.model_fields["items"].annotation.__args__[0])  # type: ignore[union-attr]
            route.app = ListExport(route.app, route.path, columns)
            files = download({CSV: heading(columns[0].path, "en") + "\r\n", XLSX: "(an XLSX workbook)"})[200]
            route.responses = {**route.responses, 200: {"content": files["content"]}}


class ListExport:
    """A list route that answers CSV and XLSX, too."""

    def __init__(self, inner: ASGIApp, path: str, columns: Sequence[Column]) -> None:
        self._inner = inner
        self._name = next(part for part in reversed(path.split("/")) if not part.startswith("{"))
        self._columns = columns

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        headers = Headers(scope=scope)
        media_type = wanted(headers.get("accept", ""))
        if media_type == JSON:
            await self._inner(scope, receive, send)
            return
        pages = self._pages(scope)
        first = await anext(pages)
        if isinstance(first, _Refusal):
            await first.replay(send)
            return
        language = preferred_language(headers.get("accept-language"))
        names = [heading(column.path, language) for column in self._columns]
        if media_type == CSV:
            await self._send_csv(names, first, pages, send)
        else:
            await self._send_xlsx(names, first, pages, send)

    async def _send_csv(self, names: Sequence[str], rows: Any, pages: AsyncIterator[Any], send: Send) -> None:
        await self._start(CSV, send)
        await _body(send, BOM + csv_lines([names]) + csv_lines(rows))
        async for rows in pages:
            await _body(send, csv_lines(_good(rows)))
        await send({"type": "http.response.body", "body": b""})

    async def _send_xlsx(self, names: Sequence[str], rows: Any, pages: AsyncIterator[Any], send: Send) -> None:
        with XlsxFile(names) as file:
            count = len(rows)
            await asyncio.to_thread(file.add, rows)
            async for page in pages:
                rows = _good(page)
                count += len(rows)
                if count > MOST_XLSX_ROWS:
                    raise errors.too_many_to_write(MOST_XLSX_ROWS)
                await asyncio.to_thread(file.add, rows)
            chunks = file.chunks()
            chunk = await asyncio.to_thread(lambda: next(chunks, None))  # the work is done before a byte goes out
            await self._start(XLSX, send)
            while chunk is not None:
                await _body(send, chunk)
                chunk = await asyncio.to_thread(lambda: next(chunks, None))
        await send({"type": "http.response.body", "body": b""})

    async def _start(self, media_type: str, send: Send) -> None:
        name = f'attachment; filename="{self._name}.{_SUFFIXES[media_type]}"'
        kind = f"{media_type}; charset=utf-8" if media_type == CSV else media_type
        headers = [
            (b"content-type", kind.encode()),
            (b"content-disposition", name.encode()),
            (b"cache-control", b"no-store"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})

    async def _pages(self, scope: Scope) -> AsyncIterator[list[list[Cell]] | _Refusal]:
        """The rows of each page; a refusal is the last thing that comes."""
        given = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        query = [(name, value) for name, value in given if name not in PAGE_PARAMETERS]
        query.append(("page_size", str(LARGEST_SIZE)))
        token = ""
        while True:
            asked = urlencode([*query, ("page_token", token)] if token else query)
            answer = _Answer()
            await self._inner({**scope, "query_string": asked.encode()}, _nothing, answer.take)
            if answer.status != 200:
                yield _Refusal(answer.messages)
                return
            page = orjson.loads(answer.body)
            yield [[column.cell(item) for column in self._columns] for item in page["items"]]
            token = page["next_page_token"]
            if not token:
                return


def wanted(accept: str) -> str:
    """JSON, CSV or XLSX: the one that the header Accept likes best, JSON when it names neither table."""
    best, liking = JSON, Decimal(0)
    for item in accept.split(",")[:20]:
        kind, *parameters = (part.strip().lower() for part in item.split(";"))
        kind = JSON if kind in ("*/*", "application/*") else kind
        if kind in (JSON, CSV, XLSX):
            quality = _quality(parameters)
            if quality > liking:
                best, liking = kind, quality
    return best


def _quality(parameters: Sequence[str]) -> Decimal:
    """`q=` as RFC 9110 writes it; what is written otherwise is not liked at all."""
    given = next((one[2:] for one in parameters if one.startswith("q=")), "1")
    return Decimal(given) if _QUALITY.fullmatch(given) else Decimal(0)


class _Answer:
    """What a route answers, kept instead of sent."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    async def take(self, message: Message) -> None:
        self.messages.append(message)

    @property
    def status(self) -> int:
        return int(self.messages[0]["status"])

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.messages)


@dataclass(frozen=True, slots=True)
class _Refusal:
    """A list that was refused, as the list itself would have said it."""

    messages: list[Message]

    async def replay(self, send: Send) -> None:
        for message in self.messages:
            await send(message)


def _good(page: list[list[Cell]] | _Refusal) -> list[list[Cell]]:
    """The rows; a refusal in the middle of a file breaks it off, so that nobody takes it for whole."""
    if isinstance(page, _Refusal):
        raise errors.broken_off()
    return page


async def _body(send: Send, chunk: bytes) -> None:
    await send({"type": "http.response.body", "body": chunk, "more_body": True})


async def _nothing() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}
