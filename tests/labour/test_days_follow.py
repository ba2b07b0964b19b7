"""Whatever the gates send, project-mgmt has the labour days per employer and day as labour's own rows have them."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from chassis.identity import Kind, Role, service_principal
from infra.postgres import Cluster
from labour.assignments import handlers, service
from labour.assignments.service import Move
from labour.attendance.events import RECORDED
from project_mgmt.app import SERVICE as PROJECT_MGMT
from project_mgmt.clients.labour import GrpcLabourDirectory
from project_mgmt.indicators.commands import reconcile
from project_mgmt.indicators.commands.reconcile import Reconciliation
from project_mgmt.projects import service as projects
from tests.harness import NOON, Harness, organisation
from tests.labour.attendance.conftest import Gate, at
from tests.labour.conftest import Site, tell_project, worker_row
from tests.labour.rpc_door import door
from tests.project_mgmt.conftest import part, registration
from zhulian.labour.v1.events_pb2 import AttendanceRecorded

CONSUMER = "project-mgmt--attendance-recorded"
LAST = date(2026, 11, 22)
DAYS = 6


@pytest.fixture(scope="module")
async def project_mgmt(cluster: Cluster) -> AsyncIterator[Harness]:
    """project-mgmt beside labour, on a database of its own; its neighbours are not asked."""
    harness = await Harness.start(
        PROJECT_MGMT, cluster.create_service_database("days_follow"), neighbours=SimpleNamespace()
    )
    yield harness
    await harness.stop()


@pytest.fixture
async def site(site: Site, project_mgmt: Harness) -> Site:
    """The site under the id that project-mgmt has registered it with."""
    roles = ((site.contractor, "general_contractor"), (site.owner, "owner"))
    command = registration(*(part(one, role) for one, role in roles))
    async with project_mgmt.work(site.contractor.as_(Role.PROJECT_MANAGER)) as work:
        site.project_id = (await projects.register(work, command)).id
    parties = {one.id: role for one, role in roles} | {site.subcontractor.id: "labour_subcontractor"}
    await tell_project(site.harness, site.project_id, parties)
    for organisation_id, role in parties.items():
        site.projects.roles[site.project_id, organisation_id] = frozenset({role})
    return site


@pytest.fixture
async def crew(site: Site) -> tuple[Gate, Gate]:
    """Two gates of a site with workers of two employers."""
    rival = organisation(Kind.LABOUR_SUBCONTRACTOR)
    parties = {
        site.contractor.id: "general_contractor",
        site.subcontractor.id: "labour_subcontractor",
        rival.id: "labour_subcontractor",
    }
    await tell_project(site.harness, site.project_id, parties, version=2)
    site.projects.roles[site.project_id, rival.id] = frozenset({"labour_subcontractor"})
    workers: list[UUID] = []
    for clerk in (site.clerk, rival.as_(Role.LABOUR_CLERK)):
        ids = await site.workers(worker_row(), worker_row(), clerk=clerk)
        body = {
            "project_id": str(site.project_id),
            "enter_at": (NOON - timedelta(days=10)).isoformat(),
            "workers": [{"worker_id": str(one)} for one in ids],
        }
        assert (await site.post("/labour/v1/assignments:batch", body, clerk))["refused"] == 0
        workers += ids
    return Gate(site, await site.device(), workers), Gate(site, await site.device(), workers)


def passes(gates: tuple[Gate, Gate], chance: random.Random) -> list[tuple[Gate, dict[str, Any]]]:
    """What people do in six days: whole and half days, night shifts, forgotten swipes, through either gate."""
    found = []
    for worker in range(len(gates[0].workers)):
        for days_ago in range(1, DAYS + 1):
            begins = chance.choice((7, 13, 19))
            for direction, hour in (("in", begins), ("out", begins + chance.choice((3, 5, 9, 11)))):
                if chance.random() < 0.85:
                    gate = chance.choice(gates)
                    found.append((gate, gate.swipe(worker, direction, at(hour, days_ago=days_ago))))
    return found


async def own(site: Site) -> dict[tuple[str, date], Decimal]:
    """labour's sums in plain SQL, by employer and day."""
    async with site.harness.sql() as connection:
        rows = await connection.fetch(
            "SELECT employer_id, day, sum(days) AS days FROM worker_days WHERE project_id = $1 GROUP BY 1, 2",
            site.project_id,
        )
    return {(str(row["employer_id"]), row["day"]): row["days"] for row in rows if row["days"]}


async def followed(project_mgmt: Harness, site: Site) -> dict[tuple[str, date], Decimal]:
    """The same as project-mgmt keeps it."""
    async with project_mgmt.sql() as connection:
        rows = await connection.fetch(
            "SELECT detail, day, value FROM indicator_entries WHERE project_id = $1 AND measure = 'labour_days'",
            site.project_id,
        )
    return {(row["detail"], row["day"]): row["value"] for row in rows if row["value"]}


async def reconciled(site: Site, project_mgmt: Harness) -> Reconciliation:
    """What the contractor is told when it asks whether both say the same; labour answers over gRPC."""
    engineer = site.contractor.as_(Role.SITE_ENGINEER)
    async with door(site.harness, "project-mgmt") as channel, project_mgmt.work(engineer) as work:
        return await reconcile.labour_days(work, site.project_id, None, None, GrpcLabourDirectory(channel))


async def tell(site: Site, project_mgmt: Harness, chance: random.Random) -> None:
    """Every fact of the project as a replay would bring it: in any order, some of them twice."""
    async with site.harness.sql() as connection:
        rows = await connection.fetch(
            "SELECT event_id, aggregate_id, payload FROM outbox WHERE subject = $1 ORDER BY seq", RECORDED
        )
    facts = [(row, AttendanceRecorded.FromString(bytes(row["payload"]))) for row in rows]
    facts = [one for one in facts if one[1].project_id == str(site.project_id)]
    facts += chance.sample(facts, len(facts) // 2)
    chance.shuffle(facts)
    for row, fact in facts:
        await project_mgmt.receive(CONSUMER, fact, aggregate_id=row["aggregate_id"], event_id=row["event_id"])


@pytest.mark.parametrize("seed", range(3))
async def test_labour_days_equal_labour_s_own(
    crew: tuple[Gate, Gate], project_mgmt: Harness, seed: int, site: Site
) -> None:
    """Swipes late, twice and in pieces; an exit in between; the end of the project; after each replay the same."""
    chance = random.Random(seed)
    swipes = passes(crew, chance)
    chance.shuffle(swipes)
    half = len(swipes) // 2
    parts = (swipes[:half], swipes[half:], swipes[: half // 2])
    for number, sending in enumerate(parts):
        for gate in crew:
            sent = [swipe for through, swipe in sending if through is gate]
            if sent:
                await gate.send(*sent)
        if number == 0:  # no fact has come yet
            assert len((await reconciled(site, project_mgmt)).differences) == len(await own(site))
        await tell(site, project_mgmt, chance)
        assert await followed(project_mgmt, site) == await own(site) != {}
        assert (await reconciled(site, project_mgmt)).equal
        await leave_one(site, crew[0])
    await end_project(site)
    gate = crew[0]
    late = gate.swipe(3, "in", at(7)), gate.swipe(3, "out", at(16)), gate.swipe(3, "in", at(31))
    assert (await gate.send(*late)).refused.keys() == {2}
    for _ in range(2):
        await tell(site, project_mgmt, chance)
        assert await followed(project_mgmt, site) == await own(site)
    found = await reconciled(site, project_mgmt)
    assert (found.equal, found.sums.ours) == (True, sum((await own(site)).values()))


async def leave_one(site: Site, gate: Gate) -> None:
    """The first worker is sent away, three days ago, once."""
    async with site.harness.sql() as connection:
        row = await connection.fetchrow("SELECT id, state FROM assignments WHERE worker_id = $1", gate.workers[0])
    assert row is not None
    if row["state"] == "entered":
        async with site.harness.work(site.engineer) as work:
            await service.expel(work, Move(row["id"], None, at(17, days_ago=3), "违章作业"))


async def end_project(site: Site) -> None:
    """The project was completed yesterday."""
    parties = {site.contractor.id: "general_contractor", site.subcontractor.id: "labour_subcontractor"}
    await tell_project(site.harness, site.project_id, parties, version=9, state="completed")
    async with site.harness.work(service_principal("labour")) as work:
        await handlers.close_project(work, {"project_id": str(site.project_id), "day": LAST.isoformat()})
