"""gRPC table of contents."""

from __future__ import annotations

from chassis.rpc.server import Registration
from chassis.runtime import Runtime
from equipment_leasing.bookings.rpc import Directory
from zhulian.equipment.v1.equipment_directory_pb2 import DESCRIPTOR
from zhulian.equipment.v1.equipment_directory_pb2_grpc import add_EquipmentDirectoryServicer_to_server


def register(_: Runtime) -> list[Registration]:
    """Everything that equipment-leasing answers over gRPC."""
    return [
        Registration(
            DESCRIPTOR.services_by_name["EquipmentDirectory"], Directory(), add_EquipmentDirectoryServicer_to_server
        )
    ]
