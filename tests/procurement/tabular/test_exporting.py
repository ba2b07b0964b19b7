"""Every list as CSV and XLSX: which lists, whose rows, what stands in the cells."""

from __future__ import annotations

import io
import json
import tempfile
import tracemalloc
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from pydantic import BaseModel
from python_calamine import CalamineWorkbook

from chassis.identity import Kind, Role
from chassis.ids import new_id
from chassis.tabular import CSV, XLSX, exporting
from chassis.tabular.exporting import Column, columns_of, wanted
from chassis.tabular.headings import chinese
from infra.contracts import openapi
from infra.contracts.paths import SERVICES
from procurement.app import SERVICE
from tests.exported import answers_files, lists, not_exported, rows
from tests.harness import Harness, organisation
from tests.procurement.conftest import Orders
from tests.visibility.who_buys import PROCUREMENT

ORDERS = "/procurement/v1/orders"
[PROCUREMENT_SERVICE] = [one for one in SERVICES if one.package == SERVICE.package]
DOCUMENT = json.loads(openapi.path(PROCUREMENT_SERVICE).read_text(encoding="utf-8"))


def left_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def test_every_list_is_exported() -> None:
    assert len(lists(DOCUMENT)) > 10
    assert not_exported(DOCUMENT) == []


def test_a_list_that_is_not_exported_is_found() -> None:
    spoilt = json.loads(json.dumps(DOCUMENT))
    del spoilt["paths"][ORDERS]["get"]["responses"]["200"]["content"][XLSX]
    assert not_exported(spoilt) == ["listOrders"]


@pytest.mark.parametrize("name", lists(DOCUMENT))
async def test_each_list_answers_files_to_whom_it_answers_rows(procurement: Harness, name: str) -> None:
    await answers_files(procurement, "procurement", name, PROCUREMENT)


async def test_the_file_holds_what_the_list_holds(procurement: Harness, orders: Orders) -> None:
    for number in ("A", "B", "C"):
        await orders.draft(number=f"{number}-{new_id()}")
    async with procurement.client(orders.buyer) as client:
        listed = (await client.get(ORDERS)).json()["items"]
        [head, *found] = rows(await client.get(ORDERS, headers={"Accept": CSV}))
        book = await client.get(ORDERS, headers={"Accept": XLSX})
    assert head[:4] == ["Id", "Version", "Number", "Project id"]
    assert [line[2] for line in found] == [one["number"] for one in listed]
    assert [line[head.index("Total")] for line in found] == [one["total"] for one in listed]
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(book.content)).get_sheet_by_index(0).to_python()
    assert sheet[0] == head
    assert [line[head.index("Total")] for line in sheet[1:]] == [float(one["total"]) for one in listed]


async def test_filters_are_those_of_the_list(procurement: Harness, orders: Orders) -> None:
    number = f"F-{new_id()}"
    await orders.draft(number=number)
    await orders.draft()
    async with procurement.client(orders.buyer) as client:
        assert len(rows(await client.get(ORDERS, params={"number": number}, headers={"Accept": CSV}))) == 2
        assert len(rows(await client.get(ORDERS, params={"page_size": 1}, headers={"Accept": CSV}))) == 3
        wrong = await client.get(ORDERS, params={"colour": "red"}, headers={"Accept": CSV})
    assert (wrong.status_code, wrong.headers["content-type"]) == (422, "application/problem+json")


async def test_a_supplier_exports_what_it_may_see(procurement: Harness, orders: Orders) -> None:
    await orders.draft()
    approved = await orders.approved()
    async with procurement.client(orders.sales) as client:
        assert [line[0] for line in rows(await client.get(ORDERS, headers={"Accept": CSV}))[1:]] == [str(approved)]
    async with procurement.client(organisation(Kind.SUPPLIER).as_(Role.SALES)) as client:
        assert len(rows(await client.get(ORDERS, headers={"Accept": CSV}))) == 1


async def test_no_cell_is_a_formula(procurement: Harness, orders: Orders) -> None:
    formulas = ['=HYPERLINK("http://x","y")', "+1", "-1+1", "@SUM(A1)", "＝1+1"]
    for formula in formulas:
        await orders.draft(note=formula)
    async with procurement.client(orders.buyer) as client:
        [head, *found] = rows(await client.get(ORDERS, headers={"Accept": CSV}))
        book = await client.get(ORDERS, headers={"Accept": XLSX})
    note = head.index("Note")
    assert {line[note] for line in found} == {f"'{one}" for one in formulas}
    [sheet] = load_workbook(io.BytesIO(book.content)).worksheets
    assert {row[note].data_type for row in sheet.iter_rows(min_row=2)} == {"s"}


async def test_a_list_of_many_pages_comes_whole_and_in_order(
    procurement: Harness, orders: Orders, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "LARGEST_SIZE", 2)
    made = [str(await orders.draft()) for _ in range(5)]
    async with procurement.client(orders.buyer) as client:
        found = [line[0] for line in rows(await client.get(ORDERS, headers={"Accept": CSV}))[1:]]
    assert found == made[::-1]


async def test_a_workbook_has_an_end_says_so_and_leaves_no_file_behind(
    procurement: Harness, orders: Orders, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(exporting, "LARGEST_SIZE", 1)
    monkeypatch.setattr(exporting, "MOST_XLSX_ROWS", 1)
    await orders.draft()
    async with procurement.client(orders.buyer) as client:
        assert (await client.get(ORDERS, headers={"Accept": XLSX})).status_code == 200
        await orders.draft()
        answer = await client.get(ORDERS, headers={"Accept": XLSX})
    assert (answer.status_code, answer.json()["code"]) == (413, "TOO_MANY_ROWS")
    assert left_in(tmp_path) == []


class Endless:
    """A list route of so many pages of 500 rows; from `broken` on it answers 503."""

    def __init__(self, pages: int, broken: int = 10**9) -> None:
        self.pages, self.broken, self.asked = pages, broken, 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        number = self.asked
        self.asked += 1
        token = "" if self.asked == self.pages else "more"
        items = [{"id": f"{number}-{row}" + "x" * 80, "total": "1.50"} for row in range(500)]
        body = json.dumps({"items": items, "next_page_token": token}).encode()
        await send({"type": "http.response.start", "status": 503 if number >= self.broken else 200, "headers": []})
        await send({"type": "http.response.body", "body": body})


class Sink:
    """Counts what is sent, and how much had been asked for at each piece."""

    def __init__(self, source: Endless) -> None:
        self.source = source
        self.asked: list[int] = []
        self.ended = False

    async def __call__(self, message: Any) -> None:
        if message["type"] == "http.response.body":
            self.asked.append(self.source.asked)
            self.ended = not message.get("more_body", False)


COLUMNS = [Column(("id",), str), Column(("total",), Decimal)]


def scope(accept: str) -> dict[str, Any]:
    return {"type": "http", "query_string": b"", "headers": [(b"accept", accept.encode())]}


async def run(source: Endless, accept: str) -> tuple[Sink, int]:
    """Export it; the sink and the most memory that was held, in bytes."""
    sink = Sink(source)
    tracemalloc.start()
    try:
        await exporting.ListExport(source, "/lists", COLUMNS)(scope(accept), exporting._nothing, sink)
        return sink, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


async def test_csv_goes_out_page_by_page() -> None:
    sink, _ = await run(Endless(20), CSV)
    assert sink.ended
    assert sink.asked[:3] == [1, 2, 3]
    assert all(after - before <= 1 for before, after in pairwise(sink.asked))


@pytest.mark.parametrize("accept", [CSV, XLSX])
async def test_memory_does_not_grow_with_the_list(accept: str) -> None:
    await run(Endless(2), accept)
    _, short = await run(Endless(4), accept)
    _, long = await run(Endless(40), accept)
    assert long < short * 1.5


async def test_a_file_that_breaks_off_is_not_ended_as_if_it_were_whole() -> None:
    source = Endless(5, broken=3)
    sink = Sink(source)
    with pytest.raises(Exception, match="EXPORT_BROKEN_OFF"):
        await exporting.ListExport(source, "/lists", COLUMNS)(scope(CSV), exporting._nothing, sink)
    assert not sink.ended


class Inner(BaseModel):
    value: Decimal | None


class Item(BaseModel):
    name: str
    inner: Inner
    tags: list[str]
    rows: list[Inner]


def test_models_are_spread_out_and_lists_are_one_cell() -> None:
    columns = columns_of(Item)
    assert [column.path for column in columns] == [("name",), ("inner", "value"), ("tags",), ("rows",)]
    item = {"name": "a", "inner": {"value": "1.20"}, "tags": ["t", "kg"], "rows": [{"value": None}]}
    assert [column.cell(item) for column in columns] == ["a", Decimal("1.20"), "t|kg", '[{"value":null}]']
    assert columns[1].cell({"inner": None}) is None


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("text/html,*/*;q=0.8", "application/json"),
        ("text/csv", CSV),
        ("TEXT/CSV; charset=utf-8", CSV),
        ("text/csv;q=0.5, application/json", "application/json"),
        (f"application/json;q=0.1, {XLSX}", XLSX),
        ("text/csv;q=nonsense", "application/json"),
        ("text/csv;q=0", "application/json"),
    ],
)
def test_who_asks_for_a_table_gets_one(accept: str, kind: str) -> None:
    assert wanted(accept) == kind


def test_headings_are_chinese() -> None:
    assert [name for name, text in chinese().items() if text.isascii()] == []
