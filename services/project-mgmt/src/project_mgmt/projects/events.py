"""Facts of projects."""

from __future__ import annotations

from google.protobuf.message import Message

from chassis.outbox import Event
from project_mgmt.projects.models import Project, ProjectParty
from zhulian.common.v1.values_pb2 import Day
from zhulian.projects.v1 import events_pb2, project_directory_pb2

CHANGED = "zhulian.project-mgmt.projects.changed.v1"

SUBJECTS: dict[str, type[Message]] = {CHANGED: events_pb2.ProjectChanged}


def changed(project: Project, change: str) -> Event:
    """The project as it is after `change` (registered, updated, activated, party-added, …)."""
    return Event(
        CHANGED,
        project.id,
        project.version,
        events_pb2.ProjectChanged(project=snapshot(project), change=change),
    )


def snapshot(project: Project) -> project_directory_pb2.ProjectSnapshot:
    """The project with all its parties, as other services know it."""
    return project_directory_pb2.ProjectSnapshot(
        project_id=str(project.id),
        code=project.code,
        name_zh=project.name_zh,
        name_en=project.name_en,
        state=project.state.value,
        district=project.district,
        organisation_id=str(project.organisation_id),
        parties=[_party(party) for party in project.parties],
        version=project.version,
        risk_class=project.risk_class.value,
        city=project.city,
    )


def _party(party: ProjectParty) -> project_directory_pb2.Party:
    return project_directory_pb2.Party(
        organisation_id=str(party.organisation_id),
        role=party.role,
        valid_from=Day(date=party.valid_from.isoformat()),
        valid_to=Day(date=party.valid_to.isoformat()) if party.valid_to else None,
    )
