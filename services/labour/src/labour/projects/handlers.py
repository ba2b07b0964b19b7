"""Event door of the replica: only translates."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from chassis import replica
from chassis.replica import KnownParty, KnownProject, Snapshot
from chassis.subscriptions import Received
from chassis.work import Work
from zhulian.projects.v1.events_pb2 import ProjectChanged


async def project_changed(work: Work, event: Received[ProjectChanged]) -> None:
    """Take over the project and its parties unless a newer version is here."""
    await replica.apply(await work.writing(), _snapshot(event.message))


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
