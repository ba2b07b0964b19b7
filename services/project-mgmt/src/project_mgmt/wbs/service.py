"""Use cases of the work breakdown."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from chassis.pages import Page, PageRequest
from chassis.work import Work
from project_mgmt import permissions
from project_mgmt.projects import repository as projects
from project_mgmt.projects import states as project_states
from project_mgmt.wbs import errors, mspdi, repository, rules
from project_mgmt.wbs.models import WbsTask
from project_mgmt.wbs.rules import Merge, TaskFilters

MOST_TASKS = 500
"""What is asked for at once."""


@dataclass(frozen=True, slots=True)
class ImportSchedule:
    """An MSPDI file for a project."""

    project_id: UUID
    data: bytes


async def import_schedule(work: Work, command: ImportSchedule) -> Merge:
    """Read a schedule and bring the project's tasks to what it says; answers what was added, changed and gone."""
    work.require(permissions.WBS_IMPORT)
    async with work.reading() as session:
        # Asked before the file is read: a stranger's file is not worth a second of our processor.
        project = await projects.get(session, work.principal, command.project_id, work.today)
        projects.demand_manager(project, work.principal, work.today)
        project_states.demand_open(project.state)
    tasks = await asyncio.to_thread(mspdi.read, command.data)
    session = await work.writing()
    project = await projects.get_managed(session, work.principal, command.project_id, work.today)
    project_states.demand_open(project.state)
    live, retired = await repository.standing(session, project.id)
    merged = rules.merge(live, retired, tasks)
    connection = await work.driver()
    stored = [*merged.added, *(change.task for change in merged.changed)]
    if stored:
        await repository.store(connection, project.id, stored, work.now)
    if merged.gone:
        await repository.retire(connection, project.id, [task.uid for task in merged.gone], work.now)
    work.audit("wbs.import", "project", project.id, None, _fields(command.data, merged))
    return merged


async def page(work: Work, project_id: UUID, filters: TaskFilters, request: PageRequest) -> Page[WbsTask]:
    """The tasks of a project in outline order."""
    work.require(permissions.WBS_READ)
    async with work.reading() as session:
        project = await projects.get(session, work.principal, project_id, work.today)
        return await repository.page(session, project.id, filters, request)


async def tasks(work: Work, project_id: UUID, uids: Sequence[int]) -> Sequence[WbsTask]:
    """For another service: those of the asked tasks that live; NotFound PROJECT_NOT_FOUND, TOO_MANY_TASKS."""
    work.require(permissions.WBS_READ)
    if len(uids) > MOST_TASKS:
        raise errors.too_many_tasks(MOST_TASKS)
    async with work.reading() as session:
        project = await projects.get(session, work.principal, project_id, work.today)
        return await repository.live(session, project.id, uids)


def _fields(data: bytes, merged: Merge) -> dict[str, object]:
    return {
        "sha256": hashlib.sha256(data).hexdigest(),
        "added": [task.uid for task in merged.added],
        "changed": [change.task.uid for change in merged.changed],
        "gone": [task.uid for task in merged.gone],
        "unchanged": merged.unchanged,
    }
