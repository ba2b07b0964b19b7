"""Where the parts of the repository stand: the one table of folders that generators and checks use."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PROTO = ROOT / "proto"
GENERATED = PROTO / "gen" / "python"


@dataclass(frozen=True, slots=True)
class Service:
    """One deployable part: its folder, its package and the name it goes by on the wire."""

    folder: str
    package: str
    name: str
    area: str

    @property
    def home(self) -> Path:
        """The folder with README.md, pyproject.toml and openapi.json."""
        return ROOT / self.folder

    @property
    def source(self) -> Path:
        """The package's folder."""
        return self.home / "src" / self.package


SERVICES = (
    Service("services/project-mgmt", "project_mgmt", "project-mgmt", "projects"),
    Service("services/labour", "labour", "labour", "labour"),
    Service("services/procurement", "procurement", "procurement", "procurement"),
    Service("services/equipment-leasing", "equipment_leasing", "equipment-leasing", "equipment"),
)
GATEWAY = Service("gateway", "gateway", "gateway", "access")
EVERYONE = (*SERVICES, GATEWAY)
