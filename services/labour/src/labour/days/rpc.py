"""gRPC door of days: only translates."""

from __future__ import annotations

from uuid import UUID

from google.protobuf.timestamp_pb2 import Timestamp

from chassis.errors import Violation, invalid
from chassis.rpc.server import rpc
from chassis.work import Work
from labour.days import service
from zhulian.labour.v1.labour_directory_pb2 import EmployerPresence, GetPresenceRequest, GetPresenceResponse
from zhulian.labour.v1.labour_directory_pb2_grpc import LabourDirectoryServicer


class PresenceDoor(LabourDirectoryServicer):
    """The part of LabourDirectory that asks who is on site."""

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


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise invalid(Violation("/project_id", "UUID_PARSING", "应为 UUID", "Must be a UUID")) from None
