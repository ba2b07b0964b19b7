"""From the awarded orders to the money paid: delivery, acceptance, statement, invoice, payable, payment."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from secrets import randbelow
from typing import Any

from infra.demo import tables
from infra.demo.acts.sourcing import APPROVER, BUYER, COST_CODE, COSTS, REQUISITIONS, SITE
from infra.demo.acts.suppliers import ACCOUNTANT
from infra.demo.cast import NAMES
from infra.demo.papers import taken
from infra.demo.stage import Stage
from infra.demo.texts import Text

ORDERS, DELIVERIES, FILES = "/procurement/v1/orders", "/procurement/v1/deliveries", "/procurement/v1/files"
STATEMENTS, INVOICES = "/procurement/v1/statements", "/procurement/v1/invoices"
PAYABLES, PAYMENTS = "/procurement/v1/payables", "/procurement/v1/payments"
WINNERS = ("supplier2", "supplier3")
SENT_BACK = {("supplier3", "01090202"): "29.5"}
"""What the site takes where it does not take all."""
PDF = "application/pdf"
CENT, FINE = Decimal("0.01"), Decimal("0.0000000001")


async def play(stage: Stage) -> None:
    """Both winners deliver; what was accepted is agreed, invoiced, owed and, but for the retention money, paid."""
    stage.title(Text("订单、送货验收、对账、发票与付款", "Orders, deliveries, statements, invoices, payment"))
    invoices = []
    for key in WINNERS:
        order = await _ordered(stage, key)
        await _delivered(stage, key, order)
        statement = await _agreed(stage, key)
        await _printed_out(stage, key, order["id"], statement["id"])
        invoices.append(await _invoiced(stage, key, statement))
    stage.props["invoices"] = invoices
    stage.props["requisition"] = await stage.step(
        SITE,
        Text("需用计划:已订 / 已到", "reads its requisition: ordered and delivered"),
        "GET",
        f"{REQUISITIONS}/{stage.props['requisition']['id']}",
        result=lambda one: " ".join(f"{line['ordered']}/{line['delivered']}" for line in one["lines"]),
    )
    payables = await _owed(stage)
    await _paid(stage, payables)
    await _received(stage)
    await _costs(stage)


async def _ordered(stage: Stage, key: str) -> dict[str, Any]:
    """The award's draft, submitted, approved against the budget, confirmed by the supplier."""
    drafts = [(await stage.call(BUYER, "GET", f"{ORDERS}/{one}")).body for one in stage.props["award"]["order_ids"]]
    order = next(one for one in drafts if one["supplier_id"] == stage.id(key))
    for who, verb, what in (
        (BUYER, "submit", Text("提交定标订单", "submits the order of the award")),
        (APPROVER, "approve", Text("审批并占用预算", "approves it; the budget is committed")),
        (f"{key}-sales", "confirm", Text("确认订单", "confirms the order")),
    ):
        await stage.step(
            who,
            what,
            "POST",
            f"{ORDERS}/{order['id']}:{verb}",
            result=lambda one: f"{one['number']} {one['total']} CNY {one['state']}",
        )
    return order


async def _uploaded(stage: Stage, who: str, what: Text, name: str) -> str:
    content = f"%PDF-1.7\n% {name} {stage.props['code']}\n%%EOF\n".encode()
    made = await stage.step(
        who,
        what,
        "POST",
        FILES,
        params={"name": name},
        data=content,
        content_type=PDF,
        expect=201,
        result=lambda one: f"SHA-256 {one['sha256'][:12]}…",
    )
    return str(made["id"])


async def _delivered(stage: Stage, key: str, order: dict[str, Any]) -> None:
    """Over the weighbridge, accepted line by line, witnessed by the supervisor."""
    sent = await _sent(stage, key, order)
    path = f"{DELIVERIES}/{sent['id']}"
    tonnes = sum(Decimal(line["quantity"]) for line in sent["lines"])
    await stage.step(
        SITE,
        Text("进场过磅", "weighs the lorries at the gate"),
        "POST",
        f"{path}:arrive",
        json={"weighing": {"unit": "t", "gross": f"{tonnes + 30}", "tare": "30"}},
        result=lambda one: f"{one['net']} t",
    )
    await stage.step(
        SITE,
        Text("逐行验收", "accepts line by line"),
        "POST",
        f"{path}:accept",
        json={"lines": [_judged(key, line) for line in sent["lines"]]},
        result=lambda one: " ".join(f"{line['accepted']}/{line['quantity']}" for line in one["lines"]),
    )
    await stage.step(
        "supervisor-engineer",
        Text("监理见证签字", "signs as the supervisor's witness"),
        "POST",
        f"{path}:witness",
        json={"remark": "合格证与炉批号相符"},
    )


async def _sent(stage: Stage, key: str, order: dict[str, Any]) -> dict[str, Any]:
    """A delivery note with heat numbers and the certificate's file on each line."""
    sales, code = f"{key}-sales", stage.props["code"]
    file_id = await _uploaded(stage, sales, Text("上传产品合格证", "uploads the certificate"), f"certificate-{key}.pdf")
    lines = [
        {
            "line_id": line["id"],
            "quantity": line["quantity"],
            "heat_numbers": [f"H26-{index:04d}"],
            "certificates": [{"number": f"QC-{code}-{index}", "file_id": file_id}],
        }
        for index, line in enumerate(order["lines"], start=1)
    ]
    return await stage.step(
        sales,
        Text("附合格证送货", "delivers with certificates"),
        "POST",
        DELIVERIES,
        json={"order_id": order["id"], "note_number": f"SH-{code}-{key}", "vehicle": "粤B67890", "lines": lines},
        expect=201,
        result=lambda one: str(one["note_number"]),
    )


def _judged(key: str, line: dict[str, Any]) -> dict[str, str]:
    less = SENT_BACK.get((key, line["material_code"]))
    if less is None:
        return {"line_id": line["id"], "quantity": line["quantity"]}
    return {"line_id": line["id"], "quantity": less, "reason": "一捆弯曲,退回"}


async def _agreed(stage: Stage, key: str) -> dict[str, Any]:
    """The month's statement, drawn up by the buyer from what was accepted and agreed to by the supplier."""
    body = {
        "project_id": stage.props["project"],
        "buyer_id": stage.id("contractor"),
        "supplier_id": stage.id(key),
        "period": f"{stage.props['today']:%Y-%m}",
    }
    drafted = await stage.step(
        ACCOUNTANT,
        Text("按验收生成月度对账单", "draws up the month's statement from acceptance"),
        "POST",
        STATEMENTS,
        json=body,
        expect=201,
        result=lambda one: f"{one['number']} {one['total']} CNY",
    )
    path = f"{STATEMENTS}/{drafted['id']}"
    await stage.step(ACCOUNTANT, Text("发给供应商", "shows it to the supplier"), "POST", f"{path}:propose")
    return await stage.step(
        f"{key}-sales",
        Text("逐行确认对账单", "agrees to its lines"),
        "POST",
        f"{path}:agree",
        json={"line_ids": [line["id"] for line in drafted["lines"]]},
        result=lambda one: str(one["state"]),
    )


async def _printed_out(stage: Stage, key: str, order_id: str, statement_id: str) -> None:
    """Order and statement as PDF, in the play's language."""
    for who, what, path, name in (
        (BUYER, Text("下载订单 PDF", "takes the order as PDF"), f"{ORDERS}/{order_id}", "order"),
        (ACCOUNTANT, Text("下载对账单 PDF", "takes the statement as PDF"), f"{STATEMENTS}/{statement_id}", "statement"),
    ):
        file = await taken(stage, who, what, f"{path}/document", f"{name}-{key}.pdf")
        stage.props.setdefault("papers", []).append(file)


async def _invoiced(stage: Stage, key: str, statement: dict[str, Any]) -> dict[str, Any]:
    """More than was accepted is refused; what was agreed matches, and its approval makes it owed."""
    who = f"{key}-accountant"
    invoice = _printed(stage, key, [_billed(line, Decimal(line["quantity"])) for line in statement["lines"]])
    more = _printed(stage, key, [_billed(line, Decimal(line["quantity"]) + 1) for line in statement["lines"]])
    await stage.step(
        who,
        Text("试图多开票", "tries to invoice more than was accepted"),
        "POST",
        INVOICES,
        json=more,
        expect=409,
        code="MORE_THAN_ACCEPTED",
    )
    entered = await stage.step(
        who,
        Text("录入数电发票,自动三单匹配", "enters the invoice: matched with order and acceptance"),
        "POST",
        INVOICES,
        json=invoice,
        expect=201,
        result=lambda one: f"{one['gross']} CNY {one['state']}",
    )
    return await stage.step(
        ACCOUNTANT,
        Text("审核发票", "approves the invoice"),
        "POST",
        f"{INVOICES}/{entered['id']}:approve",
        json={},
        result=lambda one: str(one["state"]),
    )


def _billed(line: dict[str, Any], quantity: Decimal) -> dict[str, str]:
    """A statement's line as an invoice prints it: tax of 13 % inside the agreed price."""
    gross = (quantity * Decimal(line["unit_price"])).quantize(CENT, ROUND_HALF_UP)
    net = (gross / Decimal("1.13")).quantize(CENT, ROUND_HALF_UP)
    return {
        "statement_line_id": line["id"],
        "quantity": str(quantity),
        "unit_price": str((net / quantity).quantize(FINE)),
        "net": str(net),
        "tax_percent": "13.00",
        "tax": str(gross - net),
        "gross": str(gross),
    }


def _printed(stage: Stage, key: str, lines: list[dict[str, str]]) -> dict[str, Any]:
    totals = {name: str(sum(Decimal(line[name]) for line in lines)) for name in ("net", "tax", "gross")}
    return {
        "number": f"{stage.props['today']:%y}442{randbelow(10**15):015d}",
        "seller_uscc": stage.organisations[key]["uscc"],
        "buyer_uscc": stage.organisations["contractor"]["uscc"],
        "issue_date": stage.props["today"].isoformat(),
        "lines": lines,
        **totals,
    }


async def _owed(stage: Stage) -> list[dict[str, Any]]:
    """What is owed, until when, and which rule says so: here the law, which is earlier than the contract."""
    page = await stage.step(
        ACCOUNTANT,
        Text("查看应付款及到期日", "looks at what is owed and when it is due"),
        "GET",
        PAYABLES,
        params={"project_id": stage.props["project"]},
        result=lambda body: f"{len(body['items'])}",
    )
    stage.props["payables"] = page["items"]
    _show(stage, page["items"])
    return [one for one in page["items"] if one["kind"] == "invoice"]


def _show(stage: Stage, owed: list[dict[str, Any]]) -> None:
    names = {stage.id(key): NAMES[key].say(stage.language) for key in WINNERS}
    tables.table(
        stage,
        Text("应付款 (CNY)", "Payables (CNY)"),
        [
            Text("供应商", "supplier"),
            Text("类别", "kind"),
            Text("金额", "amount"),
            Text("到期日", "due"),
            Text("按合同", "by contract"),
            Text("按法律", "by law"),
            Text("依据", "rule"),
        ],
        [
            (
                names[one["supplier_id"]],
                one["kind"],
                one["amount"],
                one["due_on"],
                one["due_by_contract"] or "–",
                one["due_by_law"] or "–",
                one["due_by"],
            )
            for one in owed
        ],
    )
    for source in dict.fromkeys(one["due_source"] for one in owed):
        stage.note(source)


async def _paid(stage: Stage, payables: list[dict[str, Any]]) -> None:
    """Prepared by one, approved by another, taken to the bank as a file, proved with the bank's receipt."""
    debtor = {"holder": stage.organisations["contractor"]["name"], "bank": "中国建设银行深圳分行"}
    prepared = await stage.step(
        ACCOUNTANT,
        Text("编制付款单", "prepares the payment of both"),
        "POST",
        PAYMENTS,
        json={
            "execute_on": stage.props["today"].isoformat(),
            "debtor": debtor | {"number": "44201503300052598765"},
            "items": [{"payable_id": one["id"], "amount": one["amount"]} for one in payables],
        },
        expect=201,
        result=lambda one: f"{one['number']} {one['total']} CNY",
    )
    path = f"{PAYMENTS}/{prepared['id']}"
    await stage.step(ACCOUNTANT, Text("提交付款单", "submits it"), "POST", f"{path}:submit")
    await stage.step(
        APPROVER, Text("审批付款", "approves it"), "POST", f"{path}:approve", result=lambda one: str(one["state"])
    )
    await stage.step(
        ACCOUNTANT,
        Text("导出银行文件", "takes the bank's file"),
        "POST",
        f"{path}:export",
        json={"format": "pain.001"},
        result=lambda one: str(one["name"]),
    )
    await _proved(stage, path, prepared["items"])


async def _proved(stage: Stage, path: str, items: list[dict[str, Any]]) -> None:
    today = stage.props["today"].isoformat()
    receipt = await _uploaded(stage, ACCOUNTANT, Text("上传银行回单", "uploads the bank's receipt"), "receipt.pdf")
    results = [
        {"item_id": item["id"], "bank_reference": f"{today}-{index:06d}", "paid_on": today, "file_id": receipt}
        for index, item in enumerate(items, start=1)
    ]
    stage.props["payment"] = await stage.step(
        ACCOUNTANT,
        Text("凭回单登记付款", "proves the payment"),
        "POST",
        f"{path}:prove",
        json={"results": results},
        result=lambda one: f"{one['paid']} CNY {one['state']}",
    )


async def _received(stage: Stage) -> None:
    for key in WINNERS:
        await stage.step(
            f"{key}-accountant",
            Text("查询收款", "sees what it was paid"),
            "GET",
            "/procurement/v1/receipts",
            params={"project_id": stage.props["project"]},
            result=lambda body: " ".join(f"{one['amount']} CNY" for one in body["items"]),
        )


async def _costs(stage: Stage) -> None:
    """The project knows the same sums, from facts alone; each kind of fact arrives in its own time."""
    path = f"/projects/v1/projects/{stage.props['project']}/costs"
    orders = [(await stage.call(BUYER, "GET", f"{ORDERS}/{one}")).body for one in stage.props["award"]["order_ids"]]
    invoiced = sum(Decimal(one["gross"]) for one in stage.props["invoices"])
    expected = {
        "committed": sum(Decimal(one["total"]) for one in orders),
        "invoiced": invoiced,
        "paid": Decimal(stage.props["payment"]["paid"]),
    }

    async def complete() -> Any:
        answer = await stage.call(COSTS, "GET", path)
        line = next(one for one in answer.body["lines"] if one["cost_code"] == COST_CODE)
        return line if all(Decimal(line[name]) == value for name, value in expected.items()) else None

    stage.props["costs"] = await stage.until(
        Text("项目成本经 NATS 更新", "the project's costs have followed through NATS"),
        complete,
        lambda line: " ".join(f"{name} {line[name]}" for name in ("committed", "accepted", "invoiced", "paid")),
    )
