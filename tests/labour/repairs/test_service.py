"""Use cases of repairs on a real PostgreSQL."""

from __future__ import annotations

import asyncio
import random
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from chassis.errors import FailedPrecondition, InvalidArgument, NotFound, PermissionDenied
from chassis.identity import Kind, Role
from chassis.ids import new_id
from chassis.pages import PageRequest
from labour.attendance import rules
from labour.attendance.events import RECORDED
from labour.codes import repository as codes
from labour.repairs import service
from labour.repairs.service import RepairFilter
from labour.repairs.states import State
from tests.harness import NOON, organisation
from tests.labour.attendance.conftest import Gate, at
from tests.labour.conftest import worker_row
from tests.labour.repairs.conftest import approve, forgotten, propose, told
from zhulian.labour.v1.events_pb2 import AttendanceRecorded

YESTERDAY = "2026-11-22"


async def facts(gate: Gate) -> list[AttendanceRecorded]:
    """What has been told of the project."""
    async with gate.site.harness.sql() as sql:
        rows = await sql.fetch("SELECT payload FROM outbox WHERE subject = $1 ORDER BY seq", RECORDED)
    messages = [AttendanceRecorded.FromString(bytes(row["payload"])) for row in rows]
    return [one for one in messages if one.project_id == str(gate.site.project_id)]


async def raw(gate: Gate) -> list[Any]:
    async with gate.site.harness.sql() as sql:
        return [
            tuple(row)
            for row in await sql.fetch(
                "SELECT * FROM gate_swipes WHERE project_id = $1 ORDER BY sequence", gate.site.project_id
            )
        ]


async def test_a_forgotten_swipe_counts_once_two_persons_say_so_and_the_raw_one_stays(gate: Gate) -> None:
    """Proposed by the employer with a reason, approved by the general contractor; the fact tells the difference."""
    await gate.send(gate.swipe(0, "in", at(8)))
    before = await raw(gate)
    proposed = await propose(gate, forgotten(gate, 0, "out", at(17)))
    assert await gate.counted() == {}
    approved = await approve(gate, proposed)
    assert (told(proposed), told(approved)) == (["proposed"], ["approved"])
    assert await gate.counted() == {(YESTERDAY, gate.workers[0]): "1.00"}
    assert await raw(gate) == before
    fact = (await facts(gate))[-1]
    assert (fact.device_id, fact.swipes, [(day.day.date, day.delta) for day in fact.days]) == (
        "",
        1,
        [(YESTERDAY, "1.00")],
    )
    repair_id = proposed[0].repair_id
    assert repair_id is not None
    assert await gate.site.harness.audited(repair_id) == ["repairs.propose", "repairs.approve"]
    assert told(await approve(gate, proposed)) == ["INVALID_STATE"]
    assert len(await facts(gate)) == 2


async def test_nobody_approves_his_own(gate: Gate) -> None:
    """The general contractor's own clerk proposes for a subcontractor's worker: another person has to confirm."""
    engineer = gate.site.engineer
    proposed = await propose(gate, forgotten(gate, 0, "in", at(8)), by=engineer)
    assert told(await approve(gate, proposed, by=engineer)) == ["SAME_PERSON"]
    async with gate.site.harness.work(engineer) as work:
        [found] = (await service.page(work, RepairFilter(gate.site.project_id), PageRequest())).items
    assert found.state is State.PROPOSED
    assert told(await approve(gate, proposed, by=gate.site.contractor.as_(Role.PROJECT_MANAGER))) == ["approved"]


async def test_only_the_general_contractor_approves(gate: Gate) -> None:
    proposed = await propose(gate, forgotten(gate, 0, "in", at(8)))
    before = await gate.site.harness.checksum()
    with pytest.raises(PermissionDenied):
        await approve(gate, proposed, by=gate.site.subcontractor.as_(Role.LABOUR_CLERK))
    with pytest.raises(NotFound):
        await approve(gate, proposed, by=organisation(Kind.CONTRACTOR).as_(Role.SITE_ENGINEER))
    specialist = organisation(Kind.CONTRACTOR)
    gate.site.projects.roles[gate.site.project_id, specialist.id] = frozenset({"specialist_subcontractor"})
    with pytest.raises(FailedPrecondition) as refusal:
        await approve(gate, proposed, by=specialist.as_(Role.SITE_ENGINEER))
    assert refusal.value.reason == "NOT_GENERAL_CONTRACTOR"
    assert await gate.site.harness.checksum() == before


async def test_each_row_is_judged_by_itself(gate: Gate) -> None:
    """The same gates as for a swipe; an employer learns nothing of another one's people."""
    [foreign] = await gate.site.workers(worker_row(), clerk=gate.site.contractor.as_(Role.LABOUR_CLERK))
    [absent] = await gate.site.workers(worker_row())
    await gate.site.assigned([absent])
    results = await propose(
        gate,
        forgotten(gate, 0, "in", at(8)),
        forgotten(gate, 0, "in", at(8)),
        forgotten(gate, foreign, "in", at(8)),
        forgotten(gate, new_id(), "in", at(8)),
        forgotten(gate, absent, "in", at(8)),
        forgotten(gate, 1, "in", NOON + timedelta(minutes=1)),
        forgotten(gate, 1, "in", at(8, days_ago=63)),
        forgotten(gate, 1, "in", at(8, days_ago=20)),
    )
    assert told(results) == [
        "proposed",
        "REPAIR_STANDS",
        "WORKER_NOT_ASSIGNED",
        "WORKER_NOT_ASSIGNED",
        "WORKER_NOT_ENTERED",
        "IN_FUTURE",
        "TOO_OLD",
        "WORKER_NOT_ENTERED",
    ]
    assert results[1].faults[0].pointer == "/repairs/1/at"
    assert told(await propose(gate, forgotten(gate, 0, "in", at(8)))) == ["REPAIR_STANDS"]


async def test_what_was_rejected_or_withdrawn_counts_nothing_and_may_be_proposed_again(gate: Gate) -> None:
    await gate.send(gate.swipe(0, "in", at(8)))
    [one] = await propose(gate, forgotten(gate, 0, "out", at(17)))
    assert one.repair_id is not None
    async with gate.site.harness.work(gate.site.engineer) as work:
        rejected = await service.reject(work, one.repair_id, "与监控不符", None, gate.site.projects)
    assert (rejected.state, rejected.decision_reason) == (State.REJECTED, "与监控不符")
    [two] = await propose(gate, forgotten(gate, 0, "out", at(17)))
    assert two.repair_id is not None
    before = await gate.site.harness.checksum()
    with pytest.raises(FailedPrecondition) as refusal:
        async with gate.site.harness.work(gate.site.contractor.as_(Role.LABOUR_CLERK)) as work:
            await service.withdraw(work, two.repair_id, "", None)
    assert refusal.value.reason == "NOT_THE_PROPOSER"
    assert await gate.site.harness.checksum() == before
    async with gate.site.harness.work(gate.site.clerk) as work:
        assert (await service.withdraw(work, two.repair_id, "记错了", None)).state is State.WITHDRAWN
    assert told(await approve(gate, [one, two])) == ["INVALID_STATE", "INVALID_STATE"]
    assert await gate.counted() == {}


async def test_evidence_must_be_an_upload_of_ones_own(gate: Gate) -> None:
    before = await gate.site.harness.checksum()
    with pytest.raises(InvalidArgument) as refusal:
        await propose(gate, forgotten(gate, 0, "in", at(8)), forgotten(gate, 1, "in", at(8), file_id=new_id()))
    assert refusal.value.violations[0].pointer == "/repairs/1/file_id"
    assert await gate.site.harness.checksum() == before


async def test_days_follow_from_raw_swipes_and_approved_repairs_in_any_order(gate: Gate) -> None:
    """Random swipes and repairs, approved in between: what stands is what the rule says of both together."""
    rng = random.Random(3)
    [rule] = codes.worker_day_rules()
    everything: dict[UUID, list[tuple[str, Any]]] = {worker: [] for worker in gate.workers}
    for _ in range(12):
        swipes, repairs = [], []
        for _ in range(4):
            worker, way = rng.randrange(4), rng.choice(["in", "out"])
            moment = at(rng.randrange(96) / 4, days_ago=rng.randint(1, 6))
            if rng.random() < 0.5:
                swipes.append(gate.swipe(worker, way, moment))
            else:
                repairs.append(forgotten(gate, worker, way, moment))
            everything[gate.workers[worker]].append((rules.IN if way == "in" else rules.OUT, moment))
        if swipes:
            await gate.send(*swipes)
        if repairs:
            await approve(gate, [one for one in await propose(gate, *repairs) if one.status == "proposed"])
    expected: dict[tuple[str, UUID], str] = {}
    for worker_id, some in everything.items():
        marks = rules.marks_of_days(some, rule)
        for day, own in marks.items():
            on_site = rules.time_on_site(own, marks.get(day + timedelta(days=1), rules.NO_MARKS), rule)
            if rules.worker_days(on_site, rule):
                expected[day.isoformat(), worker_id] = str(rules.worker_days(on_site, rule))
    counted = await gate.counted()
    assert counted == expected
    summed = sum(Decimal(day.delta) for fact in await facts(gate) for day in fact.days)
    assert summed == sum(map(Decimal, counted.values())) > 3


async def test_approved_twice_at_once_counts_once(gate: Gate) -> None:
    await gate.send(gate.swipe(0, "in", at(8)))
    proposed = await propose(gate, forgotten(gate, 0, "out", at(17)))
    outcomes = await asyncio.gather(*(approve(gate, proposed) for _ in range(4)))
    assert sorted(told(one)[0] for one in outcomes) == ["INVALID_STATE"] * 3 + ["approved"]
    assert len(await facts(gate)) == 2
