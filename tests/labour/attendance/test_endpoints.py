"""The REST door of attendance."""

from __future__ import annotations

import pytest

from chassis.identity import Kind, Role
from chassis.ids import new_id
from tests.harness import Harness, key, organisation
from tests.labour.attendance.conftest import Gate, at
from tests.labour.conftest import GATE_CLIENT

PATH = "/labour/v1/attendance"


async def test_the_answer_speaks_of_each_row(labour: Harness, gate: Gate) -> None:
    good, foreign = gate.swipe(0, "in", at(8)), gate.swipe(new_id(), "in", at(8))
    body = {"device_id": str(gate.device_id), "swipes": [good, good, foreign, {**good, "direction": "03"}]}
    header = key()
    async with labour.client(gate.site.gate) as client:
        answer = await client.post(f"{PATH}/swipes:batch", json=body, headers=header)
        again = await client.post(f"{PATH}/swipes:batch", json=body, headers=header)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["accepted"], answer.json()["duplicates"], answer.json()["refused"]) == (1, 1, 2)
    first, second, third, fourth = answer.json()["results"]
    assert first == {"row": 0, "sequence": 1, "status": "accepted", "warnings": ["LATE"]}
    assert second == {"row": 1, "sequence": 1, "status": "duplicate"}
    assert (third["status"], third["errors"][0]["pointer"]) == ("refused", "/swipes/2/worker_id")
    assert set(third["errors"][0]["details"]) == {"zh-CN", "en"}
    assert (fourth["row"], fourth["status"], fourth["errors"][0]["pointer"]) == (3, "refused", "/swipes/3/direction")
    assert again.content == answer.content
    assert again.headers["idempotency-replayed"] == "true"


async def test_a_thousand_in_a_call_and_not_one_more(labour: Harness, gate: Gate) -> None:
    swipes = [gate.swipe(n % 4, "in" if n % 2 else "out", at(8 + n / 100)) for n in range(1001)]
    body = {"device_id": str(gate.device_id), "swipes": swipes[:1000]}
    async with labour.client(gate.site.gate) as client:
        full = await client.post(f"{PATH}/swipes:batch", json=body, headers=key())
        before = await labour.checksum()
        over = await client.post(f"{PATH}/swipes:batch", json=body | {"swipes": swipes}, headers=key())
        none = await client.post(f"{PATH}/swipes:batch", json=body | {"swipes": []}, headers=key())
        odd = await client.post(f"{PATH}/swipes:batch", json=body | {"swipes": {"0": swipes[0]}}, headers=key())
    assert full.json()["accepted"] == 1000
    assert [answer.status_code for answer in (over, none, odd)] == [422] * 3
    assert await labour.checksum() == before


DENIED = [
    (Kind.CONTRACTOR, Role.GATE_DEVICE, [403, 403, 404]),
    (Kind.CONTRACTOR, Role.SITE_ENGINEER, [404, 404, 403]),
    (Kind.CONTRACTOR, Role.VIEWER, [403, 403, 403]),
    (Kind.LABOUR_SUBCONTRACTOR, Role.LABOUR_CLERK, [403, 403, 403]),
    (Kind.LABOUR_SUBCONTRACTOR, Role.GATE_DEVICE, [403, 403, 403]),
    (Kind.OWNER, Role.SITE_ENGINEER, [403, 403, 403]),
    (Kind.AUTHORITY, Role.LABOUR_CLERK, [403, 403, 403]),
]


@pytest.mark.parametrize(("kind", "role", "statuses"), DENIED)
async def test_who_may_not_changes_nothing(
    labour: Harness, gate: Gate, kind: Kind, role: Role, statuses: list[int]
) -> None:
    device = {"project_id": str(gate.site.project_id), "name": "2号门", "client_id": GATE_CLIENT}
    swipes = {"device_id": str(gate.device_id), "swipes": [gate.swipe(0, "in", at(8))]}
    before = await labour.checksum()
    async with labour.client(organisation(kind).as_(role)) as client:
        answers = [
            await client.post(f"{PATH}/devices", json=device, headers=key()),
            await client.post(f"{PATH}/devices/{gate.device_id}:retire", headers=key()),
            await client.post(f"{PATH}/swipes:batch", json=swipes, headers=key()),
        ]
    assert [answer.status_code for answer in answers] == statuses
    assert await labour.checksum() == before


@pytest.mark.parametrize("path", ["swipes", "worker-days", "presence"])
async def test_a_project_must_be_named_and_a_stranger_sees_nothing(labour: Harness, gate: Gate, path: str) -> None:
    await gate.send(gate.swipe(0, "in", at(8)))
    params = {"project_id": str(gate.site.project_id)}
    async with labour.client(gate.site.clerk) as client:
        unnamed = await client.get(f"{PATH}/{path}")
        own = await client.get(f"{PATH}/{path}", params=params)
    async with labour.client(gate.site.stranger.as_(Role.LABOUR_CLERK)) as client:
        foreign = await client.get(f"{PATH}/{path}", params=params)
        device = await client.get(f"{PATH}/devices/{gate.device_id}")
    async with labour.client(organisation(Kind.SUPPLIER).as_(Role.SALES)) as client:
        denied = await client.get(f"{PATH}/{path}", params=params)
    assert (unnamed.status_code, unnamed.json()["errors"][0]["pointer"]) == (422, "query:project_id")
    assert own.json().get("items") or own.json()["assigned"] == 4
    assert foreign.json().get("items", foreign.json().get("employers")) == []
    assert (device.status_code, denied.status_code) == (404, 403)
