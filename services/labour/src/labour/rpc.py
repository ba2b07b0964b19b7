"""gRPC table of contents."""

from __future__ import annotations

from chassis.crypto import Vault
from chassis.rpc.server import Registration
from chassis.runtime import Runtime
from labour.assignments.rpc import OperatorDoor
from labour.days.rpc import PresenceDoor
from labour.standings.rpc import StandingDoor
from zhulian.labour.v1.labour_directory_pb2 import DESCRIPTOR
from zhulian.labour.v1.labour_directory_pb2_grpc import add_LabourDirectoryServicer_to_server


class Directory(OperatorDoor, PresenceDoor, StandingDoor):
    """What other services may ask of labour: each aggregate answers its part."""

    def __init__(self, vault: Vault) -> None:
        self.vault = vault


def register(runtime: Runtime) -> list[Registration]:
    """Everything that labour answers over gRPC."""
    return [
        Registration(
            DESCRIPTOR.services_by_name["LabourDirectory"],
            Directory(runtime.clients["vault"]),
            add_LabourDirectoryServicer_to_server,
        )
    ]
