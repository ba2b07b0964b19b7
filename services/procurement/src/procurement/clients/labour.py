"""labour as procurement sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID

from chassis.rpc.client import Channel
from zhulian.common.v1.values_pb2 import Day
from zhulian.labour.v1 import labour_directory_pb2 as messages
from zhulian.labour.v1.labour_directory_pb2_grpc import LabourDirectoryStub

TIMEOUT = 3.0


@dataclass(frozen=True, slots=True)
class WageListing:
    """An authority has listed an organisation for wage arrears: from when to which last day, by which decisions."""

    since: date
    until: date
    documents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EmployerStanding:
    """How an organisation stands with its workers' wages on a day: figures, no person, no project.

    `level` is the worst early warning over its projects (none, yellow, orange, red), `warned_since` the day from which
    it stands; `listing` None when it is not listed.
    """

    organisation_id: UUID
    as_of: date
    level: str
    warned_since: date | None
    listing: WageListing | None
    outstanding_months: int
    oldest_month: date | None


class LabourDirectory(Protocol):
    """Questions that need an answer now; all idempotent."""

    async def standing(self, organisation_id: UUID, on: date) -> EmployerStanding:
        """How an organisation stands on a day; sound when labour knows nothing of it."""
        ...


class GrpcLabourDirectory:
    """The directory over gRPC."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    async def standing(self, organisation_id: UUID, on: date) -> EmployerStanding:
        """See LabourDirectory."""
        request = messages.GetEmployerStandingRequest(organisation_id=str(organisation_id), on=Day(date=on.isoformat()))
        answer: messages.GetEmployerStandingResponse = await self._channel.call(
            LabourDirectoryStub, "GetEmployerStanding", request, timeout=TIMEOUT
        )
        told = answer.listed
        listing = (
            WageListing(date.fromisoformat(told.since.date), date.fromisoformat(told.until.date), tuple(told.documents))
            if answer.HasField("listed")
            else None
        )
        return EmployerStanding(
            organisation_id,
            date.fromisoformat(answer.as_of.date),
            answer.warning_level,
            _day(answer.warned_since),
            listing,
            answer.outstanding_months,
            _day(answer.oldest_outstanding_month),
        )


def _day(day: Day) -> date | None:
    return date.fromisoformat(day.date) if day.date else None
