"""Composition of equipment-leasing."""

from __future__ import annotations

from chassis.runtime import Service
from equipment_leasing import api, clients, rpc
from equipment_leasing.jobs import JOBS
from equipment_leasing.models import TABLES
from equipment_leasing.settings import EquipmentLeasingSettings
from equipment_leasing.subscriptions import SUBSCRIPTIONS

SERVICE = Service(
    name="equipment-leasing",
    package="equipment_leasing",
    area="equipment",
    title="Zhulian equipment leasing 机械设备租赁",
    description="Machines and their clearance, listings, bookings, telematics.",
    router=api.router,
    tables=TABLES,
    settings=EquipmentLeasingSettings,
    subscriptions=SUBSCRIPTIONS,
    jobs=JOBS,
    rpc=rpc.register,
    clients=clients.connect,
)
