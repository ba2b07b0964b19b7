"""A confirmed order, its supplier at the gate, its site."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest

from chassis.identity import Kind, Role
from chassis.ids import new_id
from procurement.clients.projects import Party
from procurement.deliveries.events import ACCEPTED, CERTIFIED
from tests.harness import Harness, Organisation, key, organisation
from tests.procurement.conftest import Orders, Site, body, tell_parties
from zhulian.procurement.v1.deliveries_events_pb2 import DeliveryCertified
from zhulian.procurement.v1.events_pb2 import DeliveryAccepted

PATH = "/procurement/v1/deliveries"


@dataclass
class Yard:
    """A confirmed order of 100 t at 0 % tolerance, its supplier and its site."""

    harness: Harness
    orders: Orders
    order_id: UUID
    line_id: str
    supplier: httpx.AsyncClient
    site: httpx.AsyncClient
    gate: httpx.AsyncClient
    supervisor: Organisation

    async def send(self, quantity: str, **changes: Any) -> httpx.Response:
        """A delivery note."""
        note = {
            "order_id": str(self.order_id),
            "note_number": f"DN-{new_id()}",
            "certificate_number": "QC-1",
            "certificate_sha256": "a" * 64,
            "lines": [{"line_id": self.line_id, "quantity": quantity}],
        } | changes
        return await self.supplier.post(PATH, json=note, headers=key())

    async def judge(self, delivery: dict[str, Any], verb: str, quantity: str, reason: str = "") -> httpx.Response:
        """Accept or return."""
        lines = [{"line_id": delivery["lines"][0]["id"], "quantity": quantity, "reason": reason}]
        return await self.site.post(f"{PATH}/{delivery['id']}:{verb}", json={"lines": lines}, headers=key())

    async def do(
        self, who: httpx.AsyncClient, delivery: dict[str, Any], verb: str, payload: Any, **headers: str
    ) -> httpx.Response:
        """A verb on a delivery (`:arrive`, `/samples`)."""
        return await who.post(f"{PATH}/{delivery['id']}{verb}", json=payload, headers=headers or key())

    async def sent(self, quantity: str = "100", **changes: Any) -> dict[str, Any]:
        """A delivery on its way."""
        return found(await self.send(quantity, **changes), 201)

    async def arrived(self, quantity: str = "100", **changes: Any) -> dict[str, Any]:
        """A delivery at the gate."""
        delivery = await self.sent(quantity, **changes)
        return found(await self.do(self.gate, delivery, ":arrive", {}))

    async def several(self) -> dict[str, Any]:
        """Three lines of another order (100, 12.5 and 0.000001 t) at the gate."""
        order_id = await self.orders.confirmed()
        lines = [
            {"line_id": str(one.id), "quantity": str(one.quantity)} for one in (await self.orders.read(order_id)).lines
        ]
        return await self.arrived(order_id=str(order_id), lines=lines)

    async def ordered(self) -> tuple[str, str]:
        """(delivered, accepted) of the order's line."""
        line = (await self.orders.read(self.order_id)).lines[0]
        return str(line.delivered), str(line.accepted)

    async def proofs(self, delivery: dict[str, Any]) -> list[DeliveryCertified]:
        """What the archive was told of a delivery, in order."""
        return await self.harness.events(CERTIFIED, UUID(delivery["id"]), DeliveryCertified)

    async def costs(self, delivery: dict[str, Any]) -> list[str]:
        """What the facts of a delivery say about cost, in order."""
        facts = await self.harness.events(ACCEPTED, UUID(delivery["id"]), DeliveryAccepted)
        return [fact.costs[0].amount.amount for fact in facts]


def found(answer: httpx.Response, status: int = 200) -> dict[str, Any]:
    """The body of a success."""
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.json()
    return body


def refused(answer: httpx.Response) -> tuple[int, str]:
    """Status and the code that says why: that of the first fault when there is one."""
    problem = answer.json()
    return answer.status_code, problem["errors"][0]["code"] if problem["errors"] else problem["code"]


@pytest.fixture
async def yard(procurement: Harness, orders: Orders, site: Site) -> AsyncIterator[Yard]:
    order_id = await orders.confirmed(lines=body(site)["lines"][:1])
    orders.projects.parties[site.project_id, site.contractor.id] = Party(frozenset({"general_contractor"}), "active")
    supervisor = organisation(Kind.SUPERVISOR)
    orders.projects.parties[site.project_id, supervisor.id] = Party(frozenset({"supervisor"}), "active")
    await tell_parties(procurement, site, {supervisor.id: "supervisor"})
    line_id = str((await orders.read(order_id)).lines[0].id)
    async with (
        procurement.client(orders.sales) as supplier,
        procurement.client(site.contractor.as_(Role.SITE_ENGINEER)) as engineer,
        procurement.client(site.contractor.as_(Role.GATE_DEVICE)) as gate,
    ):
        yield Yard(procurement, orders, order_id, line_id, supplier, engineer, gate, supervisor)
