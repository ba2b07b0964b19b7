"""The clock's door to guarantees: only translates."""

from __future__ import annotations

from uuid import UUID

from chassis.work import Work
from procurement.guarantees import service


async def look(work: Work, payload: dict[str, str]) -> None:
    """A day has begun on which a guarantee may have to be warned about, or is over."""
    await service.look(work, UUID(payload["guarantee_id"]))
