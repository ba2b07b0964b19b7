"""labour as procurement sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID

from chassis.rpc.client import Channel
from zhulian.common.v1.values_pb2 import Day
from zhulian.labour.v1 import labour_directory_pb2 as messages
from zhulian.labour.v1.labour_directory_pb2_grpc import LabourDirectoryStub

TIMEOUT = 3.0
AT_ONCE = 200
"""Organisations in one question; labour answers no more."""


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

    async def standings(self, organisation_ids: Sequence[UUID], on: date) -> list[EmployerStanding]:
        """How organisations stand on a day, in their order; sound when labour knows nothing of one."""
        ...


class GrpcLabourDirectory:
    """The directory over gRPC."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    async def standings(self, organisation_ids: Sequence[UUID], on: date) -> list[EmployerStanding]:
        """See LabourDirectory."""
        found: list[EmployerStanding] = []
        for begin in range(0, len(organisation_ids), AT_ONCE):
            part = [str(one) for one in organisation_ids[begin : begin + AT_ONCE]]
            request = messages.GetEmployerStandingRequest(organisation_ids=part, on=Day(date=on.isoformat()))
            answer: messages.GetEmployerStandingResponse = await self._channel.call(
                LabourDirectoryStub, "GetEmployerStanding", request, timeout=TIMEOUT
            )
            found += [_standing(one, date.fromisoformat(answer.as_of.date)) for one in answer.standings]
        return found


def _standing(told: messages.EmployerStanding, as_of: date) -> EmployerStanding:
    listing = None
    if told.HasField("listed"):
        since, until = date.fromisoformat(told.listed.since.date), date.fromisoformat(told.listed.until.date)
        listing = WageListing(since, until, tuple(told.listed.documents))
    return EmployerStanding(
        UUID(told.organisation_id),
        as_of,
        told.warning_level,
        _day(told.warned_since),
        listing,
        told.outstanding_months,
        _day(told.oldest_outstanding_month),
    )


def _day(day: Day) -> date | None:
    return date.fromisoformat(day.date) if day.date else None
