"""The contractor registers the project, reads its work breakdown and sets its budget."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from infra.demo.stage import Stage
from infra.demo.texts import Text

DATA = Path(__file__).parents[1] / "data"
PM = "contractor-pm"
ROLES = {
    "owner": ("owner", "ipmt"),
    "contractor": ("general_contractor",),
    "supervisor": ("supervisor",),
    "labour": ("labour_subcontractor",),
    "labour2": ("labour_subcontractor",),
    "lessor": ("equipment_subcontractor",),
    "authority": ("authority",),
}


async def play(stage: Stage) -> None:
    """The project stands, with parties, work breakdown and budget, and work begins."""
    stage.title(Text("项目、工作分解与预算", "Project, work breakdown and budget"))
    await _registered(stage)
    path = f"/projects/v1/projects/{stage.props['project']}"
    await _planned(stage, path)
    await _budgeted(stage, path)
    await stage.step(
        PM, Text("开工", "starts the work"), "POST", f"{path}:activate", result=lambda one: str(one["state"])
    )


async def _registered(stage: Stage) -> None:
    today = stage.props["today"]
    since = (today - timedelta(days=200)).isoformat()
    body = {
        "code": stage.props["code"],
        "name_zh": "坪山第三小学智能建造试点项目",
        "name_en": "Pingshan No. 3 Primary School, smart construction pilot",
        "investment_kind": "government",
        "building_type": "school",
        "city": "440300",
        "district": "pingshan",
        "planned_start": since,
        "planned_finish": (today + timedelta(days=400)).isoformat(),
        "floor_area": "48600.00",
        "parties": [
            {"organisation_id": stage.id(one), "role": role, "valid_from": since}
            for one, roles in ROLES.items()
            for role in roles
        ],
    }
    project = await stage.step(
        PM,
        Text("登记项目及参建各方", "registers the project with its parties"),
        "POST",
        "/projects/v1/projects",
        json=body,
        expect=201,
        result=lambda made: (
            f"{made['code']}, {len(made['parties'])} " + Text("个参建角色", "roles").say(stage.language)
        ),
    )
    stage.props["project"] = project["id"]


async def _planned(stage: Stage, path: str) -> None:
    """Twice: the second import finds nothing new."""
    schedule = (DATA / "mspdi-sample.xml").read_bytes()
    for what in (Text("导入 MSPDI 进度计划", "imports the MSPDI schedule"), Text("再次导入", "imports it again")):
        await stage.step(
            PM,
            what,
            "POST",
            f"{path}/wbs:import",
            data=schedule,
            content_type="application/xml",
            result=lambda report: (
                f"+{len(report['added'])} ~{len(report['changed'])} -{len(report['gone'])} ={report['unchanged']}"
            ),
        )


async def _budgeted(stage: Stage, path: str) -> None:
    lines = [
        {"cost_code": "01-STEEL", "name": "钢筋", "amount": "1200000.00"},
        {"cost_code": "02-FRAME", "name": "主体结构", "amount": "500000.00"},
        {"cost_code": "03-REBAR", "name": "二期钢筋", "amount": "400000.00"},
        {"cost_code": "04-LABOUR", "name": "人工费", "amount": "600000.00"},
    ]
    await stage.step(
        PM,
        Text("按成本科目设定预算", "sets the budget by cost code"),
        "PUT",
        f"{path}/budget",
        json={"currency": "CNY", "lines": lines},
        result=lambda budget: f"{budget['amount']} {budget['currency']}",
    )
