"""Early warnings day by day: raised, lifted, told once, shown to whom they concern."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from chassis.identity import Kind, Role, service_principal
from chassis.ids import new_id
from labour.warnings import service
from labour.warnings.events import LIFTED, RAISED
from labour.warnings.models import Level
from tests.harness import Organisation, organisation
from tests.labour.contracting import later
from tests.labour.evidence.conftest import Months, months
from zhulian.labour.v1.warnings_events_pb2 import WarningLifted, WarningRaised

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


async def test_raised_with_its_reasons_and_told_once(months: Months) -> None:
    """No account and unpaid people: red from the points of both; a second run on the day says nothing new."""
    await worked_in_october(months, "6000.00", "0.00")
    await watch(months)
    await watch(months)
    [row] = await listed(months, months.site.contractor)
    assert (row["warning_level"], row["warning_score"]) == ("red", 70)
    assert [reason["code"] for reason in row["grounds"]] == row["raised"] == ["ACCOUNT_MISSING", "ATTENDANCE_UNPAID"]
    [fact] = await months.site.harness.events(RAISED, row["id"], WarningRaised)
    assert (fact.warning.level, fact.warning.level_before, fact.warning.score) == ("red", "none", 70)
    assert fact.warning.employer_id == str(months.site.subcontractor.id)


async def test_what_changed_since_the_day_before(months: Months) -> None:
    await worked_in_october(months, "6000.00", "0.00")
    await watch(months)
    await worked_in_october(months, "6000.00", "6000.00")
    with later(months.site.harness, timedelta(days=1)):
        await watch(months)
        await months.account()
        await months.run(
            "INSERT INTO wage_entries (id, account_id, position, kind, amount, balance, booked_on, note, booked_by, "
            "booked_at, bank_reference) SELECT $1, id, 1, 'deposit', 1, 1, '2026-11-20', '', 'x', now(), 'r' "
            "FROM wage_accounts WHERE project_id = $2",
            new_id(),
            months.site.project_id,
        )
    with later(months.site.harness, timedelta(days=2)):
        await watch(months)
    lifted, better, first = await listed(months, months.site.contractor)
    assert (first["warning_level"], better["warning_level"], lifted["warning_level"]) == ("red", "yellow", "none")
    assert (better["raised"], better["lifted"]) == ([], ["ATTENDANCE_UNPAID"])
    assert (lifted["grounds"], lifted["lifted"]) == ([], ["ACCOUNT_MISSING"])
    [fact] = await months.site.harness.events(LIFTED, lifted["id"], WarningLifted)
    assert (fact.warning.level_before, list(fact.warning.reasons)) == ("yellow", [])
    [now] = await listed(months, months.site.contractor, current="true")
    assert now["id"] == lifted["id"]


async def test_a_day_without_a_change_has_no_row(months: Months) -> None:
    await worked_in_october(months, "6000.00", "0.00")
    await watch(months)
    with later(months.site.harness, timedelta(days=1)):
        await watch(months)
    assert len(await listed(months, months.site.contractor)) == 1


async def test_who_left_is_warned_of_no_longer(months: Months) -> None:
    await worked_in_october(months, "6000.00", "0.00")
    await watch(months)
    await months.run("DELETE FROM evidence_months WHERE project_id = $1", months.site.project_id)
    with later(months.site.harness, timedelta(days=1)):
        await watch(months)
    newest, _ = await listed(months, months.site.contractor)
    assert (newest["warning_level"], newest["lifted"]) == (Level.NONE, ["ACCOUNT_MISSING", "ATTENDANCE_UNPAID"])


async def test_who_sees_it(months: Months) -> None:
    await worked_in_october(months, "6000.00", "0.00")
    await watch(months)
    site = months.site
    for who in (site.subcontractor, site.contractor, site.owner, organisation(Kind.AUTHORITY)):
        assert len(await listed(months, who)) == 1, who.kinds
    assert await listed(months, site.stranger) == []


@pytest.mark.parametrize("query", [{"level": "purple"}, {"since": "yesterday"}, {"employer_id": "x"}])
async def test_bad_filters_point_at_the_fault(months: Months, query: dict[str, str]) -> None:
    async with months.site.harness.client(months.site.contractor.as_(Role.PROJECT_MANAGER)) as client:
        answer = await client.get(PATH, params=query)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, f"query:{next(iter(query))}")
