"""Labour under test; project-mgmt is in memory."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from stdnum.cn import ric

from chassis.crypto import Vault
from chassis.files.scanner import NoScanner
from chassis.files.store import FileStore
from chassis.identity import Kind, Principal, Role
from chassis.ids import new_id
from infra.postgres import Cluster
from labour.app import SERVICE
from labour.clients.codes import FolderSender
from labour.clients.projects import Part, Party, Project
from tests.harness import Harness, Organisation, key, organisation
from zhulian.common.v1.values_pb2 import Day
from zhulian.projects.v1.events_pb2 import ProjectChanged
from zhulian.projects.v1.project_directory_pb2 import Party as PartyMessage
from zhulian.projects.v1.project_directory_pb2 import ProjectSnapshot

GATE_CLIENT = "gate-01"


@dataclass
class FakeProjects:
    """project-mgmt in memory: who takes part in what, and the state of a project."""

    roles: dict[tuple[UUID, UUID], frozenset[str]] = field(default_factory=dict)
    states: dict[UUID, str] = field(default_factory=dict)
    risk_classes: dict[UUID, str] = field(default_factory=dict)

    async def project(self, project_id: UUID) -> Project:
        """A project in Shenzhen in which those take part whom the test has named, from the beginning of time."""
        parts = tuple(
            Part(organisation, role, date.min, None)
            for (project, organisation), roles in self.roles.items()
            if project == project_id
            for role in sorted(roles)
        )
        risk_class = self.risk_classes.get(project_id, "normal")
        return Project(project_id, self.states.get(project_id, "active"), "440300", risk_class, parts)

    async def party(self, project_id: UUID, organisation_id: UUID, on: date) -> Party:
        """What the test has set; nobody otherwise."""
        roles = self.roles.get((project_id, organisation_id), frozenset())
        return Party(roles, self.states.get(project_id, "active"))


@pytest.fixture(scope="session")
def vault() -> Vault:
    """A vault with one key."""
    return Vault({"k1": b"1" * 32}, b"i" * 32)


@pytest.fixture(scope="session")
async def labour(cluster: Cluster, vault: Vault, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Harness]:
    """The service with its migrated database."""
    addresses = cluster.create_service_database("labour")
    harness = await Harness.start(
        SERVICE,
        addresses,
        projects=FakeProjects(),
        vault=vault,
        files=FileStore(tmp_path_factory.mktemp("labour-files")),
        scanner=NoScanner(),
        codes=FolderSender(tmp_path_factory.mktemp("labour-codes")),
    )
    yield harness
    await harness.stop()


_serial = itertools.count(1)


def resident_id(born: str = "19900101", *, male: bool = True, area: str = "440305") -> str:
    """A resident identity number that nobody else has; `born` as yyyymmdd."""
    serial = next(_serial)
    district = f"{area[:4]}{serial // 500 % 90 + 1:02d}"
    body = f"{district}{born}{serial % 500 * 2 + (1 if male else 0):03d}"
    return body + ric.calc_check_digit(body + "0")


def worker_row(**changes: Any) -> dict[str, Any]:
    """A steel fixer who passes every gate."""
    return {
        "external_id": f"W-{next(_serial)}",
        "name": "张伟",
        "id_card_number": resident_id(),
        "work_type": "020",
        "nation": "汉族",
        "address": "广东省深圳市福田区1号",
        "cell_phone": "13800138000",
        "payroll_bank_card_number": "6222020200112233445",
        "agreement": {
            "kind": "labour_contract",
            "number": "LD-1",
            "valid_from": "2026-01-01",
            "valid_to": "2027-12-31",
        },
        "training": {"trained_on": "2026-03-01", "hours": "50.00", "course": "三级安全教育"},
    } | changes


@dataclass
class Site:
    """A project with its general contractor, a labour subcontractor, an owner, and a stranger."""

    harness: Harness
    project_id: UUID
    contractor: Organisation
    subcontractor: Organisation
    owner: Organisation
    stranger: Organisation

    @property
    def projects(self) -> FakeProjects:
        """project-mgmt in memory."""
        found: FakeProjects = self.harness.runtime.clients["projects"]
        return found

    @property
    def clerk(self) -> Principal:
        """Who registers and assigns workers for the subcontractor."""
        return self.subcontractor.as_(Role.LABOUR_CLERK)

    @property
    def engineer(self) -> Principal:
        """Who runs the gates for the general contractor."""
        return self.contractor.as_(Role.SITE_ENGINEER)

    @property
    def gate(self) -> Principal:
        """The API client of a gate device."""
        return Principal(
            "sa-gate", GATE_CLIENT, self.contractor.id, self.contractor.kinds, frozenset({Role.GATE_DEVICE})
        )

    async def workers(self, *rows: dict[str, Any], clerk: Principal | None = None) -> list[UUID]:
        """Register workers; they must all be taken."""
        answer = await self.post("/labour/v1/workers:batch", {"workers": list(rows)}, clerk or self.clerk)
        assert answer["refused"] == 0, answer
        return [UUID(result["id"]) for result in answer["results"]]

    async def assigned(self, worker_ids: list[UUID], **more: Any) -> list[UUID]:
        """Assign workers; they must all be taken."""
        body = {"project_id": str(self.project_id), "workers": [{"worker_id": str(one)} for one in worker_ids], **more}
        answer = await self.post("/labour/v1/assignments:batch", body, self.clerk)
        assert answer["refused"] == 0, answer
        return [UUID(result["id"]) for result in answer["results"]]

    async def device(self, name: str | None = None) -> UUID:
        """Register a gate device."""
        body = {"project_id": str(self.project_id), "name": name or f"gate {new_id()}", "client_id": GATE_CLIENT}
        answer = await self.post("/labour/v1/attendance/devices", body, self.engineer, status=201)
        return UUID(answer["id"])

    async def post(self, path: str, body: Any, principal: Principal, *, status: int = 200) -> Any:
        """Post through the public door."""
        async with self.harness.client(principal) as client:
            answer = await client.post(path, json=body, headers=key())
        assert answer.status_code == status, answer.text
        return answer.json()


async def tell_project(
    harness: Harness, project_id: UUID, parties: dict[UUID, str], *, version: int = 1, **fields: Any
) -> bool:
    """What project-mgmt would have told about a project."""
    snapshot = ProjectSnapshot(
        project_id=str(project_id),
        organisation_id=str(next(iter(parties))),
        parties=[
            PartyMessage(organisation_id=str(id_), role=role, valid_from=Day(date="2026-01-01"))
            for id_, role in parties.items()
        ],
        version=version,
        **{
            "code": "P-1",
            "name_zh": "示范项目",
            "name_en": "Pilot",
            "state": "active",
            "district": "南山",
            "city": "440300",
            "risk_class": "normal",
            **fields,
        },
    )
    message = ProjectChanged(project=snapshot, change="registered")
    return await harness.receive("labour--projects-changed", message, aggregate_id=project_id, version=version)


@pytest.fixture
async def site(labour: Harness) -> Site:
    """A fresh project in Shenzhen, known through the fact that project-mgmt would have sent."""
    found = Site(
        labour,
        new_id(),
        organisation(Kind.CONTRACTOR),
        organisation(Kind.LABOUR_SUBCONTRACTOR),
        organisation(Kind.OWNER),
        organisation(Kind.LABOUR_SUBCONTRACTOR),
    )
    parties = {
        found.contractor.id: "general_contractor",
        found.subcontractor.id: "labour_subcontractor",
        found.owner.id: "owner",
    }
    await tell_project(labour, found.project_id, parties)
    for organisation_id, role in parties.items():
        found.projects.roles[found.project_id, organisation_id] = frozenset({role})
    return found
