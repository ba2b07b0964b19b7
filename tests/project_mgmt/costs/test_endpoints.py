"""The cost view over the REST door, from budget and facts on a real PostgreSQL."""

from __future__ import annotations

import pytest

from chassis.identity import Kind, Principal, Role
from tests.harness import Harness, key, organisation
from tests.project_mgmt.conftest import Site
from tests.project_mgmt.indicators.conftest import delivery, invoice, payment, send


def path(site: Site) -> str:
    return f"/projects/v1/projects/{site.project_id}/costs"


async def test_budget_and_facts_stand_side_by_side(project_mgmt: Harness, site: Site) -> None:
    """By cost code and in all; what only facts name is there, too."""
    controller = site.contractor.as_(Role.COST_CONTROLLER)
    lines = [{"cost_code": "01-STEEL", "name": "钢筋", "amount": "1000.00"}]
    async with project_mgmt.client(controller) as client:
        set_it = await client.put(
            f"/projects/v1/projects/{site.project_id}/budget", json={"currency": "CNY", "lines": lines}, headers=key()
        )
        assert set_it.status_code == 200, set_it.text
    await send(
        project_mgmt,
        [
            delivery(site.project_id, "2026-11-20", **{"01-STEEL": "300.00", "09-X": "1.00"}),
            delivery(site.project_id, "2026-11-21", **{"01-STEEL": "-20.00"}),
            invoice(site.project_id, "2026-11-22", **{"01-STEEL": "200.00"}),
            payment(site.project_id, "2026-11-23", **{"01-STEEL": "150.00"}),
        ],
    )
    async with project_mgmt.client(controller) as client:
        costs = (await client.get(path(site))).json()
    assert [line["cost_code"] for line in costs["lines"]] == ["01-STEEL", "09-X"]
    steel = costs["lines"][0]
    assert {name: steel[name] for name in ("budget", "accepted", "invoiced", "paid", "left", "accrued", "owed")} == {
        "budget": "1000.00",
        "accepted": "280.00",
        "invoiced": "200.00",
        "paid": "150.00",
        "left": "1000.00",
        "accrued": "80.00",
        "owed": "50.00",
    }
    assert costs["total"]["accepted"] == "281.00"


async def test_a_project_without_budget_has_costs_all_the_same(project_mgmt: Harness, site: Site) -> None:
    """Facts come whether a budget stands or not."""
    await send(project_mgmt, [delivery(site.project_id, "2026-11-20", A="5.00")])
    async with project_mgmt.client(site.contractor.as_(Role.ACCOUNTANT)) as client:
        costs = (await client.get(path(site))).json()
    assert [(line["cost_code"], line["budget"], line["accepted"]) for line in costs["lines"]] == [("A", "0.00", "5.00")]


@pytest.mark.parametrize(
    ("who", "status"),
    [
        (lambda site: site.contractor.as_(Role.SITE_ENGINEER), 403),
        (lambda site: site.supplier.as_(Role.VIEWER), 404),
        (lambda site: organisation(Kind.CONTRACTOR).as_(Role.COST_CONTROLLER), 404),
        (lambda site: organisation(Kind.AUTHORITY).as_(Role.VIEWER), 200),
    ],
)
async def test_money_is_shown_to_those_who_answer_for_it(
    project_mgmt: Harness, site: Site, who: object, status: int
) -> None:
    """A supplier of the project and a stranger learn nothing; the site engineer has no such role."""
    assert callable(who)
    principal: Principal = who(site)
    async with project_mgmt.client(principal) as client:
        assert (await client.get(path(site))).status_code == status
