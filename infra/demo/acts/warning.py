"""The early warning: everybody is paid, and yet the owner's share is overdue, so next month's wages are not safe."""

from __future__ import annotations

from datetime import date
from typing import Any

from infra.demo.acts.roster import OFFICER
from infra.demo.acts.wages import ACCOUNTANT, SHARE_DAY
from infra.demo.stage import Stage
from infra.demo.texts import Text

WARNINGS = "/labour/v1/warnings"


def overdue(month: date, today: date) -> int:
    """How many of the owner's shares are overdue: of the paid month, and of this one once its day is past."""
    return sum(share.replace(day=SHARE_DAY) < today for share in (month, today.replace(day=1)))


async def play(stage: Stage) -> None:
    """Which reasons hold, what each counts, and which level their points reach."""
    stage.title(Text("欠薪预警:原因、分值与等级", "The early warning, explained"))
    project = {"project_id": stage.props["project"]}
    wanted = overdue(stage.props["month"], stage.props["today"])

    async def lapsed() -> Any:
        """A job of its own tells, on the day after a share was due, that it is overdue."""
        query = project | {"state": "overdue"}
        answer = await stage.call(ACCOUNTANT, "GET", "/labour/v1/wage-shares", params=query)
        return answer.body["items"] if len(answer.body["items"]) == wanted else None

    stage.props["overdue"] = await stage.until(
        Text("建设单位人工费用逾期未付", "the owner's labour-cost shares are overdue"),
        lapsed,
        lambda items: ", ".join(f"{one['due_on']} {one['amount']}" for one in items),
    )
    await stage.step(
        "operator",
        Text("立即评估该项目(平时每 6 小时一次)", "has the project judged now; else it is every six hours"),
        "POST",
        f"{WARNINGS}:recompute",
        json=project,
        result=lambda one: f"{one['employers']}",
    )
    found = await stage.step(
        OFFICER,
        Text("查看预警等级与原因", "looks at level and reasons"),
        "GET",
        WARNINGS,
        params=project | {"employer_id": stage.id("labour2"), "current": "true"},
        result=lambda body: ", ".join(f"{one['warning_level']} {one['warning_score']}" for one in body["items"]),
    )
    [stage.props["warning"]] = found["items"]
    for ground in stage.props["warning"]["grounds"]:
        stage.note(f"{ground['code']} +{ground['points']} {ground['figures']}")
