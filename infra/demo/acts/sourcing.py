"""From a need on site to the award: requisition, approval by amount, sealed quotes, comparison, split award."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from infra.demo import tables
from infra.demo.cast import NAMES
from infra.demo.stage import Stage
from infra.demo.texts import Text

SITE, BUYER, APPROVER, COSTS = "contractor-site", "contractor-buyer", "contractor-approver", "contractor-pm"
REQUISITIONS, SOURCING, QUOTES = "/procurement/v1/requisitions", "/procurement/v1/sourcing", "/procurement/v1/quotes"
AWARDS = "/procurement/v1/awards"
COST_CODE = "03-REBAR"
NEEDS = {"01090101": ("20", "3900.00"), "01090201": ("40", "3950.00"), "01090202": ("30", "3980.00")}
"""Material → tonnes and the site's estimate of the price."""
QUOTING = timedelta(seconds=8)
"""From the publication to the deadline: enough for three quotes on a busy machine."""


class Quote(NamedTuple):
    """Prices by material (CNY/t with tax), freight for all of it, days to delivery."""

    prices: dict[str, str]
    freight: str
    days: int


OFFERED = {
    "supplier": Quote({"01090101": "3850.00", "01090201": "3900.00", "01090202": "3960.00"}, "0.00", 12),
    "supplier2": Quote({"01090101": "3820.00", "01090201": "3860.00", "01090202": "3940.00"}, "0.00", 20),
    # The lowest prices, for two lines only, and its freight makes one of them dearer on site.
    "supplier3": Quote({"01090201": "3830.00", "01090202": "3810.00"}, "2400.00", 10),
}
REASON = "东江 20 天后才能到货,先由粤东供 16 t 保证二层绑扎"


async def play(stage: Stage) -> None:
    """Two of three suppliers win; every tonne that is not the cheapest has its reason."""
    stage.title(Text("需用计划、询价、比价与定标", "Requisition, inquiry, comparison and award"))
    await _approved(stage)
    sourcing = await _quoted(stage)
    await _opened(stage, sourcing["id"])
    await _awarded(stage, await _compared(stage, sourcing["id"]))
    for supplier in ("supplier", "supplier2"):
        await stage.step(
            f"{supplier}-sales",
            Text("查询自己的结果", "asks for its own outcome"),
            "GET",
            f"{SOURCING}/{sourcing['id']}/outcome",
            result=lambda one: str(one["result"]),
        )


async def _approved(stage: Stage) -> None:
    """The matrix asks two roles for this amount, one after the other."""
    needed_by = (stage.props["today"] + timedelta(days=21)).isoformat()
    lines = [
        {
            "material_code": code,
            "unit": "t",
            "quantity": quantity,
            "needed_by": needed_by,
            "cost_code": COST_CODE,
            "estimated_price": estimate,
        }
        for code, (quantity, estimate) in NEEDS.items()
    ]
    made = await stage.step(
        SITE,
        Text("编制三行需用计划", "writes a requisition of three lines"),
        "POST",
        REQUISITIONS,
        json={"project_id": stage.props["project"], "note": "二层梁板钢筋", "lines": lines},
        expect=201,
        result=lambda one: f"{one['number']} {one['total']} CNY",
    )
    path = f"{REQUISITIONS}/{made['id']}"
    await stage.step(
        SITE,
        Text("提交:按金额确定审批步骤", "submits it: the amount fixes the steps"),
        "POST",
        f"{path}:submit",
        result=lambda one: " → ".join(step["role"] for step in one["steps"]),
    )
    for who in (APPROVER, COSTS):
        approved = await stage.step(
            who, Text("审批", "approves"), "POST", f"{path}:approve", json={}, result=lambda one: str(one["state"])
        )
    stage.props["requisition"] = approved


async def _quoted(stage: Stage) -> dict[str, Any]:
    """Three sealed quotes; before the deadline not even the buyer reads them."""
    requisition = stage.props["requisition"]
    deadline = datetime.now(UTC) + QUOTING
    body = {
        "title": f"二期钢筋 {stage.props['code']}",
        "deadline": deadline.isoformat(),
        "supplier_ids": [stage.id(key) for key in OFFERED],
        "lines": [_wanted(requisition["project_id"], line) for line in requisition["lines"]],
    }
    what = Text("以需用计划发起询价,邀请三家", "makes an inquiry of it and invites three")
    sourcing = await stage.step(BUYER, what, "POST", SOURCING, json=body, expect=201, result=lambda one: one["title"])
    path = f"{SOURCING}/{sourcing['id']}"
    stage.props["sourcing"] = sourcing["id"]
    await stage.step(
        BUYER,
        Text("发布询价", "publishes it"),
        "POST",
        f"{path}:publish",
        result=lambda one: f"{one['state']} → {one['deadline']}",
    )
    for key, quote in OFFERED.items():
        await _quote(stage, key, quote, sourcing)
    await stage.step(
        BUYER,
        Text("截止前试图比价", "tries to compare before the deadline"),
        "GET",
        f"{path}/comparison",
        expect=409,
        code="STILL_SEALED",
    )
    return sourcing


def _wanted(project_id: str, line: dict[str, Any]) -> dict[str, Any]:
    part = {
        "project_id": project_id,
        "cost_code": line["cost_code"],
        "needed_by": line["needed_by"],
        "quantity": line["quantity"],
        "requisition_line_id": line["id"],
    }
    return {"material_code": line["material_code"], "unit": line["unit"], "parts": [part]}


async def _quote(stage: Stage, key: str, quote: Quote, sourcing: dict[str, Any]) -> None:
    today = stage.props["today"]
    lines = [
        {
            "line_id": line["id"],
            "unit_price": quote.prices[line["material_code"]],
            "tax_percent": "13.00",
            "delivery_on": (today + timedelta(days=quote.days)).isoformat(),
        }
        for line in sourcing["lines"]
        if line["material_code"] in quote.prices
    ]
    await stage.step(
        f"{key}-sales",
        Text("提交密封报价", "hands in a sealed quote"),
        "POST",
        QUOTES,
        json={
            "sourcing_id": sourcing["id"],
            "freight": quote.freight,
            "valid_until": (today + timedelta(days=30)).isoformat(),
            "lines": lines,
        },
        expect=201,
        result=lambda one: f"SHA-256 {one['digest'][:12]}…",
    )


async def _opened(stage: Stage, sourcing_id: str) -> None:
    async def opened() -> Any:
        answer = await stage.call(BUYER, "GET", f"{SOURCING}/{sourcing_id}")
        return answer.body["state"] == "opened"

    what = Text("截止时间到,报价由作业同时开启", "the deadline has come: a job opens all quotes at once")
    await stage.until(what, opened, lambda _: "opened")


async def _compared(stage: Stage, sourcing_id: str) -> list[dict[str, Any]]:
    """Suppliers side by side: unit price, and what the tonne costs on site with its share of the freight."""
    page = await stage.step(
        BUYER,
        Text("逐行比价", "compares line by line"),
        "GET",
        f"{SOURCING}/{sourcing_id}/comparison",
        result=lambda body: f"{len(body['items'])} × {len(OFFERED)}",
    )
    lines: list[dict[str, Any]] = page["items"]
    stage.props["comparison"] = lines
    tables.table(
        stage,
        Text(
            "比价:单价、到场价(* 最低)、到货日 (CNY/t,含税)",
            "Comparison: price, landed price (* lowest), delivery (CNY/t with tax)",
        ),
        [
            Text("材料", "material"),
            Text("数量", "quantity"),
            *(NAMES[key] for key in OFFERED),
            Text("信息价", "published"),
            Text("上次成交", "last paid"),
        ],
        [
            (
                line["material_code"],
                f"{Decimal(line['quantity']):.3f} {line['unit']}",
                *(_cell(line, stage.id(key)) for key in OFFERED),
                *(f"{Decimal(line[one]):.2f}" if line[one] else "–" for one in ("published_price", "last_price")),
            )
            for line in lines
        ],
    )
    return lines


def _cell(line: dict[str, Any], supplier_id: str) -> str:
    for one in line["cells"]:
        if one["supplier_id"] == supplier_id:
            landed = f"{Decimal(one['landed_price']):.2f}{' *' if one['lowest'] else ''}"
            return f"{Decimal(one['unit_price']):.2f}\n{landed}\n{one['delivery_on'][5:]}"
    return "–"


async def _awarded(stage: Stage, lines: list[dict[str, Any]]) -> None:
    """One line is split: part of it to who is dearer and comes earlier, which is refused without a reason."""
    offered = {
        (line["material_code"], cell["supplier_id"]): cell["offer_line_id"] for line in lines for cell in line["cells"]
    }
    split = [
        ("01090101", "supplier2", "20", ""),
        ("01090201", "supplier2", "24", ""),
        ("01090201", "supplier3", "16", REASON),
        ("01090202", "supplier3", "30", ""),
    ]
    body = {
        "sourcing_id": stage.props["sourcing"],
        "lines": [
            {"offer_line_id": offered[code, stage.id(key)], "quantity": quantity, "reason": reason}
            for code, key, quantity, reason in split
        ],
    }
    silent = body | {"lines": [line | {"reason": ""} for line in body["lines"]]}
    what = Text("未说明理由即拆分定标", "splits the award without a reason")
    await stage.step(BUYER, what, "POST", AWARDS, json=silent, expect=422)
    award = await stage.step(
        BUYER,
        Text("说明理由后拆分定标,生成订单草稿", "splits it with a reason; draft orders follow"),
        "POST",
        AWARDS,
        json=body,
        expect=201,
        result=lambda one: f"{one['total']} CNY → {len(one['order_ids'])}",
    )
    stage.props["award"] = award
