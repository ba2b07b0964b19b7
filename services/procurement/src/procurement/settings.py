"""What procurement reads from its environment beside what every service does."""

from __future__ import annotations

from chassis.settings import VaultSettings


class ProcurementSettings(VaultSettings):
    """`projects_grpc` is required: budget is asked there. The vault keeps suppliers' bank accounts."""

    projects_grpc: str
