"""Orders under test."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from chassis.identity import Role
from procurement.orders import service
from procurement.orders.models import Order
from procurement.orders.service import Verb
from tests.harness import Harness, key
from tests.procurement.conftest import FakeProjects, Site


def body(site: Site, **changes: Any) -> dict[str, Any]:
    """A good request for three lines of rebar."""
    line = {
        "material_code": "01090001",
        "unit": "t",
        "cost_code": "01-STEEL",
        "quantity": "100",
        "unit_price": "3950.00",
        "tolerance_percent": "0.00",
    }
    lines = [line, line | {"quantity": "12.5"}, line | {"cost_code": "02-FRAME", "quantity": "0.000001"}]
    return {
        "project_id": str(site.project_id),
        "supplier_id": str(site.supplier.id),
        "currency": "CNY",
        "lines": lines,
    } | changes


class Orders:
    """Brings orders to a state through the public door and the service."""

    def __init__(self, harness: Harness, site: Site) -> None:
        self.harness = harness
        self.site = site
        self.buyer = site.contractor.as_(Role.BUYER)
        self.approver = site.contractor.as_(Role.APPROVER)
        self.sales = site.supplier.as_(Role.SALES)

    @property
    def projects(self) -> FakeProjects:
        """project-mgmt in memory."""
        found: FakeProjects = self.harness.runtime.clients["projects"]
        return found

    async def draft(self, **changes: Any) -> UUID:
        """A draft."""
        async with self.harness.client(self.buyer) as client:
            answer = await client.post(
                "/procurement/v1/orders", json=body(self.site, **changes), headers=key()
            )
        assert answer.status_code == 201, answer.text
        return UUID(answer.json()["id"])

    async def submitted(self, **changes: Any) -> UUID:
        """A submitted order."""
        order_id = await self.draft(**changes)
        async with self.harness.work(self.buyer) as work:
            await service.submit(work, Verb(order_id, None))
        return order_id

    async def approved(self, **changes: Any) -> UUID:
        """An approved order."""
        order_id = await self.submitted(**changes)
        async with self.harness.work(self.approver) as work:
            await service.approve(work, Verb(order_id, None), self.projects)
        return order_id

    async def confirmed(self, **changes: Any) -> UUID:
        """A confirmed order."""
        order_id = await self.approved(**changes)
        async with self.harness.work(self.sales) as work:
            await service.confirm(work, Verb(order_id, None))
        return order_id

    async def read(self, order_id: UUID) -> Order:
        """The order as its buyer sees it."""
        async with self.harness.work(self.buyer) as work:
            return await service.get(work, order_id)


@pytest.fixture
def orders(procurement: Harness, site: Site) -> Orders:
    """Orders of a fresh site."""
    return Orders(procurement, site)


STEEL = Decimal("444375.00")
"""112.5 t at 3,950 yuan."""
