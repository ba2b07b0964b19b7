"""The whole of labour with its neighbours faked: from a batch of workers to worker days and presence."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from chassis.identity import Role
from labour.attendance.events import RECORDED
from tests.harness import Harness
from tests.labour.conftest import Site, resident_id, worker_row
from zhulian.labour.v1.events_pb2 import AttendanceRecorded


async def test_a_day_on_site(labour: Harness, site: Site) -> None:
    """Rows with faults are named, good ones go in; gates keep two out; swipes become worker days, once."""
    rows = [worker_row() for _ in range(20)]
    rows[3]["id_card_number"] = rows[3]["id_card_number"][:-1] + ("1" if rows[3]["id_card_number"][-1] != "1" else "2")
    rows[5]["work_type"] = "999"
    rows[7] = rows[7] | {"training": None}
    rows[9] = rows[9] | {"id_card_number": resident_id("19600101")}
    registered = await site.post("/labour/v1/workers:batch", {"workers": rows}, site.clerk)
    assert (registered["created"], registered["refused"]) == (18, 2)
    refused = {result["row"]: result["errors"][0] for result in registered["results"] if result["status"] == "refused"}
    assert {row: (one["pointer"], one["code"]) for row, one in refused.items()} == {
        3: ("/workers/3/id_card_number", "ID_CHECK_DIGIT"),
        5: ("/workers/5/work_type", "CODE_UNKNOWN"),
    }

    ids = {result["row"]: result["id"] for result in registered["results"] if result["id"]}
    morning = labour.clock.now() - timedelta(hours=28)  # eight o'clock yesterday
    body = {
        "project_id": str(site.project_id),
        "enter_at": morning.isoformat(),
        "workers": [{"worker_id": id_} for id_ in ids.values()],
    }
    assigned = await site.post("/labour/v1/assignments:batch", body, site.clerk)
    assert (assigned["created"], assigned["refused"]) == (16, 2)
    gates = [error["code"] for result in assigned["results"] for error in result["errors"]]
    assert sorted(gates) == ["AGE_ABOVE_MAXIMUM", "TRAINING_MISSING"]

    device_id = await site.device()
    inside = [ids[row] for row in ids if row not in (7, 9)]
    swipes = [
        {
            "sequence": number,
            "worker_id": worker_id,
            "at": (morning + timedelta(minutes=number % 16, hours=9 * (number // 16))).isoformat(),
            "direction": "01" if number < 16 else "02",
            "attend_type": "001",
        }
        for number, worker_id in enumerate([*inside, *inside[:15]])
    ]
    swipes.append(swipes[0] | {"sequence": 900, "worker_id": ids[7]})
    today = labour.clock.now() - timedelta(hours=2)
    swipes.append(swipes[0] | {"sequence": 901, "at": today.isoformat()})
    batch = {"device_id": str(device_id), "swipes": swipes}
    recorded = await site.post("/labour/v1/attendance/swipes:batch", batch, site.gate)
    assert (recorded["accepted"], recorded["duplicates"], recorded["refused"]) == (32, 0, 1)
    assert recorded["results"][31]["errors"][0]["code"] == "WORKER_NOT_ASSIGNED"
    [fact] = await labour.events(RECORDED, UUID(recorded["batch_id"]), AttendanceRecorded)
    assert [(day.day.date, day.organisation_id, day.delta) for day in fact.days] == [
        ("2026-11-22", str(site.subcontractor.id), "15.00")
    ]
    again = await site.post("/labour/v1/attendance/swipes:batch", batch, site.gate)
    assert (again["accepted"], again["duplicates"], again["refused"]) == (0, 32, 1)
    assert await labour.events(RECORDED, UUID(again["batch_id"]), AttendanceRecorded) == []

    async with labour.client(site.owner.as_(Role.VIEWER)) as client:
        days = await client.get("/labour/v1/attendance/worker-days", params={"project_id": str(site.project_id)})
        presence = await client.get("/labour/v1/attendance/presence", params={"project_id": str(site.project_id)})
    assert sorted(item["days"] for item in days.json()["items"]) == ["0.00"] * 2 + ["1.00"] * 15
    assert (presence.json()["on_site"], presence.json()["assigned"]) == (1, 16)
