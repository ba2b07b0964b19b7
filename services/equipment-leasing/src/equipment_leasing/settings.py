"""What equipment-leasing reads from its environment beside what every service does."""

from __future__ import annotations

from chassis.settings import Settings


class EquipmentLeasingSettings(Settings):
    """`projects_grpc` and `labour_grpc` are required: parties and operators are asked there."""

    projects_grpc: str
    labour_grpc: str
