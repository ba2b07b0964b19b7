"""Three lines of steel from the order to the accepted delivery."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from infra.demo.acts.attendance import indicator
from infra.demo.acts.project import DATA
from infra.demo.stage import Stage
from infra.demo.texts import Text

ORDERS = "/procurement/v1/orders"
DELIVERIES = "/procurement/v1/deliveries"
BUYER, APPROVER, SALES, SITE = "contractor-buyer", "contractor-approver", "supplier-sales", "contractor-site"


def line(code: str, quantity: str, price: str) -> dict[str, str]:
    """A position of the order."""
    return {
        "material_code": code,
        "unit": "t",
        "cost_code": "01-STEEL",
        "quantity": quantity,
        "unit_price": price,
        "tolerance_percent": "0.00",
    }


async def play(stage: Stage) -> None:
    """Ordered, committed, confirmed, delivered, 98 of 100 accepted; cost arrives in the project."""
    stage.title(Text("钢材直接采购", "Buying steel directly"))
    await stage.step(
        "operator",
        Text("导入材料目录 (GB/T 50851)", "imports the catalogue (GB/T 50851)"),
        "POST",
        "/procurement/v1/materials:import",
        data=(DATA / "catalogue.csv").read_bytes(),
        content_type="text/csv",
        result=lambda body: f"✓{body['taken']} ✗{body['refused']}",
    )
    lines = [line("01090101", "100", "3850.00"), line("01090201", "60", "3920.00"), line("01090202", "40", "3960.00")]
    order = await _order(stage, Text("起草三行钢材订单", "drafts an order of three lines of steel"), lines)
    stage.props["order"] = order["id"]
    await _submit_and_approve(stage, order["id"])
    await _over_budget(stage)
    await stage.step(
        SALES,
        Text("确认订单", "confirms the order"),
        "POST",
        f"{ORDERS}/{order['id']}:confirm",
        result=lambda body: str(body["state"]),
    )
    await _deliver(stage, order)

    async def cost() -> Any:
        return await indicator(stage, "accepted_cost")

    stage.props["accepted_cost"] = await stage.until(
        Text("验收成本经 NATS 到达项目指标", "accepted cost reaches the project's indicators through NATS"),
        cost,
        lambda value: f"{value} CNY",
    )


async def _order(stage: Stage, what: Text, lines: list[dict[str, str]]) -> dict[str, Any]:
    body = {
        "project_id": stage.props["project"],
        "supplier_id": stage.id("supplier"),
        "currency": "CNY",
        "direct_reason": "首批钢材,框架协议尚未签订",
        "lines": lines,
    }
    return await stage.step(
        BUYER,
        what,
        "POST",
        ORDERS,
        json=body,
        expect=201,
        result=lambda made: f"{made['number']} {made['total']} CNY",
    )


async def _submit_and_approve(stage: Stage, order_id: str) -> None:
    await stage.step(BUYER, Text("提交审批", "submits it"), "POST", f"{ORDERS}/{order_id}:submit")
    answer = await stage.call(APPROVER, "POST", f"{ORDERS}/{order_id}:approve")
    stage.line(
        APPROVER,
        Text("审批并经 gRPC 占用预算", "approves it; the budget is committed over gRPC"),
        answer.status,
        answer.body.get("state") or answer.body.get("detail", ""),
        answer.ms,
    )
    stage.props["approval_request_id"] = answer.headers.get("X-Request-Id", "")
    stage.props["approved"] = answer.status == 200


async def _over_budget(stage: Stage) -> None:
    large = await _order(
        stage, Text("起草超预算订单", "drafts an order over budget"), [line("01090201", "400", "3920.00")]
    )
    await stage.step(BUYER, Text("提交审批", "submits it"), "POST", f"{ORDERS}/{large['id']}:submit")
    refused = await stage.step(
        APPROVER,
        Text("审批超预算订单", "approves the order over budget"),
        "POST",
        f"{ORDERS}/{large['id']}:approve",
        expect=409,
        code="BUDGET_EXCEEDED",
    )
    stage.props["left"] = refused["metadata"]["left"]


async def _deliver(stage: Stage, order: dict[str, Any]) -> None:
    note = {
        "order_id": order["id"],
        "note_number": f"SH-{stage.props['code']}",
        "vehicle": "粤B12345",
        "certificate_number": "QC-2026-000123",
        "certificate_sha256": sha256(b"product certificate of the demo").hexdigest(),
        "lines": [{"line_id": one["id"], "quantity": one["quantity"]} for one in order["lines"]],
    }
    too_much = note | {"lines": [{"line_id": order["lines"][0]["id"], "quantity": "100.002"}]}
    await stage.step(
        SALES,
        Text("试图多送 100.002 t", "tries to deliver 100.002 t"),
        "POST",
        DELIVERIES,
        json=too_much,
        expect=409,
        code="OVER_QUANTITY",
    )
    sent = await stage.step(
        SALES,
        Text("附合格证送货", "delivers with the product certificate"),
        "POST",
        DELIVERIES,
        json=note,
        expect=201,
        result=lambda body: str(body["note_number"]),
    )
    judged = [{"line_id": one["id"], "quantity": one["quantity"]} for one in sent["lines"]]
    judged[0] |= {"quantity": "98", "reason": "两捆锈蚀,退回"}
    taken = await stage.step(
        SITE,
        Text("现场验收:100 收 98", "accepts 98 of 100 on site and says why"),
        "POST",
        f"{DELIVERIES}/{sent['id']}:accept",
        json={"lines": judged},
        result=lambda body: f"{body['lines'][0]['accepted']} / {body['lines'][0]['quantity']}",
    )
    stage.props["delivery"] = taken["id"]
