"""The REST door of days."""

from __future__ import annotations

import pytest

from chassis.identity import Role
from tests.harness import Harness
from tests.labour.attendance.conftest import Gate, at

PATH = "/labour/v1/attendance"
LISTS = ["worker-days", "employer-days", "direction-errors", "heat-map", "overlaps"]


@pytest.mark.parametrize("path", LISTS)
async def test_a_project_is_named_and_a_stranger_sees_nothing(labour: Harness, gate: Gate, path: str) -> None:
    await gate.send(gate.swipe(0, "in", at(8)), gate.swipe(0, "in", at(9)))
    params = {"project_id": str(gate.site.project_id)} | ({"day": "2026-11-22"} if path == "heat-map" else {})
    async with labour.client(gate.site.clerk) as client:
        unnamed = await client.get(f"{PATH}/{path}")
        own = (await client.get(f"{PATH}/{path}", params=params)).json()
    async with labour.client(gate.site.stranger.as_(Role.LABOUR_CLERK)) as client:
        foreign = (await client.get(f"{PATH}/{path}", params=params)).json()
    assert "query:project_id" in [fault["pointer"] for fault in unnamed.json()["errors"]]
    assert len(own.get("items", own.get("cells"))) == {"overlaps": 0, "heat-map": 2}.get(path, 1)
    assert foreign.get("items", foreign.get("cells")) == []


async def test_a_span_that_is_too_long_is_named(labour: Harness, gate: Gate) -> None:
    params = {"project_id": str(gate.site.project_id), "first_day": "2026-01-01", "last_day": "2026-11-22"}
    async with labour.client(gate.site.clerk) as client:
        answers = [await client.get(f"{PATH}/{path}", params=params) for path in ("direction-errors", "overlaps")]
    faults = [(one.status_code, one.json()["errors"][0]["code"]) for one in answers]
    assert faults == [(422, "SPAN_TOO_LONG")] * 2
