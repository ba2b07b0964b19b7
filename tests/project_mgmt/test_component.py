"""The whole service with its neighbours faked: what one construction project goes through, by all three doors."""

from __future__ import annotations

from uuid import UUID

import pytest

from chassis.errors import FailedPrecondition
from chassis.identity import Kind, Role
from chassis.ids import new_id
from tests.harness import Harness, key, organisation
from tests.project_mgmt.conftest import SAMPLE, Door
from tests.project_mgmt.indicators.conftest import attendance, delivery, hours, send
from zhulian.common.v1.values_pb2 import CostLine, Money
from zhulian.procurement.v1.events_pb2 import OrderApproved, OrderFacts
from zhulian.projects.v1.events_pb2 import ProjectChanged
from zhulian.projects.v1.project_directory_pb2 import CommitBudgetRequest

ROOT = "/projects/v1/projects"


async def test_one_project_through_all_doors(project_mgmt: Harness, door: Door) -> None:
    """Registered, planned, budgeted, ordered over gRPC, confirmed and counted by facts, seen on one page."""
    contractor, owner, supplier = organisation(Kind.CONTRACTOR), organisation(Kind.OWNER), organisation(Kind.SUPPLIER)
    parties = [
        {"organisation_id": str(who.id), "role": role, "valid_from": "2026-01-01"}
        for who, role in ((owner, "owner"), (contractor, "general_contractor"), (supplier, "supplier"))
    ]
    new = {
        "code": "GM-2026-001",
        "name_zh": "光明区保障性住房",
        "investment_kind": "government",
        "building_type": "affordable_housing",
        "district": "guangming",
        "planned_start": "2026-11-01",
        "planned_finish": "2028-12-31",
        "floor_area": "92000.00",
        "parties": parties,
    }
    async with project_mgmt.client(contractor.as_(Role.PROJECT_MANAGER)) as client:
        made = await client.post(ROOT, json=new, headers=key())
        path = f"{ROOT}/{made.json()['id']}"
        schedule = await client.post(
            f"{path}/wbs:import", content=SAMPLE, headers=key() | {"Content-Type": "application/xml"}
        )
        budget = {"lines": [{"cost_code": "01-STEEL", "name": "钢筋", "amount": "1000.00"}]}
        set_ = await client.put(f"{path}/budget", json=budget)
        active = await client.post(f"{path}:activate", headers=key())
    assert [answer.status_code for answer in (made, schedule, set_, active)] == [201, 200, 200, 200]
    project_id = made.json()["id"]

    order_id = new_id()
    costs = [CostLine(cost_code="01-STEEL", amount=Money(amount="900.00", currency="CNY"))]
    asked = CommitBudgetRequest(
        project_id=project_id, order_id=str(order_id), organisation_id=str(contractor.id), lines=costs
    )
    await door.ask("procurement", "CommitBudget", asked)
    asked.order_id = str(new_id())
    with pytest.raises(FailedPrecondition) as refusal:
        await door.ask("procurement", "CommitBudget", asked)
    assert refusal.value.metadata["left"] == "100.00"

    order = OrderFacts(order_id=str(order_id), project_id=project_id, buyer_id=str(contractor.id), costs=costs)
    await project_mgmt.receive(
        "project-mgmt--orders-approved", OrderApproved(order=order), aggregate_id=order_id, version=3
    )
    project = UUID(project_id)
    await send(
        project_mgmt,
        [
            delivery(project, "2026-11-23", **{"01-STEEL": "882.00"}),
            attendance(project, new_id(), d23="180.50"),
            hours(project, new_id(), d23="9.75"),
        ],
    )

    async with project_mgmt.client(owner.as_(Role.VIEWER)) as client:
        overview = (await client.get(f"{path}/overview")).json()
        tasks = (await client.get(f"{path}/wbs", params={"milestone": True})).json()
    assert (overview["budget"]["confirmed"], overview["budget"]["left"]) == ("900.00", "100.00")
    assert [(total["measure"], total["value"]) for total in overview["indicators"]] == [
        ("accepted_cost", "882.00"),
        ("labour_days", "180.50"),
        ("machine_hours", "9.75"),
    ]
    assert (overview["project"]["state"], overview["missing"]) == ("active", [])
    assert [task["name"] for task in tasks["items"]] == ["Third task"]

    facts = await project_mgmt.events("zhulian.project-mgmt.projects.changed.v1", UUID(project_id), ProjectChanged)
    assert [(fact.change, fact.project.version) for fact in facts] == [("registered", 1), ("activated", 2)]
