"""Importing schedules on a real PostgreSQL."""

from __future__ import annotations

import asyncio

import pytest

from chassis.errors import FailedPrecondition, InvalidArgument, NotFound, PermissionDenied
from chassis.identity import Kind, Principal, Role
from chassis.pages import PageRequest
from project_mgmt.projects.states import Action
from project_mgmt.wbs import service
from project_mgmt.wbs.models import WbsTask
from project_mgmt.wbs.rules import Merge, TaskFilters
from project_mgmt.wbs.service import ImportSchedule
from tests.harness import Harness, organisation
from tests.project_mgmt.conftest import SAMPLE, Site

WITHOUT_21 = SAMPLE[: SAMPLE.index(b"<Task><UID>21</UID>")] + SAMPLE[SAMPLE.index(b"</Tasks>") :]
HALF_DONE = SAMPLE.replace(
    b"<UID>2</UID><ID>2</ID><Name>Second Task</Name>", b"<UID>2</UID><ID>2</ID><Name>Second Task (rev. B)</Name>"
)


async def read(site: Site, data: bytes, by: Principal | None = None) -> Merge:
    """Import a file."""
    async with site.harness.work(by or site.manager) as work:
        return await service.import_schedule(work, ImportSchedule(site.project_id, data))


LIVE = TaskFilters()


async def tasks(site: Site, wanted: TaskFilters = LIVE) -> list[WbsTask]:
    """The schedule as the site's supplier sees it."""
    async with site.harness.work(site.supplier.as_(Role.SALES)) as work:
        return list((await service.page(work, site.project_id, wanted, PageRequest(500))).items)


async def test_the_real_file_goes_in_and_comes_out(project_mgmt: Harness, site: Site) -> None:
    """Twenty tasks in outline order; the audit names the file by its hash."""
    merged = await read(site, SAMPLE)
    assert (len(merged.added), merged.changed, merged.gone, merged.unchanged) == (20, (), (), 0)
    found = await tasks(site)
    assert [task.wbs for task in found][:7] == ["0", "1", "1.1", "1.2", "1.3", "1.3.1", "1.3.2"]
    [lagging] = [task for task in found if task.uid == 12]
    assert lagging.predecessors == [
        {
            "uid": 11,
            "link": "FS",
            "lag_minutes": "480.0",
            "lag_percent": None,
            "elapsed": False,
            "cross_project": False,
        }
    ]
    assert await project_mgmt.audited(site.project_id) == ["projects.register", "wbs.import"]


async def test_a_second_import_reports_and_keeps(site: Site) -> None:
    """Unchanged, changed, gone (kept as retired), and back again; identities last."""
    await read(site, SAMPLE)
    ids = {task.uid: task.id for task in await tasks(site)}
    same = await read(site, SAMPLE)
    assert (same.added, same.changed, same.gone, same.unchanged) == ((), (), (), 20)
    changed = await read(site, HALF_DONE)
    [change] = changed.changed
    assert (change.task.uid, [field.field for field in change.fields]) == (2, ["name"])
    shorter = await read(site, WITHOUT_21)
    assert ([task.uid for task in shorter.gone], [change.task.uid for change in shorter.changed]) == ([21], [2])
    assert len(await tasks(site)) == 19
    [retired] = [task for task in await tasks(site, TaskFilters(include_retired=True)) if task.retired_at]
    assert (retired.uid, retired.version) == (21, 2)
    back = await read(site, SAMPLE)
    [restored] = back.changed
    assert (restored.task.uid, restored.restored, restored.fields) == (21, True, ())
    after = await tasks(site)
    assert {task.uid: task.id for task in after} == ids
    assert {task.uid: task.version for task in after if task.version > 1} == {2: 3, 21: 3}


async def test_two_imports_at_once(site: Site) -> None:
    """One after the other: the second finds what the first has made."""
    merged = await asyncio.gather(*(read(site, SAMPLE) for _ in range(4)))
    assert sorted(len(one.added) for one in merged) == [0, 0, 0, 20]
    assert len(await tasks(site)) == 20


async def test_filters(site: Site) -> None:
    """Milestones, summaries, levels."""
    await read(site, SAMPLE)
    assert [task.uid for task in await tasks(site, TaskFilters(milestone=True))] == [3]
    assert [task.uid for task in await tasks(site, TaskFilters(summary=True))] == [0, 1, 6, 19]
    assert [task.uid for task in await tasks(site, TaskFilters(max_level=1))] == [0, 1, 6, 19]


async def test_a_faulty_file_changes_nothing(project_mgmt: Harness, site: Site) -> None:
    """All or nothing."""
    await read(site, SAMPLE)
    before = await project_mgmt.checksum()
    with pytest.raises(InvalidArgument):
        await read(site, SAMPLE.replace(b"PT800H0M0S", b"eight"))
    assert await project_mgmt.checksum() == before


async def test_who_may_import(project_mgmt: Harness, site: Site) -> None:
    """Those who may change the project, while it is open; before the file is read."""
    before = await project_mgmt.checksum()
    for principal, refused in (
        (site.contractor.as_(Role.SITE_ENGINEER), PermissionDenied),
        (site.owner.as_(Role.PROJECT_MANAGER), PermissionDenied),
        (organisation(Kind.CONTRACTOR).as_(Role.PROJECT_MANAGER), NotFound),
    ):
        with pytest.raises(refused):
            await read(site, b"not even XML", principal)
    assert await project_mgmt.checksum() == before
    await site.move(Action.ACTIVATE, Action.COMPLETE)
    with pytest.raises(FailedPrecondition) as refusal:
        await read(site, SAMPLE)
    assert refusal.value.reason == "PROJECT_CLOSED"
