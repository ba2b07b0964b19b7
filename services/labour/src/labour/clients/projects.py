"""project-mgmt as labour sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID

from chassis.rpc.client import Channel
from zhulian.common.v1.values_pb2 import Day
from zhulian.projects.v1 import project_directory_pb2 as messages
from zhulian.projects.v1.project_directory_pb2_grpc import ProjectDirectoryStub

TIMEOUT = 3.0


@dataclass(frozen=True, slots=True)
class Party:
    """The roles of an organisation in a project, and the project's state."""

    roles: frozenset[str]
    project_state: str


@dataclass(frozen=True, slots=True)
class Part:
    """An organisation's role in a project from the first to the last day, open when `valid_to` is None."""

    organisation_id: UUID
    role: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Project:
    """A project as it is now: its state, what the age rule asks of it, and who takes part."""

    project_id: UUID
    state: str
    city: str
    risk_class: str
    parts: tuple[Part, ...]

    def roles_of(self, organisation_id: UUID, on: date) -> frozenset[str]:
        """The roles of an organisation on a day."""
        return frozenset(
            part.role
            for part in self.parts
            if part.organisation_id == organisation_id
            and part.valid_from <= on
            and (part.valid_to is None or on <= part.valid_to)
        )


class ProjectDirectory(Protocol):
    """Questions that need an answer now; all idempotent."""

    async def project(self, project_id: UUID) -> Project:
        """The project with its parties; NotFound PROJECT_NOT_FOUND."""
        ...

    async def party(self, project_id: UUID, organisation_id: UUID, on: date) -> Party:
        """The roles of an organisation in a project on a day; NotFound PROJECT_NOT_FOUND."""
        ...


class GrpcProjectDirectory:
    """The directory over gRPC."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    async def project(self, project_id: UUID) -> Project:
        """See ProjectDirectory."""
        request = messages.GetProjectRequest(project_id=str(project_id))
        answer: messages.GetProjectResponse = await self._channel.call(
            ProjectDirectoryStub, "GetProject", request, timeout=TIMEOUT
        )
        found = answer.project
        parts = (
            Part(
                UUID(party.organisation_id),
                party.role,
                date.fromisoformat(party.valid_from.date),
                date.fromisoformat(party.valid_to.date) if party.valid_to.date else None,
            )
            for party in found.parties
        )
        return Project(project_id, found.state, found.city, found.risk_class, tuple(parts))

    async def party(self, project_id: UUID, organisation_id: UUID, on: date) -> Party:
        """See ProjectDirectory."""
        request = messages.GetPartyRequest(
            project_id=str(project_id), organisation_id=str(organisation_id), on=Day(date=on.isoformat())
        )
        answer: messages.GetPartyResponse = await self._channel.call(
            ProjectDirectoryStub, "GetParty", request, timeout=TIMEOUT
        )
        return Party(frozenset(answer.roles), answer.project_state)
