"""Subcontracts under test."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from chassis.identity import Principal, Role
from labour.subcontracts import service
from labour.subcontracts.models import Subcontract
from labour.subcontracts.service import Qualification, Terms, Verb
from tests.labour.conftest import Site

TODAY = date(2026, 11, 23)
QUALIFIED = Qualification("D344000001", "施工劳务", TODAY + timedelta(days=30))
NUMBERS = iter(f"FB-{number}" for number in range(10_000))


def keeper(site: Site) -> Principal:
    """Who keeps the general contractor's subcontracts."""
    return site.contractor.as_(Role.LABOUR_CLERK)


async def draft(site: Site, who: Principal | None = None, **changes: Any) -> Subcontract:
    """A draft between the general contractor and the labour subcontractor."""
    qualification = changes.pop("qualification", QUALIFIED)
    terms: dict[str, Any] = {
        "project_id": site.project_id,
        "subcontractor_id": site.subcontractor.id,
        "number": next(NUMBERS),
        "scope": "主体结构劳务",
        "amount": Decimal("1200000.00"),
        "currency": "CNY",
        "starts_on": date(2026, 3, 1),
        "ends_on": None,
        "file_id": None,
    }
    async with site.harness.work(who or keeper(site)) as work:
        return await service.record(work, Terms(**(terms | changes)), qualification, site.projects)


async def activate(site: Site, subcontract_id: UUID) -> Subcontract:
    """Let it count."""
    async with site.harness.work(keeper(site)) as work:
        return await service.activate(work, Verb(subcontract_id, None), site.projects)
