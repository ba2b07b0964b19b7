"""What project-mgmt reads from its environment beside what every service does."""

from __future__ import annotations

from pydantic import Field

from chassis.settings import Settings


class ProjectMgmtSettings(Settings):
    """The addresses are those of the services that the overview asks.

    `reservation_minutes`: how long an order's reservation of budget waits for its fact. `overview_wait`: how many
    seconds the overview waits for the three others together.
    """

    labour_grpc: str
    procurement_grpc: str
    equipment_grpc: str
    reservation_minutes: int = Field(default=15, ge=1, le=24 * 60)
    overview_wait: float = Field(default=1.5, gt=0, le=10)
