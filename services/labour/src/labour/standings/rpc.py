"""gRPC door of standings: only translates."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from chassis.errors import Violation, invalid
from chassis.rpc.server import rpc
from chassis.work import Work
from labour.standings import service
from labour.standings.rules import Standing
from zhulian.common.v1.values_pb2 import Day
from zhulian.labour.v1.labour_directory_pb2 import (
    EmployerStanding,
    GetEmployerStandingRequest,
    GetEmployerStandingResponse,
)
from zhulian.labour.v1.labour_directory_pb2_grpc import LabourDirectoryServicer


class StandingDoor(LabourDirectoryServicer):
    """The part of LabourDirectory that asks how employers stand."""

    @rpc(callers=("procurement",))
    async def GetEmployerStanding(  # noqa: N802 - the name is the contract's
        self, work: Work, request: GetEmployerStandingRequest
    ) -> GetEmployerStandingResponse:
        """Early warning, listing and overdue months of organisations."""
        day = _day_of(request.on.date) or work.today
        asked = [_id(index, text) for index, text in enumerate(request.organisation_ids)]
        found = await service.standings(work, asked, day)
        return GetEmployerStandingResponse(as_of=_day(day), standings=[_standing(one) for one in found])


def _standing(found: Standing) -> EmployerStanding:
    told = found.listed
    listed = None
    if told is not None:
        listed = EmployerStanding.Listed(since=_day(told.since), until=_day(told.until), documents=told.documents)
    return EmployerStanding(
        organisation_id=str(found.organisation_id),
        warning_level=found.level.value,
        warned_since=_day(found.level_since),
        listed=listed,
        outstanding_months=found.outstanding_months,
        oldest_outstanding_month=_day(found.oldest_month),
    )


def _id(index: int, text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise invalid(Violation(f"/organisation_ids/{index}", "UUID_PARSING", "应为 UUID", "Must be a UUID")) from None


def _day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise invalid(Violation("/on/date", "DATE_PARSING", "应为日期,格式 YYYY-MM-DD", "Must be a date")) from None


def _day(day: date | None) -> Day | None:
    return None if day is None else Day(date=day.isoformat())
