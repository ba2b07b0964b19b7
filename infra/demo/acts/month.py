"""A month of swipes from three devices, one of which was offline for a week and sends it at once, in disorder."""

from __future__ import annotations

import asyncio
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from infra.demo.acts.organisations import make_client
from infra.demo.crew import CLERK, TEAM, at, working_days
from infra.demo.stage import Caller, Stage
from infra.demo.texts import Text

SITE = "contractor-site"
ATTENDANCE = "/labour/v1/attendance"
GATES = ("2号门", "3号门", "4号门")
OFFLINE = 2
"""The third gate was cut off from the 8th to the 14th, when the carpenters used it."""
FORGOTTEN = ((0, 2), (3, 5))
"""Who of the crew did not swipe when leaving, and on which of the working days."""


def cut_off(day: date) -> bool:
    """Whether the third gate was offline on a day."""
    return 8 <= day.day <= 14


async def play(stage: Stage) -> None:
    """Two gates send the month; the third sends its week afterwards, and the days are counted again."""
    stage.title(Text("一个月的考勤,三台闸机", "A month at three gates"))
    devices = await asyncio.gather(*(_device(stage, number) for number in range(len(GATES))))
    swipes = _month(stage)
    for number in range(OFFLINE):
        await _send(stage, number, devices[number], swipes[number])
    before = await _days(stage, Text("断网闸机上线前的工日", "worker days before the third gate is back"))
    await _send(stage, OFFLINE, devices[OFFLINE], swipes[OFFLINE])
    after = await _days(stage, Text("补传后的工日", "worker days after its week has come"))
    stage.props |= {"days_before": before, "days_after": after, "gates": list(devices)}


async def _device(stage: Stage, number: int) -> str:
    name = f"{GATES[number]} {stage.props['code']}"
    what = Text(f"为{GATES[number]}创建接口客户端", f"makes a client for gate {number + 2}")
    client = await make_client(stage, "contractor", what, name, "gate_device")
    stage.callers[f"gate{number}"] = Caller(
        "contractor",
        Text(GATES[number], f"gate {number + 2}"),
        client_id=client["client_id"],
        client_secret=client["client_secret"],
    )
    device = await stage.ask(
        SITE,
        "POST",
        f"{ATTENDANCE}/devices",
        json={"project_id": stage.props["project"], "name": GATES[number], "client_id": client["client_id"]},
        expect=201,
    )
    return str(device["id"])


def _month(stage: Stage) -> list[list[dict[str, Any]]]:
    """By gate: in at half past seven, out at half past five, on every working day, but for what was forgotten."""
    days = working_days(stage.props["month"])
    forgotten = {(worker, days[place]) for worker, place in FORGOTTEN}
    gates: list[list[dict[str, Any]]] = [[], [], []]
    for day in days:
        for place, worker in enumerate(stage.props["crew_workers"]):
            number = OFFLINE if place >= TEAM and cut_off(day) else place // TEAM
            gates[number].append(_swipe(gates[number], worker, at(day, 7, 30) + timedelta(seconds=5 * place), "01"))
        for place, worker in enumerate(stage.props["crew_workers"]):
            number = OFFLINE if place >= TEAM and cut_off(day) else place // TEAM
            if (place, day) not in forgotten:
                left = at(day, 17, 30) + timedelta(seconds=5 * place)
                gates[number].append(_swipe(gates[number], worker, left, "02"))
    Random(stage.props["code"]).shuffle(gates[OFFLINE])  # noqa: S311 - any order will do
    return gates


def _swipe(before: list[Any], worker: str, instant: datetime, direction: str) -> dict[str, Any]:
    return {
        "sequence": len(before) + 1,
        "worker_id": worker,
        "at": instant.isoformat(),
        "direction": direction,
        "attend_type": "001",
    }


async def _send(stage: Stage, number: int, device: str, swipes: list[dict[str, Any]]) -> None:
    what = Text("上传整月刷卡", "sends its month")
    if number == OFFLINE:
        what = Text("断网一周后一次补传(乱序)", "sends the week that it was offline, all at once and in disorder")
    report = await stage.step(
        f"gate{number}",
        what,
        "POST",
        f"{ATTENDANCE}/swipes:batch",
        json={"device_id": device, "sent_at": stage.props["now"].isoformat(), "swipes": swipes},
        result=lambda found: f"✓{found['accepted']} ={found['duplicates']} ✗{found['refused']}",
    )
    stage.props.setdefault("month_swipes", []).append([report["accepted"], report["duplicates"], report["refused"]])


async def _days(stage: Stage, what: Text) -> str:
    """The crew's worker days of the month."""
    days = working_days(stage.props["month"])
    found = await stage.step(
        CLERK,
        what,
        "GET",
        f"{ATTENDANCE}/employer-days",
        params={
            "project_id": stage.props["project"],
            "employer_id": stage.id("labour2"),
            "first_day": days[0].isoformat(),
            "last_day": days[-1].isoformat(),
            "page_size": "100",
        },
        result=lambda body: f"{_sum(body)} d",
    )
    return str(_sum(found))


def _sum(page: dict[str, Any]) -> Decimal:
    return sum((Decimal(one["days"]) for one in page["items"]), Decimal("0.00"))
