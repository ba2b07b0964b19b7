"""gRPC door of bookings: only translates."""

from __future__ import annotations

from chassis.clock import shanghai_day
from chassis.rpc.server import rpc
from chassis.values import read_uuid
from chassis.work import Work
from equipment_leasing.bookings import service
from equipment_leasing.bookings.service import OnSite
from zhulian.common.v1.values_pb2 import Day
from zhulian.equipment.v1.equipment_directory_pb2 import (
    GetMachinesOnSiteRequest,
    GetMachinesOnSiteResponse,
    MachineOnSite,
)
from zhulian.equipment.v1.equipment_directory_pb2_grpc import EquipmentDirectoryServicer


class Directory(EquipmentDirectoryServicer):
    """What other services may ask of equipment-leasing."""

    @rpc(callers=("project-mgmt",))
    async def GetMachinesOnSite(  # noqa: N802 - the name is the contract's
        self, work: Work, request: GetMachinesOnSiteRequest
    ) -> GetMachinesOnSiteResponse:
        """Machines that stand on a project now, and whether they are clear of the five bans."""
        found = await service.machines_on_site(work, read_uuid(request.project_id, "project_id"))
        return GetMachinesOnSiteResponse(machines=[_machine(one) for one in found])


def _machine(one: OnSite) -> MachineOnSite:
    since = one.booking.handed_over_at
    return MachineOnSite(
        machine_id=str(one.machine.id),
        kind=one.machine.kind,
        model=one.machine.model,
        registration_number=one.machine.registration_number or "",
        lessor_id=str(one.booking.lessor_id),
        lessee_id=str(one.booking.lessee_id),
        since=Day(date=shanghai_day(since).isoformat()) if since is not None else None,
        clear=not one.bans,
        bans=[ban.code.value for ban in one.bans],
    )
