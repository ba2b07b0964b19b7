"""Workbooks that people fill in: drop-downs, headings in two languages, failed rows that come back marked."""

from __future__ import annotations

import io

import httpx
import pytest
from openpyxl import Workbook, load_workbook

from chassis.identity import Kind, Role
from chassis.tabular import CSV, XLSX, read_table
from chassis.tabular.headings import heading
from chassis.tabular.templates import CELL, ROW, template
from chassis.tabular.writing import harmless
from tests.harness import Harness, key, organisation

MATERIALS = "/procurement/v1/materials"
COLUMNS = ("code", "name_zh", "name_en", "specification", "units", "retired", "cost_type")
ADMIN = organisation(Kind.OPERATOR).as_(Role.ADMIN)
FILE = (
    "code,name_zh,name_en,specification,units,retired\n"
    "07010001,瓷砖,tile,600×600,m2,no\n"
    "0701,瓷砖,tile,,m 2,maybe\n"
    "07010002,+1+1,tile,,m2,no\n"
    "07010001,瓷砖,tile,,m2,no\n"
    "07010003,瓷砖,tile,,m2,no,one,two,too many\n"
)


async def post(client: httpx.AsyncClient, verb: str, content: bytes, kind: str, **query: str) -> httpx.Response:
    return await client.post(
        f"{MATERIALS}:{verb}", content=content, headers=key() | {"Content-Type": kind}, params=query
    )


def workbook(rows: list[tuple[str, ...]]) -> bytes:
    book, target = Workbook(), io.BytesIO()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(target)
    return target.getvalue()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_a_template_has_drop_downs_and_can_be_filled_in_and_imported(procurement: Harness, language: str) -> None:
    async with procurement.client(ADMIN) as client:
        await post(client, "import", FILE.replace("0701", "0704").encode(), CSV)
        answer = await client.get(f"{MATERIALS}:template", params={"language": language})
        assert (answer.status_code, answer.headers["content-type"]) == (200, XLSX)
        book = load_workbook(io.BytesIO(answer.content))
        sheet, lists = book.worksheets
        assert [cell.value for cell in sheet[1]] == [heading((one,), language) for one in COLUMNS]
        offered = {str(one.sqref)[0]: one.formula1 for one in sheet.data_validations.dataValidation}
        assert set(offered) == {"E", "F", "G"}
        assert offered["F"] == "lists!$B$1:$B$2"
        assert [lists.cell(row, 2).value for row in (1, 2)] == ["no", "yes"]
        sheet.append(["07020001", "地板", "floor", "", "m2", "no", "material"])
        filled = io.BytesIO()
        book.save(filled)
        report = (await post(client, "import", filled.getvalue(), XLSX, dry_run="true")).json()
    assert (report["taken"], report["refused"]) == (1, 0)


def test_a_drop_down_is_no_longer_than_what_the_import_reads() -> None:
    content = template(("code", "unit"), {"unit": [f"u{number}" for number in range(50)]}, 20, "en")
    assert read_table(content, XLSX, ("code", "unit"), 20) == []


def test_no_choice_is_a_formula() -> None:
    book = load_workbook(io.BytesIO(template(("unit",), {"unit": ["=1+1"]}, 20, "en")))
    assert book.worksheets[1]["A1"].data_type == "s"


@pytest.mark.parametrize(("kind", "language"), [(CSV, "en"), (CSV, "zh-CN"), (XLSX, "zh-CN")])
async def test_the_same_file_comes_back_with_failed_rows_marked(procurement: Harness, kind: str, language: str) -> None:
    rows = [tuple(line.split(",")) for line in FILE.splitlines()]
    content = FILE.encode() if kind == CSV else workbook(rows)
    async with procurement.client(ADMIN) as client:
        before = await procurement.checksum()
        answer = await post(client, "check", content, kind, language=language)
        assert await procurement.checksum() == before
        report = (await post(client, "import", content, kind, dry_run="true")).json()
    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    found = [[cell.value or "" for cell in row] for row in sheet.iter_rows()]
    assert [line[: len(row)] for line, row in zip(found[1:], rows[1:], strict=True)] == [
        [harmless(cell) for cell in row] for row in rows[1:]
    ]
    assert found[0][:8] == [heading((one,), language) for one in (*COLUMNS, "refused_because")]
    failed = {row: [one["pointer"] for one in line["errors"]] for row, line in enumerate(report["rows"])}
    for row, pointers in failed.items():
        [cells] = sheet.iter_rows(min_row=row + 2, max_row=row + 2)
        colours = [cell.fill.fgColor.rgb for cell in cells[: len(COLUMNS)]]
        assert {place for place, one in enumerate(colours) if one == CELL.fgColor.rgb} == {
            COLUMNS.index(one) for one in pointers if one in COLUMNS
        }
        assert (ROW.fgColor.rgb in colours) == bool(pointers)
    assert failed[0] == failed[2] == []
    assert failed[1] == ["code", "units", "retired"]
    assert ("8 位数字" if language == "zh-CN" else "8 digits") in str(found[2][7])
    assert ("编码" if language == "zh-CN" else "Code") in str(found[4][7])


async def test_a_marked_file_is_imported_when_corrected_and_formulas_are_texts(procurement: Harness) -> None:
    async with procurement.client(ADMIN) as client:
        answer = await post(client, "check", FILE.encode(), CSV)
        book = load_workbook(io.BytesIO(answer.content))
        sheet = book.worksheets[0]
        assert (sheet["B4"].value, sheet["B4"].data_type) == ("'+1+1", "s")
        sheet["A3"], sheet["E3"], sheet["F3"] = "07010004", "m2", "no"
        sheet["A5"] = "07010005"
        sheet.delete_rows(6)
        corrected = io.BytesIO()
        book.save(corrected)
        report = (await post(client, "import", corrected.getvalue(), XLSX)).json()
        assert (report["taken"], report["refused"]) == (4, 0)
        assert (await client.get(f"{MATERIALS}/07010002")).json()["name_zh"] == "+1+1"


async def test_good_rows_are_taken_and_each_failed_row_is_one_row(procurement: Harness) -> None:
    async with procurement.client(ADMIN) as client:
        report = (await post(client, "import", FILE.replace("0701", "0703").encode(), CSV)).json()
        assert (report["taken"], report["refused"]) == (2, 3)
        assert [line["status"] for line in report["rows"]] == ["created", "refused", "created", "refused", "refused"]
        assert (await client.get(f"{MATERIALS}/07030002")).status_code == 200


async def test_a_table_of_5000_rows_is_imported(procurement: Harness) -> None:
    rows = [(f"08{number:06}", "钢筋", "rebar", "HRB400E", "t", "no") for number in range(5000)]
    content = workbook([COLUMNS[:6], *rows])
    async with procurement.client(ADMIN) as client:
        report = (await post(client, "import", content, XLSX)).json()
        more = await post(client, "import", workbook([COLUMNS[:6], *rows, rows[0]]), XLSX)
    assert (report["taken"], report["refused"]) == (5000, 0)
    assert {line["status"] for line in report["rows"]} == {"created"}
    assert (more.status_code, more.json()["code"]) == (413, "TOO_MANY_ROWS")
