"""Orders that are changed."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from procurement.changes import service
from procurement.changes.events import AMENDMENT_APPROVED, AMENDMENT_DROPPED
from procurement.changes.models import OrderChange
from procurement.changes.rules import Edit
from procurement.changes.service import ProposeChange, Verb
from procurement.orders.events import COMMITMENT_CHANGED
from procurement.orders.service import Line
from tests.procurement.conftest import Orders, body
from zhulian.procurement.v1.orders_events_pb2 import (
    OrderAmendmentApproved,
    OrderAmendmentDropped,
    OrderCommitmentChanged,
)


@dataclass
class Changes:
    """Brings changes of a confirmed order to a state."""

    orders: Orders

    async def order(self, **changes: Any) -> UUID:
        """A confirmed order of two lines of 10 t at 100.00, with cost codes A and B."""
        line = body(self.orders.site)["lines"][0] | {"quantity": "10", "unit_price": "100.00"} | changes
        return await self.orders.confirmed(lines=[line | {"cost_code": "A"}, line | {"cost_code": "B"}])

    async def edit(self, order_id: UUID, number: int, **edit: Any) -> Edit:
        """An edit of a line, counted from 0."""
        return Edit((await self.orders.read(order_id)).lines[number].id, **edit)

    async def propose(self, order_id: UUID, *edits: Edit, added: tuple[Line, ...] = ()) -> OrderChange:
        """By the buyer."""
        async with self.orders.harness.work(self.orders.buyer) as work:
            return await service.propose(
                work, ProposeChange(order_id, None, "more is needed", edits, added), self.orders.labour
            )

    async def more(self, order_id: UUID, quantity: str = "15") -> OrderChange:
        """A proposed change of the first line's quantity."""
        return await self.propose(order_id, await self.edit(order_id, 0, quantity=Decimal(quantity)))

    async def approve(self, change: OrderChange) -> OrderChange:
        """By the approver."""
        async with self.orders.harness.work(self.orders.approver) as work:
            return await service.approve(
                work, Verb(change.order_id, change.id, None), self.orders.projects, self.orders.labour
            )

    async def accept(self, change: OrderChange) -> OrderChange:
        """By the supplier."""
        async with self.orders.harness.work(self.orders.sales) as work:
            return await service.accept(work, Verb(change.order_id, change.id, None))

    async def facts(self, order_id: UUID) -> list[tuple[str, dict[str, str]]]:
        """What project-mgmt is told of the order's changes: (what, amounts that are not zero)."""
        harness, found = self.orders.harness, []
        for subject, message in (
            (AMENDMENT_APPROVED, OrderAmendmentApproved),
            (AMENDMENT_DROPPED, OrderAmendmentDropped),
            (COMMITMENT_CHANGED, OrderCommitmentChanged),
        ):
            for fact in await harness.events(subject, order_id, message):
                costs = fact.order.costs if subject == COMMITMENT_CHANGED else fact.adds
                found.append((subject.split(".")[3], {cost.cost_code: cost.amount.amount for cost in costs}))
        return found


@pytest.fixture
def changes(orders: Orders) -> Changes:
    """Changes of orders of a fresh site."""
    return Changes(orders)
