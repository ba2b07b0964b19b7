"""What now is: tables after the last act, and where to look."""

from __future__ import annotations

from typing import Any

from rich.table import Table

from infra.demo.stage import Stage
from infra.demo.texts import Text
from infra.places import LOCAL


def _table(stage: Stage, title: Text, columns: tuple[Text, ...], rows: list[tuple[Any, ...]]) -> None:
    table = Table(title=title.say(stage.language), title_justify="left")
    for column in columns:
        table.add_column(column.say(stage.language))
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    stage.console.print(table)


async def show(stage: Stage) -> None:
    """Budget, indicators, site, and the addresses of API pages and trace."""
    project = f"/projects/v1/projects/{stage.props['project']}"
    budget = (await stage.call("contractor-pm", "GET", f"{project}/budget")).body
    code, left = Text("科目", "cost code"), Text("剩余", "left")
    _table(
        stage,
        Text("预算 (CNY)", "Budget (CNY)"),
        (code, Text("预算", "budget"), Text("占用", "reserved"), Text("确认", "confirmed"), left),
        [
            (line["cost_code"], line["amount"], line["reserved"], line["confirmed"], line["left"])
            for line in budget["lines"]
        ],
    )
    days = (await stage.call("contractor-pm", "GET", f"{project}/indicators/days")).body
    _table(
        stage,
        Text("项目指标(全部来自事实)", "Indicators (built from facts only)"),
        (Text("日期", "day"), Text("指标", "measure"), Text("值", "value"), Text("单位", "unit")),
        [(one["day"], one["measure"], one["value"], one["unit"]) for one in days["items"]],
    )
    machines = stage.props["overview"]["machines"] or []
    _table(
        stage,
        Text("在场机械", "Machines on site"),
        (Text("类别", "kind"), Text("型号", "model"), Text("备案编号", "registration"), Text("无禁令", "clear")),
        [(one["kind"], one["model"], one["registration_number"], one["clear"]) for one in machines],
    )
    where = [
        (Text("接口文档", "API page"), f"{stage.gateway}/docs"),
        (Text("OpenAPI 3.1", "OpenAPI 3.1"), f"{stage.gateway}/openapi.json"),
        (Text("链路追踪", "traces"), f"{LOCAL / 'telemetry'} (trace {stage.props['trace'][0]['trace_id']})"),
        (Text("地址、用户与客户端", "addresses, users, clients"), str(LOCAL / "stack.json")),
    ]
    _table(
        stage,
        Text("看哪里", "Where to look"),
        (Text("什么", "what"), Text("哪里", "where")),
        [(name.say(stage.language), place) for name, place in where],
    )
