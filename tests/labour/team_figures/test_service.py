"""What a team's people come to, on a real PostgreSQL; compared with the sum over its workers."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from chassis.identity import Kind, Principal, Role
from chassis.pages import PageRequest
from labour.days import service as days
from labour.evidence import service as evidence
from labour.team_figures import service
from labour.team_figures.repository import NO_TEAM, TeamFilter
from labour.team_figures.service import TeamFigures
from tests.harness import NOON, organisation
from tests.labour.attendance.conftest import Gate, at
from tests.labour.conftest import worker_row
from tests.labour.contracting import later
from tests.labour.evidence.conftest import FIRST, MONTH, Months
from tests.labour.repairs.conftest import approve, forgotten, propose
from tests.labour.teams.conftest import join, part, team, transfer

YESTERDAY, TODAY = date(2026, 11, 22), date(2026, 11, 23)


async def figures(gate: Gate, principal: Principal | None = None, *, by_month: bool = False, **more: Any) -> Any:
    """By period and team: members, heads, worker days, hours."""
    wanted = TeamFilter(gate.site.project_id, **more)
    found: list[TeamFigures] = []
    async with gate.site.harness.work(principal or gate.site.clerk) as work:
        token = ""
        while True:
            page = await service.page(work, wanted, PageRequest(3, token), by_month=by_month)
            found.extend(page.items)
            token = page.next_page_token
            if not token:
                break
    assert [one.counted.group for one in found] == sorted((one.counted.group for one in found), reverse=True)
    return {
        (one.counted.group.period, one.counted.group.team_id): (
            one.counted.members, one.counted.attended, str(one.counted.days), str(one.hours)
        )
        for one in found
    }  # fmt: skip


async def test_a_transfer_in_the_middle_of_a_month_splits_it(gate: Gate) -> None:
    """Each day counts for the team of that day; who belongs to none stands by himself."""
    one, two = await team(gate.site), await team(gate.site)
    moved, stays, other, free = gate.workers
    await join(gate.site, one, moved, stays, day=date(2026, 11, 14))
    await join(gate.site, two, other, day=date(2026, 11, 14))
    await transfer(gate.site, one, two, moved, day=date(2026, 11, 20))
    whole = ((moved, (4, 3, 2, 1)), (stays, (4, 1)), (other, (1,)), (free, (1,)))
    await gate.send(
        *[
            gate.swipe(worker, way, at(hour, days_ago=ago))
            for worker, agos in whole
            for ago in agos
            for way, hour in (("in", 8), ("out", 17.5))
        ]
    )
    by_day = await figures(gate)
    assert by_day == {
        (date(2026, 11, 19), one): (2, 2, "2.00", "19.00"),
        (date(2026, 11, 20), two): (2, 1, "1.00", "9.50"),
        (date(2026, 11, 21), two): (2, 1, "1.00", "9.50"),
        (YESTERDAY, one): (1, 1, "1.00", "9.50"),
        (YESTERDAY, two): (2, 2, "2.00", "19.00"),
        (YESTERDAY, NO_TEAM): (0, 1, "1.00", "9.50"),
    }
    assert await figures(gate, by_month=True) == {
        (MONTH, one): (2, 2, "3.00", "28.50"),
        (MONTH, two): (2, 2, "4.00", "38.00"),
        (MONTH, NO_TEAM): (0, 1, "1.00", "9.50"),
    }
    assert set(await figures(gate, team_id=two, first_day=YESTERDAY, last_day=YESTERDAY)) == {(YESTERDAY, two)}


async def test_repairs_late_swipes_and_breaks_are_in_it(gate: Gate) -> None:
    """A day is what it is now: before a forgotten out is repaired, after it, with a break taken off."""
    crew = await team(gate.site)
    await join(gate.site, crew, *gate.workers[:2], day=YESTERDAY)
    await gate.send(gate.swipe(0, "in", at(8)))
    assert await figures(gate) == {(YESTERDAY, crew): (2, 1, "0.00", "0.00")}
    await approve(gate, await propose(gate, forgotten(gate, 0, "out", at(18))))
    assert await figures(gate) == {(YESTERDAY, crew): (2, 1, "1.00", "10.00")}
    await gate.send(gate.swipe(1, "in", at(20)), gate.swipe(1, "out", at(28.25)))  # a night shift, closed next day
    passed = {(TODAY, crew): (2, 1, "0.00", "0.00")}  # the out itself
    assert await figures(gate) == {(YESTERDAY, crew): (2, 2, "2.00", "18.25")} | passed
    rule = {"project_id": str(gate.site.project_id), "valid_from": "2026-11-24", "minutes": 60, "beyond_minutes": 360}
    rule |= {"reason": "午休"}
    await gate.site.post("/labour/v1/attendance/break-rules", rule, gate.site.engineer, status=201)
    with later(gate.site.harness, timedelta(days=1)):
        await gate.send(gate.swipe(0, "in", at(4.5, days_ago=-1)), gate.swipe(0, "out", at(11.5, days_ago=-1)))
        assert (await figures(gate))[TODAY + timedelta(days=1), crew] == (2, 1, "0.50", "6.00")


async def test_the_teams_add_up_to_their_workers(gate: Gate) -> None:
    """People who join, leave and go over at random, swipes at random: equal to each day explained, summed."""
    chance, site = random.Random(17), gate.site
    crews = [await team(site) for _ in range(3)]
    gate.workers += await site.workers(*[worker_row() for _ in range(4)])
    await site.assigned(gate.workers[4:], enter_at=(NOON - timedelta(days=10)).isoformat())
    of: dict[tuple[UUID, date], UUID] = {}
    for worker in gate.workers:
        first, then = date(2026, 11, 14) + timedelta(days=chance.randrange(3)), chance.choice((17, 18, 19))
        crew, after = chance.sample(crews, 2)
        await join(site, crew, worker, day=first)
        ends = chance.choice(("stays", "goes over", "leaves"))
        if ends == "goes over":
            await transfer(site, crew, after, worker, day=date(2026, 11, then))
        if ends == "leaves":
            await part(site, crew, worker, day=date(2026, 11, then - 1))
        for day in (first + timedelta(days=number) for number in range((TODAY - first).days + 1)):
            if day.day < then or ends == "stays":
                of[worker, day] = crew
            elif ends == "goes over":
                of[worker, day] = after
    swipes = [
        gate.swipe(worker, way, at(hour, days_ago=ago))
        for worker in gate.workers
        for ago in range(1, 9)
        for begins in [chance.choice((7, 13, 19))]
        for way, hour in (("in", begins), ("out", begins + chance.choice((3, 5, 9, 11))))
        if chance.random() < 0.85
    ]
    await gate.send(*swipes)
    by_day: dict[tuple[date, UUID], list[Any]] = defaultdict(lambda: [0, Decimal(0), timedelta()])
    async with site.harness.sql() as sql:
        rows = await sql.fetch(
            "SELECT assignment_id, worker_id, day FROM worker_days WHERE project_id = $1", site.project_id
        )
    async with site.harness.work(site.clerk) as work:
        for assignment, worker, day in rows:
            explained = await days.explain(work, assignment, day)
            found = by_day[day, of.get((worker, day), NO_TEAM)]
            found[0] += 1
            found[1] += explained.day.days
            found[2] += explained.on_site - explained.off
    expected = {key: (one[0], str(one[1]), f"{one[2].total_seconds() / 3600:.2f}") for key, one in by_day.items()}
    assert {key: one[1:] for key, one in (await figures(gate)).items()} == expected
    by_month: dict[UUID, Decimal] = defaultdict(Decimal)
    for (_, crew), one in by_day.items():
        by_month[crew] += one[1]
    assert {crew: Decimal(one[2]) for (_, crew), one in (await figures(gate, by_month=True)).items()} == by_month


async def test_who_sees_a_teams_figures(gate: Gate) -> None:
    """As for the team itself: its employer, who oversees the project, the authority; nobody else."""
    crew = await team(gate.site)
    await join(gate.site, crew, gate.workers[0], day=YESTERDAY)
    await gate.send(gate.swipe(0, "in", at(8)), gate.swipe(0, "out", at(17)))
    authority = organisation(Kind.AUTHORITY).as_(Role.VIEWER)
    for principal in (gate.site.clerk, gate.site.engineer, gate.site.owner.as_(Role.VIEWER), authority):
        assert set(await figures(gate, principal)) == {(YESTERDAY, crew)}
    assert await figures(gate, gate.site.stranger.as_(Role.LABOUR_CLERK)) == {}
    assert await figures(gate, employer_id=gate.site.contractor.id) == {}


async def test_evidence_by_team_adds_up_to_the_employer(months: Months) -> None:
    """A chain stands under the team to which its worker belonged last in the month."""
    site, workers = months.site, months.gate.workers
    one, two = await team(site), await team(site)
    await join(site, one, workers[0], workers[1], day=FIRST)
    await transfer(site, one, two, workers[1], day=FIRST + timedelta(days=3))
    for place in range(3):
        await months.worked(place, FIRST)
    await months.contract(0, date(2026, 1, 1))
    await months.line(0, "1.00")
    await months.sign(0)
    await months.received(0)
    await months.catch_up()
    async with site.harness.work(site.clerk) as work:
        teams = await service.standing(work, site.project_id, MONTH)
        [employer] = await evidence.totals(work, site.project_id, MONTH)
    open_gaps = {"CONTRACT_MISSING": 1, "SHEET_MISSING": 1}
    assert {each.team_id: (each.complete, each.with_gaps, each.gaps) for each in teams} == {
        one: (1, 0, {}),
        two: (0, 1, open_gaps),
        NO_TEAM: (0, 1, open_gaps),
    }
    assert sum(each.complete for each in teams) == employer.complete
    assert sum(each.with_gaps for each in teams) == employer.with_gaps
    assert sum(each.paid for each in teams) == employer.paid > 0
    async with site.harness.work(site.stranger.as_(Role.LABOUR_CLERK)) as work:
        assert await service.standing(work, site.project_id, MONTH) == []
