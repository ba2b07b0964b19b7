"""A catalogue of 5,000 materials as XLSX: imported through a process, against openpyxl reading the same file."""

from __future__ import annotations

import asyncio
import io
import time

import aiohttp
from openpyxl import Workbook, load_workbook

from chassis.identity import Kind, Principal, Role
from chassis.ids import new_id
from chassis.tabular import XLSX
from procurement.materials.rules import COLUMNS, MOST_ROWS
from tests.bench.rig import Rig

PATH = "/procurement/v1/materials:import"


def workbook(turn: int) -> bytes:
    """As many materials as an import takes, other ones in each turn."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Sheet1")
    sheet.append(list(COLUMNS))
    for number in range(MOST_ROWS):
        sheet.append([f"{90 + turn}{number:06}", "热轧带肋钢筋", "rebar", f"HRB400E φ{number % 40}", "t|kg", "no"])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


async def take(rig: Rig, service: str, content: bytes) -> float:
    """Import all rows as new ones; milliseconds."""
    operator = Principal(
        f"user-{new_id()}", "zhulian-bench", new_id(), frozenset({Kind.OPERATOR}), frozenset({Role.ADMIN})
    )
    headers = {
        "Authorization": f"Bearer {rig.token(operator)}",
        "Content-Type": XLSX,
        "Idempotency-Key": str(new_id()),
    }
    async with aiohttp.ClientSession(headers=headers) as http:
        begun = time.perf_counter()
        async with http.post(rig.url(service) + PATH, data=content) as answer:
            report = await answer.json()
        spent = time.perf_counter() - begun
    if report.get("taken") != MOST_ROWS or {row["status"] for row in report["rows"]} != {"created"}:
        raise AssertionError(f"not all rows are new: {str(report)[:200]}")
    return spent * 1000


async def read(content: bytes) -> float:
    """What reading alone takes with openpyxl in its read-only mode; milliseconds."""
    return await asyncio.to_thread(_read, content)


def _read(content: bytes) -> float:
    begun = time.perf_counter()
    rows = sum(1 for _ in load_workbook(io.BytesIO(content), read_only=True).worksheets[0].iter_rows(values_only=True))
    if rows != MOST_ROWS + 1:
        raise AssertionError(f"{rows} rows")
    return (time.perf_counter() - begun) * 1000
