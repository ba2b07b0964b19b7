"""Requisitions of a fresh site, brought to a state through the public door and the service."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from chassis.identity import Role
from procurement.requisitions import service
from procurement.requisitions.models import Requisition, RequisitionLine
from procurement.requisitions.rules import Need
from procurement.requisitions.service import Standing, Verb
from tests.harness import Harness, key
from tests.procurement.conftest import FakeProjects, Site

PATH = "/procurement/v1/requisitions"
LINE: dict[str, Any] = {
    "material_code": "01090001",
    "unit": "t",
    "specification": "HPB300 φ8",
    "quantity": "100",
    "needed_by": "2026-12-14",
    "cost_code": "01-STEEL",
    "estimated_price": "400.00",
}


def body(site: Site, **changes: Any) -> dict[str, Any]:
    """A hundred tonnes for 40,000 yuan: one approver is enough."""
    return {"project_id": str(site.project_id), "note": "二区底板", "lines": [LINE]} | changes


class Requisitions:
    """People of a contractor, and what they have written."""

    def __init__(self, harness: Harness, site: Site) -> None:
        self.harness = harness
        self.site = site
        self.engineer = site.contractor.as_(Role.SITE_ENGINEER)
        self.buyer = site.contractor.as_(Role.BUYER)
        self.approver = site.contractor.as_(Role.APPROVER)
        self.controller = site.contractor.as_(Role.COST_CONTROLLER)
        self.manager = site.contractor.as_(Role.PROJECT_MANAGER)

    @property
    def projects(self) -> FakeProjects:
        """project-mgmt in memory."""
        found: FakeProjects = self.harness.runtime.clients["projects"]
        return found

    async def draft(self, **changes: Any) -> UUID:
        """A draft of the site engineer's."""
        async with self.harness.client(self.engineer) as client:
            answer = await client.post(PATH, json=body(self.site, **changes), headers=key())
        assert answer.status_code == 201, answer.text
        return UUID(answer.json()["id"])

    async def submitted(self, **changes: Any) -> UUID:
        """Handed to those who approve."""
        requisition_id = await self.draft(**changes)
        async with self.harness.work(self.engineer) as work:
            await service.submit(work, Verb(requisition_id, None))
        return requisition_id

    async def approved(self, **changes: Any) -> UUID:
        """Approved by its one approver."""
        requisition_id = await self.submitted(**changes)
        async with self.harness.work(self.approver) as work:
            await service.approve(work, Verb(requisition_id, None))
        return requisition_id

    async def standing(self, requisition_id: UUID) -> Standing:
        """With its steps, as the buyer sees it."""
        async with self.harness.work(self.buyer) as work:
            return await service.get(work, requisition_id)

    async def read(self, requisition_id: UUID) -> Requisition:
        """As the buyer sees it."""
        return (await self.standing(requisition_id)).requisition

    async def line(self, requisition_id: UUID) -> RequisitionLine:
        """Its first line."""
        return (await self.read(requisition_id)).lines[0]

    async def move(self, move: Any, needs: Sequence[Need], **how: bool) -> None:
        """One of the counters' functions, in a transaction of its own, as the buyer."""
        async with self.harness.work(self.buyer) as work:
            await move(work, needs, **how)


@pytest.fixture
def requisitions(procurement: Harness, site: Site) -> Requisitions:
    """Of a fresh site."""
    return Requisitions(procurement, site)


def need(line: RequisitionLine, quantity: str) -> Need:
    """So much of a line."""
    return Need(line.id, Decimal(quantity), line.unit)
