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


class ProjectDirectory(Protocol):
    """Questions that need an answer now; all idempotent."""

    async def party(self, project_id: UUID, organisation_id: UUID, on: date) -> Party:
        """The roles of an organisation in a project on a day; NotFound PROJECT_NOT_FOUND."""
        ...


class GrpcProjectDirectory:
    """The directory over gRPC."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    async def party(self, project_id: UUID, organisation_id: UUID, on: date) -> Party:
        """See ProjectDirectory."""
        request = messages.GetPartyRequest(
            project_id=str(project_id), organisation_id=str(organisation_id), on=Day(date=on.isoformat())
        )
        answer: messages.GetPartyResponse = await self._channel.call(
            ProjectDirectoryStub, "GetParty", request, timeout=TIMEOUT
        )
        return Party(frozenset(answer.roles), answer.project_state)
