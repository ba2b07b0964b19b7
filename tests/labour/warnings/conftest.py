"""What early warnings are made of, put there piece by piece."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from chassis.identity import Role, service_principal
from chassis.ids import new_id
from labour.warnings import service
from tests.harness import Organisation
from tests.labour.evidence.conftest import Months, months

__all__ = ["months"]
OCTOBER = date(2026, 10, 1)
PATH = "/labour/v1/warnings"


async def worked_in_october(months: Months, net: str, paid: str) -> None:
    """What evidence knows of last month for the subcontractor."""
    await months.run(
        "INSERT INTO evidence_months (project_id, worker_id, month, employer_id, status, gaps, days, sheet_days, net, "
        "paid, computed_at) VALUES ($1, $2, $3, $4, 'complete', 0, 20, 20, $5, $6, now()) "
        "ON CONFLICT (project_id, worker_id, month) DO UPDATE SET net = excluded.net, paid = excluded.paid",
        months.site.project_id,
        months.gate.workers[0],
        OCTOBER,
        months.site.subcontractor.id,
        Decimal(net),
        Decimal(paid),
    )


async def watch(months: Months) -> None:
    async with months.site.harness.work(service_principal("labour")) as work:
        await service.watch(work, {})


async def listed(months: Months, who: Organisation, **query: Any) -> list[dict[str, Any]]:
    async with months.site.harness.client(who.as_(Role.PROJECT_MANAGER)) as client:
        answer = await client.get(PATH, params={"project_id": str(months.site.project_id), **query})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def another_project(months: Months) -> UUID:
    """A project of nobody known, on which the same worker is owed October's wages, too."""
    project_id = new_id()
    await months.run(
        "INSERT INTO evidence_months (project_id, worker_id, month, employer_id, status, gaps, days, sheet_days, net, "
        "paid, computed_at) SELECT $1, worker_id, month, employer_id, status, gaps, days, sheet_days, net, 0, now() "
        "FROM evidence_months WHERE project_id = $2",
        project_id,
        months.site.project_id,
    )
    return project_id


async def warned(months: Months, project_id: UUID) -> int:
    """How many warnings a project has."""
    async with months.site.harness.sql() as connection:
        return int(
            await connection.fetchval("SELECT count(*) FROM employer_warnings WHERE project_id = $1", project_id)
        )
