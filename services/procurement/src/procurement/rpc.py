"""gRPC table of contents."""

from __future__ import annotations

from chassis.rpc.server import Registration
from chassis.runtime import Runtime
from procurement.orders.rpc import OrderQuestions
from procurement.prices.rpc import PriceQuestions
from zhulian.procurement.v1.procurement_directory_pb2 import DESCRIPTOR
from zhulian.procurement.v1.procurement_directory_pb2_grpc import (
    ProcurementDirectoryServicer,
    add_ProcurementDirectoryServicer_to_server,
)


class Directory(OrderQuestions, PriceQuestions, ProcurementDirectoryServicer):
    """What other services may ask of procurement: GetProjectOrders, GetMaterialPrice."""


def register(_: Runtime) -> list[Registration]:
    """Everything that procurement answers over gRPC."""
    return [
        Registration(
            DESCRIPTOR.services_by_name["ProcurementDirectory"],
            Directory(),
            add_ProcurementDirectoryServicer_to_server,
        )
    ]
