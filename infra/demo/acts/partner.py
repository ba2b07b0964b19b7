"""What the software partner sees, what nobody else sees, and the trace of one approval."""

from __future__ import annotations

import json
from typing import Any

from infra.demo.acts.steel import ORDERS
from infra.demo.stage import DemoError, Stage
from infra.demo.texts import Text
from infra.places import TELEMETRY


async def play(stage: Stage) -> None:
    """The partner reads what the contractor may see; another supplier is told that there is no such order."""
    stage.title(Text("软件伙伴、隔离与链路追踪", "The partner, the others, and one trace"))
    order = f"{ORDERS}/{stage.props['order']}"
    await stage.step(
        "partner",
        Text("读取项目订单", "reads the project's orders"),
        "GET",
        ORDERS,
        params={"project_id": stage.props["project"]},
        result=lambda page: f"{len(page['items'])}",
    )
    await stage.step(
        "partner", Text("读取订单", "reads the order"), "GET", order, result=lambda one: str(one["number"])
    )
    await stage.step(
        "supplier2-sales",
        Text("读取别家订单", "reads another supplier's order"),
        "GET",
        order,
        expect=404,
        code="ORDER_NOT_FOUND",
    )
    stage.props["trace"] = await stage.until(
        Text("审批的完整链路", "the trace of the approval"),
        _trace,
        lambda spans: f"{len(spans)} spans",
    )
    for span in stage.props["trace"]:
        stage.note(f"{span['service']:<18} {span['name']}")


async def _trace() -> list[dict[str, Any]]:
    """The spans of the approval from every process, once the last consumer's has been written."""
    spans = _read_spans()
    path = "/procurement/v1/orders/{order_id}:approve"
    approvals = [span for span in spans if path in span["name"] and span["service"] == "procurement"]
    for trace_id in dict.fromkeys(span["trace_id"] for span in sorted(approvals, key=_start, reverse=True)):
        found = sorted((span for span in spans if span["trace_id"] == trace_id), key=_start)
        services = {span["service"] for span in found}
        consumed = any("orders-approved" in span["name"] for span in found)
        if consumed and {"gateway", "procurement", "project-mgmt"} <= services:
            return found
    return []


def _start(span: dict[str, Any]) -> str:
    return str(span["start"])


def _read_spans() -> list[dict[str, Any]]:
    if not TELEMETRY.exists():
        raise DemoError(f"no spans are written below {TELEMETRY}")
    spans = []
    for file in TELEMETRY.glob("*.spans.jsonl"):
        for text in file.read_text(encoding="utf-8").splitlines():
            try:
                spans.append(json.loads(text))
            except json.JSONDecodeError:
                continue  # the last line may still be in the making
    return spans
