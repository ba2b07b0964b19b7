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
from zhulian.labour.v1.labour_directory_pb2 import GetEmployerStandingRequest, GetEmployerStandingResponse
from zhulian.labour.v1.labour_directory_pb2_grpc import LabourDirectoryServicer


class StandingDoor(LabourDirectoryServicer):
    """The part of LabourDirectory that asks how an employer stands."""

    @rpc(callers=("procurement",))
    async def GetEmployerStanding(  # noqa: N802 - the name is the contract's
        self, work: Work, request: GetEmployerStandingRequest
    ) -> GetEmployerStandingResponse:
        """Early warning, listing and overdue months of an organisation."""
        found = await service.standing(work, _id(request.organisation_id), _day_of(request.on.date))
        return _answer(found)


def _answer(found: Standing) -> GetEmployerStandingResponse:
    answer = GetEmployerStandingResponse(
        as_of=_day(found.day),
        warning_level=found.level.value,
        warned_since=_day(found.level_since),
        outstanding_months=found.outstanding_months,
        oldest_outstanding_month=_day(found.oldest_month),
    )
    if found.listed is not None:
        answer.listed.CopyFrom(
            GetEmployerStandingResponse.Listed(
                since=_day(found.listed.since), until=_day(found.listed.until), documents=found.listed.documents
            )
        )
    return answer


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise invalid(Violation("/organisation_id", "UUID_PARSING", "应为 UUID", "Must be a UUID")) from None


def _day_of(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise invalid(Violation("/on/date", "DATE_PARSING", "应为日期,格式 YYYY-MM-DD", "Must be a date")) from None


def _day(day: date | None) -> Day | None:
    return None if day is None else Day(date=day.isoformat())
