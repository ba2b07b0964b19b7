"""What swipes and repairs have come to, on a real PostgreSQL."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from chassis.errors import InvalidArgument, NotFound
from chassis.identity import Kind, Role
from chassis.ids import new_id
from chassis.pages import PageRequest
from labour.assignments import service as assignments
from labour.attendance.repository import AttendanceFilter
from labour.days import service
from tests.harness import NOON, organisation
from tests.labour.attendance.conftest import Gate, at
from tests.labour.conftest import Site, tell_project, worker_row
from tests.labour.repairs.conftest import approve, forgotten, propose


async def test_who_is_on_site(gate: Gate) -> None:
    """By employer; a subcontractor sees his own people only; who forgot to go out yesterday is gone by now."""
    now = NOON
    [guest] = await gate.site.workers(worker_row(), clerk=gate.site.contractor.as_(Role.LABOUR_CLERK))
    vault = gate.site.harness.runtime.clients["vault"]
    async with gate.site.harness.work(gate.site.contractor.as_(Role.LABOUR_CLERK)) as work:
        row = assignments.WorkerToAssign(guest, None, None)
        command = assignments.AssignWorkers(gate.site.project_id, [row], now - timedelta(days=1))
        await assignments.assign(work, command, gate.site.projects, vault)
    await gate.send(
        gate.swipe(0, "in", now - timedelta(hours=4)),
        gate.swipe(1, "in", now - timedelta(hours=4)),
        gate.swipe(1, "out", now - timedelta(hours=1)),
        gate.swipe(2, "in", now - timedelta(hours=28)),
        gate.swipe(guest, "in", now - timedelta(hours=2)),
    )
    async with gate.site.harness.work(gate.site.owner.as_(Role.VIEWER)) as work:
        everybody = await service.presence(work, gate.site.project_id)
    async with gate.site.harness.work(gate.site.clerk) as work:
        own = await service.presence(work, gate.site.project_id)
    async with gate.site.harness.work(gate.site.stranger.as_(Role.LABOUR_CLERK)) as work:
        nobody = await service.presence(work, gate.site.project_id)
    counts = {one.organisation_id: (one.on_site, one.assigned) for one in everybody.employers}
    assert counts == {gate.site.subcontractor.id: (1, 4), gate.site.contractor.id: (1, 1)}
    assert (everybody.on_site, everybody.assigned, everybody.as_of) == (2, 5, now)
    assert [(one.organisation_id, one.on_site, one.assigned) for one in own.employers] == [
        (gate.site.subcontractor.id, 1, 4)
    ]
    assert nobody.employers == ()


async def assignment_of(gate: Gate, worker_id: UUID, project_id: UUID | None = None) -> UUID:
    async with gate.site.harness.sql() as sql:
        found: UUID = await sql.fetchval(
            "SELECT id FROM assignments WHERE worker_id = $1 AND project_id = $2",
            worker_id,
            project_id or gate.site.project_id,
        )
    return found


async def test_a_day_explains_itself(gate: Gate) -> None:
    """Two ins in a row, an out that is missing, a repair among the raw swipes: each said at its swipe."""
    await gate.send(
        gate.swipe(0, "in", at(8)),
        gate.swipe(0, "in", at(13)),
        gate.swipe(0, "out", at(18)),
        gate.swipe(0, "in", at(19)),
    )
    assignment = await assignment_of(gate, gate.workers[0])
    async with gate.site.harness.work(gate.site.clerk) as work:
        day = await service.explain(work, assignment, date(2026, 11, 22))
    said = [(one.swipe.direction, one.swipe.sequence, one.remark) for one in day.swipes]
    assert said == [("01", 1, None), ("01", 2, "IN_AGAIN"), ("02", 3, None), ("01", 4, None)]
    assert (day.remarks, str(day.day.days), day.on_site, day.locked) == (
        ("OUT_MISSING",),
        "1.00",
        timedelta(hours=10),
        False,
    )
    assert "8小时" in day.source
    await approve(gate, await propose(gate, forgotten(gate, 0, "out", at(12)), forgotten(gate, 0, "out", at(22))))
    async with gate.site.harness.work(gate.site.owner.as_(Role.VIEWER)) as work:
        mended = await service.explain(work, assignment, date(2026, 11, 22))
    assert [one.remark for one in mended.swipes] == [None] * 6
    assert [one.swipe.repair_id is not None for one in mended.swipes] == [False, True, False, False, False, True]
    assert (mended.remarks, mended.on_site) == ((), timedelta(hours=14))
    for stranger, id_ in ((gate.site.stranger, assignment), (gate.site.subcontractor, new_id())):
        with pytest.raises(NotFound):
            async with gate.site.harness.work(stranger.as_(Role.LABOUR_CLERK)) as work:
                await service.explain(work, id_, date(2026, 11, 22))


async def test_a_night_shift_is_explained_with_the_out_that_closes_it(gate: Gate) -> None:
    await gate.send(gate.swipe(0, "in", at(20)), gate.swipe(0, "out", at(30)), gate.swipe(0, "in", at(32)))
    async with gate.site.harness.work(gate.site.clerk) as work:
        day = await service.explain(work, await assignment_of(gate, gate.workers[0]), date(2026, 11, 22))
    assert [one.swipe.sequence for one in day.swipes] == [1, 2]
    assert (day.remarks, day.on_site) == ((), timedelta(hours=10))


async def test_direction_errors_are_listed_until_a_repair_mends_them(gate: Gate) -> None:
    """Two ins in a row, also over midnight; the page goes on where it ended."""
    await gate.send(
        gate.swipe(0, "in", at(8, days_ago=2)),
        gate.swipe(0, "in", at(8)),
        gate.swipe(0, "out", at(12)),
        gate.swipe(1, "out", at(12)),
        gate.swipe(1, "out", at(18)),
    )

    async def listed(principal: Any, **more: Any) -> list[int]:
        wanted = AttendanceFilter(gate.site.project_id, **more)
        async with gate.site.harness.work(principal) as work:
            page = await service.page_of_direction_errors(work, wanted, PageRequest(1))
            rest = await service.page_of_direction_errors(work, wanted, PageRequest(5, page.next_page_token))
        return [one.sequence for one in (*page.items, *(rest.items if page.next_page_token else ()))]

    assert await listed(gate.site.clerk) == [5, 2]
    assert await listed(gate.site.clerk, worker_id=gate.workers[1]) == [5]
    assert await listed(gate.site.stranger.as_(Role.LABOUR_CLERK)) == []
    assert await listed(gate.site.clerk, last_day=date(2026, 11, 21)) == []
    await approve(gate, await propose(gate, forgotten(gate, 0, "out", at(18, days_ago=2))))
    assert await listed(gate.site.clerk) == [5]
    with pytest.raises(InvalidArgument):
        await listed(gate.site.clerk, first_day=date(2026, 10, 22), last_day=date(2026, 11, 22))


async def second_site(gate: Gate, *, same_employer: bool) -> tuple[Gate, UUID]:
    """The first worker of a gate at a second site, for the same employer or, in another registration, for another."""
    site, harness = gate.site, gate.site.harness
    employer = site.subcontractor if same_employer else organisation(Kind.LABOUR_SUBCONTRACTOR)
    owner = site.owner if same_employer else organisation(Kind.OWNER)
    contractor = site.contractor if same_employer else organisation(Kind.CONTRACTOR)
    other = Site(harness, new_id(), contractor, employer, owner, site.stranger)
    parties = {contractor.id: "general_contractor", employer.id: "labour_subcontractor", owner.id: "owner"}
    await tell_project(harness, other.project_id, parties)
    for organisation_id, role in parties.items():
        other.projects.roles[other.project_id, organisation_id] = frozenset({role})
    return Gate(other, await other.device(), []), other.project_id


async def overlaps(gate: Gate, principal: Any, project_id: UUID) -> list[tuple[UUID, UUID, str, str]]:
    async with gate.site.harness.work(principal) as work:
        page = await service.page_of_overlaps(work, AttendanceFilter(project_id), PageRequest())
    hour = [(f"{one.at_once.begins:%H}", f"{one.at_once.ends:%H}") for one in page.items]
    return [
        (one.pair.own.worker_id, one.pair.other.project_id, *span) for one, span in zip(page.items, hour, strict=True)
    ]


async def test_double_attendance_at_two_sites_is_flagged_on_both_days(gate: Gate) -> None:
    """Inside at both at once; who walks from one to the other is not, though the spans of his days overlap."""
    other, project_id = await second_site(gate, same_employer=True)
    await other.site.assigned(gate.workers[:2], enter_at=(NOON - timedelta(days=10)).isoformat())
    await gate.send(
        gate.swipe(0, "in", at(8)),
        gate.swipe(0, "out", at(17)),
        gate.swipe(1, "in", at(17.2)),
        gate.swipe(1, "out", at(18)),
        gate.swipe(1, "in", at(21)),
        gate.swipe(1, "out", at(22)),
    )
    walker, doubled = gate.workers[1], gate.workers[0]
    await other.send(
        other.swipe(doubled, "in", at(16)),
        other.swipe(doubled, "out", at(20)),
        other.swipe(walker, "in", at(20.1)),
        other.swipe(walker, "out", at(20.5)),
    )
    clerk = gate.site.clerk
    assert await overlaps(gate, clerk, gate.site.project_id) == [(doubled, project_id, "08", "09")]
    assert await overlaps(gate, clerk, project_id) == [(doubled, gate.site.project_id, "08", "09")]


async def test_an_employer_learns_only_of_its_own_people(gate: Gate) -> None:
    """The same person with another employer at another site: seen by who sees both days, by nobody else."""
    other, project_id = await second_site(gate, same_employer=False)
    cards = worker_row()
    [ours] = await gate.site.workers(cards)
    [theirs] = await other.site.workers(worker_row(id_card_number=cards["id_card_number"]))
    await gate.site.assigned([ours], enter_at=(NOON - timedelta(days=10)).isoformat())
    await other.site.assigned([theirs], enter_at=(NOON - timedelta(days=10)).isoformat())
    await gate.send(gate.swipe(ours, "in", at(8)), gate.swipe(ours, "out", at(17)))
    await other.send(other.swipe(theirs, "in", at(9)), other.swipe(theirs, "out", at(16)))
    for one in (gate, other):
        for principal in (one.site.clerk, one.site.engineer, one.site.owner.as_(Role.VIEWER)):
            assert await overlaps(gate, principal, one.site.project_id) == []
    authority = organisation(Kind.AUTHORITY).as_(Role.VIEWER)
    assert await overlaps(gate, authority, gate.site.project_id) == [(ours, project_id, "01", "08")]
    assert await overlaps(gate, authority, project_id) == [(theirs, gate.site.project_id, "01", "08")]


async def test_days_by_employer_and_passes_by_hour(gate: Gate) -> None:
    await gate.send(
        *[gate.swipe(worker, way, at(hour)) for worker in range(3) for way, hour in (("in", 8.5), ("out", 17))],
        gate.swipe(3, "in", at(8, days_ago=2)),
    )
    wanted = AttendanceFilter(gate.site.project_id)
    async with gate.site.harness.work(gate.site.owner.as_(Role.VIEWER)) as work:
        first = await service.page_of_employer_days(work, wanted, PageRequest(1))
        rest = await service.page_of_employer_days(work, wanted, PageRequest(1, first.next_page_token))
        heat = await service.heat_map(work, gate.site.project_id, date(2026, 11, 22))
    employer = gate.site.subcontractor.id
    found = [(one.day, one.employer_id, one.workers, str(one.days)) for one in (*first.items, *rest.items)]
    assert found == [(date(2026, 11, 22), employer, 3, "3.00"), (date(2026, 11, 21), employer, 1, "0.00")]
    assert rest.next_page_token == ""
    cells = [(one.device_id, one.hour, one.ins, one.outs) for one in heat.cells]
    assert cells == [(gate.device_id, 8, 3, 0), (gate.device_id, 17, 0, 3)]
    async with gate.site.harness.work(gate.site.stranger.as_(Role.VIEWER)) as work:
        assert (await service.heat_map(work, gate.site.project_id, date(2026, 11, 22))).cells == []
        assert (await service.page_of_employer_days(work, wanted, PageRequest())).items == []
