"""procurement as project-mgmt sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from chassis.rpc.client import Channel
from zhulian.procurement.v1 import procurement_directory_pb2 as messages
from zhulian.procurement.v1.procurement_directory_pb2_grpc import ProcurementDirectoryStub

TIMEOUT = 1.5


@dataclass(frozen=True, slots=True)
class ProjectOrders:
    """Counts and amounts of a project's orders."""

    counts: Mapping[str, int]
    ordered: Decimal
    accepted: Decimal
    currency: str


class ProcurementDirectory(Protocol):
    """Questions that need an answer now."""

    async def project_orders(self, project_id: UUID) -> ProjectOrders:
        """What is ordered and accepted in a project."""
        ...


class GrpcProcurementDirectory:
    """The directory over gRPC."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    async def project_orders(self, project_id: UUID) -> ProjectOrders:
        """See ProcurementDirectory."""
        answer: messages.GetProjectOrdersResponse = await self._channel.call(
            ProcurementDirectoryStub,
            "GetProjectOrders",
            messages.GetProjectOrdersRequest(project_id=str(project_id)),
            timeout=TIMEOUT,
        )
        return ProjectOrders(
            {one.state: one.count for one in answer.counts},
            Decimal(answer.ordered.amount),
            Decimal(answer.accepted.amount),
            answer.ordered.currency,
        )
