"""Equipment leasing under test; project-mgmt and labour are in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from google.protobuf.message import Message

from chassis.errors import NotFound
from chassis.identity import Kind, Principal, Role
from chassis.ids import new_id
from chassis.keys import KeySet
from chassis.rpc.client import Channel
from chassis.rpc.server import GrpcServer
from chassis.tokens import INTERNAL_AUDIENCE, TokenVerifier
from equipment_leasing.app import SERVICE
from equipment_leasing.clients.labour import Refusal, Verdict
from equipment_leasing.clients.projects import Party
from infra.postgres import Cluster
from tests.chassis.token_corpus import ISSUER
from tests.harness import NOON, Harness, Organisation, key, organisation
from zhulian.common.v1.values_pb2 import Day
from zhulian.equipment.v1.equipment_directory_pb2_grpc import EquipmentDirectoryStub
from zhulian.projects.v1.events_pb2 import ProjectChanged
from zhulian.projects.v1.project_directory_pb2 import Party as PartyMessage
from zhulian.projects.v1.project_directory_pb2 import ProjectSnapshot

DATA = Path(__file__).parent / "data"
TODAY = date(2026, 11, 23)
BASE = "/equipment/v1"


@dataclass
class FakeProjects:
    """project-mgmt in memory."""

    parties: dict[tuple[UUID, UUID], Party] = field(default_factory=dict)
    projects: set[UUID] = field(default_factory=set)
    asked: list[tuple[UUID, UUID, date]] = field(default_factory=list)

    async def party(self, project_id: UUID, organisation_id: UUID, on: date) -> Party:
        """What the test has set; a project that nobody knows is not found."""
        self.asked.append((project_id, organisation_id, on))
        if project_id not in self.projects:
            raise NotFound("PROJECT_NOT_FOUND", zh="未找到该项目。", en="There is no such project.")
        return self.parties.get((project_id, organisation_id), Party(frozenset(), "active"))


@dataclass
class FakeLabour:
    """labour in memory: everybody may operate who is not refused."""

    refused: dict[UUID, tuple[Refusal, ...]] = field(default_factory=dict)
    asked: list[tuple[UUID, UUID, str, date]] = field(default_factory=list)

    async def verify_operator(self, project_id: UUID, worker_id: UUID, trade: str, on: date) -> Verdict:
        """As the test has set it."""
        self.asked.append((project_id, worker_id, trade, on))
        refusals = self.refused.get(worker_id, ())
        return Verdict(not refusals, refusals, "" if refusals else "粤A042019000001")


@pytest.fixture(scope="session")
async def equipment(cluster: Cluster) -> AsyncIterator[Harness]:
    """The service with its migrated database."""
    addresses = cluster.create_service_database("equipment-leasing")
    harness = await Harness.start(SERVICE, addresses, projects=FakeProjects(), labour=FakeLabour())
    yield harness
    await harness.stop()


@dataclass
class Yard:
    """A lessor with its machines, and a project with a contractor that rents and an owner that looks on."""

    harness: Harness
    project_id: UUID = field(default_factory=new_id)
    lessor: Organisation = field(default_factory=lambda: organisation(Kind.LESSOR))
    contractor: Organisation = field(default_factory=lambda: organisation(Kind.CONTRACTOR))
    owner: Organisation = field(default_factory=lambda: organisation(Kind.OWNER))

    def __post_init__(self) -> None:
        self.manager = self.lessor.as_(Role.FLEET_MANAGER)
        self.device = self.lessor.as_(Role.TELEMATICS)
        self.buyer = self.contractor.as_(Role.BUYER)

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

    async def post(self, who: Principal, path: str, body: Any = None, *, status: int = 200) -> dict[str, Any]:
        """Post as somebody and expect a status."""
        async with self.harness.client(who) as client:
            answer = await client.post(f"{BASE}{path}", json=body, headers=key())
        assert answer.status_code == status, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def get(self, who: Principal, path: str, **params: Any) -> httpx.Response:
        """Ask as somebody."""
        async with self.harness.client(who) as client:
            return await client.get(f"{BASE}{path}", params=params)

    async def machine(self, **changes: Any) -> UUID:
        """A tower crane with a complete file, nothing registered, inspected or checked."""
        return UUID((await self.post(self.manager, "/machines", crane(**changes), status=201))["id"])

    async def clear_machine(self, **changes: Any) -> UUID:
        """A tower crane that may be leased."""
        machine_id = await self.machine(**changes)
        registration = {
            "number": f"粤BA-{new_id().hex[-8:]}",
            "authority": "深圳市住建局",
            "registered_on": "2024-02-01",
        }
        await self.post(self.manager, f"/machines/{machine_id}:register", registration)
        await self.post(self.manager, f"/machines/{machine_id}:inspect", inspection())
        await self.post(self.manager, f"/machines/{machine_id}:check-devices", DEVICES)
        return machine_id

    async def listing(self, machine_id: UUID | None = None, *, publish: bool = True, **changes: Any) -> UUID:
        """An offer of a machine (a fresh clear one when none is named)."""
        machine_id = machine_id or await self.clear_machine()
        made = await self.post(self.manager, "/listings", offer(machine_id, **changes), status=201)
        if publish:
            await self.post(self.manager, f"/listings/{made['id']}:publish")
        return UUID(made["id"])

    async def booking(self, state: str, listing_id: UUID | None = None, first: int = 0, last: int = 9) -> UUID:
        """A booking from one day to another (counted from today) in the state held, confirmed or handed_over."""
        listing_id = listing_id or await self.listing()
        held = await self.post(self.buyer, "/bookings", hold(self, listing_id, first, last), status=201)
        if state in ("confirmed", "handed_over"):
            await self.post(self.manager, f"/bookings/{held['id']}:confirm")
        if state == "handed_over":
            await self.post(self.manager, f"/bookings/{held['id']}:hand-over", {"operator_worker_id": str(new_id())})
        return UUID(held["id"])


def crane(**changes: Any) -> dict[str, Any]:
    """A good request for a tower crane's file."""
    return {
        "fleet_number": f"TC-{new_id().hex[-10:]}",
        "kind": "tower_crane",
        "manufacturer": "中联重科",
        "model": "QTZ125",
        "serial_number": f"SN-{new_id().hex[-10:]}",
        "manufacturing_licence": "TS2410000-2024",
        "product_certificate": "HG-2019-117",
        "supervision_proof": "JJ-2019-0117",
        "factory_date": "2019-05-01",
        "rated_moment": "1250",
    } | changes


def inspection(**changes: Any) -> dict[str, Any]:
    """A good inspection."""
    return {
        "inspected_on": "2026-09-01",
        "valid_to": "2027-08-31",
        "verdict": "passed",
        "agency": "深圳市特种设备安全检验研究院",
        "report": "SZ-2026-0901",
    } | changes


DEVICES = {
    "checked_on": "2026-11-01",
    "devices": {
        "moment_limiter": "working",
        "load_limiter": "working",
        "hoisting_limit": "working",
        "luffing_limit": "working",
        "slewing_limit": "working",
    },
}


def offer(machine_id: UUID, **changes: Any) -> dict[str, Any]:
    """A good request for a listing."""
    return {
        "machine_id": str(machine_id),
        "district": "nanshan",
        "monthly_rent": "38000.00",
        "daily_rent": "1600.00",
        "remark": "含司机",
    } | changes


def hold(yard: Yard, listing_id: UUID, first: int, last: int) -> dict[str, Any]:
    """A good request for a booking; days counted from today."""
    return {
        "listing_id": str(listing_id),
        "project_id": str(yard.project_id),
        "first_day": (TODAY + timedelta(days=first)).isoformat(),
        "last_day": (TODAY + timedelta(days=last)).isoformat(),
    }


@pytest.fixture
async def yard(equipment: Harness) -> Yard:
    """A fresh lessor and a fresh project, known through the fact that project-mgmt would have sent."""
    equipment.clock.advance(NOON - equipment.clock.now())
    found = Yard(equipment)
    found.projects.projects.add(found.project_id)
    found.projects.parties[found.project_id, found.contractor.id] = Party(frozenset({"general_contractor"}), "active")
    parties = [
        PartyMessage(organisation_id=str(one.id), role=role, valid_from=Day(date="2026-01-01"))
        for one, role in ((found.contractor, "general_contractor"), (found.owner, "owner"))
    ]
    snapshot = ProjectSnapshot(
        project_id=str(found.project_id),
        code="P-1",
        name_zh="示范项目",
        name_en="Pilot",
        state="active",
        district="nanshan",
        organisation_id=str(found.contractor.id),
        parties=parties,
        version=1,
    )
    message = ProjectChanged(project=snapshot)
    await equipment.receive("equipment-leasing--projects-changed", message, aggregate_id=found.project_id)
    return found


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
        """Call a method of EquipmentDirectory as `caller`."""
        channel = Channel(f"127.0.0.1:{self.server.port}", OwnTokens(self.harness, caller), "equipment-leasing")
        try:
            return await channel.call(EquipmentDirectoryStub, method, request, timeout=5)
        finally:
            await channel.close()


@pytest.fixture
async def door(equipment: Harness) -> AsyncIterator[Door]:
    """The door, open for one test."""
    keys = KeySet.static(equipment.signer.jwks())
    server = GrpcServer(
        host="127.0.0.1",
        port=0,
        registrations=SERVICE.rpc(equipment.runtime),
        verifier=TokenVerifier(keys, ISSUER, INTERNAL_AUDIENCE, equipment.clock),
        works=equipment.runtime.works,
    )
    await server.start()
    yield Door(equipment, server)
    await server.stop(0)
