"""Job door of bookings: only translates."""

from __future__ import annotations

from uuid import UUID

from chassis.work import Work
from equipment_leasing.bookings import service


async def release_hold(work: Work, payload: dict[str, str]) -> None:
    """The time of a hold is over."""
    await service.lapse(work, UUID(payload["booking_id"]))
