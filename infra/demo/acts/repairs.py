"""Forgotten swipes: found as direction errors, proposed by one person, decided by another."""

from __future__ import annotations

from typing import Any

from infra.demo.acts.month import ATTENDANCE, FORGOTTEN, SITE
from infra.demo.crew import CLERK, at, scan, working_days
from infra.demo.stage import Stage
from infra.demo.texts import Text


async def play(stage: Stage) -> None:
    """Two days count nothing, because nobody swiped out; one is repaired, the other proposal is turned down."""
    stage.title(Text("补卡:一人提出,另一人审批", "Repairs of forgotten swipes: two persons"))
    days = working_days(stage.props["month"])
    errors = await stage.step(
        CLERK,
        Text("查询方向异常的刷卡", "lists swipes that went the same way twice"),
        "GET",
        f"{ATTENDANCE}/direction-errors",
        params={
            "project_id": stage.props["project"],
            "employer_id": stage.id("labour2"),
            "first_day": days[0].isoformat(),
            "last_day": days[-1].isoformat(),
        },
        result=lambda body: f"{len(body['items'])}",
    )
    stage.props["direction_errors"] = [one["worker_id"] for one in errors["items"]]
    repaired, refused = await _proposed(stage)
    await _decided(stage, repaired, refused)
    stage.props["open_day"] = await _explained(stage)


async def _proposed(stage: Stage) -> list[str]:
    """The scan of the guard's book goes with it."""
    file_id = await scan(stage, CLERK, "gate-book")
    days = working_days(stage.props["month"])
    reasons = ("闸机识别失败,门卫登记簿有记录", "本人称下班时忘记刷卡")
    rows = [
        {
            "worker_id": stage.props["crew_workers"][worker],
            "at": at(days[place], 17, 30).isoformat(),
            "direction": "02",
            "reason": reason,
            **({"file_id": file_id} if (worker, place) == FORGOTTEN[0] else {}),
        }
        for (worker, place), reason in zip(FORGOTTEN, reasons, strict=True)
    ]
    proposed = await stage.step(
        CLERK,
        Text("提出两条补卡,附依据", "proposes two repairs, one with the guard's book"),
        "POST",
        f"{ATTENDANCE}/repairs:batch",
        json={"project_id": stage.props["project"], "repairs": rows},
        result=lambda body: f"✓{body['taken']} ✗{body['refused']}",
    )
    return [one["id"] for one in proposed["results"]]


async def _decided(stage: Stage, repaired: str, refused: str) -> None:
    body = {"project_id": stage.props["project"], "repair_ids": [repaired], "reason": "与门卫登记一致"}
    await stage.step(
        SITE,
        Text("批准有依据的一条", "approves the one that the book shows"),
        "POST",
        f"{ATTENDANCE}/repairs:approve",
        json=body,
        result=lambda found: f"✓{found['taken']} ✗{found['refused']}",
    )
    await stage.step(
        SITE,
        Text("驳回另一条", "turns the other one down: the cameras show nothing"),
        "POST",
        f"{ATTENDANCE}/repairs/{refused}:reject",
        json={"reason": "监控录像中未见该工人离场"},
        result=lambda one: str(one["state"]),
    )


async def _explained(stage: Stage) -> Any:
    """Why the day of the second worker counts nothing."""
    worker, place = FORGOTTEN[1]
    day = working_days(stage.props["month"])[place]
    found = await stage.step(
        CLERK,
        Text("查询该日为何不计工", "asks why that day counts nothing"),
        "GET",
        f"{ATTENDANCE}/worker-days/{stage.props['crew_assignments'][worker]}/{day}",
        result=lambda one: f"{one['days']} d",
    )
    for remark in found["remarks"]:
        stage.note(f"{day} {remark}")
    return found
