"""gRPC door of orders: only translates."""

from __future__ import annotations

from chassis.rpc.server import rpc
from chassis.values import decimal_text, read_uuid
from chassis.work import Work
from procurement.orders import service
from zhulian.common.v1.values_pb2 import Money
from zhulian.procurement.v1.procurement_directory_pb2 import (
    GetProjectOrdersRequest,
    GetProjectOrdersResponse,
    StateCount,
)

CURRENCY = "CNY"


class OrderQuestions:
    """What other services may ask about orders."""

    @rpc(callers=("project-mgmt",))
    async def GetProjectOrders(  # noqa: N802 - the name is the contract's
        self, work: Work, request: GetProjectOrdersRequest
    ) -> GetProjectOrdersResponse:
        """Counts and amounts of a project's orders."""
        totals = await service.project_totals(work, read_uuid(request.project_id, "project_id"))
        return GetProjectOrdersResponse(
            counts=[StateCount(state=state, count=count) for state, count in sorted(totals.counts.items())],
            ordered=Money(amount=decimal_text(totals.ordered), currency=CURRENCY),
            accepted=Money(amount=decimal_text(totals.accepted), currency=CURRENCY),
        )
