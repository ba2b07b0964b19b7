"""procurement as project-mgmt sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from chassis.rpc.client import Channel
from zhulian.common.v1.values_pb2 import Day
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


@dataclass(frozen=True, slots=True)
class MaterialPrice:
    """The published price (信息价) of a material per the unit that was asked for, in CNY, and whose it is."""

    with_tax: Decimal
    without_tax: Decimal
    region: str
    month: date
    source: str


class ProcurementDirectory(Protocol):
    """Questions that need an answer now."""

    async def material_price(self, material_code: str, region: str, on: date, unit: str) -> MaterialPrice:
        """The published price of a material in a region on a day, per a unit.

        NotFound MATERIAL_NOT_FOUND, PRICE_NOT_PUBLISHED; FailedPrecondition UNITS_DO_NOT_CONVERT.
        """
        ...

    async def project_orders(self, project_id: UUID) -> ProjectOrders:
        """What is ordered and accepted in a project."""
        ...


class GrpcProcurementDirectory:
    """The directory over gRPC."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    async def material_price(self, material_code: str, region: str, on: date, unit: str) -> MaterialPrice:
        """See ProcurementDirectory."""
        request = messages.GetMaterialPriceRequest(
            material_code=material_code, region=region, on=Day(date=on.isoformat()), unit=unit
        )
        answer: messages.GetMaterialPriceResponse = await self._channel.call(
            ProcurementDirectoryStub, "GetMaterialPrice", request, timeout=TIMEOUT
        )
        return MaterialPrice(
            Decimal(answer.with_tax.amount),
            Decimal(answer.without_tax.amount),
            answer.region,
            date.fromisoformat(answer.month.date),
            answer.source,
        )

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
