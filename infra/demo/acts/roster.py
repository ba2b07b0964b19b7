"""A second subcontractor comes on site: its contract, who looks after wages, and its roster with two bad rows."""

from __future__ import annotations

import io
import time
from datetime import timedelta
from typing import Any

import orjson
from openpyxl import load_workbook

from infra.demo.crew import CLERK, CREW, WORK_TYPES, Person, last_month, people
from infra.demo.stage import Caller, Stage
from infra.demo.texts import Text

OFFICER = "contractor-wages"
WORKERS = "/labour/v1/workers"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADINGS = {
    "external_id": Text("外部编号", "External id"),
    "worker_name": Text("工人姓名", "Worker name"),
    "id_card_number": Text("证件号码", "Id card number"),
    "work_type": Text("工种编码", "Work type"),
    "nation": Text("民族", "Nation"),
    "address": Text("住址", "Address"),
    "cell_phone": Text("手机号", "Cell phone"),
    "payroll_bank_card_number": Text("工资卡号", "Payroll bank card number"),
    "payroll_bank_code": Text("开户行编码", "Payroll bank code"),
    "bank_account_consent_on": Text("银行卡同意日期", "Bank account consent on"),
    "consent_text_version": Text("同意文本版本", "Consent text version"),
}
"""The columns that are filled in, as the template calls them."""


async def play(stage: Stage) -> None:
    """Twelve of fourteen rows are in; the two bad ones come back with row, column and reason."""
    stage.title(Text("分包合同与工人名册", "A subcontract and its roster"))
    stage.props["month"] = last_month(stage.props["today"])
    stage.callers[CREW] = Caller("labour2", Text("工人(手机)", "workers (phones)"))
    await _subcontracted(stage)
    await _registered(stage)


async def _subcontracted(stage: Stage) -> None:
    """The general contractor puts the subcontract on record and names its wage officer (条例 art 28)."""
    since = stage.props["today"] - timedelta(days=190)
    body = {
        "project_id": stage.props["project"],
        "subcontractor_id": stage.id("labour2"),
        "number": f"FB-{stage.props['code']}",
        "scope": "主体结构钢筋、模板劳务",
        "amount": "1860000.00",
        "starts_on": since.isoformat(),
        "qualification": {
            "number": "D344000001",
            "category": "施工劳务",
            "valid_until": (stage.props["today"] + timedelta(days=400)).isoformat(),
        },
    }
    what = Text("登记分包合同与资质", "puts the subcontract with its qualification on record")

    async def known() -> Any:
        """labour learns of the project through NATS; until then there is none."""
        answer = await stage.call(OFFICER, "POST", "/labour/v1/subcontracts", json=body)
        return answer.body if answer.status == 201 else None

    made = await stage.until(what, known, lambda one: str(one["number"]))
    await stage.step(
        OFFICER,
        Text("生效", "lets it count: the other side is asked for in the project"),
        "POST",
        f"/labour/v1/subcontracts/{made['id']}:activate",
        result=lambda one: str(one["state"]),
    )
    officer = {"project_id": stage.props["project"], "name": "诸葛瑾", "phone": "0755-26540001"}
    await stage.step(
        OFFICER,
        Text("公示劳资专管员", "names the project's wage officer"),
        "POST",
        "/labour/v1/wage-officers",
        json=officer | {"first_day": since.isoformat()},
        expect=201,
    )


async def _registered(stage: Stage) -> None:
    """As an office does it: fill in the template, have it checked, import what is good."""
    roster = await _filled(stage)
    checked = await _sent(
        stage, Text("校验名册,取回标注文件", "has it checked: the marked file comes back"), "check", roster
    )
    stage.props["roster_reasons"] = _reasons(checked)
    for row, reason in stage.props["roster_reasons"].items():
        stage.note(f"✗ {row} {reason}")
    tried = await _sent(stage, Text("试导入", "tries the import: nothing is written"), "import?dry_run=true", roster)
    stage.props["roster_tried"] = orjson.loads(tried)
    known = await stage.ask(CLERK, "GET", WORKERS, params={"external_id": people(stage.props["code"])[0].external_id})
    stage.props["after_trying"] = len(known["items"])
    report = orjson.loads(await _sent(stage, Text("导入名册", "imports it"), "import", roster))
    stage.props["roster"] = report
    stage.props["crew_workers"] = [row["id"] for row in report["results"] if row["status"] == "created"]


async def _filled(stage: Stage) -> bytes:
    """The template with fourteen rows, two of them bad."""
    template = await stage.download(CLERK, Text("下载名册模板", "takes the template"), f"{WORKERS}:template")
    book = load_workbook(io.BytesIO(template))
    page = book.worksheets[0]
    columns = {cell.value: place for place, cell in enumerate(page[1], start=1)}
    rows = [_row(stage, one) for one in people(stage.props["code"])]
    for number, row in enumerate([*rows, *_bad(rows)], start=2):
        for column, value in row.items():
            page.cell(number, columns[HEADINGS[column].say(stage.language)], value)
    filled = io.BytesIO()
    book.save(filled)
    return filled.getvalue()


async def _sent(stage: Stage, what: Text, verb: str, roster: bytes) -> bytes:
    """The answer to a roster, a workbook or a report."""
    began = time.perf_counter()
    answer = await stage.send(CLERK, f"{WORKERS}:{verb}", roster, XLSX)
    said = f"{len(answer)} B"
    if answer.startswith(b"{"):
        report = orjson.loads(answer)
        said = f"+{report['created']} ✗{report['refused']}"
    stage.line(CLERK, what, 200, said, (time.perf_counter() - began) * 1000)
    return answer


def _reasons(checked: bytes) -> dict[str, str]:
    """What the last column of the marked file says, by the row of the sheet."""
    page = load_workbook(io.BytesIO(checked), read_only=True).worksheets[0]
    return {str(number): str(row[-1]) for number, row in enumerate(page.values, start=1) if number > 1 and row[-1]}


def _row(stage: Stage, person: Person) -> dict[str, str]:
    return {
        "external_id": person.external_id,
        "worker_name": person.name,
        "id_card_number": person.number,
        "work_type": WORK_TYPES[person.team],
        "nation": "壮族",
        "address": "广西壮族自治区南宁市兴宁区",
        "cell_phone": person.phone,
        "payroll_bank_card_number": person.card,
        "payroll_bank_code": "102",
        "bank_account_consent_on": stage.props["today"].isoformat(),
        "consent_text_version": "2026-1",
    }


def _bad(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """A wrong check digit, and a trade that the national table does not have."""
    number = rows[0]["id_card_number"]
    wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
    return [
        rows[0] | {"external_id": f"{rows[0]['external_id']}-x", "id_card_number": wrong},
        rows[1] | {"external_id": f"{rows[1]['external_id']}-x", "work_type": "260"},
    ]
