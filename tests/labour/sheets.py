"""Workbooks as people send them, and what comes back: for the tests of every import of labour."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from httpx import Response
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from chassis.identity import Principal
from chassis.tabular import XLSX
from tests.harness import Harness, key


def sheet(header: Sequence[str], *rows: Sequence[Any]) -> bytes:
    """A workbook with these rows below the header; a text that begins with = is a formula without its result."""
    book = Workbook()
    for row in (header, *rows):
        book.worksheets[0].append(list(row))
    return saved(book)


def saved(book: Workbook) -> bytes:
    """The bytes of a workbook."""
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def book_of(answer: Response) -> Workbook:
    """The workbook that an answer carries."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == XLSX
    return load_workbook(io.BytesIO(answer.content))


def fill(book: Workbook, *rows: Mapping[str, Any], by: Sequence[str], first: int = 2) -> bytes:
    """A template with these cells in its rows; `by` names its columns from the left."""
    for number, row in enumerate(rows, start=first):
        for column, value in row.items():
            book.worksheets[0].cell(number, by.index(column) + 1, value)
    return saved(book)


def offered(book: Workbook, letter: str) -> list[str]:
    """What the drop-down of a column offers."""
    page = book.worksheets[0]
    [found] = [one for one in page.data_validations.dataValidation if f"{letter}2" in one.sqref]
    _, _, place = str(found.formula1).partition("!")
    cells = book["lists"][place.replace("$", "")]
    return [str(row[0].value) for row in (cells if isinstance(cells, tuple) else ((cells,),))]


def letter_of(page: Worksheet, heading: str) -> str:
    """The letter of the column with this heading."""
    [cell] = [cell for cell in page[1] if cell.value == heading]
    return str(cell.column_letter)


def reasons(answer: Response) -> list[str]:
    """What stands in the last column of a checked file, row by row."""
    page = book_of(answer).worksheets[0]
    return [str(row[-1].value or "") for row in page.iter_rows(min_row=2)]


def faults(answer: Response) -> list[tuple[str, str]]:
    """Where and why, of all rows of an answer: of a batch's results or of a refusal."""
    body = answer.json()
    errors = body["errors"] if "errors" in body else [one for row in body["results"] for one in row["errors"]]
    return [(one["pointer"], one["code"]) for one in errors]


async def upload(
    harness: Harness, who: Principal, path: str, content: bytes, *, media_type: str = XLSX, **headers: str
) -> Response:
    """Send a file."""
    async with harness.client(who) as client:
        return await client.post(path, content=content, headers=key() | {"Content-Type": media_type} | headers)


async def rows_of(harness: Harness) -> str:
    """Every row that labour keeps, facts and audit too, but for the stored answers of requests: as one text."""
    names = [table.name for table in harness.service.tables] + ["outbox", "audit", "pgqueuer"]
    async with harness.sql() as connection:
        found = [
            await connection.fetchval(f"SELECT string_agg(t::text, '|' ORDER BY t::text) FROM {name} t")
            for name in names
        ]
    return "/".join(str(one) for one in found)


async def stored_answers(harness: Harness) -> str:
    """What is kept under the Idempotency-Keys, as one text."""
    async with harness.sql() as connection:
        rows = await connection.fetch("SELECT * FROM idempotency_keys")
    kept = [value for row in rows for value in row.values()]
    return "|".join(one.decode("utf-8", "replace") if isinstance(one, bytes) else str(one) for one in kept)


@contextmanager
def files_made(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Which temporary files are made meanwhile."""
    made: list[str] = []

    def watched(name: str) -> Any:
        real = getattr(tempfile, name)

        def make(*args: Any, **kwargs: Any) -> Any:
            made.append(name)
            return real(*args, **kwargs)

        return make

    with monkeypatch.context() as patched:
        for name in ("TemporaryFile", "NamedTemporaryFile", "SpooledTemporaryFile", "mkstemp"):
            patched.setattr(tempfile, name, watched(name))
        patched.setattr("openpyxl.worksheet._writer.NamedTemporaryFile", watched("NamedTemporaryFile"))
        yield made
