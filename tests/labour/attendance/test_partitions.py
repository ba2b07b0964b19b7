"""Swipes by month: a number is known across the borders of months, the months come by themselves, nothing is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from chassis.crypto import Vault
from chassis.identity import Kind
from chassis.ids import new_id
from infra.postgres import Cluster, DatabaseAddresses
from labour.app import SERVICE
from labour.attendance import service
from tests.harness import Harness, organisation
from tests.labour.attendance.conftest import Gate
from tests.labour.conftest import FakeProjects, Site, tell_project, worker_row

AFTER = timedelta(days=150)
"""Far enough behind the month in which the database was migrated that months of their own stand ready."""


def month(since: datetime, ahead: int) -> datetime:
    """The begin of a month, so many after that of an instant."""
    number = since.year * 12 + since.month - 1 + ahead
    return datetime(number // 12, number % 12 + 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def addresses(cluster: Cluster) -> DatabaseAddresses:
    """A database of its own: its months are looked at, and one is taken away."""
    return cluster.create_service_database("labour_months")


@pytest.fixture(scope="module")
async def later(addresses: DatabaseAddresses, vault: Vault) -> AsyncIterator[Harness]:
    """Labour, half a year after it was migrated, on the third day of a month."""
    harness = await Harness.start(SERVICE, addresses, projects=FakeProjects(), vault=vault)
    now = month(datetime.now(UTC) + AFTER, 0) + timedelta(days=2)
    harness.clock.advance(now - harness.clock.now())
    yield harness
    await harness.stop()


@pytest.fixture
async def gate(later: Harness) -> Gate:
    """A device and two workers who entered two months ago."""
    site = Site(
        later,
        new_id(),
        organisation(Kind.CONTRACTOR),
        organisation(Kind.LABOUR_SUBCONTRACTOR),
        organisation(Kind.OWNER),
        organisation(Kind.LABOUR_SUBCONTRACTOR),
    )
    parties = {site.contractor.id: "general_contractor", site.subcontractor.id: "labour_subcontractor"}
    await tell_project(later, site.project_id, parties)
    for organisation_id, role in parties.items():
        site.projects.roles[site.project_id, organisation_id] = frozenset({role})
    today = later.clock.now()
    agreement = {"kind": "labour_contract", "number": "1", "valid_from": "2026-01-01"}
    training = {
        "trained_on": (today - timedelta(days=90)).date().isoformat(),
        "hours": "50.00",
        "course": "三级安全教育",
    }
    workers = await site.workers(*[worker_row(agreement=agreement, training=training) for _ in range(2)])
    await site.assigned(workers, enter_at=(today - timedelta(days=50)).isoformat())
    return Gate(site, await site.device(), workers)


async def owner(addresses: DatabaseAddresses, statement: str, *arguments: Any) -> Any:
    connection = await asyncpg.connect(addresses.owner_url)
    try:
        return await connection.fetch(statement, *arguments)
    finally:
        await connection.close()


async def parts_of(addresses: DatabaseAddresses, gate: Gate) -> set[str]:
    rows = await owner(
        addresses,
        "SELECT DISTINCT tableoid::regclass::text AS part FROM gate_swipes WHERE device_id = $1",
        gate.device_id,
    )
    return {row["part"] for row in rows}


async def test_a_number_is_known_across_the_border_of_months(gate: Gate, addresses: DatabaseAddresses) -> None:
    """The key of a partition holds its own rows only: the service looks into all of them for a number it may know."""
    border = month(gate.site.harness.clock.now(), 0)
    swipe = gate.swipe(0, "in", border - timedelta(hours=1))
    beyond = swipe | {"at": (border + timedelta(hours=1)).isoformat()}
    assert (await gate.send(swipe, gate.swipe(1, "in", border + timedelta(hours=2)))).accepted == 2
    reused = await gate.send(beyond)
    assert [fault.code for fault in reused.refused[0]] == ["SEQUENCE_REUSED"]
    again = await gate.send(swipe, gate.swipe(0, "out", border + timedelta(hours=6)))
    assert (again.accepted, again.duplicates, again.refused) == (1, {0}, {})
    assert len(await parts_of(addresses, gate)) == 2


async def test_one_number_for_two_months_in_parallel_is_taken_once(gate: Gate) -> None:
    border = month(gate.site.harness.clock.now(), 0)
    swipe = gate.swipe(0, "in", border - timedelta(hours=1))
    beyond = swipe | {"at": (border + timedelta(hours=1)).isoformat()}
    outcomes = await asyncio.gather(*(gate.send(one) for one in (swipe, beyond) * 3))
    assert sum(one.accepted for one in outcomes) == 1
    assert sum(len(one.refused) for one in outcomes) == 3
    assert sum(len(one.duplicates) for one in outcomes) == 2


async def test_months_stand_ready_and_come_by_themselves(later: Harness, addresses: DatabaseAddresses) -> None:
    """The job makes what is missing until eight months ahead, though the service may make no tables; twice is once."""
    listed = "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'gate_swipes'::regclass ORDER BY 1"
    before = await owner(addresses, listed)
    for _ in range(2):
        async with later.runtime.works.open(organisation(Kind.CONTRACTOR).as_()) as work:
            await service.make_partitions(work, {})
    after = [row[0] for row in await owner(addresses, listed)]
    last = month(later.clock.now() + service.AHEAD, 0)
    assert f"gate_swipes_{last:%Y%m}" in after
    assert len(after) == len(set(after)) > len(before)


async def test_what_no_month_is_made_for_waits_and_is_moved(gate: Gate, addresses: DatabaseAddresses) -> None:
    """If the job has not run for long: the rows rest in the default partition until it does."""
    far = await owner(
        addresses,
        "SELECT max(inhrelid::regclass::text) FROM pg_inherits "
        "WHERE inhparent = 'gate_swipes'::regclass AND inhrelid::regclass::text ~ '_[0-9]+$'",
    )
    begins = datetime.strptime(far[0][0][-6:], "%Y%m").replace(tzinfo=UTC)
    beyond = month(begins, 1) + timedelta(days=3)
    insert = """
    INSERT INTO gate_swipes SELECT $1, $2, $3, $3, $3, $3, $4, '01', '001', false, $4
    """
    connection = await asyncpg.connect(addresses.runtime_url)
    await connection.execute(insert, gate.device_id, 77, new_id(), beyond)
    assert await parts_of(addresses, gate) == {"gate_swipes_rest"}
    assert await connection.fetchval("SELECT make_swipe_partitions($1)", beyond.date()) == 1
    await connection.close()
    assert await parts_of(addresses, gate) == {f"gate_swipes_{beyond:%Y%m}"}


async def test_the_running_service_changes_no_swipe(gate: Gate, addresses: DatabaseAddresses) -> None:
    """The raw swipe never changes: not by statement, not in its partition."""
    await gate.send(gate.swipe(0, "in", gate.site.harness.clock.now() - timedelta(hours=1)))
    [part] = await parts_of(addresses, gate)
    connection = await asyncpg.connect(addresses.runtime_url)
    try:
        for table in ("gate_swipes", "swipes", "gate_swipes_rest", part):
            for statement in (f"UPDATE {table} SET at = now()", f"DELETE FROM {table}", f"TRUNCATE {table}"):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(statement)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute("ALTER TABLE gate_swipes DETACH PARTITION gate_swipes_rest")
        with pytest.raises(asyncpg.RaiseError):
            await connection.execute("SELECT make_swipe_partitions('2100-01-01')")
    finally:
        await connection.close()


async def test_processes_of_the_version_before_go_on(gate: Gate, addresses: DatabaseAddresses) -> None:
    """Their INSERT names the table of before and its key; the new version knows what they have written."""
    statement = """
    INSERT INTO swipes (device_id, sequence, project_id, assignment_id, worker_id, employer_id, at, direction,
                        attend_type, papers_lapsed, received_at)
    SELECT $1, 5, $2, a.id, a.worker_id, a.employer_id, $3, '01', '001', false, $3 FROM assignments a
    WHERE a.worker_id = $4 ON CONFLICT (device_id, sequence) DO NOTHING RETURNING sequence
    """
    moment = datetime.now(UTC)
    connection = await asyncpg.connect(addresses.runtime_url)
    arguments = (gate.device_id, gate.site.project_id, moment, gate.workers[0])
    found = [await connection.fetchval(statement, *arguments) for _ in range(2)]
    stands = await connection.fetchrow("SELECT at, counted FROM gate_swipes WHERE device_id = $1", gate.device_id)
    await connection.close()
    assert found == [5, None]
    assert stands is not None
    assert tuple(stands) == (moment, True)


async def test_an_old_month_is_taken_away_and_the_others_go_on(gate: Gate, addresses: DatabaseAddresses) -> None:
    border = month(gate.site.harness.clock.now(), 0)
    await gate.send(gate.swipe(0, "in", border - timedelta(days=40)), gate.swipe(0, "in", border + timedelta(hours=4)))
    [old] = await parts_of(addresses, gate) - {f"gate_swipes_{border:%Y%m}"}
    await owner(addresses, f"ALTER TABLE gate_swipes DETACH PARTITION {old}")
    try:
        recorded = await gate.send(gate.swipe(0, "out", border + timedelta(hours=8)))
        assert recorded.accepted == 1
        assert await parts_of(addresses, gate) == {f"gate_swipes_{border:%Y%m}"}
    finally:
        begins = datetime.strptime(old[-6:], "%Y%m").replace(tzinfo=UTC)
        bounds = f"FROM ('{begins.isoformat()}') TO ('{month(begins, 1).isoformat()}')"
        await owner(addresses, f"ALTER TABLE gate_swipes ATTACH PARTITION {old} FOR VALUES {bounds}")
