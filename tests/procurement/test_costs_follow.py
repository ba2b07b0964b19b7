"""Whatever is accepted, invoiced and paid, project-mgmt has it per cost code as procurement's own rows have it."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import pytest

from chassis.identity import Role
from procurement.clients.projects import Party
from procurement.orders import service as orders
from procurement.orders.service import Verb
from project_mgmt.costs import service as costs
from tests.harness import Harness
from tests.procurement.conftest import Site, body
from tests.procurement.payables.conftest import Ledger
from tests.procurement.settling import Desk, printed
from tests.procurement.two_services import CODES, Both, fresh

PRICES = ("7.77", "33.33", "0.01")
OWN = {
    "accepted": """
        SELECT cost_code, sum(round(unit_price * accepted, 2)) FROM order_lines JOIN orders ON orders.id = order_id
        WHERE project_id = $1 GROUP BY cost_code""",
    "invoiced": """
        SELECT cost_code, sum(invoice_lines.gross) FROM invoice_lines JOIN invoices ON invoices.id = invoice_id
        WHERE project_id = $1 AND state = 'approved' GROUP BY cost_code""",
    "paid": """
        SELECT cost->>'cost_code', sum((cost->>'amount')::numeric) FROM payment_items, jsonb_array_elements(costs) cost
        WHERE project_id = $1 AND state = 'executed' GROUP BY 1""",
}
"""procurement's own sums in plain SQL."""


class Books:
    """An order of a project that both services know, and everything that is settled about it."""

    def __init__(self, both: Both, desk: Desk, chance: random.Random) -> None:
        self.both, self.desk, self.chance = both, desk, chance
        self.ledger = Ledger(desk.harness, desk.site)

    @classmethod
    async def open(cls, both: Both, chance: random.Random) -> Books:
        """Three lines over two cost codes, approved against project-mgmt's budget."""
        making, site = both.making, both.making.site
        making.projects.parties[site.project_id, site.contractor.id] = Party(
            frozenset({"general_contractor"}), "active"
        )
        line = body(site)["lines"][0] | {"quantity": "100", "tax_percent": "13.00"}
        wanted = zip((*CODES, CODES[0]), PRICES, strict=True)
        order_id = await making.submitted(
            lines=[line | {"cost_code": code, "unit_price": price} for code, price in wanted]
        )
        async with making.harness.work(making.approver) as work:
            await orders.approve(work, Verb(order_id, None), both.asking, making.labour)
        async with making.harness.work(making.sales) as work:
            await orders.confirm(work, Verb(order_id, None))
        both.orders.append(order_id)
        lines = [str(one.id) for one in (await making.read(order_id)).lines]
        return cls(both, Desk(making.harness, making, site, order_id, lines), chance)

    def some(self, most: str) -> str:
        """So many tonnes, with six places."""
        return str(Decimal(self.chance.randint(1, int(Decimal(most) * 10**6))).scaleb(-6))

    async def deliver(self) -> None:
        """Three lorries are accepted, of the last one goes some back."""
        for _ in range(3):
            delivery = await self.desk.accepted(*(self.some("30") for _ in PRICES))
        await self.desk.send_back(delivery, self.some(delivery["lines"][0]["quantity"]))

    async def bill(self) -> None:
        """Two invoices over what was kept, and a red one over some of the second."""
        kept = [line.accepted for line in (await self.both.making.read(self.desk.order_id)).lines]
        halves = [(one / 2).quantize(Decimal("0.000001"), "ROUND_FLOOR") for one in kept]
        for _ in range(2):
            wanted = enumerate(zip(halves, PRICES, strict=True))
            bill = [self.desk.billed(line, str(half), price) for line, (half, price) in wanted if half]
            blue = await self.desk.approved(*bill)
        back = {"corrects_line_id": blue["lines"][0]["id"]}
        await self.desk.approved(
            printed(back, f"-{self.some(blue['lines'][0]['quantity'])}", PRICES[0]), corrects_id=blue["id"]
        )

    async def pay(self) -> None:
        """Every open payable in two parts, of which the bank sends some back."""
        for _ in range(2):
            due = await self._open()
            items = [
                (one["id"], str(max((Decimal(one["open_amount"]) / 2).quantize(Decimal("0.01")), Decimal("0.01"))))
                for one in due
            ]
            await self.ledger.paid(items, failed=[self.chance.choice(due)["id"]] if len(due) > 1 else [])

    async def claim(self) -> None:
        """After all is paid a red invoice is a claim, and the supplier pays some of it back."""
        due = await self._open()
        await self.ledger.paid([(one["id"], one["open_amount"]) for one in due])
        bills = (
            await self.desk.get(self.desk.buyer, "/invoices", project_id=str(self.both.project_id), kind="blue")
        ).json()
        first = (await self.desk.get(self.desk.buyer, f"/invoices/{bills['items'][-1]['id']}")).json()
        back = {"corrects_line_id": first["lines"][1]["id"]}
        await self.desk.approved(printed(back, f"-{first['lines'][1]['quantity']}", PRICES[1]), corrects_id=first["id"])
        [credit] = [one for one in await self._payables() if one["kind"] == "credit" and one["state"] == "open"]
        refund = {"payable_id": credit["id"], "amount": "0.07", "bank_reference": "R-1", "paid_on": "2026-11-23"}
        await self.ledger.good(self.ledger.accountant, "POST", "/refunds", json=refund)

    async def _payables(self) -> list[dict[str, Any]]:
        query = {"project_id": str(self.both.project_id)}
        found: list[dict[str, Any]] = (
            await self.ledger.good(self.ledger.accountant, "GET", "/payables", params=query)
        )["items"]
        return found

    async def _open(self) -> list[dict[str, Any]]:
        return [one for one in await self._payables() if one["state"] == "open" and one["kind"] != "credit"]

    async def own(self) -> dict[str, dict[str, Decimal]]:
        """Figure → cost code → procurement's sum."""
        async with self.desk.harness.sql() as connection:
            sums = {
                figure: dict.fromkeys(CODES, Decimal(0)) | dict(await connection.fetch(sql, self.both.project_id))
                for figure, sql in OWN.items()
            }
            paid = await connection.fetchval(
                "SELECT sum(CASE kind WHEN 'credit' THEN -paid ELSE paid END) FROM payables WHERE project_id = $1",
                self.both.project_id,
            )
        assert sum(sums["paid"].values()) == paid
        return sums | {"committed": await self.both.owed()}

    async def told(self) -> dict[str, dict[str, Decimal]]:
        """The same by project-mgmt's cost view."""
        async with self.both.project_mgmt.work(self.both.contractor.as_(Role.COST_CONTROLLER)) as work:
            seen = await costs.get(work, self.both.project_id)
        return {
            figure: {line.cost_code: getattr(line.figures, figure) for line in seen.lines}
            for figure in (*OWN, "committed")
        }

    async def publish(self) -> None:
        """Every fact about the project, in any order, each of them twice."""
        async with self.desk.harness.sql() as connection:
            rows = await connection.fetch(
                "SELECT id FROM deliveries WHERE project_id = $1 UNION SELECT id FROM invoices WHERE project_id = $1"
                " UNION SELECT payment_id FROM payment_items WHERE project_id = $1",
                self.both.project_id,
            )
        self.both.others[:] = [row["id"] for row in rows]
        await self.both.tell(self.chance)
        await self.both.tell(self.chance, replayed=True)


@pytest.mark.parametrize("seed", range(3))
async def test_costs_per_cost_code_equal_procurement_s_own_sums(
    procurement: Harness, project_mgmt: Harness, site: Site, noon: None, seed: int
) -> None:
    """Committed, accepted, invoiced and paid: after each step, and after any replay."""
    chance = random.Random(seed)
    books = await Books.open(await fresh(procurement, project_mgmt, site), chance)
    await books.ledger.agreed(retention_percent="3.00", retention_months=12)
    await books.ledger.with_account()
    advance = await books.ledger.advance(
        "50.00", costs=[{"cost_code": "A", "amount": "49.99"}, {"cost_code": "B", "amount": "0.01"}]
    )
    await books.ledger.paid([(advance["id"], "50.00")])
    for step in (books.deliver, books.bill, books.pay, books.claim):
        await step()
        await books.publish()
        assert await books.told() == await books.own(), step.__name__
