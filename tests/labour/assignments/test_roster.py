"""The roster on paper: who stands on it, what does not, who may have it, and that taking it is recorded."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx

from chassis.clock import shanghai_day
from chassis.identity import Kind, Principal, Role
from tests.harness import organisation
from tests.labour.conftest import Site, resident_id, worker_row
from tests.labour.papers import text
from tests.labour.teams.conftest import join, team

ENTERED = "2026-10-15T08:00:00+08:00"
PATH = "/labour/v1/assignments"


async def taken(site: Site, who: Principal, **changes: Any) -> httpx.Response:
    """The roster of the site's subcontractor, asked for by somebody."""
    query = {"project_id": str(site.project_id), "employer_id": str(site.subcontractor.id), "language": "zh-CN"}
    async with site.harness.client(who) as client:
        return await client.get(f"{PATH}/roster/document", params=query | changes)


async def test_a_roster_has_trade_team_entry_exit_contract_and_training(site: Site) -> None:
    number = resident_id()
    here, gone, waiting = await site.workers(
        worker_row(name="㛃𬎆", id_card_number=number, external_id="A-1"),
        worker_row(name="李四", external_id="A-2"),
        worker_row(name="王五", external_id="A-3"),
    )
    [_, left] = await site.assigned([here, gone], enter_at=ENTERED)
    await site.assigned([waiting])
    await site.post(f"{PATH}/{left}:leave", {"at": "2026-11-15T18:00:00+08:00"}, site.clerk)
    await join(site, await team(site, name="钢筋一班"), here)
    answer = await taken(site, site.clerk)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    found = text(answer.content)
    first, second, third = found.index("A-1"), found.index("A-2"), found.index("A-3")
    rows = found[first:second], found[second:third], found[third:]
    for row, wanted in (
        (rows[0], ["㛃𬎆", f"4403**********{number[-4:]}", "钢筋工", "钢筋一班", "LD-12026-01-01–2027-12-31"]),
        (rows[0], ["2026-10-15", "在场", "2026-03-01安全教育"]),
        (rows[1], ["李四", "2026-10-15", "2026-11-15", "已退场"]),
        (rows[2], ["王五", "拟进场", "2026-03-01安全教育"]),
    ):
        assert all(one in row for one in wanted), (row, wanted)
    assert "钢筋一班" not in rows[1]
    assert number not in found
    assert "人数：3" in found
    assert "onsite" in text((await taken(site, site.clerk, language="en")).content)


async def test_three_levels_of_entry_training_as_last_counted(site: Site) -> None:
    """Complete, lapsed, or which are missing; as training/ keeps it, which owns the count."""
    workers = await site.workers(*(worker_row(external_id=f"B-{one}") for one in range(3)))
    await site.assigned(workers, enter_at=ENTERED)
    today = shanghai_day(site.harness.clock.now())
    for worker, missing, until in zip(
        workers, ("", "", "entry_project,entry_team"), (today, today.replace(day=1), today), strict=True
    ):
        await entry(site, worker, missing, until)
    found = text((await taken(site, site.clerk)).content)
    first, second, third = (found.index(f"B-{one}") for one in range(3))
    assert "三级教育齐全" in found[first:second]
    assert "三级教育已失效" in found[second:third]
    assert "缺项目级,班组级" in found[third:]


async def entry(site: Site, worker: UUID, missing: str, until: Any) -> None:
    """The count of a worker's entry training."""
    async with site.harness.sql() as connection:
        await connection.execute(
            "INSERT INTO training_requirements (id, version, created_at, updated_at, worker_id, employer_id, period, "
            "kind, year, required_hours, done_hours, missing_levels, train_by, source) "
            "VALUES (uuidv7(), 1, now(), now(), $1, $2, 'entry', 'entry', 2026, 50, 50, $3, $4, 's') "
            "ON CONFLICT (worker_id, period) DO UPDATE SET missing_levels = $3, train_by = $4",
            worker,
            site.subcontractor.id,
            missing,
            until,
        )


async def test_who_sees_the_assignments_may_have_it_and_each_worker_can_see_who(site: Site) -> None:
    [worker] = await site.workers(worker_row())
    await site.assigned([worker], enter_at=ENTERED)
    overseers = (site.contractor, site.owner, organisation(Kind.AUTHORITY))
    for overseer in overseers:
        assert (await taken(site, overseer.as_(Role.VIEWER))).status_code == 200
    async with site.harness.client(site.subcontractor.as_(Role.PERSONAL_DATA_OFFICER)) as client:
        seen = (await client.get(f"/labour/v1/workers/{worker}/accesses")).json()["items"]
    assert [(one["organisation_id"], one["kind"], one["purpose"]) for one in reversed(seen)] == [
        (str(one.id), "export", "花名册 roster") for one in overseers
    ]


async def test_who_may_not_see_them_learns_nothing_and_leaves_nothing(site: Site) -> None:
    """The same answer as for an employer who has brought nobody."""
    [worker] = await site.workers(worker_row())
    await site.assigned([worker], enter_at=ENTERED)
    before = await site.harness.checksum()
    refused = await taken(site, site.stranger.as_(Role.LABOUR_CLERK))
    nobody = await taken(site, site.clerk, employer_id=str(site.stranger.id))
    assert [(one.status_code, one.json()["code"]) for one in (refused, nobody)] == [(404, "ROSTER_NOT_FOUND")] * 2
    assert await site.harness.checksum() == before
