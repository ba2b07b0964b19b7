"""Whatever becomes of orders, project-mgmt holds per cost code what procurement says it holds.

Both services with their real databases: procurement's use cases ask project-mgmt's, and procurement's facts are handed
to project-mgmt's consumers in any order and more than once.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from chassis.errors import FailedPrecondition, InvalidArgument, ServiceError, Unavailable
from chassis.identity import Role, service_principal
from chassis.ids import new_id
from chassis.pages import PageRequest
from infra.postgres import Cluster
from procurement.changes import service as changes
from procurement.changes.rules import Edit
from procurement.changes.service import ProposeChange
from procurement.clients.projects import Commitment, Party
from procurement.deliveries import service as deliveries
from procurement.deliveries.commands.dispatch import Dispatch, SentLine, dispatch
from procurement.deliveries.repository import DeliveryFilter
from procurement.deliveries.service import Judge, LineQuantity
from procurement.orders import service as orders
from procurement.orders.commands import close
from procurement.orders.commands.close import CancelRest
from procurement.orders.service import Line
from procurement.orders.service import Verb as OrderVerb
from project_mgmt.app import SERVICE as PROJECT_MGMT
from project_mgmt.budgets import service as budgets
from project_mgmt.budgets.service import LineCommand, OrderCosts, SetBudget
from project_mgmt.projects import service as projects
from tests.harness import Harness, Organisation
from tests.procurement.conftest import FakeProjects, Orders, Site, body
from tests.project_mgmt.conftest import KEEP, PROCUREMENT, part, registration
from zhulian.projects.v1.events_pb2 import ProjectChanged


@pytest.fixture(scope="module")
async def project_mgmt(cluster: Cluster) -> AsyncIterator[Harness]:
    """The other service, in a database of its own: one of the same name would take its tests' passwords away."""
    harness = await Harness.start(PROJECT_MGMT, cluster.create_service_database("project-mgmt-of-procurement"))
    yield harness
    await harness.stop()


CODES = ("A", "B")
CONSUMERS = {
    one.subject: one for one in PROJECT_MGMT.subscriptions if one.subject.startswith("zhulian.procurement.orders.")
}


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

    async def tell(self, chance: random.Random, *, all_again: bool = False) -> None:
        """Hand new facts (or all of them once more) over in any order, each of them once or twice."""
        async with self.making.harness.sql() as connection:
            rows = await connection.fetch(
                "SELECT event_id, subject, aggregate_id, aggregate_version, payload FROM outbox"
                " WHERE aggregate_id = ANY($1)",
                self.orders,
            )
        told = [row for row in rows if row["subject"] in CONSUMERS and (all_again or row["event_id"] not in self.seen)]
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


VERBS = ("deliver", "judge", "rest", "complete", "cancel", "tell", "order")
CHANGING = ("propose", "approve", "accept", "decline", "withdraw")
STEPS = st.lists(
    st.tuples(
        st.sampled_from([*VERBS, *CHANGING, *CHANGING, "propose", "approve"]), st.integers(0, 1), st.integers(1, 30)
    ),
    min_size=12,
    max_size=30,
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.generate],  # a smaller example is not worth minutes of two databases
)
@given(steps=STEPS, seed=st.integers(0, 2**32))
async def test_committed_per_cost_code_equals_procurement_s_own_sums(
    procurement: Harness, project_mgmt: Harness, site: Site, steps: list[tuple[str, int, int]], seed: int
) -> None:
    """Any sequence of verbs, with lost answers, refusals and facts that come shuffled and twice."""
    chance, both = random.Random(seed), await fresh(procurement, project_mgmt, site)
    for what, number, quantity in [("order", 0, 12), ("order", 0, 7), *steps]:
        if what == "tell":
            await both.tell(chance)
            continue
        try:
            await do(both, what, number, quantity)
        except (FailedPrecondition, InvalidArgument, Unavailable):
            continue
    await both.tell(chance)
    await both.lapse()
    assert await both.held() == await both.owed()
    await both.tell(chance, all_again=True)
    assert await both.held() == await both.owed()


async def do(both: Both, what: str, number: int, quantity: int) -> None:
    """One verb on one of the orders; refusals are the caller's to expect."""
    making = both.making
    if what == "order":
        await ordered(both, quantity)
        return
    order = await making.read(both.orders[number % len(both.orders)])
    line = order.lines[quantity % len(order.lines)]
    if what in ("deliver", "judge"):
        await (delivered if what == "deliver" else judged)(both, order.id, line.id, Decimal(quantity) / 3)
    elif what == "propose":
        added = () if quantity % 4 else (Line("01090001", "t", "B", Decimal(quantity), Decimal("7.77"), Decimal(0)),)
        edit = Edit(line.id, quantity=Decimal(quantity), close=quantity % 7 == 0)
        async with making.harness.work(making.buyer) as work:
            await changes.propose(work, ProposeChange(order.id, None, "x", (edit,), added))
    elif what in ("approve", "accept", "decline", "withdraw"):
        await answered(both, what, order.id, order.open_change_id)
    else:
        async with making.harness.work(making.buyer) as work:
            if what == "rest":
                await close.cancel_rest(work, CancelRest(order.id, None, "x"))
            else:
                await getattr(close, what)(work, OrderVerb(order.id, None, "x"))


async def ordered(both: Both, quantity: int) -> None:
    """A confirmed order of two lines; it stays submitted when its approval was not answered or is over budget."""
    making = both.making
    line = body(making.site)["lines"][0] | {"quantity": str(quantity), "unit_price": "33.33", "tolerance_percent": "20"}
    order_id = await making.submitted(lines=[line | {"cost_code": code} for code in CODES])
    both.orders.append(order_id)
    async with making.harness.work(making.approver) as work:
        await orders.approve(work, OrderVerb(order_id, None), both.asking)
    async with making.harness.work(making.sales) as work:
        await orders.confirm(work, OrderVerb(order_id, None))


async def answered(both: Both, what: str, order_id: UUID, change_id: UUID | None) -> None:
    """Approve, accept, decline or withdraw the open change, when there is one and it may be."""
    making = both.making
    if change_id is None:
        return
    who = {"approve": making.approver, "withdraw": making.buyer}.get(what, making.sales)
    verb = changes.Verb(order_id, change_id, None, "x")
    try:
        async with making.harness.work(who) as work:
            if what == "approve":
                await changes.approve(work, verb, both.asking)
            else:
                await getattr(changes, what)(work, verb)
    except ServiceError as error:
        if error.reason != "ORDER_CHANGE_NOT_FOUND":  # not offered to the supplier yet
            raise


async def delivered(both: Both, order_id: UUID, line_id: UUID, quantity: Decimal) -> None:
    """The supplier sends a third of that many tonnes."""
    wanted = (SentLine(line_id, quantity.quantize(Decimal("0.000001"))),)
    async with both.making.harness.work(both.making.sales) as work:
        await dispatch(work, Dispatch(order_id, f"DN-{new_id().hex[-8:]}", "", "QC-1", "9f" * 32, wanted))


async def judged(both: Both, order_id: UUID, line_id: UUID, quantity: Decimal) -> None:
    """The site takes up to so much of the first delivery that waits, or sends back what it took."""
    async with both.making.harness.work(both.contractor.as_(Role.SITE_ENGINEER)) as work:
        page = await deliveries.page(work, DeliveryFilter(order_id=order_id), PageRequest())
        if not page.items:
            return
        delivery = await deliveries.get(work, page.items[-1].id)
        line = delivery.lines[0]
        most = line.quantity if delivery.state == "dispatched" else line.accepted - line.returned
        judge = Judge(delivery.id, None, (LineQuantity(line.id, min(most, quantity.quantize(most)), "x"),))
        if delivery.state == "dispatched":
            await deliveries.accept(work, judge, both.asking)
        elif most:
            await deliveries.send_back(work, judge)


def test_every_fact_about_the_budget_has_a_consumer() -> None:
    """So that the test above leaves none out."""
    assert {subject.split(".")[3] for subject in CONSUMERS} == {
        "approved",
        "cancelled",
        "commitment-changed",
        "amendment-approved",
        "amendment-dropped",
    }
