"""procurement and project-mgmt side by side, with their real databases.

procurement's use cases ask project-mgmt's, and procurement's facts are handed to project-mgmt's consumers in any order
and more than once.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from chassis.errors import Unavailable
from chassis.identity import Role, service_principal
from chassis.ids import new_id
from procurement.clients.projects import Commitment, Party
from project_mgmt.app import SERVICE as PROJECT_MGMT
from project_mgmt.budgets import service as budgets
from project_mgmt.budgets.service import LineCommand, OrderCosts, SetBudget
from project_mgmt.projects import service as projects
from tests.harness import Harness, Organisation
from tests.procurement.conftest import FakeProjects, Orders, Site
from tests.project_mgmt.conftest import KEEP, PROCUREMENT, part, registration
from zhulian.projects.v1.events_pb2 import ProjectChanged

CODES = ("A", "B")
CONSUMERS = {one.subject: one for one in PROJECT_MGMT.subscriptions if one.subject.startswith("zhulian.procurement.")}


@dataclass(kw_only=True)
class Asking(FakeProjects):
    """procurement's questions to the other service, in this process; every third answer is lost on its way."""

    harness: Harness
    asked: int = 0

    async def commit_budget(
        self,
        project_id: UUID,
        order_id: UUID,
        buyer_id: UUID,
        costs: Mapping[str, Decimal],
        currency: str,
        *,
        change_id: UUID | None = None,
    ) -> Commitment:
        """Reserved by project-mgmt itself."""
        self.asked += 1
        async with self.harness.work(PROCUREMENT) as work:
            asked = OrderCosts(project_id, order_id, buyer_id, currency, dict(sorted(costs.items())), change_id)
            made = await budgets.commit(work, asked, KEEP)
        if self.asked % 3 == 0:
            raise Unavailable("SERVICE_UNAVAILABLE", zh="服务不可用", en="the answer is lost")
        return Commitment(made.id, made.created_at + KEEP)

    async def release_budget(self, project_id: UUID, order_id: UUID, *, change_id: UUID | None = None) -> None:
        """Given back by project-mgmt itself."""
        async with self.harness.work(PROCUREMENT) as work:
            await budgets.release(work, project_id, order_id, change_id)

    async def party(self, project_id: UUID, organisation_id: UUID, on: date) -> Party:
        """The contractor takes part."""
        return Party(frozenset({"general_contractor"}), "active")


@dataclass
class Both:
    """A project that both services know, with orders of its contractor."""

    making: Orders
    project_mgmt: Harness
    asking: Asking
    project_id: UUID
    orders: list[UUID] = field(default_factory=list)
    others: list[UUID] = field(default_factory=list)
    seen: set[UUID] = field(default_factory=set)

    @property
    def contractor(self) -> Organisation:
        """Who buys."""
        return self.making.site.contractor

    async def held(self) -> dict[str, Decimal]:
        """Reserved and confirmed in project-mgmt's rows, by cost code."""
        async with self.project_mgmt.work(self.contractor.as_(Role.COST_CONTROLLER)) as work:
            budget = await budgets.get(work, self.project_id)
        return {line.cost_code: line.reserved + line.confirmed for line in budget.lines}

    async def owed(self) -> dict[str, Decimal]:
        """procurement's own sum in plain SQL: approved orders line by line, and what approved open changes add."""
        sums: dict[str, Decimal] = defaultdict(Decimal)
        async with self.making.harness.sql() as connection:
            lines = await connection.fetch(
                """
                SELECT cost_code, sum(round(unit_price * CASE WHEN closed THEN delivered
                    ELSE greatest(quantity, accepted) END, 2)) AS amount
                FROM order_lines JOIN orders ON orders.id = order_id
                WHERE project_id = $1 AND approved_at IS NOT NULL AND orders.state <> 'cancelled' GROUP BY cost_code
                UNION ALL
                SELECT key, sum(value::numeric) FROM order_changes JOIN orders ON orders.id = order_id,
                    jsonb_each_text(adds)
                WHERE project_id = $1 AND order_changes.state = 'offered' GROUP BY key
                """,
                self.project_id,
            )
        for row in lines:
            sums[row["cost_code"]] += row["amount"]
        return {code: sums[code] for code in CODES}

    async def tell(self, chance: random.Random, *, all_again: bool = False, replayed: bool = False) -> None:
        """Hand new facts over in any order, each of them once or twice.

        `replayed`: all of them, as the stream would replay them; `all_again`: under other ids, which only facts that
        are snapshots bear.
        """
        async with self.making.harness.sql() as connection:
            rows = await connection.fetch(
                "SELECT event_id, subject, aggregate_id, aggregate_version, payload FROM outbox"
                " WHERE aggregate_id = ANY($1)",
                [*self.orders, *self.others],
            )
        told = [
            row
            for row in rows
            if row["subject"] in CONSUMERS and (all_again or replayed or row["event_id"] not in self.seen)
        ]
        self.seen.update(row["event_id"] for row in told)
        told += chance.sample(told, len(told) // 2)
        chance.shuffle(told)
        for row in told:
            consumer = CONSUMERS[row["subject"]]
            await self.project_mgmt.receive(
                consumer.durable,
                consumer.message.FromString(bytes(row["payload"])),
                aggregate_id=row["aggregate_id"],
                version=row["aggregate_version"],
                event_id=new_id() if all_again else row["event_id"],
            )

    async def lapse(self) -> None:
        """What was reserved and never confirmed is over."""
        self.project_mgmt.clock.advance(2 * KEEP)
        try:
            async with self.project_mgmt.sql() as connection:
                rows = await connection.fetch(
                    "SELECT id FROM commitments WHERE project_id = $1 AND state = 'reserved'", self.project_id
                )
            for row in rows:
                async with self.project_mgmt.work(service_principal("project-mgmt")) as work:
                    await budgets.lapse(work, row["id"])
        finally:
            self.project_mgmt.clock.advance(-2 * KEEP)


async def fresh(procurement: Harness, project_mgmt: Harness, site: Site) -> Both:
    """A project of the site's contractor, registered in project-mgmt, told to procurement."""
    async with project_mgmt.work(site.contractor.as_(Role.PROJECT_MANAGER)) as work:
        project = await projects.register(work, registration(part(site.contractor, "general_contractor")))
    async with project_mgmt.work(site.contractor.as_(Role.PROJECT_MANAGER)) as work:
        lines = [LineCommand(code, code, Decimal("5000.00")) for code in CODES]
        await budgets.set_budget(work, SetBudget(project.id, None, "CNY", lines))
    async with project_mgmt.sql() as connection:
        payload = await connection.fetchval(
            "SELECT payload FROM outbox WHERE aggregate_id = $1 ORDER BY seq DESC LIMIT 1", project.id
        )
    fact = ProjectChanged.FromString(bytes(payload))
    await procurement.receive("procurement--projects-changed", fact, aggregate_id=project.id)
    moved = Site(project.id, site.contractor, site.supplier)
    return Both(Orders(procurement, moved), project_mgmt, Asking(harness=project_mgmt), project.id)
