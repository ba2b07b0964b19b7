"""Whatever wages are approved and paid, project-mgmt has them per cost code as labour's own rows have them."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from decimal import Decimal
from uuid import UUID

import pytest

from chassis.identity import Role
from infra.postgres import Cluster
from project_mgmt.app import SERVICE as PROJECT_MGMT
from project_mgmt.costs import service as costs
from project_mgmt.projects import service as projects
from tests.harness import Harness
from tests.labour.conftest import Site, tell_project
from tests.labour.wages import Wages, failed, paid
from tests.project_mgmt.conftest import part, registration

CONSUMERS = {
    one.subject: one for one in PROJECT_MGMT.subscriptions if one.subject.startswith("zhulian.labour.payrolls.")
}
OWN = """
    SELECT coalesce(sum(l.gross), 0) AS wages, coalesce(sum(l.net) FILTER (WHERE l.state = 'paid'), 0) AS wages_paid
    FROM payroll_lines l WHERE l.project_id = $1 AND l.state IN ('approved', 'paid')
"""
"""labour's own sums in plain SQL."""


class Books:
    """A project that both services know, and its wages."""

    def __init__(self, wages: Wages, project_mgmt: Harness, chance: random.Random) -> None:
        self.wages, self.project_mgmt, self.chance = wages, project_mgmt, chance

    @property
    def project_id(self) -> UUID:
        """The project."""
        return self.wages.site.project_id

    async def own(self) -> dict[str, Decimal]:
        """labour's sums."""
        async with self.wages.harness.sql() as connection:
            [row] = await connection.fetch(OWN, self.project_id)
        return dict(row)

    async def told(self) -> dict[str, Decimal]:
        """The same by project-mgmt's cost view."""
        async with self.project_mgmt.work(self.wages.site.contractor.as_(Role.COST_CONTROLLER)) as work:
            seen = await costs.get(work, self.project_id)
        assert {line.cost_code for line in seen.lines} <= {"02-LABOUR"}
        return {"wages": seen.total.wages, "wages_paid": seen.total.wages_paid}

    async def publish(self) -> None:
        """Every fact about the project's payrolls again, in any order, some of them twice."""
        async with self.wages.harness.sql() as connection:
            rows = await connection.fetch(
                "SELECT event_id, subject, aggregate_id, aggregate_version, payload FROM outbox "
                "WHERE aggregate_id IN (SELECT id FROM payrolls WHERE project_id = $1)",
                self.project_id,
            )
        told = [row for row in rows if row["subject"] in CONSUMERS]
        told += self.chance.sample(told, len(told) // 2)
        self.chance.shuffle(told)
        for row in told:
            consumer = CONSUMERS[row["subject"]]
            await self.project_mgmt.receive(
                consumer.durable,
                consumer.message.FromString(bytes(row["payload"])),
                aggregate_id=row["aggregate_id"],
                version=row["aggregate_version"],
                event_id=row["event_id"],
            )

    async def agree(self) -> None:
        """After any replay both say the same."""
        await self.publish()
        assert await self.told() == await self.own()


@pytest.fixture(scope="session")
async def project_mgmt(cluster: Cluster) -> AsyncIterator[Harness]:
    """The other service, in a database of its own: one of the same name would take its tests' passwords away."""
    harness = await Harness.start(PROJECT_MGMT, cluster.create_service_database("project-mgmt-of-labour"))
    yield harness
    await harness.stop()


@pytest.fixture
async def books(project_mgmt: Harness, site: Site, request: pytest.FixtureRequest) -> Books:
    """A project that was registered at project-mgmt, and that labour knows."""
    roles = ((site.contractor, "general_contractor"), (site.owner, "owner"))
    command = registration(*(part(one, role) for one, role in roles))
    async with project_mgmt.work(site.contractor.as_(Role.PROJECT_MANAGER)) as work:
        site.project_id = (await projects.register(work, command)).id
    parties = {one.id: role for one, role in roles} | {site.subcontractor.id: "labour_subcontractor"}
    await tell_project(site.harness, site.project_id, parties)
    for organisation_id, role in parties.items():
        site.projects.roles[site.project_id, organisation_id] = frozenset({role})
    return Books(Wages(site), project_mgmt, random.Random(request.node.name))


@pytest.mark.parametrize("seed", range(2))
async def test_labour_cost_equals_labour_s_own_sums(books: Books, seed: int) -> None:
    """Approved, disputed and approved later, paid in part, failed and paid again, arrears: after each, any replay."""
    wages = books.wages
    books.chance.seed(seed)
    workers = await wages.paid_by_day(3, rate="333.33", days=books.chance.randint(2, 9))
    payroll, lines = await wages.approved(*workers[:2])
    await books.agree()
    await wages.on_paper(payroll, [lines[workers[2]]])
    await wages.verb(payroll, "approve", wages.approver)
    await books.agree()
    account = await wages.account("100000.00")
    payout, rows = await wages.sent(account)
    await wages.answer(payout, [paid(rows[0]), failed(rows[1]), paid(rows[2])])
    await books.agree()
    again, [row] = await wages.sent(account)
    await wages.answer(again, [paid(row)])
    late = {"worker_id": str(workers[0]), "amount": "0.07", "note": "补差"}
    arrears = await wages.post(
        wages.clerk, "/payroll-corrections", {"corrects_id": payroll["id"], "lines": [late]}, status=201
    )
    await wages.verb(arrears, "submit")
    await wages.on_paper(arrears, (await wages.lines(arrears)).values())
    await wages.verb(arrears, "check", wages.checker)
    await wages.verb(arrears, "approve", wages.approver)
    await books.agree()
    assert (await books.own())["wages"] > (await books.own())["wages_paid"] > 0
