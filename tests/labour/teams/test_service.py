"""Use cases of teams on a real PostgreSQL."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest

from chassis.errors import AlreadyExists, FailedPrecondition, InvalidArgument, NotFound
from chassis.identity import Role
from chassis.ids import new_id
from labour.assignments import service as assignments
from labour.assignments.service import Move
from labour.teams import service
from labour.teams.events import CHANGED
from labour.teams.service import NewReview
from tests.harness import NOON, Harness
from tests.labour.conftest import Site, tell_project, worker_row
from tests.labour.teams.conftest import join, lead, part, rows, team, transfer
from zhulian.labour.v1.teams_events_pb2 import TeamChanged

TODAY = date(2026, 11, 23)
EARLIER = date(2026, 11, 10)


async def test_members_and_leaders_have_a_history(labour: Harness, site: Site) -> None:
    one, two = await site.workers(worker_row(), worker_row())
    await site.assigned([one, two])
    team_id = await team(site)
    await join(site, team_id, one, two, day=EARLIER)
    await lead(site, team_id, one, day=EARLIER)
    seen = await lead(site, team_id, two)
    assert seen.leader is not None
    assert (seen.leader.worker_id, seen.members) == (two, 2)
    assert await rows(site, "team_leaders", team_id) == [
        (str(one), "2026-11-10", "2026-11-22"),
        (str(two), "2026-11-23", ""),
    ]
    await part(site, team_id, two)
    assert await rows(site, "team_leaders", team_id) == [
        (str(one), "2026-11-10", "2026-11-22"),
        (str(two), "2026-11-23", "2026-11-23"),
    ]
    facts = await labour.events(CHANGED, team_id, TeamChanged)
    assert [one.change for one in facts] == [
        "registered",
        "members-added",
        "leader-appointed",
        "leader-appointed",
        "members-removed",
    ]
    assert facts[-1].leader_worker_id == ""
    assert list(facts[-1].member_worker_ids) == [str(one)]
    verbs = ["register", "add-members", "appoint-leader", "appoint-leader", "remove-members"]
    assert await labour.audited(team_id) == [f"teams.{verb}" for verb in verbs]


async def test_a_worker_is_in_one_team_of_a_project_at_a_time(labour: Harness, site: Site) -> None:
    [worker] = await site.workers(worker_row())
    await site.assigned([worker])
    one, two = await team(site), await team(site)
    await join(site, one, worker, day=EARLIER)
    before = await labour.checksum()
    with pytest.raises(InvalidArgument) as refusal:
        await join(site, two, worker)
    assert refusal.value.violations[0].code == "IN_A_TEAM"
    assert await labour.checksum() == before
    await part(site, one, worker, day=date(2026, 11, 20))
    with pytest.raises(InvalidArgument):
        await join(site, two, worker, day=date(2026, 11, 20))
    await join(site, two, worker, day=date(2026, 11, 21))


async def test_two_teams_that_take_the_same_worker_at_once(labour: Harness, site: Site) -> None:
    [worker] = await site.workers(worker_row())
    await site.assigned([worker])
    teams = [await team(site) for _ in range(4)]
    found = await asyncio.gather(*(join(site, one, worker) for one in teams), return_exceptions=True)
    assert sorted(type(one).__name__ for one in found) == ["InvalidArgument"] * 3 + ["TeamView"]


async def test_who_is_not_on_the_project_joins_no_team_of_it(labour: Harness, site: Site) -> None:
    """Not assigned, of another employer, gone, or unknown: the same answer."""
    here, gone, idle = await site.workers(worker_row(), worker_row(), worker_row())
    [_, leaving] = await site.assigned([here, gone], enter_at=(NOON - timedelta(days=3)).isoformat())
    [foreign] = await site.workers(worker_row(), clerk=site.stranger.as_(Role.LABOUR_CLERK))
    async with labour.work(site.clerk) as work:
        await assignments.leave(work, Move(leaving, None))
    team_id = await team(site)
    before = await labour.checksum()
    with pytest.raises(InvalidArgument) as refusal:
        await join(site, team_id, here, gone, idle, foreign, new_id())
    assert [one.pointer for one in refusal.value.violations] == [f"/worker_ids/{place}" for place in (1, 2, 3, 4)]
    assert {one.code for one in refusal.value.violations} == {"WORKER_NOT_ASSIGNED"}
    assert await labour.checksum() == before


async def test_a_transfer_between_teams_leaves_no_day_without_and_none_twice(labour: Harness, site: Site) -> None:
    one, two = await site.workers(worker_row(), worker_row())
    await site.assigned([one, two])
    source, target = await team(site), await team(site)
    await join(site, source, one, two, day=EARLIER)
    await lead(site, source, one, day=EARLIER)
    left = await transfer(site, source, target, one, day=date(2026, 11, 20))
    assert (left.leader, left.members) == (None, 1)
    assert (str(one), "2026-11-10", "2026-11-19") in await rows(site, "team_members", source)
    assert await rows(site, "team_members", target) == [(str(one), "2026-11-20", "")]
    assert await rows(site, "team_leaders", source) == [(str(one), "2026-11-10", "2026-11-19")]


async def test_a_transfer_on_the_first_day_leaves_no_trace_in_the_old_team(labour: Harness, site: Site) -> None:
    [one] = await site.workers(worker_row())
    await site.assigned([one])
    source, target = await team(site), await team(site)
    await join(site, source, one)
    await transfer(site, source, target, one)
    assert await rows(site, "team_members", source) == []
    assert await rows(site, "team_members", target) == [(str(one), "2026-11-23", "")]


async def test_a_transfer_to_another_project_needs_an_assignment_there(labour: Harness, site: Site) -> None:
    [one] = await site.workers(worker_row())
    await site.assigned([one])
    other = new_id()
    await tell_project(labour, other, {site.contractor.id: "general_contractor"})
    site.projects.roles[other, site.subcontractor.id] = frozenset({"labour_subcontractor"})
    source, target = await team(site), await team(site, project_id=other)
    await join(site, source, one, day=EARLIER)
    before = await labour.checksum()
    with pytest.raises(InvalidArgument) as refusal:
        await transfer(site, source, target, one)
    assert refusal.value.violations[0].code == "WORKER_NOT_ASSIGNED"
    assert await labour.checksum() == before
    there = {"project_id": str(other), "workers": [{"worker_id": str(one)}]}
    await site.post("/labour/v1/assignments:batch", there, site.clerk)
    await transfer(site, source, target, one)
    assert await rows(site, "team_members", source) == [(str(one), "2026-11-10", "2026-11-22")]
    assert await rows(site, "team_members", target) == [(str(one), "2026-11-23", "")]


async def test_who_leaves_the_project_leaves_his_team(labour: Harness, site: Site) -> None:
    [one] = await site.workers(worker_row())
    [assignment_id] = await site.assigned([one], enter_at=(NOON - timedelta(days=9)).isoformat())
    team_id = await team(site)
    await join(site, team_id, one, day=date(2026, 11, 15))
    await lead(site, team_id, one, day=date(2026, 11, 15))
    async with labour.work(site.engineer) as work:
        await assignments.expel(work, Move(assignment_id, None, NOON - timedelta(days=2), "违章作业"))
    assert await rows(site, "team_members", team_id) == [(str(one), "2026-11-15", "2026-11-21")]
    assert await rows(site, "team_leaders", team_id) == [(str(one), "2026-11-15", "2026-11-21")]
    assert (await labour.events(CHANGED, team_id, TeamChanged))[-1].change == "members-left"


async def test_a_dissolved_team_takes_nobody(labour: Harness, site: Site) -> None:
    one, two = await site.workers(worker_row(), worker_row())
    await site.assigned([one, two])
    name = f"班 {new_id()}"
    team_id = await team(site, name=name)
    await join(site, team_id, one)
    with pytest.raises(AlreadyExists):
        await team(site, name=name)
    async with labour.work(site.clerk) as work:
        assert (await service.dissolve(work, team_id, None)).members == 0
    before = await labour.checksum()
    with pytest.raises(FailedPrecondition):
        await join(site, team_id, two)
    assert await labour.checksum() == before
    await team(site, name=name)


async def test_only_a_member_leads_and_time_runs_forward(labour: Harness, site: Site) -> None:
    one, two = await site.workers(worker_row(), worker_row())
    await site.assigned([one, two])
    team_id = await team(site)
    await join(site, team_id, one, day=EARLIER)
    before = await labour.checksum()
    for worker, day, code in (
        (two, None, "NOT_A_MEMBER"),
        (one, EARLIER - timedelta(days=1), "DATES_BACKWARDS"),
        (one, TODAY + timedelta(days=1), "IN_FUTURE"),
    ):
        with pytest.raises(InvalidArgument) as refusal:
            await lead(site, team_id, worker, day=day)
        assert refusal.value.violations[0].code == code
    assert await labour.checksum() == before


async def test_reviews_by_the_employer_and_the_general_contractor_once_a_month(labour: Harness, site: Site) -> None:
    team_id = await team(site)
    month = NewReview(team_id, date(2026, 11, 1), 88, "质量好")
    for reviewer in (site.clerk, site.engineer):
        async with labour.work(reviewer) as work:
            await service.review(work, month)
    before = await labour.checksum()
    with pytest.raises(AlreadyExists):
        async with labour.work(site.clerk) as work:
            await service.review(work, month)
    with pytest.raises(NotFound):
        async with labour.work(site.stranger.as_(Role.LABOUR_CLERK)) as work:
            await service.review(work, month)
    with pytest.raises(InvalidArgument):
        async with labour.work(site.clerk) as work:
            await service.review(work, NewReview(team_id, date(2026, 12, 1), 88, ""))
    assert await labour.checksum() == before
