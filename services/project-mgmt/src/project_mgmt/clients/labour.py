"""labour as project-mgmt sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from chassis.rpc.client import Channel
from zhulian.common.v1.values_pb2 import Day
from zhulian.labour.v1 import labour_directory_pb2 as messages
from zhulian.labour.v1.labour_directory_pb2_grpc import LabourDirectoryStub

TIMEOUT = 1.5
DAYS_TIMEOUT = 3.0


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


@dataclass(frozen=True, slots=True)
class EmployerDays:
    """What an employer's people counted on a day, in worker days (工日)."""

    employer_id: UUID
    day: date
    worker_days: Decimal


@dataclass(frozen=True, slots=True)
class LabourDays:
    """Labour's own sums of a project."""

    days: tuple[EmployerDays, ...]
    as_of: datetime


class LabourDirectory(Protocol):
    """Questions that need an answer now."""

    async def labour_days(self, project_id: UUID, first: date, last: date) -> LabourDays:
        """Worker days per employer and day, first and last included; days that count nothing are left out."""
        ...

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

    async def labour_days(self, project_id: UUID, first: date, last: date) -> LabourDays:
        """See LabourDirectory."""
        request = messages.GetLabourDaysRequest(
            project_id=str(project_id), day_from=Day(date=first.isoformat()), day_to=Day(date=last.isoformat())
        )
        answer: messages.GetLabourDaysResponse = await self._channel.call(
            LabourDirectoryStub, "GetLabourDays", request, timeout=DAYS_TIMEOUT
        )
        days = tuple(
            EmployerDays(UUID(one.employer_id), date.fromisoformat(one.day.date), Decimal(one.worker_days))
            for one in answer.days
        )
        return LabourDays(days, answer.as_of.ToDatetime(UTC))
