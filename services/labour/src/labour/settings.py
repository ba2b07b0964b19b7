"""What labour reads from its environment beside what every service does."""

from __future__ import annotations

from chassis.settings import FileSettings, VaultSettings


class LabourSettings(VaultSettings, FileSettings):
    """`projects_grpc` is required: whether an employer is a party of a project is asked there."""

    projects_grpc: str
