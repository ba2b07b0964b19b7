"""Papers made up for tests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chassis.typesetting import PrintedOrganisation
from procurement.paper.schemas import OrderPaper, OrderPaperLine

LINE = OrderPaperLine("1", "01090001", "圆钢 HPB300 φ8", "t", "12.5", "3,950.00", "13", "49,375.00", "2026-12-01")
ORDER = OrderPaper(
    language="zh-CN",
    number="PO-7",
    day="2026-11-23",
    state="confirmed",
    mark="",
    origin="direct",
    project="P-1 示范项目",
    currency="CNY",
    total="49,375.00",
    note="",
    buyer=PrintedOrganisation("0199c0de-0000-7000-8000-000000000001"),
    supplier=PrintedOrganisation("0199c0de-0000-7000-8000-000000000002", "鹏城钢材", "91440300MA5ABCDE1H"),
    lines=(LINE,),
)


def order(**changes: Any) -> OrderPaper:
    """An order of one line, otherwise changed."""
    return replace(ORDER, **changes)
