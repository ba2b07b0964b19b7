"""The gRPC door of the work breakdown, over a real socket."""

from __future__ import annotations

import pytest

from chassis.errors import InvalidArgument, NotFound, PermissionDenied
from chassis.ids import new_id
from project_mgmt.wbs import service
from project_mgmt.wbs.service import ImportSchedule
from tests.project_mgmt.conftest import SAMPLE, Door, Site
from zhulian.projects.v1.project_directory_pb2 import GetWbsTasksRequest

WITHOUT_21 = SAMPLE[: SAMPLE.index(b"<Task><UID>21</UID>")] + SAMPLE[SAMPLE.index(b"</Tasks>") :]


async def read(site: Site, data: bytes) -> None:
    async with site.harness.work(site.manager) as work:
        await service.import_schedule(work, ImportSchedule(site.project_id, data))


async def test_tasks_that_live(door: Door, site: Site) -> None:
    """Those of the asked ones that the project has now, by UID; a retired one is not among them."""
    await read(site, SAMPLE)
    request = GetWbsTasksRequest(project_id=str(site.project_id), uids=[21, 2, 4711, 2])
    before = await door.ask("procurement", "GetWbsTasks", request)
    await read(site, WITHOUT_21)
    after = await door.ask("procurement", "GetWbsTasks", request)
    assert [task.uid for task in before.tasks] == [2, 21]
    assert before.tasks[0].name == "Second Task"
    assert [task.uid for task in after.tasks] == [2]


async def test_what_is_wrong(door: Door, site: Site) -> None:
    """A project that is none, an id that is none, more tasks than are answered at once."""
    with pytest.raises(NotFound) as unknown:
        await door.ask("procurement", "GetWbsTasks", GetWbsTasksRequest(project_id=str(new_id()), uids=[1]))
    assert unknown.value.reason == "PROJECT_NOT_FOUND"
    for request, pointer in (
        (GetWbsTasksRequest(project_id="1", uids=[1]), "/project_id"),
        (GetWbsTasksRequest(project_id=str(site.project_id), uids=range(501)), "/uids"),
    ):
        with pytest.raises(InvalidArgument) as fault:
            await door.ask("procurement", "GetWbsTasks", request)
        assert fault.value.violations[0].pointer == pointer


@pytest.mark.parametrize("caller", ["labour", "equipment-leasing", "gateway"])
async def test_who_may_not_ask(door: Door, site: Site, caller: str) -> None:
    with pytest.raises(PermissionDenied):
        await door.ask(caller, "GetWbsTasks", GetWbsTasksRequest(project_id=str(site.project_id), uids=[1]))
