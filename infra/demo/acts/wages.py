"""The special wage account, and the month's sheet from draft to approval: signatures, one objection, four eyes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from infra.demo.acts.roster import OFFICER
from infra.demo.crew import CLERK, CREW, TEAM, Phone, account_number, people, scan
from infra.demo.papers import taken
from infra.demo.stage import Stage
from infra.demo.texts import Text

ACCOUNTANT, APPROVER = "contractor-accountant", "contractor-approver"
ACCOUNTS, PAYROLLS, LINES = "/labour/v1/wage-accounts", "/labour/v1/payrolls", "/labour/v1/payroll-lines"
SHARE_DAY = 10
OVERTIME = "200.00"
DEPOSIT = "150000.00"
COST_CODE = "04-LABOUR"


async def play(stage: Stage) -> None:
    """Eleven agree at once; the twelfth objects, is answered, and signs the line as it is now."""
    stage.title(Text("工资专户与当月工资表", "The special wage account and the month's sheet"))
    await _account(stage)
    sheet = await _drafted(stage)
    lines = await _handed_out(stage, sheet)
    what = Text("打印带签字栏的工资表", "prints the sheet with a place to sign for each")
    stage.props["labour_papers"] += [await taken(stage, CLERK, what, f"{PAYROLLS}/{sheet}/document", "wage-sheet.pdf")]
    await _signed_on_paper(stage, sheet, lines[:TEAM])
    await _on_phones(stage, lines[TEAM:])
    await _objection(stage, sheet, lines[TEAM])
    await _approved(stage, sheet)
    stage.props |= {"sheet": sheet, "lines": lines}


async def _account(stage: Stage) -> None:
    """The owner has not paid its labour-cost share of last month: the contractor steps in with money of its own."""
    opened = stage.props["month"] - timedelta(days=5)
    body = {
        "project_id": stage.props["project"],
        "signed_on": (opened - timedelta(days=20)).isoformat(),
        "share_day": SHARE_DAY,
        "share_amount": "150000.00",
    }
    planned = await stage.step(
        ACCOUNTANT,
        Text("登记工资专户", "plans the special wage account"),
        "POST",
        ACCOUNTS,
        json=body,
        expect=201,
        result=lambda one: str(one["name"]),
    )
    path = f"{ACCOUNTS}/{planned['id']}"
    bank = {"bank": "中国工商银行深圳坪山支行", "number": account_number(stage.props["code"])}
    await stage.step(
        ACCOUNTANT,
        Text("开户", "opens it"),
        "POST",
        f"{path}:open",
        json=bank | {"opened_on": opened.isoformat()},
        result=lambda one: str(one["number_masked"]),
    )
    paid_in = {"amount": DEPOSIT, "bank_reference": f"ICBC-{stage.props['code']}", "note": "总包垫付 / advanced"}
    stage.props["deposit"] = await stage.step(
        ACCOUNTANT,
        Text("总包垫付入账", "books what the contractor advances"),
        "POST",
        f"{path}/deposits",
        json=paid_in | {"booked_on": stage.props["today"].isoformat()},
        expect=201,
        result=lambda one: f"{one['balance']} CNY",
    )
    stage.props["account"] = planned["id"]


async def _drafted(stage: Stage) -> str:
    month = {"project_id": stage.props["project"], "month": stage.props["month"].isoformat(), "cost_code": COST_CODE}
    begun = await stage.step(
        CLERK, Text("生成工资表", "has the month's sheet drafted"), "POST", PAYROLLS, json=month, expect=201
    )
    path = f"{PAYROLLS}/{begun['id']}"

    async def filled() -> Any:
        answer = await stage.call(CLERK, "GET", path)
        return answer.body if answer.body["state"] == "draft" else None

    stage.props["draft"] = await stage.until(
        Text("按合同与考勤生成明细(持久任务)", "contracts and days make its lines, in a durable job"),
        filled,
        lambda one: f"{one['workers']} × {one['gross']} CNY",
    )
    return str(begun["id"])


async def _handed_out(stage: Stage, sheet: str) -> list[dict[str, Any]]:
    """The lines in the order of the crew."""
    await stage.step(
        CLERK,
        Text("提交工人确认", "submits it to its workers"),
        "POST",
        f"{PAYROLLS}/{sheet}:submit",
        result=lambda one: str(one["state"]),
    )
    page = await stage.ask(CLERK, "GET", LINES, params={"payroll_id": sheet, "page_size": "100"})
    by_worker = {one["worker_id"]: one for one in page["items"]}
    return [by_worker[worker] for worker in stage.props["crew_workers"]]


async def _signed_on_paper(stage: Stage, sheet: str, lines: list[dict[str, Any]]) -> None:
    body = {
        "line_ids": [one["id"] for one in lines],
        "file_id": await scan(stage, CLERK, f"sheet-{sheet[-8:]}"),
        "signed_on": stage.props["today"].isoformat(),
        "reason": "班组在工地集中签字 / the team signed together on site",
    }
    await stage.step(
        CLERK,
        Text("钢筋班纸质签字:上传扫描件", "files the printed sheet that the steel fixers signed"),
        "POST",
        f"{PAYROLLS}/{sheet}:sign-on-paper",
        json=body,
        result=lambda one: f"{len(lines)} × {one['state']}",
    )


async def _on_phones(stage: Stage, lines: list[dict[str, Any]]) -> None:
    """The carpenters read their lines on their phones: five sign, one objects."""

    async def handed(person: Any, line: dict[str, Any]) -> Phone:
        issued = await stage.ask(CLERK, "POST", f"{LINES}/{line['id']}:issue-link")
        return await Phone(stage, person, issued["id"], issued["link"]).open()

    async def signed(phone: Phone, line: dict[str, Any]) -> str:
        seen = await phone.get(f"/wages/{line['id']}")
        return str((await phone.post(f"/wages/{line['id']}:sign", {"sha256": seen["sha256"]}))["state"])

    phones = await stage.together(
        CREW,
        Text("模板班收到一次性链接并核验身份", "the carpenters get links and pass the identity check"),
        (handed(*one) for one in zip(people(stage.props["code"])[TEAM:], lines, strict=True)),
    )
    stage.props["links"] += [phone.secret for phone in phones]
    await stage.together(
        CREW,
        Text("在手机上阅读并签字", "read their lines and sign"),
        (signed(*one) for one in zip(phones[1:], lines[1:], strict=True)),
        lambda states: f"{states.count('signed')} signed",
    )
    objected = await phones[0].post(f"/wages/{lines[0]['id']}:object", {"reason": "月末两个晚上加班未计"})
    stage.line(CREW, Text("一人提出异议", "one objects: two evenings are missing"), 200, str(objected["state"]), 0)


async def _objection(stage: Stage, sheet: str, line: dict[str, Any]) -> None:
    """Answered with a supplement; nobody else's signature is touched (条例 art 35)."""
    adjustment = {"kind": "overtime", "amount": OVERTIME, "note": "两个晚上加班"}
    answered = await stage.step(
        CLERK,
        Text("答复异议并补计加班", "answers it and adds the overtime to that line alone"),
        "POST",
        f"{LINES}/{line['id']}:answer",
        json={"answer": "已核对班组记录,补计加班工资", "adjustment": adjustment},
        result=lambda one: f"{line['net']} → {one['net']} CNY",
    )
    body = {
        "line_ids": [line["id"]],
        "file_id": await scan(stage, CLERK, f"line-{line['id'][-8:]}"),
        "signed_on": stage.props["today"].isoformat(),
        "reason": "答复后当面签字 / signed face to face after the answer",
    }
    await stage.step(
        CLERK,
        Text("该工人当面签字", "files his signature after the answer"),
        "POST",
        f"{PAYROLLS}/{sheet}:sign-on-paper",
        json=body,
        result=lambda one: str(one["state"]),
    )
    stage.props["answered"] = answered


async def _approved(stage: Stage, sheet: str) -> None:
    """Compared with days and signatures by one, approved by another; then the month is locked."""
    path = f"{PAYROLLS}/{sheet}"
    await stage.step(
        OFFICER,
        Text("总包核对工日与签字", "checks it against days and signatures"),
        "POST",
        f"{path}:check",
        result=lambda one: str(one["state"]),
    )
    stage.props["approved_sheet"] = await stage.step(
        APPROVER,
        Text("总包审批,当月锁定", "approves it: the month is locked"),
        "POST",
        f"{path}:approve",
        result=lambda one: f"{one['workers']} × {one['net']} CNY {one['state']}",
    )
