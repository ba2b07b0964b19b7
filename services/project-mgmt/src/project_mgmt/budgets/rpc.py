"""gRPC door of budgets: only translates."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from google.protobuf.timestamp_pb2 import Timestamp

from chassis.rpc.server import rpc
from chassis.work import Work
from project_mgmt import values
from project_mgmt.budgets import service
from project_mgmt.budgets.schemas import order_costs
from zhulian.projects.v1.project_directory_pb2 import (
    CommitBudgetRequest,
    CommitBudgetResponse,
    ReleaseBudgetRequest,
    ReleaseBudgetResponse,
)


class BudgetQuestions:
    """The part of ProjectDirectory that is about money. `keep`: how long a reservation waits for its fact."""

    def __init__(self, keep: timedelta) -> None:
        self.keep = keep

    @rpc(callers=("procurement",))
    async def CommitBudget(self, work: Work, request: CommitBudgetRequest) -> CommitBudgetResponse:  # noqa: N802
        """Reserve budget for an order, or for what a change adds to it."""
        asked = order_costs(
            request.project_id, request.order_id, request.organisation_id, request.lines, lines_at="/lines"
        )
        asked = replace(asked, change_id=_change_of(request))
        commitment = await service.commit(work, asked, self.keep)
        expires_at = None
        if commitment.expires_at is not None:
            expires_at = Timestamp()
            expires_at.FromDatetime(commitment.expires_at)
        return CommitBudgetResponse(commitment_id=str(commitment.id), expires_at=expires_at)

    @rpc(callers=("procurement",))
    async def ReleaseBudget(self, work: Work, request: ReleaseBudgetRequest) -> ReleaseBudgetResponse:  # noqa: N802
        """Give back what an order holds, or what a change of it has reserved."""
        project_id = values.uuid_of(request.project_id, "/project_id")
        order_id = values.uuid_of(request.order_id, "/order_id")
        await service.release(work, project_id, order_id, _change_of(request))
        return ReleaseBudgetResponse()


def _change_of(request: CommitBudgetRequest | ReleaseBudgetRequest) -> UUID | None:
    return values.uuid_of(request.change_id, "/change_id") if request.change_id else None
