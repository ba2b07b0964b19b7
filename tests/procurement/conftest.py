"""Procurement under test; project-mgmt is in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from chassis.crypto import Vault
from chassis.errors import FailedPrecondition, ServiceError
from chassis.files.scanner import NoScanner, Scanner, Verdict
from chassis.files.store import FileStore
from chassis.http.feed import Feed, Pace
from chassis.identity import Kind, Role
from chassis.ids import new_id
from chassis.work import write_open
from infra.postgres import Cluster
from procurement.app import SERVICE
from procurement.auctions.endpoints import LIVE, READER
from procurement.clients.labour import EmployerStanding, WageListing
from procurement.clients.projects import Commitment, Party
from procurement.orders import service
from procurement.orders.models import Order
from procurement.orders.service import Verb
from procurement.sealing import Seals
from project_mgmt.app import SERVICE as PROJECT_MGMT
from tests.harness import NOON, Harness, Organisation, key, organisation
from tests.procurement.buying import Buying
from zhulian.common.v1.values_pb2 import Day
from zhulian.projects.v1.events_pb2 import ProjectChanged
from zhulian.projects.v1.project_directory_pb2 import Party as PartyMessage
from zhulian.projects.v1.project_directory_pb2 import ProjectSnapshot


@dataclass
class FakeProjects:
    """project-mgmt in memory: budgets per project, commitments per order and per change."""

    left: dict[UUID, Decimal] = field(default_factory=dict)
    commitments: dict[UUID, Mapping[str, Decimal]] = field(default_factory=dict)
    parties: dict[tuple[UUID, UUID], Party] = field(default_factory=dict)
    tasks: dict[UUID, dict[int, str]] = field(default_factory=dict)

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
        """Refuses what is over the project's budget (one million when not set)."""
        left = self.left.get(project_id, Decimal(1_000_000))
        if sum(costs.values()) > left:
            raise FailedPrecondition(
                "BUDGET_EXCEEDED", zh=f"剩余 {left}", en=f"{left} left", metadata={"left": str(left)}
            )
        self.commitments[change_id or order_id] = dict(costs)
        return Commitment(new_id(), NOON + timedelta(minutes=15))

    async def release_budget(self, project_id: UUID, order_id: UUID, *, change_id: UUID | None = None) -> None:
        """Forget the commitment."""
        self.commitments.pop(change_id or order_id, None)

    async def party(self, project_id: UUID, organisation_id: UUID, on: date) -> Party:
        """What the test has set; nobody otherwise."""
        return self.parties.get((project_id, organisation_id), Party(frozenset(), "active"))

    async def wbs_tasks(self, project_id: UUID, uids: Sequence[int]) -> Mapping[int, str]:
        """What the test has set."""
        tasks = self.tasks.get(project_id, {})
        return {uid: tasks[uid] for uid in uids if uid in tasks}


@dataclass
class FakeLabour:
    """labour in memory: who is listed, who is warned of; `trouble` is raised instead of an answer."""

    listed: dict[UUID, WageListing] = field(default_factory=dict)
    warned: dict[UUID, tuple[str, date]] = field(default_factory=dict)
    overdue: dict[UUID, tuple[int, date]] = field(default_factory=dict)
    trouble: ServiceError | None = None
    asked: list[UUID] = field(default_factory=list)

    async def standing(self, organisation_id: UUID, on: date) -> EmployerStanding:
        """What the test has set; sound otherwise. Like the real one it is never asked inside a write transaction."""
        assert not write_open.get(), "labour is asked inside an open write transaction (design rule 6)"
        self.asked.append(organisation_id)
        if self.trouble is not None:
            raise self.trouble
        level, since = self.warned.get(organisation_id, ("none", None))
        months, oldest = self.overdue.get(organisation_id, (0, None))
        listing = self.listed.get(organisation_id)
        return EmployerStanding(organisation_id, on, level, since, listing, months, oldest)


@dataclass
class SwitchedScanner:
    """A virus scanner that a test sets; nobody looks until it does."""

    now: Scanner = field(default_factory=NoScanner)

    async def scan(self, path: Path, /) -> Verdict:
        """What the scanner of the moment says."""
        return await self.now.scan(path)


@pytest.fixture(scope="session")
async def procurement(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Harness]:
    """The service with its migrated database."""
    addresses = cluster.create_service_database("procurement")
    harness = await Harness.start(
        SERVICE,
        addresses,
        projects=FakeProjects(),
        labour=FakeLabour(),
        vault=Vault({"k1": b"k" * 32}, b"i" * 32),
        seals=Seals({"k1": b"k" * 32}),
        files=FileStore(tmp_path_factory.mktemp("files")),
        scanner=SwitchedScanner(),
    )
    harness.runtime.clients["auctions"] = Feed(
        harness.runtime.works, LIVE, READER, Pace(tell=0.01, poll=0.05, beat=0.1, last=1.0)
    )
    yield harness
    await harness.stop()


@pytest.fixture(scope="session")
async def project_mgmt(cluster: Cluster) -> AsyncIterator[Harness]:
    """The other service, in a database of its own: one of the same name would take its tests' passwords away."""
    harness = await Harness.start(PROJECT_MGMT, cluster.create_service_database("project-mgmt-of-procurement"))
    yield harness
    await harness.stop()


@pytest.fixture
def noon(procurement: Harness) -> None:
    """For tests that name days: it is noon of the 23rd, wherever others have left the clock."""
    procurement.clock.advance(NOON - procurement.clock.now())


@dataclass
class Site:
    """A project with a contractor that buys and a supplier that sells."""

    project_id: UUID
    contractor: Organisation
    supplier: Organisation


async def tell_parties(harness: Harness, site: Site, others: Mapping[UUID, str], version: int = 2) -> None:
    """The fact that project-mgmt would send: the contractor and these others (id → role) take part in the project."""
    day = Day(date="2026-01-01")
    parties = {site.contractor.id: "general_contractor"} | dict(others)
    snapshot = ProjectSnapshot(
        project_id=str(site.project_id),
        code="P-1",
        name_zh="示范项目",
        name_en="Pilot",
        state="active",
        district="南山",
        organisation_id=str(site.contractor.id),
        parties=[PartyMessage(organisation_id=str(one), role=role, valid_from=day) for one, role in parties.items()],
        version=version,
    )
    message = ProjectChanged(project=snapshot)
    await harness.receive("procurement--projects-changed", message, aggregate_id=site.project_id, version=version)


@pytest.fixture
async def site(procurement: Harness) -> Site:
    """A fresh project, known through the fact that project-mgmt would have sent, and rebar in the catalogue."""
    found = Site(new_id(), organisation(Kind.CONTRACTOR), organisation(Kind.SUPPLIER))
    await tell_parties(procurement, found, {}, version=1)
    async with procurement.sql() as connection:
        await connection.execute(
            """
            INSERT INTO materials (id, version, created_at, updated_at, code, name_zh, name_en, specification, retired)
            VALUES (gen_random_uuid(), 1, now(), now(), '01090001', '圆钢', 'round bar', 'HPB300 φ8', false)
            ON CONFLICT DO NOTHING
            """
        )
        await connection.execute(
            """
            INSERT INTO material_units (id, material_code, unit)
            VALUES (gen_random_uuid(), '01090001', 't') ON CONFLICT DO NOTHING
            """
        )
    return found


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
        "direct_reason": "The site stands still without it.",
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

    @property
    def labour(self) -> FakeLabour:
        """labour in memory."""
        found: FakeLabour = self.harness.runtime.clients["labour"]
        return found

    async def draft(self, **changes: Any) -> UUID:
        """A draft."""
        async with self.harness.client(self.buyer) as client:
            answer = await client.post("/procurement/v1/orders", json=body(self.site, **changes), headers=key())
        assert answer.status_code == 201, answer.text
        return UUID(answer.json()["id"])

    async def submitted(self, **changes: Any) -> UUID:
        """A submitted order."""
        order_id = await self.draft(**changes)
        async with self.harness.work(self.buyer) as work:
            await service.submit(work, Verb(order_id, None), self.labour)
        return order_id

    async def approved(self, **changes: Any) -> UUID:
        """An approved order."""
        order_id = await self.submitted(**changes)
        async with self.harness.work(self.approver) as work:
            await service.approve(work, Verb(order_id, None), self.projects, self.labour)
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


@pytest.fixture
async def buying(procurement: Harness, site: Site) -> AsyncIterator[Buying]:
    """Sourcing at a fresh site; time goes back to noon afterwards."""
    yield await Buying.at(procurement, site)
    procurement.clock.advance(NOON - procurement.clock.now())


STEEL = Decimal("444375.00")
"""112.5 t at 3,950 yuan."""
