"""Event door of the replica: only translates."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from chassis import replica
from chassis.replica import KnownParty, KnownProject, Snapshot
from chassis.subscriptions import Received
from chassis.work import Work
from labour.assignments import service as assignments
from labour.assignments.commands.close import ENDED
from zhulian.projects.v1.events_pb2 import ProjectChanged


async def project_changed(work: Work, event: Received[ProjectChanged]) -> None:
    """Take over the project and its parties unless a newer version is here; a project that has ended is emptied."""
    snapshot = _snapshot(event.message)
    taken = await replica.apply(await work.writing(), snapshot)
    if taken and snapshot.project.state in ENDED:
        await assignments.project_ended(work, snapshot.project.project_id, event.occurred_at)


def _snapshot(message: ProjectChanged) -> Snapshot:
    project = message.project
    project_id = UUID(project.project_id)
    return Snapshot(
        KnownProject(
            project_id=project_id,
            code=project.code,
            name_zh=project.name_zh,
            name_en=project.name_en,
            state=project.state,
            district=project.district,
            city=project.city,
            risk_class=project.risk_class,
            organisation_id=UUID(project.organisation_id),
            version=project.version,
        ),
        tuple(
            KnownParty(
                project_id=project_id,
                organisation_id=UUID(party.organisation_id),
                role=party.role,
                valid_from=date.fromisoformat(party.valid_from.date),
                valid_to=date.fromisoformat(party.valid_to.date) if party.valid_to.date else None,
            )
            for party in project.parties
        ),
    )
