"""gRPC door of projects: only translates."""

from __future__ import annotations

from chassis.rpc.server import rpc
from chassis.work import Work
from project_mgmt import values
from project_mgmt.projects import events, service
from zhulian.projects.v1.project_directory_pb2 import (
    GetPartyRequest,
    GetPartyResponse,
    GetProjectRequest,
    GetProjectResponse,
)

ASKERS = ("procurement", "labour", "equipment-leasing")


class ProjectQuestions:
    """The part of ProjectDirectory that is about projects and their parties."""

    @rpc(callers=("labour",))
    async def GetProject(self, work: Work, request: GetProjectRequest) -> GetProjectResponse:  # noqa: N802
        """The project as it is now."""
        project = await service.get(work, values.uuid_of(request.project_id, "/project_id"))
        return GetProjectResponse(project=events.snapshot(project))

    @rpc(callers=ASKERS)
    async def GetParty(self, work: Work, request: GetPartyRequest) -> GetPartyResponse:  # noqa: N802
        """The roles of an organisation on a day (today when none is named), and the project's state."""
        on = values.day_of(request.on.date, "/on/date") if request.HasField("on") else work.today
        standing = await service.standing(
            work,
            values.uuid_of(request.project_id, "/project_id"),
            values.uuid_of(request.organisation_id, "/organisation_id"),
            on,
        )
        return GetPartyResponse(roles=standing.roles, project_state=standing.state.value)
