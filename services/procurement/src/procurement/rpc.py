"""gRPC table of contents."""

from __future__ import annotations

from chassis.rpc.server import Registration
from chassis.runtime import Runtime
from procurement.orders.rpc import Directory
from zhulian.procurement.v1.procurement_directory_pb2 import DESCRIPTOR
from zhulian.procurement.v1.procurement_directory_pb2_grpc import add_ProcurementDirectoryServicer_to_server


def register(_: Runtime) -> list[Registration]:
    """Everything that procurement answers over gRPC."""
    return [
        Registration(
            DESCRIPTOR.services_by_name["ProcurementDirectory"],
            Directory(),
            add_ProcurementDirectoryServicer_to_server,
        )
    ]
