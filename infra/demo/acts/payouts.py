"""总包代发: the file for the bank, its answer with one failure, the new card, and the last wage paid."""

from __future__ import annotations

import csv
import io
from base64 import b64decode
from decimal import Decimal
from typing import Any

from infra.demo.acts import filing
from infra.demo.acts.wages import ACCOUNTANT, APPROVER, COST_CODE, LINES, PAYROLLS
from infra.demo.crew import CLERK, people, scan
from infra.demo.papers import taken
from infra.demo.stage import Json, Stage
from infra.demo.texts import Text

PAYOUTS, PAYEES = "/labour/v1/payouts", "/labour/v1/payees"
CSV = "text/csv"
FAILS = 7
"""Whose card the bank does not know any more."""


async def play(stage: Stage) -> None:
    """Eleven are paid, one transfer fails and goes to a new card: then the sheet is paid."""
    stage.title(Text("总包代发与银行结果", "Paying from the account, and what the bank says"))
    await filing.suspend(stage)
    line = stage.props["lines"][FAILS]
    first, rows = await _sent(stage, Text("编制代发单", "prepares the payout"))
    answer = [_failed(row) if row["收款人"] == line["worker_name"] else _paid(stage, row) for row in rows]
    await _settled(stage, first, answer[:-1], Text("银行结果少一行,整份退回", "reads an answer that lacks a row"), 422)
    stage.props["first_payout"] = await _settled(
        stage, first, answer, Text("读入银行结果(一笔失败)", "reads the bank's answer: one transfer has failed")
    )
    await _another_card(stage, line)
    second, rows = await _sent(stage, Text("编制第二次代发", "prepares the second payout, to the new card"))
    answer = [_paid(stage, row) for row in rows]
    stage.props["second_payout"] = await _settled(
        stage, second, answer, Text("读入银行结果", "reads the bank's second answer")
    )
    stage.props["paid_sheet"] = await stage.step(
        CLERK,
        Text("工资表已全部发放", "sees the sheet paid"),
        "GET",
        f"{PAYROLLS}/{stage.props['sheet']}",
        result=lambda one: str(one["state"]),
    )
    what = Text("下载工资条", "takes the slip of the last one paid")
    stage.props["labour_papers"] += [
        await taken(stage, CLERK, what, f"{LINES}/{line['id']}/slip/document", "pay-slip.pdf")
    ]
    await filing.resume(stage)
    await _costs(stage)


async def _sent(stage: Stage, what: Text) -> tuple[str, list[dict[str, str]]]:
    """Prepared, approved by somebody else, taken to the bank: the payout and the rows of its file."""
    body = {"account_id": stage.props["account"], "execute_on": stage.props["today"].isoformat()}
    prepared = await stage.step(
        ACCOUNTANT,
        what,
        "POST",
        PAYOUTS,
        json=body,
        expect=201,
        result=lambda one: f"{one['transfers']} × {one['total']} CNY",
    )
    path = f"{PAYOUTS}/{prepared['id']}"
    await stage.step(
        APPROVER,
        Text("审批代发,从专户扣款", "approves it: the total leaves the account"),
        "POST",
        f"{path}:approve",
        result=lambda one: str(one["state"]),
    )
    file = await stage.step(
        ACCOUNTANT,
        Text("导出银行文件", "takes the bank's file"),
        "POST",
        f"{path}:export",
        json={"format": "csv"},
        result=lambda one: f"{one['name']} SHA-256 {one['sha256'][:12]}…",
    )
    text = b64decode(file["content"]).decode("utf-8-sig")
    return prepared["id"], list(csv.DictReader(io.StringIO(text, newline="")))


def _paid(stage: Stage, row: dict[str, str]) -> dict[str, str]:
    """What the bank says of a transfer that it has made."""
    return {
        "serial": row["流水号"],
        "amount": row["金额"],
        "result": "paid",
        "bank_reference": f"ICBC-{row['流水号'][-8:]}",
        "paid_on": stage.props["today"].isoformat(),
        "reason": "",
    }


def _failed(row: dict[str, str]) -> dict[str, str]:
    return {
        "serial": row["流水号"],
        "amount": row["金额"],
        "result": "failed",
        "bank_reference": "",
        "paid_on": "",
        "reason": "账户已销户",
    }


async def _settled(stage: Stage, payout: str, rows: list[dict[str, str]], what: Text, expect: int = 200) -> Json:
    content = io.StringIO(newline="")
    writer = csv.DictWriter(content, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return await stage.step(
        ACCOUNTANT,
        what,
        "POST",
        f"{PAYOUTS}/{payout}:settle",
        data=content.getvalue().encode(),
        content_type=CSV,
        expect=expect,
        result=lambda one: f"{one['paid']} / {one['total']} CNY {one['state']}",
    )


async def _another_card(stage: Stage, line: dict[str, Any]) -> None:
    """The employer proposes it with evidence, the general contractor confirms it."""
    person = people(stage.props["code"])[FAILS]
    body = {
        "line_id": line["id"],
        "cause": "new_card",
        "name": person.name,
        "card": person.new_card,
        "bank_code": "105",
        "file_id": await scan(stage, CLERK, f"card-{person.external_id}"),
        "reason": "原卡已销户,工人本人提供新卡",
    }
    proposed = await stage.step(
        CLERK,
        Text("提出更换收款卡,附证明", "proposes a new card with its evidence"),
        "POST",
        PAYEES,
        json=body,
        expect=201,
        result=lambda one: str(one["card_masked"]),
    )
    await stage.step(
        APPROVER,
        Text("总包确认", "confirms it"),
        "POST",
        f"{PAYEES}/{proposed['id']}:confirm",
        result=lambda one: str(one["state"]),
    )


async def _costs(stage: Stage) -> None:
    """The project knows both sums, from facts alone."""
    path = f"/projects/v1/projects/{stage.props['project']}/costs"
    net = Decimal(stage.props["paid_sheet"]["net"])

    async def told() -> Any:
        answer = await stage.call("contractor-pm", "GET", path)
        line = next((one for one in answer.body["lines"] if one["cost_code"] == COST_CODE), None)
        return line if line and Decimal(line["wages_paid"]) == net else None

    stage.props["labour_costs"] = await stage.until(
        Text("人工成本与已付工资经 NATS 到达项目", "wages owed and paid reach the project's costs through NATS"),
        told,
        lambda line: f"wages {line['wages']} paid {line['wages_paid']}",
    )
