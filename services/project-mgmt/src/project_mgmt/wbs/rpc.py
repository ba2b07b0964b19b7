"""gRPC door of the work breakdown: only translates."""

from __future__ import annotations

from chassis.rpc.server import rpc
from chassis.work import Work
from project_mgmt import values
from project_mgmt.wbs import service
from zhulian.projects.v1.project_directory_pb2 import GetWbsTasksRequest, GetWbsTasksResponse, WbsTask


class WbsQuestions:
    """The part of ProjectDirectory that is about the work breakdown."""

    @rpc(callers=("procurement",))
    async def GetWbsTasks(self, work: Work, request: GetWbsTasksRequest) -> GetWbsTasksResponse:  # noqa: N802
        """Those of the asked tasks that live."""
        tasks = await service.tasks(work, values.uuid_of(request.project_id, "/project_id"), request.uids)
        return GetWbsTasksResponse(tasks=[WbsTask(uid=task.uid, wbs=task.wbs, name=task.name) for task in tasks])
