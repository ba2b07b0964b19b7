"""A buyer and a supplier who settle their accounts: deliveries, statements and invoices through the public doors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

import httpx

from chassis.identity import Principal, Role
from chassis.ids import new_id
from procurement.clients.projects import Party
from tests.harness import Harness, key
from tests.procurement.conftest import Orders, Site, body

SELLER, BUYER = "91350100M000100Y43", "91110000600037341L"
CENT = Decimal("0.01")
FINE = Decimal("0.0000000000001")


def number(year: int = 26) -> str:
    """A fresh number of an invoice issued in a year."""
    return f"{year}952{new_id().int % 10**15:015d}"


def printed(reference: dict[str, str], quantity: str, price: str, percent: str = "13.00") -> dict[str, str]:
    """A line as a seller prints it who rounds from the price with tax."""
    amount = (Decimal(quantity) * Decimal(price)).quantize(CENT, ROUND_HALF_UP)
    factor = 1 + Decimal(percent) / 100
    net = (amount / factor).quantize(CENT, ROUND_HALF_UP)
    return reference | {
        "quantity": quantity,
        "unit_price": str((Decimal(price) / factor).quantize(FINE, ROUND_HALF_UP)),
        "net": str(net),
        "tax_percent": percent,
        "tax": str(amount - net),
        "gross": str(amount),
    }


def invoice(*lines: dict[str, str], **changes: Any) -> dict[str, Any]:
    """An invoice with the sums of its lines."""
    sums = {name: str(sum(Decimal(line[name]) for line in lines)) for name in ("net", "tax", "gross")}
    return {
        "number": number(),
        "seller_uscc": SELLER,
        "buyer_uscc": BUYER,
        "issue_date": "2026-11-23",
        "lines": list(lines),
        **sums,
        **changes,
    }


def figures(line: dict[str, Any], quantity: str, price: str = "3950.00", reason: str = "two bundles are rusty") -> Any:
    """What a line should say."""
    return {"lines": [{"line_id": line["id"], "quantity": quantity, "unit_price": price, "reason": reason}]}


@dataclass
class Desk:
    """Who settles, and an order of three lines (100 t, 12.5 t at 3,950 yuan, and a crumb) with 13 % tax."""

    harness: Harness
    orders: Orders
    site: Site
    order_id: UUID
    lines: Sequence[str]

    @classmethod
    async def open(cls, harness: Harness, orders: Orders, site: Site, **changes: Any) -> Desk:
        """A confirmed order that can be delivered; `changes` go into each of its lines."""
        lines = [line | {"tax_percent": "13.00"} | changes for line in body(site)["lines"]]
        order_id = await orders.confirmed(lines=lines)
        party = Party(frozenset({"general_contractor"}), "active")
        orders.projects.parties[site.project_id, site.contractor.id] = party
        order = await orders.read(order_id)
        return cls(harness, orders, site, order_id, [str(line.id) for line in order.lines])

    @property
    def sales(self) -> Principal:
        """Of the supplier."""
        return self.orders.sales

    @property
    def buyer(self) -> Principal:
        """Of the contractor."""
        return self.orders.buyer

    @property
    def accountant(self) -> Principal:
        """Of the contractor, another one each time."""
        return self.site.contractor.as_(Role.ACCOUNTANT)

    async def post(self, who: Principal, path: str, content: Any = None) -> httpx.Response:
        """One call with a fresh key."""
        async with self.harness.client(who) as client:
            return await client.post(f"/procurement/v1{path}", json=content, headers=key())

    async def get(self, who: Principal, path: str, **query: str) -> httpx.Response:
        """One question."""
        async with self.harness.client(who) as client:
            return await client.get(f"/procurement/v1{path}", params=query)

    async def done(self, who: Principal, path: str, content: Any = None) -> dict[str, Any]:
        """A call that must succeed."""
        answer = await self.post(who, path, content)
        assert answer.is_success, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def accepted(self, *quantities: str) -> dict[str, Any]:
        """A delivery of the order's first lines, all of it accepted."""
        lines = [
            {"line_id": line, "quantity": quantity} for line, quantity in zip(self.lines, quantities, strict=False)
        ]
        note = {
            "order_id": str(self.order_id),
            "note_number": f"DN-{new_id()}",
            "certificate_number": "QC-1",
            "certificate_sha256": "a" * 64,
            "lines": lines,
        }
        sent = await self.done(self.sales, "/deliveries", note)
        judged = [{"line_id": one["id"], "quantity": one["quantity"]} for one in sent["lines"]]
        engineer = self.site.contractor.as_(Role.SITE_ENGINEER)
        return await self.done(engineer, f"/deliveries/{sent['id']}:accept", {"lines": judged})

    async def send_back(self, delivery: dict[str, Any], quantity: str) -> None:
        """A return of the delivery's first line."""
        lines = [{"line_id": delivery["lines"][0]["id"], "quantity": quantity, "reason": "cracked"}]
        engineer = self.site.contractor.as_(Role.SITE_ENGINEER)
        await self.done(engineer, f"/deliveries/{delivery['id']}:return", {"lines": lines})

    def statement(self, **changes: str) -> dict[str, str]:
        """What is asked for when a statement is drawn up."""
        return {
            "project_id": str(self.site.project_id),
            "buyer_id": str(self.site.contractor.id),
            "supplier_id": str(self.site.supplier.id),
            "period": "2026-11",
        } | changes

    async def proposed(self) -> dict[str, Any]:
        """A statement that the supplier has drawn up and shown."""
        drafted = await self.done(self.sales, "/statements", self.statement())
        return await self.done(self.sales, f"/statements/{drafted['id']}:propose")

    async def agreed(self, statement: dict[str, Any], *positions: int) -> dict[str, Any]:
        """The buyer agrees to lines (counted from 0)."""
        ids = [statement["lines"][position]["id"] for position in positions]
        return await self.done(self.accountant, f"/statements/{statement['id']}:agree", {"line_ids": ids})

    def billed(self, line: int, quantity: str, price: str = "3950.00") -> dict[str, str]:
        """An invoice's line for a line of the order."""
        return printed({"order_line_id": self.lines[line]}, quantity, price)

    async def entered(self, *lines: dict[str, str], **changes: Any) -> dict[str, Any]:
        """An invoice that its seller has entered."""
        return await self.done(self.sales, "/invoices", invoice(*lines, **changes))

    async def approved(self, *lines: dict[str, str], **changes: Any) -> dict[str, Any]:
        """An invoice that matches and is approved."""
        made = await self.entered(*lines, **changes)
        return await self.done(self.accountant, f"/invoices/{made['id']}:approve", {})

    async def due(self, who: Principal | None = None) -> list[tuple[str, str]]:
        """(invoice, quantity) of the credit notes that are due on the project."""
        answer = await self.get(who or self.sales, "/invoices/credit-due", project_id=str(self.site.project_id))
        return [(one["invoice_id"], one["quantity"]) for one in answer.json()["items"]]
