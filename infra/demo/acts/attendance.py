"""A day of swipes from the gate, some twice, some late, one of a worker who is not assigned."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from infra.demo.acts.organisations import make_client
from infra.demo.acts.workers import TOO_OLD, UNTRAINED
from infra.demo.stage import Caller, Stage
from infra.demo.texts import Text

SITE = "contractor-site"
SHANGHAI = ZoneInfo("Asia/Shanghai")


async def play(stage: Stage) -> None:
    """The gate sends yesterday and this morning; labour days arrive in the project's indicators."""
    stage.title(Text("考勤", "Attendance"))
    device = await _device(stage)
    await _send(stage, device)

    async def days() -> Any:
        return await indicator(stage, "labour_days")

    stage.props["labour_days"] = await stage.until(
        Text("工日经 NATS 到达项目指标", "labour days reach the project's indicators through NATS"),
        days,
        lambda value: f"{value} d",
    )


async def _device(stage: Stage) -> str:
    """The gate signs in with an API client of its own."""
    client = await make_client(
        stage,
        "contractor",
        Text("为闸机创建接口客户端", "makes a client for the gate"),
        f"闸机 {stage.props['code']}",
        "gate_device",
    )
    stage.callers["gate"] = Caller(
        "contractor", Text("闸机", "gate"), client_id=client["client_id"], client_secret=client["client_secret"]
    )
    device = await stage.step(
        SITE,
        Text("登记闸机", "registers the gate"),
        "POST",
        "/labour/v1/attendance/devices",
        json={"project_id": stage.props["project"], "name": "1号门", "client_id": client["client_id"]},
        expect=201,
        result=lambda body: str(body["name"]),
    )
    return str(device["id"])


async def _send(stage: Stage, device: str) -> None:
    """The same batch twice: the second time every swipe is known."""
    body = {"device_id": device, "swipes": _day(stage)}
    for what in (Text("上传一天的刷卡", "sends a day of swipes"), Text("重复上传同一批", "sends the same again")):
        report = await stage.step(
            "gate",
            what,
            "POST",
            "/labour/v1/attendance/swipes:batch",
            json=body,
            result=lambda found: f"✓{found['accepted']} ={found['duplicates']} ✗{found['refused']}",
        )
        stage.props.setdefault("swipes", report)
    for row in stage.props["swipes"]["results"]:
        for fault in row.get("errors", ()):
            stage.note(f"✗ {row['row']} {fault['code']} {fault['details'][stage.language]}")


async def indicator(stage: Stage, measure: str) -> str:
    """The total of one measure; empty while no fact has come."""
    path = f"/projects/v1/projects/{stage.props['project']}/indicators/totals"
    answer = await stage.call("contractor-pm", "GET", path)
    return next((one["value"] for one in answer.body.get("totals", ()) if one["measure"] == measure), "")


def _day(stage: Stage) -> list[dict[str, Any]]:
    """Yesterday 07:30 to 18:00 for everybody, ten of them twice, and in again today for the first hundred."""
    workers: dict[int, str] = stage.props["workers"]
    yesterday = stage.props["today"] - timedelta(days=1)
    at_work = [one for index, one in sorted(workers.items()) if index not in (UNTRAINED, TOO_OLD)]
    swipes: list[dict[str, Any]] = []

    def swipe(worker_id: str, at: datetime, direction: str) -> None:
        swipes.append(
            {
                "sequence": len(swipes) + 1,
                "worker_id": worker_id,
                "at": at.isoformat(),
                "direction": direction,
                "attend_type": "001",
            }
        )

    morning = datetime.combine(yesterday, time(7, 30), SHANGHAI)
    for number, worker_id in enumerate(at_work):
        swipe(worker_id, morning + timedelta(seconds=4 * number), "01")
    for number, worker_id in enumerate(at_work[:10]):
        swipe(worker_id, morning + timedelta(minutes=20, seconds=number), "01")
    for number, worker_id in enumerate(at_work):
        swipe(worker_id, morning + timedelta(hours=10, seconds=4 * number), "02")
    today = stage.props["now"] - timedelta(minutes=5)
    for worker_id in at_work[:100]:
        swipe(worker_id, today, "01")
    swipe(workers[UNTRAINED], today, "01")
    swipes.append(dict(swipes[0]))
    return swipes
