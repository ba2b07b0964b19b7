"""project-mgmt under test; labour, procurement and equipment-leasing are in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from google.protobuf.message import Message

from chassis.errors import NotFound, ServiceError
from chassis.identity import Kind, Principal, Role, service_principal
from chassis.ids import new_id
from chassis.keys import KeySet
from chassis.rpc.client import Channel
from chassis.rpc.server import GrpcServer
from chassis.tokens import INTERNAL_AUDIENCE, TokenVerifier
from infra.postgres import Cluster
from project_mgmt.app import SERVICE
from project_mgmt.budgets import service as budgets
from project_mgmt.budgets.models import Budget, Commitment
from project_mgmt.budgets.service import LineCommand, OrderCosts, SetBudget
from project_mgmt.clients import Neighbours
from project_mgmt.clients.equipment import Machine
from project_mgmt.clients.labour import EmployerDays, EmployerPresence, LabourDays, Presence
from project_mgmt.clients.procurement import MaterialPrice, ProjectOrders
from project_mgmt.projects import service as projects
from project_mgmt.projects.models import Project
from project_mgmt.projects.rules import InvestmentKind, Part, RiskClass
from project_mgmt.projects.service import MoveProject, RegisterProject
from project_mgmt.projects.states import Action
from tests.chassis.token_corpus import ISSUER
from tests.harness import NOON, Harness, Organisation, organisation
from zhulian.projects.v1.project_directory_pb2_grpc import ProjectDirectoryStub

KEEP = timedelta(minutes=15)
PROCUREMENT = service_principal("procurement")
SAMPLE = (Path(__file__).parent / "data" / "mspdi-sample.xml").read_bytes()


@dataclass
class FakeLabour:
    """Who is on site; `trouble` is raised instead, `delay` is waited first."""

    trouble: ServiceError | None = None
    delay: float = 0
    asked: list[UUID] = field(default_factory=list)
    days: tuple[EmployerDays, ...] = ()
    ranges: list[tuple[date, date]] = field(default_factory=list)

    async def presence(self, project_id: UUID) -> Presence:
        """Two of three."""
        await _answering(self, project_id)
        return Presence(2, 3, (EmployerPresence(new_id(), 2, 3),), NOON)

    async def labour_days(self, project_id: UUID, first: date, last: date) -> LabourDays:
        """What the test has set."""
        self.ranges.append((first, last))
        await _answering(self, project_id)
        return LabourDays(self.days, NOON)


@dataclass
class FakeProcurement:
    """What is ordered, and what materials cost per (code, unit)."""

    trouble: ServiceError | None = None
    delay: float = 0
    asked: list[UUID] = field(default_factory=list)
    prices: dict[tuple[str, str], str | ServiceError] = field(default_factory=dict)
    priced: list[tuple[str, str, date, str]] = field(default_factory=list)

    async def project_orders(self, project_id: UUID) -> ProjectOrders:
        """One approved order."""
        await _answering(self, project_id)
        return ProjectOrders({"approved": 1}, Decimal("500.00"), Decimal("480.00"), "CNY")

    async def material_price(self, material_code: str, region: str, on: date, unit: str) -> MaterialPrice:
        """What the test has put into `prices`; PRICE_NOT_PUBLISHED otherwise."""
        self.priced.append((material_code, region, on, unit))
        await asyncio.sleep(self.delay)
        if self.trouble is not None:
            raise self.trouble
        price = self.prices.get((material_code, unit))
        if price is None:
            raise NotFound("PRICE_NOT_PUBLISHED", zh="没有信息价", en="not published")
        if isinstance(price, ServiceError):
            raise price
        return MaterialPrice(Decimal(price), Decimal(price), region, on.replace(day=1), "sample")


@dataclass
class FakeEquipment:
    """Which machines stand on site."""

    trouble: ServiceError | None = None
    delay: float = 0
    asked: list[UUID] = field(default_factory=list)

    async def machines_on_site(self, project_id: UUID) -> tuple[Machine, ...]:
        """One tower crane with a ban."""
        await _answering(self, project_id)
        crane = Machine(
            new_id(), "tower_crane", "QTZ80", "粤A-1", new_id(), date(2026, 11, 1), False, ("INSPECTION_EXPIRED",)
        )
        return (crane,)


async def _answering(neighbour: FakeLabour | FakeProcurement | FakeEquipment, project_id: UUID) -> None:
    neighbour.asked.append(project_id)
    await asyncio.sleep(neighbour.delay)
    if neighbour.trouble is not None:
        raise neighbour.trouble


@pytest.fixture(scope="session")
async def project_mgmt(cluster: Cluster) -> AsyncIterator[Harness]:
    """The service with its migrated database."""
    addresses = cluster.create_service_database("project-mgmt")
    neighbours = Neighbours(FakeLabour(), FakeProcurement(), FakeEquipment(), 0.3)
    harness = await Harness.start(SERVICE, addresses, neighbours=neighbours)
    yield harness
    await harness.stop()


def part(who: Organisation, role: str, **changes: Any) -> Part:
    """A part since the beginning of the year, open."""
    return Part(who.id, role, changes.get("valid_from", date(2026, 1, 1)), changes.get("valid_to"))


def registration(*parts: Part, **changes: Any) -> RegisterProject:
    """A good command."""
    fields: dict[str, Any] = {
        "code": f"PS-{new_id().hex[-12:]}",
        "name_zh": "坪山区第三小学",
        "name_en": "Pingshan No. 3 Primary School",
        "investment_kind": InvestmentKind.GOVERNMENT,
        "building_type": "school",
        "city": "440300",
        "district": "pingshan",
        "planned_start": date(2026, 12, 1),
        "planned_finish": date(2028, 6, 30),
        "floor_area": Decimal("48600.00"),
        "risk_class": RiskClass.NORMAL,
        "parties": parts,
    }
    return RegisterProject(**(fields | changes))


@dataclass
class Site:
    """A project registered by a contractor, with an owner, a supervisor and a supplier."""

    harness: Harness
    contractor: Organisation
    owner: Organisation
    supervisor: Organisation
    supplier: Organisation
    project_id: UUID

    @property
    def manager(self) -> Principal:
        """The contractor's project manager."""
        return self.contractor.as_(Role.PROJECT_MANAGER)

    async def project(self) -> Project:
        """The project as its contractor sees it."""
        async with self.harness.work(self.manager) as work:
            return await projects.get(work, self.project_id)

    async def move(self, *actions: Action) -> Project:
        """Do some verbs one after the other."""
        for action in actions:
            async with self.harness.work(self.manager) as work:
                project = await projects.move(work, MoveProject(self.project_id, action, None, "台风"))
        return project

    async def set_budget(self, expected_version: int | None = None, **amounts: str) -> Budget:
        """Amounts by cost code (underscores stand for hyphens)."""
        lines = [LineCommand(code.replace("_", "-"), code, Decimal(amount)) for code, amount in amounts.items()]
        async with self.harness.work(self.manager) as work:
            return await budgets.set_budget(work, SetBudget(self.project_id, expected_version, "CNY", lines))

    def costs(self, order_id: UUID, **amounts: str) -> OrderCosts:
        """What an order of the contractor costs."""
        asked = {code.replace("_", "-"): Decimal(amount) for code, amount in sorted(amounts.items())}
        return OrderCosts(self.project_id, order_id, self.contractor.id, "CNY", asked)

    async def commit(self, order_id: UUID, **amounts: str) -> Commitment:
        """Procurement asks for budget."""
        async with self.harness.work(PROCUREMENT) as work:
            return await budgets.commit(work, self.costs(order_id, **amounts), KEEP)

    async def lines(self) -> Mapping[str, tuple[Decimal, Decimal, bool]]:
        """(reserved, confirmed, overdrawn) by cost code."""
        async with self.harness.work(self.manager) as work:
            budget = await budgets.get(work, self.project_id)
        return {row.cost_code: (row.reserved, row.confirmed, row.overdrawn) for row in budget.lines}


@pytest.fixture
async def site(project_mgmt: Harness) -> Site:
    """A fresh planned project."""
    contractor, owner = organisation(Kind.CONTRACTOR), organisation(Kind.OWNER)
    supervisor, supplier = organisation(Kind.SUPERVISOR), organisation(Kind.SUPPLIER)
    command = registration(
        part(owner, "owner"),
        part(contractor, "general_contractor"),
        part(supervisor, "supervisor"),
        part(supplier, "supplier"),
    )
    async with project_mgmt.work(contractor.as_(Role.PROJECT_MANAGER)) as work:
        project = await projects.register(work, command)
    return Site(project_mgmt, contractor, owner, supervisor, supplier, project.id)


class OwnTokens:
    """A service's own tokens, as the realm would give them."""

    def __init__(self, harness: Harness, service: str) -> None:
        self.harness = harness
        self.service = service

    async def token(self) -> str:
        """A fresh one."""
        return self.harness.signer.service_token(self.service)

    def refused(self, token: str) -> None:
        """Nothing is cached."""


@dataclass
class Door:
    """The gRPC door of the service, on a real socket; `ask` is another service's call."""

    harness: Harness
    server: GrpcServer

    async def ask(self, caller: str, method: str, request: Message) -> Any:
        """Call a method of ProjectDirectory as `caller`."""
        channel = Channel(f"127.0.0.1:{self.server.port}", OwnTokens(self.harness, caller), "project-mgmt")
        try:
            return await channel.call(ProjectDirectoryStub, method, request, timeout=5)
        finally:
            await channel.close()


@pytest.fixture
async def door(project_mgmt: Harness) -> AsyncIterator[Door]:
    """The door, open for one test."""
    runtime = project_mgmt.runtime
    server = GrpcServer(
        host="127.0.0.1",
        port=0,
        registrations=SERVICE.rpc(replace(runtime, settings=SimpleNamespace(reservation_minutes=15))),
        verifier=TokenVerifier(
            KeySet.static(project_mgmt.signer.jwks()), ISSUER, INTERNAL_AUDIENCE, project_mgmt.clock
        ),
        works=runtime.works,
    )
    await server.start()
    yield Door(project_mgmt, server)
    await server.stop(0)
