"""The REST door of repairs."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.identity import Kind, Role
from chassis.ids import new_id
from tests.chassis.files.samples import uploaded
from tests.harness import Harness, key, organisation
from tests.labour.attendance.conftest import Gate, at

PATH = "/labour/v1/attendance"


def row(gate: Gate, worker: int, **changes: Any) -> dict[str, Any]:
    return {
        "worker_id": str(gate.workers[worker]),
        "at": at(17).isoformat(),
        "direction": "02",
        "reason": "闸机断电",
    } | changes


async def test_a_thousand_rows_in_a_call_and_the_answer_is_repeated(labour: Harness, gate: Gate) -> None:
    """Bulk: each row is answered, a second call under the same key changes nothing, one row more is refused."""
    rows = [row(gate, n % 4, at=at(8 + n // 4 / 100).isoformat()) for n in range(999)]
    body = {"project_id": str(gate.site.project_id), "repairs": [*rows, row(gate, 0, worker_id=str(new_id()))]}
    header = key()
    async with labour.client(gate.site.clerk) as client:
        answer = await client.post(f"{PATH}/repairs:batch", json=body, headers=header)
        again = await client.post(f"{PATH}/repairs:batch", json=body, headers=header)
        before = await labour.checksum()
        over = await client.post(f"{PATH}/repairs:batch", json=body | {"repairs": rows + rows[:2]}, headers=key())
    told = answer.json()
    assert (told["taken"], told["refused"], len(told["results"])) == (999, 1, 1000)
    assert told["results"][999]["errors"][0]["pointer"] == "/repairs/999/worker_id"
    assert again.content == answer.content
    assert over.status_code == 422
    assert await labour.checksum() == before


async def test_from_the_proposal_to_the_day(labour: Harness, gate: Gate) -> None:
    """With a file that the general contractor may look at from then on."""
    await gate.send(gate.swipe(0, "in", at(8)))
    async with labour.client(gate.site.clerk) as client:
        file_id = await uploaded(client, path="/labour/v1/files")
        body = {"project_id": str(gate.site.project_id), "repairs": [row(gate, 0, file_id=file_id)]}
        proposed = (await client.post(f"{PATH}/repairs:batch", json=body, headers=key())).json()
    repair_id = proposed["results"][0]["id"]
    approval = {"project_id": str(gate.site.project_id), "repair_ids": [repair_id], "reason": "属实"}
    async with labour.client(gate.site.engineer) as client:
        evidence = await client.get(f"/labour/v1/files/{file_id}")
        approved = await client.post(f"{PATH}/repairs:approve", json=approval, headers=key())
        late = await client.post(f"{PATH}/repairs/{repair_id}:reject", json={"reason": "迟了"}, headers=key())
        found = (await client.get(f"{PATH}/repairs/{repair_id}")).json()
        day = await client.get(f"{PATH}/worker-days/{found['assignment_id']}/2026-11-22")
    assert evidence.status_code == 200
    assert approved.json()["results"] == [{"row": 0, "status": "approved", "id": repair_id, "errors": []}]
    assert (late.status_code, late.json()["code"]) == (409, "INVALID_STATE")
    assert (found["state"], found["file_id"], found["decision_reason"]) == ("approved", file_id, "属实")
    assert (day.json()["days"], day.json()["on_site_minutes"]) == ("1.00", 540)
    assert [one["repair_id"] for one in day.json()["swipes"]] == [None, repair_id]


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"repairs": []}, "/repairs", "TOO_SHORT"),
    ({"repairs": [{"at": "gestern"}]}, "/repairs/0/at", "DATETIME_FROM_DATE_PARSING"),
]


@pytest.mark.parametrize(("body", "pointer", "code"), BAD, ids=[code for *_, code in BAD])
async def test_bad_input_points_at_the_fault(
    labour: Harness, gate: Gate, body: dict[str, Any], pointer: str, code: str
) -> None:
    before = await labour.checksum()
    body = {"project_id": str(gate.site.project_id)} | body
    async with labour.client(gate.site.clerk) as client:
        answer = await client.post(f"{PATH}/repairs:batch", json=body, headers=key())
    assert answer.status_code == 422
    assert (pointer, code) in {(one["pointer"], one["code"]) for one in answer.json()["errors"]}, answer.text
    assert await labour.checksum() == before


DENIED = [
    (Kind.LABOUR_SUBCONTRACTOR, Role.SITE_ENGINEER, [200, 403, 403, 403]),
    (Kind.CONTRACTOR, Role.SITE_ENGINEER, [200, 404, 404, 404]),
    (Kind.CONTRACTOR, Role.GATE_DEVICE, [403, 403, 403, 403]),
    (Kind.OWNER, Role.LABOUR_CLERK, [403, 403, 403, 403]),
    (Kind.AUTHORITY, Role.VIEWER, [403, 403, 403, 403]),
]


@pytest.mark.parametrize(("kind", "role", "statuses"), DENIED)
async def test_who_may_not_changes_nothing(
    labour: Harness, gate: Gate, kind: Kind, role: Role, statuses: list[int]
) -> None:
    """A stranger who may propose is answered row by row: no such worker."""
    project = {"project_id": str(gate.site.project_id)}
    calls: list[tuple[str, dict[str, Any]]] = [
        ("repairs:batch", {"repairs": [row(gate, 0)]}),
        ("repairs:approve", {"repair_ids": [str(new_id())], "reason": "属实"}),
        ("geofences", {"name": "区", "points": [{"lng": "114.0", "lat": "22.5"}], "radius_m": "5"}),
        ("break-rules", {"valid_from": "2026-12-01", "beyond_minutes": 360, "minutes": 60, "reason": "午休"}),
    ]
    before = await labour.checksum()
    async with labour.client(organisation(kind).as_(role)) as client:
        answers = [await client.post(f"{PATH}/{path}", json=project | body, headers=key()) for path, body in calls]
    assert [answer.status_code for answer in answers] == statuses
    if answers[0].status_code == 200:
        assert answers[0].json()["results"][0]["errors"][0]["code"] == "WORKER_NOT_ASSIGNED"
        async with labour.sql() as sql:
            assert (
                await sql.fetchval(
                    "SELECT count(*) FROM attendance_repairs WHERE project_id = $1", gate.site.project_id
                )
                == 0
            )
    else:
        assert await labour.checksum() == before
