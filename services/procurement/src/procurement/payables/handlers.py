"""The clock's door to payables: only translates."""

from __future__ import annotations

from uuid import UUID

from chassis.work import Work
from procurement.payables import service


async def look(work: Work, payload: dict[str, str]) -> None:
    """A day has begun on which a payable may have to be warned about."""
    await service.look(work, UUID(payload["payable_id"]))
