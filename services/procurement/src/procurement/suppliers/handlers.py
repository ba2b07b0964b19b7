"""The clock's door to suppliers: a job's payload → the use case."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from chassis.work import Work
from procurement.suppliers import service
from procurement.suppliers.commands import licences


async def lift(work: Work, payload: dict[str, str]) -> None:
    """The day after the last day of a suspension or blacklisting has begun."""
    await service.lift_when_over(work, UUID(payload["supplier_file_id"]))


async def warn_licence(work: Work, payload: dict[str, str]) -> None:
    """A licence ends in as many days as the buyer wants to be warned before."""
    await licences.warn(work, UUID(payload["licence_id"]), date.fromisoformat(payload["valid_until"]))
