"""What procurement reads from its environment beside what every service does."""

from __future__ import annotations

from chassis.settings import Settings


class ProcurementSettings(Settings):
    """`projects_grpc` is required: budget is asked there."""

    projects_grpc: str
