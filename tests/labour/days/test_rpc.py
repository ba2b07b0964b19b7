"""GetPresence over a real gRPC server in this process."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest

from chassis.errors import InvalidArgument, PermissionDenied
from chassis.ids import new_id
from tests.harness import NOON
from tests.labour.attendance.conftest import Gate
from tests.labour.rpc_door import door
from zhulian.labour.v1.labour_directory_pb2 import GetPresenceRequest, GetPresenceResponse
from zhulian.labour.v1.labour_directory_pb2_grpc import LabourDirectoryStub


async def ask(gate: Gate, project_id: object, caller: str = "project-mgmt") -> GetPresenceResponse:
    async with door(gate.site.harness, caller) as channel:
        answer: GetPresenceResponse = await channel.call(
            LabourDirectoryStub, "GetPresence", GetPresenceRequest(project_id=str(project_id))
        )
    return answer


async def test_per_employer_as_of_now(gate: Gate) -> None:
    await gate.send(gate.swipe(0, "in", NOON - timedelta(hours=1)))
    answer = await ask(gate, gate.site.project_id)
    assert (answer.on_site, answer.assigned) == (1, 4)
    assert [(one.organisation_id, one.on_site, one.assigned) for one in answer.employers] == [
        (str(gate.site.subcontractor.id), 1, 4)
    ]
    assert answer.as_of.ToDatetime(UTC) == NOON


async def test_a_project_without_people_is_empty(gate: Gate) -> None:
    answer = await ask(gate, new_id())
    assert (answer.on_site, answer.assigned, list(answer.employers)) == (0, 0, [])


async def test_an_odd_id_is_refused(gate: Gate) -> None:
    with pytest.raises(InvalidArgument):
        await ask(gate, "x")


@pytest.mark.parametrize("caller", ["equipment-leasing", "procurement", "gateway", "labour"])
async def test_only_project_mgmt_asks(gate: Gate, caller: str) -> None:
    with pytest.raises(PermissionDenied) as refusal:
        await ask(gate, gate.site.project_id, caller)
    assert refusal.value.reason == "CALLER_NOT_ALLOWED"
