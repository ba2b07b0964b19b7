"""What labour reads from its environment beside what every service does."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from chassis.settings import FileSettings, VaultSettings


class LabourSettings(VaultSettings, FileSettings):
    """`projects_grpc` is required: whether an employer is a party of a project is asked there.

    `codes_dir`: where codes for phones are written on a machine without a carrier; without it none is sent.
    `authorities` is JSON, `{"national": "https://…"}`: where the platforms listen that this installation reaches.
    """

    projects_grpc: str
    codes_dir: Path | None = None
    authorities: dict[str, str] = Field(default_factory=dict)
