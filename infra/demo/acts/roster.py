"""A second subcontractor comes on site: its contract, who looks after wages, and its roster with two bad rows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from infra.demo.crew import CLERK, CREW, WORK_TYPES, Person, last_month, people
from infra.demo.stage import Caller, Stage
from infra.demo.texts import Text

OFFICER = "contractor-wages"


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
    rows = [_row(stage, one) for one in people(stage.props["code"])]
    report = await stage.step(
        CLERK,
        Text("登记名册(14 行,2 行有误)", "registers the roster of 14 rows, two of them bad"),
        "POST",
        "/labour/v1/workers:batch",
        json={"workers": [*rows, *_bad(rows)]},
        result=lambda body: f"+{body['created']} ✗{body['refused']}",
    )
    for row in report["results"]:
        for fault in row["errors"]:
            stage.note(f"✗ {row['row']} {fault['pointer']} {fault['details'][stage.language]}")
    stage.props["roster"] = report
    stage.props["crew_workers"] = [row["id"] for row in report["results"] if row["status"] == "created"]


def _row(stage: Stage, person: Person) -> dict[str, Any]:
    consent = {"purpose": "bank_account", "text_version": "2026-1", "given_on": stage.props["today"].isoformat()}
    return {
        "external_id": person.external_id,
        "name": person.name,
        "id_card_number": person.number,
        "work_type": WORK_TYPES[person.team],
        "nation": "壮族",
        "address": "广西壮族自治区南宁市兴宁区",
        "cell_phone": person.phone,
        "payroll_bank_card_number": person.card,
        "payroll_bank_code": "102",
        "consents": [consent],
    }


def _bad(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A number with two digits swapped, and a trade that the national table does not have."""
    number = rows[0]["id_card_number"]
    wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
    return [
        rows[0] | {"external_id": f"{rows[0]['external_id']}-x", "id_card_number": wrong},
        rows[1] | {"external_id": f"{rows[1]['external_id']}-x", "work_type": "260"},
    ]
