"""equipment-leasing as project-mgmt sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID

from chassis.rpc.client import Channel
from zhulian.equipment.v1 import equipment_directory_pb2 as messages
from zhulian.equipment.v1.equipment_directory_pb2_grpc import EquipmentDirectoryStub

TIMEOUT = 1.5


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine that stands on site, and the bans that apply to it (none when it is clear)."""

    machine_id: UUID
    kind: str
    model: str
    registration_number: str
    lessor_id: UUID
    since: date
    clear: bool
    bans: tuple[str, ...]


class EquipmentDirectory(Protocol):
    """Questions that need an answer now."""

    async def machines_on_site(self, project_id: UUID) -> tuple[Machine, ...]:
        """The machines that stand on a project now."""
        ...


class GrpcEquipmentDirectory:
    """The directory over gRPC."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel

    async def machines_on_site(self, project_id: UUID) -> tuple[Machine, ...]:
        """See EquipmentDirectory."""
        answer: messages.GetMachinesOnSiteResponse = await self._channel.call(
            EquipmentDirectoryStub,
            "GetMachinesOnSite",
            messages.GetMachinesOnSiteRequest(project_id=str(project_id)),
            timeout=TIMEOUT,
        )
        return tuple(
            Machine(
                UUID(one.machine_id),
                one.kind,
                one.model,
                one.registration_number,
                UUID(one.lessor_id),
                date.fromisoformat(one.since.date),
                one.clear,
                tuple(one.bans),
            )
            for one in answer.machines
        )
