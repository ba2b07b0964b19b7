"""GetLabourDays over a real gRPC server in this process."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from chassis.errors import InvalidArgument, PermissionDenied
from chassis.ids import new_id
from tests.labour.attendance.conftest import Gate, at
from tests.labour.rpc_door import door
from zhulian.common.v1.values_pb2 import Day
from zhulian.labour.v1.labour_directory_pb2 import GetLabourDaysRequest, GetLabourDaysResponse
from zhulian.labour.v1.labour_directory_pb2_grpc import LabourDirectoryStub

TODAY = date(2026, 11, 23)


async def ask(
    gate: Gate, project_id: object, first: str, last: str, caller: str = "project-mgmt"
) -> GetLabourDaysResponse:
    request = GetLabourDaysRequest(project_id=str(project_id), day_from=Day(date=first), day_to=Day(date=last))
    async with door(gate.site.harness, caller) as channel:
        answer: GetLabourDaysResponse = await channel.call(LabourDirectoryStub, "GetLabourDays", request)
    return answer


async def test_per_employer_and_day_within_the_range(gate: Gate) -> None:
    """Two whole days and a half one; a day that counts nothing, and one beyond the range, are left out."""
    for worker, days_ago, hours in ((0, 2, 9), (1, 2, 5), (0, 1, 9), (2, 3, 9)):
        await gate.send(
            gate.swipe(worker, "in", at(8, days_ago=days_ago)),
            gate.swipe(worker, "out", at(8 + hours, days_ago=days_ago)),
        )
    await gate.send(gate.swipe(3, "in", at(8)))
    answer = await ask(gate, gate.site.project_id, "2026-11-21", "2026-11-23")
    employer = str(gate.site.subcontractor.id)
    assert [(one.employer_id, one.day.date, one.worker_days) for one in answer.days] == [
        (employer, "2026-11-21", "1.50"),
        (employer, "2026-11-22", "1.00"),
    ]


async def test_a_project_without_days_is_empty(gate: Gate) -> None:
    assert list((await ask(gate, new_id(), "2026-11-01", "2026-11-23")).days) == []


@pytest.mark.parametrize(
    ("first", "last"),
    [("2026-13-01", "2026-11-23"), ("2026-11-01", ""), ((TODAY - timedelta(days=366)).isoformat(), TODAY.isoformat())],
)
async def test_odd_ranges_are_refused(gate: Gate, first: str, last: str) -> None:
    with pytest.raises(InvalidArgument):
        await ask(gate, gate.site.project_id, first, last)


async def test_an_odd_id_is_refused(gate: Gate) -> None:
    with pytest.raises(InvalidArgument):
        await ask(gate, "x", "2026-11-01", "2026-11-23")


@pytest.mark.parametrize("caller", ["equipment-leasing", "procurement", "gateway", "labour"])
async def test_only_project_mgmt_asks(gate: Gate, caller: str) -> None:
    with pytest.raises(PermissionDenied) as refusal:
        await ask(gate, gate.site.project_id, "2026-11-01", "2026-11-23", caller)
    assert refusal.value.reason == "CALLER_NOT_ALLOWED"
