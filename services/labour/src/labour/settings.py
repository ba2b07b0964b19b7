"""What labour reads from its environment beside what every service does."""

from __future__ import annotations

from pydantic import Field

from chassis.settings import FileSettings, VaultSettings


class LabourSettings(VaultSettings, FileSettings):
    """`projects_grpc` is required: whether an employer is a party of a project is asked there.

    `authorities` is JSON, `{"national": "https://…"}`: where the platforms listen that this installation reaches.
    """

    projects_grpc: str
    authorities: dict[str, str] = Field(default_factory=dict)
