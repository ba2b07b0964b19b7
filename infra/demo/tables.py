"""What now is: tables after the last act, and where to look."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.table import Table

from infra.demo.stage import Stage
from infra.demo.texts import Text
from infra.places import LOCAL


def table(stage: Stage, title: Text, columns: Sequence[Text], rows: Iterable[Sequence[Any]]) -> None:
    """Print one."""
    drawn = Table(title=title.say(stage.language), title_justify="left", box=SIMPLE_HEAD, collapse_padding=True)
    for column in columns:
        drawn.add_column(column.say(stage.language), overflow="fold")
    for row in rows:
        drawn.add_row(*(str(cell) for cell in row))
    stage.console.print(drawn)


async def _costs(stage: Stage, project: str) -> None:
    costs = (await stage.call("contractor-pm", "GET", f"{project}/costs")).body
    columns = (
        ("budget", Text("预算", "budget")),
        ("committed", Text("已签约", "committed")),
        ("accepted", Text("已验收", "accepted")),
        ("invoiced", Text("已开票", "invoiced")),
        ("paid", Text("已付款", "paid")),
        ("left", Text("剩余", "left")),
    )
    table(
        stage,
        Text("项目成本 (CNY)", "The project's costs (CNY)"),
        [Text("科目", "cost code"), *(name for _, name in columns)],
        [(line["cost_code"], *(line[key] for key, _ in columns)) for line in costs["lines"]],
    )
    table(
        stage,
        Text("人工成本 (CNY)", "Labour cost (CNY)"),
        (Text("科目", "cost code"), Text("应付工资", "wages owed"), Text("已付工资", "wages paid")),
        [(line["cost_code"], line["wages"], line["wages_paid"]) for line in costs["lines"] if Decimal(line["wages"])],
    )


def _simulated(stage: Stage) -> str:
    url = stage.stack.get("authority", {}).get("url")
    return f"{url}/control/national" if url else "–"


async def show(stage: Stage) -> None:
    """Costs, indicators, site, and the addresses of API pages and trace."""
    project = f"/projects/v1/projects/{stage.props['project']}"
    await _costs(stage, project)
    totals = (await stage.call("contractor-pm", "GET", f"{project}/indicators/totals")).body
    table(
        stage,
        Text("项目指标(全部来自事实)", "Indicators (built from facts only)"),
        (Text("指标", "measure"), Text("值", "value"), Text("单位", "unit")),
        [(one["measure"], one["value"], one["unit"]) for one in totals["totals"]],
    )
    machines = stage.props["overview"]["machines"] or []
    table(
        stage,
        Text("在场机械", "Machines on site"),
        (Text("类别", "kind"), Text("型号", "model"), Text("备案编号", "registration"), Text("无禁令", "clear")),
        [(one["kind"], one["model"], one["registration_number"], one["clear"]) for one in machines],
    )
    where = [
        (Text("接口文档", "API page"), f"{stage.gateway}/docs"),
        (Text("OpenAPI 3.1", "OpenAPI 3.1"), f"{stage.gateway}/openapi.json"),
        (Text("链路追踪", "traces"), f"{LOCAL / 'telemetry'} (trace {stage.props['trace'][0]['trace_id']})"),
        (
            Text("订单、对账单与证据报告 PDF", "orders, statements, evidence as PDF"),
            str(Path(stage.props["papers"][0]).parent),
        ),
        (Text("主管部门收到的数据(模拟)", "what the simulated authority has"), _simulated(stage)),
        (Text("地址、用户与客户端", "addresses, users, clients"), str(LOCAL / "stack.json")),
    ]
    table(
        stage,
        Text("看哪里", "Where to look"),
        (Text("什么", "what"), Text("哪里", "where")),
        [(name.say(stage.language), place) for name, place in where],
    )
