"""labour as project-mgmt sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

from chassis.rpc.client import Channel
from zhulian.labour.v1 import labour_directory_pb2 as messages
from zhulian.labour.v1.labour_directory_pb2_grpc import LabourDirectoryStub

TIMEOUT = 1.5


@dataclass(frozen=True, slots=True)
class EmployerPresence:
    """How many workers of one employer are on site now, of those assigned."""

    organisation_id: UUID
    on_site: int
    assigned: int


@dataclass(frozen=True, slots=True)
class Presence:
    """Who is on site."""

    on_site: int
    assigned: int
    employers: tuple[EmployerPresence, ...]
    as_of: datetime


class LabourDirectory(Protocol):
    """Questions that need an answer now."""

    async def presence(self, project_id: UUID) -> Presence:
        """Who is on site now, per employer."""
        ...


class GrpcLabourDirectory:
    """The directory over gRPC."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    async def presence(self, project_id: UUID) -> Presence:
        """See LabourDirectory."""
        answer: messages.GetPresenceResponse = await self._channel.call(
            LabourDirectoryStub,
            "GetPresence",
            messages.GetPresenceRequest(project_id=str(project_id)),
            timeout=TIMEOUT,
        )
        employers = tuple(
            EmployerPresence(UUID(one.organisation_id), one.on_site, one.assigned) for one in answer.employers
        )
        return Presence(answer.on_site, answer.assigned, employers, answer.as_of.ToDatetime(UTC))
