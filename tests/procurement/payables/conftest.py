"""A buyer and a supplier with a project, invoices between them, and the clock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx
import pytest

from chassis.clock import FrozenClock
from chassis.identity import Principal, Role, service_principal
from chassis.ids import new_id
from procurement.payables import handlers, service
from procurement.payables.models import Payable
from procurement.payables.rules import Costs
from procurement.payables.service import NewPayable
from tests.harness import NOON, Harness, key
from tests.procurement.conftest import Site
from tests.procurement.suppliers.conftest import Dealing

BASE = "/procurement/v1"
OURS = service_principal("procurement")
TODAY = date(2026, 11, 23)


def terms(**changes: Any) -> dict[str, Any]:
    """A contract with all suppliers: 45 days after acceptance, no retention money, no rate of interest."""
    return {
        "rule": "after_acceptance",
        "days": 45,
        "buyer_kind": "public_body",
        "small_firm": True,
        "valid_from": "2026-11-23",
        "source": "框架协议第七条",
    } | changes


@dataclass
class Ledger:
    """What the two owe each other, and the calls that make and settle it."""

    harness: Harness
    site: Site

    def __post_init__(self) -> None:
        self.accountant = self.site.contractor.as_(Role.ACCOUNTANT)
        self.approver = self.site.contractor.as_(Role.APPROVER)
        self.controller = self.site.contractor.as_(Role.COST_CONTROLLER)
        self.sales = self.site.supplier.as_(Role.SALES)

    async def call(self, who: Principal, method: str, path: str, **request: Any) -> httpx.Response:
        """One call; a POST gets a key of its own unless headers are given."""
        request.setdefault("headers", key() if method == "POST" else {})
        async with self.harness.client(who) as client:
            return await client.request(method, BASE + path, **request)

    async def good(self, who: Principal, method: str, path: str, **request: Any) -> dict[str, Any]:
        """A call that has to succeed; its answer."""
        answer = await self.call(who, method, path, **request)
        assert answer.is_success, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def agreed(self, **changes: Any) -> dict[str, Any]:
        """Payment terms of the buyer."""
        return await self.good(self.approver, "POST", "/payment-terms", json=terms(**changes))

    def new(self, amount: str, **changes: Any) -> NewPayable:
        """An approved invoice over one cost code; negative for a credit note."""
        fields: dict[str, Any] = {
            "invoice_id": new_id(),
            "number": new_id().hex[-20:],
            "project_id": self.site.project_id,
            "buyer_id": self.site.contractor.id,
            "supplier_id": self.site.supplier.id,
            "orders": (),
            "costs": (("01-STEEL", Decimal(amount)),),
            "delivered_on": TODAY,
            "currency": "CNY",
            "is_credit": Decimal(amount) < 0,
        }
        return NewPayable(**(fields | changes))

    async def invoice(self, amount: str, **changes: Any) -> list[Payable]:
        """What an approved invoice makes; the payable (or credit) first."""
        async with self.harness.work(self.accountant) as work:
            return await service.raise_for_invoice(work, self.new(amount, **changes))

    async def advance(self, amount: str = "1000.00", **changes: Any) -> dict[str, Any]:
        """An advance that is asked for."""
        body = {
            "project_id": str(self.site.project_id),
            "supplier_id": str(self.site.supplier.id),
            "costs": [{"cost_code": "01-STEEL", "amount": amount}],
            "due_on": "2026-11-30",
        } | changes
        return await self.good(self.accountant, "POST", "/payables", json=body)

    async def with_account(self) -> None:
        """The supplier's file with its bank account."""
        dealing = Dealing(self.harness, self.site.contractor, self.site.supplier)
        await dealing.with_account(await dealing.joined())

    async def prepared(self, wanted: Sequence[tuple[UUID | str, str]], **changes: Any) -> httpx.Response:
        """A draft of a payment order."""
        body = {
            "execute_on": "2027-11-30",
            "debtor": {"holder": "中建三局", "bank": "建设银行深圳分行", "number": "44201503300052598765"},
            "items": [{"payable_id": str(payable_id), "amount": amount} for payable_id, amount in wanted],
        } | changes
        return await self.call(self.accountant, "POST", "/payments", json=body)

    async def exported(self, items: Sequence[tuple[UUID | str, str]]) -> dict[str, Any]:
        """A payment order that the bank has."""
        made = await self.prepared(items)
        assert made.status_code == 201, made.text
        path = f"/payments/{made.json()['id']}"
        await self.good(self.accountant, "POST", f"{path}:submit")
        await self.good(self.approver, "POST", f"{path}:approve")
        await self.good(self.accountant, "POST", f"{path}:export", json={})
        return await self.good(self.accountant, "GET", path)

    async def prove(
        self, payment: dict[str, Any], *, failed: Sequence[str] = (), paid_on: str = "2026-11-23"
    ) -> dict[str, Any]:
        """The bank's answer about all items; those of the payables in `failed` came back."""
        results = [
            {"item_id": item["id"], "reason": "户名不符"}
            if item["payable_id"] in failed
            else {"item_id": item["id"], "bank_reference": f"B-{item['position']}", "paid_on": paid_on}
            for item in payment["items"]
        ]
        body = {"results": results}
        return await self.good(self.accountant, "POST", f"/payments/{payment['id']}:prove", json=body)

    async def paid(self, items: Sequence[tuple[UUID | str, str]], **proof: Any) -> dict[str, Any]:
        """A payment that the bank has executed."""
        return await self.prove(await self.exported(items), **proof)

    async def read(self, payable_id: UUID | str) -> dict[str, Any]:
        """A payable as its buyer sees it."""
        return await self.good(self.accountant, "GET", f"/payables/{payable_id}")

    async def look(self, payable_id: UUID | str) -> None:
        """The clock's job, as it runs when it is due."""
        async with self.harness.work(OURS) as work:
            await handlers.look(work, {"payable_id": str(payable_id)})


@pytest.fixture
def ledger(procurement: Harness, site: Site) -> Ledger:
    """A fresh project of this test's own, whose buyer has set no terms."""
    return Ledger(procurement, site)


@pytest.fixture
def clock(procurement: Harness) -> Iterator[FrozenClock]:
    """The service's clock; it is noon again afterwards."""
    yield procurement.clock
    procurement.clock.advance(NOON - procurement.clock.now())


def sums(rows: Sequence[Payable], costs: Costs) -> bool:
    """Whether these rows carry these costs between them."""
    return all(sum((dict(row.split)[code] for row in rows), Decimal(0)) == amount for code, amount in costs)


BOOKS = """
SELECT
    coalesce(sum(amount) FILTER (WHERE owed), 0) AS invoiced,
    coalesce(sum(paid) FILTER (WHERE owed), 0) AS paid,
    coalesce(sum(amount - paid - offset_amount) FILTER (WHERE owed AND state <> 'withheld'), 0) AS open,
    coalesce(sum(amount - paid - offset_amount) FILTER (WHERE owed AND state = 'withheld'), 0) AS retained,
    coalesce(sum(offset_amount) FILTER (WHERE owed), 0) AS offset,
    coalesce(sum(CASE kind WHEN 'advance' THEN consumed ELSE offset_amount END) FILTER (WHERE NOT owed), 0) AS given
FROM (SELECT *, kind IN ('invoice', 'retention') AS owed FROM payables WHERE buyer_id = $1 AND supplier_id = $2) AS all_
"""


async def books(ledger: Ledger) -> dict[str, Decimal]:
    """Everything between the two: invoiced, what became of it, and what advances and credits gave."""
    async with ledger.harness.sql() as connection:
        row = await connection.fetchrow(BOOKS, ledger.site.contractor.id, ledger.site.supplier.id)
    assert row is not None
    return dict(row)
