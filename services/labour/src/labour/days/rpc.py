"""gRPC door of days: only translates."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from google.protobuf.timestamp_pb2 import Timestamp

from chassis.errors import Violation, invalid
from chassis.rpc.server import rpc
from chassis.values import decimal_text
from chassis.work import Work
from labour.days import service
from zhulian.common.v1.values_pb2 import Day
from zhulian.labour.v1.labour_directory_pb2 import (
    EmployerLabourDays,
    EmployerPresence,
    GetLabourDaysRequest,
    GetLabourDaysResponse,
    GetPresenceRequest,
    GetPresenceResponse,
)
from zhulian.labour.v1.labour_directory_pb2_grpc import LabourDirectoryServicer


class PresenceDoor(LabourDirectoryServicer):
    """The part of LabourDirectory that asks who is on site, and what was worked there."""

    @rpc(callers=("project-mgmt",))
    async def GetPresence(  # noqa: N802 - the name is the contract's
        self, work: Work, request: GetPresenceRequest
    ) -> GetPresenceResponse:
        """Who is on site now, per employer."""
        presence = await service.presence(work, _id(request.project_id))
        as_of = Timestamp()
        as_of.FromDatetime(presence.as_of)
        return GetPresenceResponse(
            on_site=presence.on_site,
            assigned=presence.assigned,
            employers=[
                EmployerPresence(organisation_id=str(one.organisation_id), on_site=one.on_site, assigned=one.assigned)
                for one in presence.employers
            ],
            as_of=as_of,
        )

    @rpc(callers=("project-mgmt",))
    async def GetLabourDays(  # noqa: N802 - the name is the contract's
        self, work: Work, request: GetLabourDaysRequest
    ) -> GetLabourDaysResponse:
        """Worker days of a project per employer and day."""
        first, last = _day("day_from", request.day_from.date), _day("day_to", request.day_to.date)
        found = await service.labour_days(work, _id(request.project_id), first, last)
        as_of = Timestamp()
        as_of.FromDatetime(work.now)
        days = [
            EmployerLabourDays(
                employer_id=str(one.employer_id),
                day=Day(date=one.day.isoformat()),
                worker_days=decimal_text(one.days),
            )
            for one in found
        ]
        return GetLabourDaysResponse(days=days, as_of=as_of)


def _day(field: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise invalid(
            Violation(f"/{field}/date", "DATE_PARSING", "应为日期,格式 YYYY-MM-DD", "Must be a date")
        ) from None


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise invalid(Violation("/project_id", "UUID_PARSING", "应为 UUID", "Must be a UUID")) from None
