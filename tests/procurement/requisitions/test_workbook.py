"""Requisitions as workbooks: drop-downs, the file back marked, all of a file or nothing."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from openpyxl import Workbook, load_workbook

from chassis.errors import Unavailable
from chassis.identity import Kind, Principal, Role
from chassis.ids import new_id
from chassis.tabular import CSV, XLSX
from chassis.tabular.headings import heading
from chassis.tabular.templates import CELL
from procurement.buyer_codes import service as buyer_codes
from procurement.buyer_codes.rules import OwnCode
from procurement.requisitions.commands.workbook import COLUMNS, OPTIONAL
from tests.harness import Harness, key, organisation
from tests.procurement.requisitions.conftest import PATH, Requisitions

NAMES = (*COLUMNS, *OPTIONAL)
ROW = {
    "project_code": "P-1",
    "material_code": "01090001",
    "unit": "t",
    "specification": "HPB300 φ8",
    "quantity": "100",
    "needed_by": "2026-12-14",
    "cost_code": "01-STEEL",
    "estimated_price": "400.00",
}


@pytest.fixture(autouse=True)
def at_noon(noon: None) -> None:
    """The rows name days."""


def workbook(*rows: Mapping[str, object]) -> bytes:
    book, target = Workbook(), io.BytesIO()
    book.worksheets[0].append([heading((name,), "zh-CN") for name in NAMES])
    for row in rows:
        book.worksheets[0].append([row.get(name) for name in NAMES])
    book.save(target)
    return target.getvalue()


async def post(
    harness: Harness, who: Principal, verb: str, content: bytes, kind: str = XLSX, **query: str
) -> httpx.Response:
    async with harness.client(who) as client:
        headers = key() | {"Content-Type": kind}
        return await client.post(f"{PATH}:{verb}", content=content, headers=headers, params=query)


async def template(harness: Harness, who: Principal, **query: str) -> Any:
    async with harness.client(who) as client:
        answer = await client.get(f"{PATH}:template", params=query)
    assert (answer.status_code, answer.headers["content-type"]) == (200, XLSX)
    return load_workbook(io.BytesIO(answer.content))


def offered(book: Any) -> dict[str, list[str]]:
    """Column → the choices of its drop-down."""
    sheet, lists = book.worksheets
    assert lists.sheet_state == "hidden"
    found = {}
    for one in sheet.data_validations.dataValidation:
        cells = lists[one.formula1.removeprefix("lists!").replace("$", "")]
        place = sheet[f"{str(one.sqref)[0]}1"].column
        found[NAMES[place - 1]] = [cell.value for (cell,) in cells]
    return found


async def own_code(requisitions: Requisitions, code: str, material: str = "01090001") -> None:
    async with requisitions.harness.work(requisitions.buyer) as work:
        await buyer_codes.upsert(work, [OwnCode(0, code, material, "8 号圆钢")])


@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_a_template_is_filled_in_from_its_drop_downs_and_becomes_a_draft(
    requisitions: Requisitions, procurement: Harness, language: str
) -> None:
    """Project, own code, unit and an earlier cost code are taken as they are offered; the draft says what GET says."""
    await requisitions.draft()
    await own_code(requisitions, "ERP 8 | A")
    book = await template(procurement, requisitions.engineer, language=language)
    choices = offered(book)
    assert choices["project_code"] == [f"P-1 | {'Pilot' if language == 'en' else '示范项目'}"]
    assert choices["material_code"][0] == "ERP 8 | A | 8 号圆钢"
    assert any(one.startswith("01090001 | ") for one in choices["material_code"])
    assert "t" in choices["unit"]
    assert choices["cost_code"] == ["01-STEEL"]
    sheet = book.worksheets[0]
    for code in (choices["material_code"][0], "ERP 8 | A", "01090001", "01090001 | 圆钢"):
        row = ROW | {"project_code": choices["project_code"][0], "material_code": code, "needed_by": "2026/12/4"}
        sheet.append([row.get(name, "") for name in NAMES])
    filled = io.BytesIO()
    book.save(filled)
    answer = await post(procurement, requisitions.engineer, "import", filled.getvalue())
    assert answer.status_code == 200, answer.text
    made = answer.json()
    assert (made["dry_run"], made["lines"], made["total"]) == (False, 4, "160000.00")
    async with procurement.client(requisitions.engineer) as client:
        found = (await client.get(f"{PATH}/{made['requisition']['id']}")).json()
    assert found == made["requisition"]
    assert found["state"] == "draft"
    assert {(one["material_code"], one["needed_by"]) for one in found["lines"]} == {("01090001", "2026-12-04")}


async def test_a_template_for_one_project(requisitions: Requisitions, procurement: Harness) -> None:
    """Cost codes of that project only; a project of others does not exist."""
    await requisitions.draft()
    mine = await template(procurement, requisitions.engineer, project_id=str(requisitions.site.project_id))
    assert offered(mine)["cost_code"] == ["01-STEEL"]
    async with procurement.client(requisitions.engineer) as client:
        other = await client.get(f"{PATH}:template", params={"project_id": str(new_id())})
    assert (other.status_code, other.json()["code"]) == (404, "PROJECT_NOT_FOUND")


async def test_thousands_of_codes_are_offered_and_the_file_is_taken(
    requisitions: Requisitions, procurement: Harness
) -> None:
    """More codes than a file has rows: the hidden sheet is longer than the table, and the import reads past it."""
    async with procurement.work(requisitions.buyer) as work:
        rows = [OwnCode(number, f"A{number:05}", "01090001", "") for number in range(3_000)]
        await buyer_codes.upsert(work, rows)
    book = await template(procurement, requisitions.engineer)
    choices = offered(book)["material_code"]
    assert (choices[0], choices[2_999]) == ("A00000 | 圆钢", "A02999 | 圆钢")
    book.worksheets[0].append([(ROW | {"material_code": choices[2_999]}).get(name, "") for name in NAMES])
    filled = io.BytesIO()
    book.save(filled)
    answer = await post(procurement, requisitions.engineer, "import", filled.getvalue(), dry_run="true")
    assert answer.json() == {"dry_run": True, "lines": 1, "total": "40000.00", "requisition": None}


async def test_own_codes_of_others_are_not_offered_and_mean_nothing(
    requisitions: Requisitions, procurement: Harness
) -> None:
    rival = organisation(Kind.CONTRACTOR).as_(Role.BUYER)
    async with procurement.work(rival) as work:
        await buyer_codes.upsert(work, [OwnCode(0, "RIVAL-1", "01090001", "")])
    choices = offered(await template(procurement, requisitions.engineer))["material_code"]
    assert [one for one in choices if one.startswith("RIVAL-1")] == []
    answer = await post(procurement, requisitions.engineer, "import", workbook(ROW | {"material_code": "RIVAL-1"}))
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "MATERIAL_NOT_FOUND")


FAULTS: list[tuple[dict[str, object], str, str]] = [
    ({"project_code": "P-2"}, "project_code", "PROJECT_UNKNOWN"),
    ({"material_code": "99999999"}, "material_code", "MATERIAL_NOT_FOUND"),
    ({"material_code": ""}, "material_code", "MISSING"),
    ({"material_code": "9" * 5_000}, "material_code", "MATERIAL_NOT_FOUND"),
    ({"unit": "m3"}, "material_code", "MATERIAL_UNIT_UNKNOWN"),
    ({"quantity": "many"}, "quantity", "DECIMAL_STRING"),
    ({"quantity": 0}, "quantity", "OUT_OF_RANGE"),
    ({"quantity": "1.0000001"}, "quantity", "TOO_PRECISE"),
    ({"needed_by": "2026-11-22"}, "needed_by", "NEEDED_IN_THE_PAST"),
    ({"needed_by": "soon"}, "needed_by", "DATE_FROM_DATETIME_PARSING"),
    ({"cost_code": "钢筋"}, "cost_code", "STRING_PATTERN_MISMATCH"),
    ({"estimated_price": ""}, "estimated_price", "MISSING"),
    ({"wbs_uid": "4711"}, "wbs_uid", "WBS_TASK_UNKNOWN"),
    ({"wbs_uid": "roof"}, "wbs_uid", "INT_TYPE"),
    ({"estimated_price": "999999999999", "quantity": "999999999999"}, "estimated_price", "TOTAL_TOO_LARGE"),
]


@pytest.mark.parametrize("dry_run", ["true", "false"])
async def test_every_fault_of_every_row_is_told_and_nothing_is_written(
    requisitions: Requisitions, procurement: Harness, dry_run: str
) -> None:
    """One good row, then a row for each fault: row, column, code and reason in both languages; no draft."""
    content = workbook(ROW, *(ROW | change for change, _, _ in FAULTS))
    before = await procurement.checksum()
    answer = await post(procurement, requisitions.engineer, "import", content, dry_run=dry_run)
    assert answer.status_code == 422
    errors = answer.json()["errors"]
    told = {(one["pointer"], one["code"]) for one in errors}
    assert told == {(f"/rows/{row}/{column}", code) for row, (_, column, code) in enumerate(FAULTS, start=1)}
    assert all(one["details"]["zh-CN"] and one["details"]["en"] for one in errors)
    assert await procurement.checksum() == before


@pytest.mark.parametrize("language", ["zh-CN", "en"])
async def test_the_file_comes_back_marked_and_is_taken_when_corrected(
    requisitions: Requisitions, procurement: Harness, language: str
) -> None:
    content = workbook(ROW, ROW | {"unit": "m3", "quantity": "many"}, ROW | {"needed_by": "2020-01-01"})
    before = await procurement.checksum()
    answer = await post(procurement, requisitions.engineer, "check", content, language=language)
    assert await procurement.checksum() == before
    book = load_workbook(io.BytesIO(answer.content))
    sheet = book.worksheets[0]
    wrong = {cell.coordinate for row in sheet.iter_rows() for cell in row if cell.fill.fgColor.rgb == CELL.fgColor.rgb}
    assert wrong == {"E3", "F4"}
    assert ("数量" if language == "zh-CN" else "Quantity") in str(sheet["J3"].value)
    sheet["C3"], sheet["E3"], sheet["F4"] = "t", "7", "2026-12-31"
    corrected = io.BytesIO()
    book.save(corrected)
    made = await post(procurement, requisitions.engineer, "import", corrected.getvalue())
    assert [one["quantity"] for one in made.json()["requisition"]["lines"]] == ["100.000000", "7.000000", "100.000000"]


async def test_a_code_of_two_meanings_is_refused(requisitions: Requisitions, procurement: Harness) -> None:
    """An own code that looks like another material's code of the catalogue buys neither."""
    await own_code(requisitions, "01110001")
    async with procurement.sql() as connection:
        await connection.execute(
            "INSERT INTO materials (id, version, created_at, updated_at, code, name_zh, name_en, specification,"
            " retired) VALUES (gen_random_uuid(), 1, now(), now(), '01110001', '方钢', '', '', false)"
            " ON CONFLICT DO NOTHING"
        )
    answer = await post(procurement, requisitions.engineer, "import", workbook(ROW | {"material_code": "01110001"}))
    assert [one["code"] for one in answer.json()["errors"]] == ["MATERIAL_AMBIGUOUS"]


async def test_a_file_is_for_one_project(requisitions: Requisitions, procurement: Harness) -> None:
    """Two projects of one code: the code alone names neither, ids do, and both in one file are refused."""
    async with procurement.sql() as connection:
        second = new_id()
        await connection.execute(
            "INSERT INTO known_projects SELECT $1, code, name_zh, name_en, state, district, city, risk_class,"
            " organisation_id, version FROM known_projects WHERE project_id = $2",
            second,
            requisitions.site.project_id,
        )
        await connection.execute(
            "INSERT INTO known_parties (project_id, organisation_id, role, valid_from)"
            " VALUES ($1, $2, 'general_contractor', '2026-01-01')",
            second,
            requisitions.site.contractor.id,
        )
    choices = offered(await template(procurement, requisitions.engineer))["project_code"]
    assert {one.partition(" | ")[0] for one in choices} == {str(second), str(requisitions.site.project_id)}
    rows = [ROW | {"project_code": code} for code in ("P-1", *choices)]
    answer = await post(procurement, requisitions.engineer, "import", workbook(*rows))
    told = [(one["pointer"], one["code"]) for one in answer.json()["errors"]]
    assert told == [("/rows/0/project_code", "PROJECT_AMBIGUOUS"), ("/rows/2/project_code", "PROJECT_DIFFERS")]
    made = await post(procurement, requisitions.engineer, "import", workbook(ROW | {"project_code": str(second)}))
    assert made.json()["requisition"]["project_id"] == str(second)


async def test_tasks_are_named_and_project_mgmt_away_refuses(
    requisitions: Requisitions, procurement: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A task's name is fetched; without project-mgmt nothing is written, and it may be tried again."""
    requisitions.projects.tasks[requisitions.site.project_id] = {7: "底板钢筋"}
    content = workbook(ROW | {"wbs_uid": 7})
    made = await post(procurement, requisitions.engineer, "import", content)
    assert made.json()["requisition"]["lines"][0]["wbs_name"] == "底板钢筋"

    async def away(*_: object) -> Mapping[int, str]:
        raise Unavailable("AWAY", zh="不可用", en="away")

    monkeypatch.setattr(requisitions.projects, "wbs_tasks", away)
    before = await procurement.checksum()
    answer = await post(procurement, requisitions.engineer, "import", content)
    assert answer.status_code == 503
    assert await procurement.checksum() == before


async def test_a_repeated_import_drafts_once(requisitions: Requisitions, procurement: Harness) -> None:
    headers = key() | {"Content-Type": XLSX}
    content = workbook(ROW)
    async with procurement.client(requisitions.engineer) as client:
        first = await client.post(f"{PATH}:import", content=content, headers=headers)
        again = await client.post(f"{PATH}:import", content=content, headers=headers)
        found = (await client.get(PATH)).json()["items"]
    assert again.content == first.content
    assert [one["id"] for one in found] == [first.json()["requisition"]["id"]]


@pytest.mark.parametrize(
    ("content", "kind", "status", "code"),
    [
        (workbook(), XLSX, 422, "TOO_SHORT"),
        (workbook(*[ROW] * 501), XLSX, 413, "TOO_MANY_ROWS"),
        (b"x" * (2 * 1024 * 1024 + 1), XLSX, 413, "BODY_TOO_LARGE"),
        (b"PK\x03\x04", XLSX, 400, "XLSX_UNREADABLE"),
        (b"code\n1\n", CSV, 400, "CSV_UNREADABLE"),
        (",".join(COLUMNS).encode() + b"\nP\x00,A\x00,t,,1,2026-12-14,01,1\n", CSV, 422, "MATERIAL_NOT_FOUND"),
        (b"{}", "application/json", 415, "CONTENT_TYPE_UNSUPPORTED"),
    ],
)
async def test_files_that_are_not_taken(
    requisitions: Requisitions, procurement: Harness, content: bytes, kind: str, status: int, code: str
) -> None:
    before = await procurement.checksum()
    answer = await post(procurement, requisitions.engineer, "import", content, kind)
    found = answer.json()
    assert (answer.status_code, code in (found["code"], *(one["code"] for one in found.get("errors", [])))) == (
        status,
        True,
    )
    assert await procurement.checksum() == before


async def test_only_who_plans_may(requisitions: Requisitions, procurement: Harness) -> None:
    """An approver is refused each of the three; a stranger of the same role finds no such project."""
    before = await procurement.checksum()
    for verb in ("check", "import"):
        answer = await post(procurement, requisitions.approver, verb, workbook(ROW))
        assert (answer.status_code, answer.json()["code"]) == (403, "ROLE_MISSING")
    stranger = organisation(Kind.CONTRACTOR).as_(Role.SITE_ENGINEER)
    answer = await post(procurement, stranger, "import", workbook(ROW))
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "PROJECT_UNKNOWN")
    assert await procurement.checksum() == before
