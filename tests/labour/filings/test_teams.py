"""Teams as they are on site: each with its members and leader, and a worker is filed with the team of that day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.harness import NOON
from tests.labour.authority import Desk, Simulator, made
from tests.labour.conftest import Site, resident_id, worker_row


@pytest.fixture
async def crew(site: Site, authority: Simulator) -> tuple[Desk, list[UUID], list[str]]:
    """A desk, three workers who are in no team yet, and their identity numbers, by which the platform knows them."""
    numbers = [resident_id() for _ in range(3)]
    desk = await made(site, authority)
    workers = await site.workers(*(worker_row(id_card_number=number) for number in numbers))
    await site.assigned(workers, enter_at=(NOON - timedelta(days=3)).isoformat())
    return desk, workers, numbers


async def swiped(desk: Desk, worker: UUID, days: int) -> None:
    swipe = {
        "sequence": days,
        "worker_id": str(worker),
        "at": (NOON - timedelta(days=days, hours=1)).isoformat(),
        "direction": "01",
        "attend_type": "001",
    }
    body = {"device_id": str(await desk.site.device()), "swipes": [swipe]}
    answer = await desk.site.post("/labour/v1/attendance/swipes:batch", body, desk.site.gate)
    assert answer["refused"] == 0, answer


async def moved(desk: Desk, team: UUID, to: UUID, *workers: UUID, day: str = "2026-11-23") -> None:
    body = {"to_team_id": str(to), "worker_ids": [str(one) for one in workers], "first_day": day}
    await desk.site.post(f"/labour/v1/teams/{team}:transfer-members", body, desk.site.clerk)


async def by_number(desk: Desk, kind: str = "worker") -> dict[str, dict[str, Any]]:
    return {one["person"]: one for one in await desk.kept(kind)}


async def test_each_team_is_filed_with_its_members_and_its_leader(crew: tuple[Desk, list[UUID], list[str]]) -> None:
    desk, [one, two, three], numbers = crew
    await desk.team("钢筋一班", one, two, leader=two)
    await desk.team("木工班", three)
    await desk.connect()
    await desk.file()
    await desk.all_accepted()
    teams = {team["teamName"]: team["teamSysNo"] for team in await desk.kept("team")}
    assert teams.keys() == {"钢筋一班", "木工班"}
    known = await by_number(desk)
    assert [known[number]["teamSysNo"] for number in numbers] == [
        teams["钢筋一班"],
        teams["钢筋一班"],
        teams["木工班"],
    ]
    assert [known[number]["isTeamLeader"] for number in numbers] == ["0", "1", "0"]


async def test_who_is_in_no_team_waits_until_he_joins_one(crew: tuple[Desk, list[UUID], list[str]]) -> None:
    desk, [one, two, three], _ = crew
    await desk.team("钢筋一班", one, two)
    await desk.connect()
    await desk.file()
    [waiting] = await desk.rows(kind="worker", worker_id=three)
    assert (waiting["state"], waiting["parent_kind"], waiting["parent_key"]) == ("queued", "team", "")
    assert {row["state"] for row in await desk.rows(worker_id=three)} == {"queued"}
    await desk.team("木工班", three)
    await desk.file()
    assert [row["state"] for row in await desk.rows(kind="worker", worker_id=three)] == ["superseded", "accepted"]
    assert {row["state"] for row in await desk.rows(kind="entry_exit", worker_id=three)} == {"accepted"}


@pytest.mark.parametrize("authority_code", ["national", "demo_province"])
async def test_a_transfer_is_an_update_and_each_swipe_stays_with_the_team_of_its_day(
    crew: tuple[Desk, list[UUID], list[str]], authority_code: str
) -> None:
    desk, [one, two, three], numbers = crew
    desk.authority = authority_code
    first, second = await desk.team("钢筋一班", one, two), await desk.team("木工班", three)
    await desk.connect()
    await desk.file()
    await moved(desk, first, second, one)
    await swiped(desk, one, 2)
    await swiped(desk, one, 0)
    await desk.file()
    await desk.all_accepted()
    numbered = {row["object_key"]: row["number"] for row in await desk.rows(kind="team")}
    field = "teamSysNo" if authority_code == "national" else "team"
    assert (await by_number(desk))[numbers[0]][field] == numbered[str(second)]
    swipes = sorted(await desk.kept("attendance"), key=lambda row: str(row.get("date") or row["at"]))
    assert [row[field] for row in swipes] == [numbered[str(first)], numbered[str(second)]]
    assert [effect[1] for effect in await desk.effects("worker")] == ["add", "add", "add", "update"]


async def test_another_leader_is_told_of_both(crew: tuple[Desk, list[UUID], list[str]]) -> None:
    desk, workers, numbers = crew
    team = await desk.team("钢筋一班", *workers, leader=workers[0])
    await desk.connect()
    await desk.file()
    leads = {"worker_id": str(workers[2]), "first_day": "2026-11-23"}
    await desk.site.post(f"/labour/v1/teams/{team}:appoint-leader", leads, desk.site.clerk)
    await desk.file()
    await desk.all_accepted()
    known = await by_number(desk)
    assert [known[number]["isTeamLeader"] for number in numbers] == ["0", "0", "1"]
    assert [effect[1] for effect in await desk.effects("worker")].count("update") == 2


async def test_a_dissolved_team_has_an_end_and_leaves_its_name_to_none(
    crew: tuple[Desk, list[UUID], list[str]],
) -> None:
    """The platform admits a name once under a company: the next team of that name is filed with a number."""
    desk, workers, numbers = crew
    team = await desk.team("钢筋一班", *workers)
    await desk.connect()
    await desk.file()
    await desk.site.post(f"/labour/v1/teams/{team}:dissolve", None, desk.site.clerk)
    await desk.file()
    [gone] = await desk.kept("team")
    assert (gone["entryTime"], gone["exitTime"]) == ("2026-10-15", "2026-11-23")
    assert (await by_number(desk))[numbers[0]]["teamSysNo"] == gone["teamSysNo"]
    await desk.team("钢筋一班")
    await desk.file()
    await desk.all_accepted()
    teams = await desk.kept("team")
    assert [one["teamName"] for one in teams] == ["钢筋一班", "钢筋一班 (2)"]
    assert len({one["teamSysNo"] for one in teams}) == 2


async def test_who_changes_teams_on_the_way_takes_nobody_with_him(crew: tuple[Desk, list[UUID], list[str]]) -> None:
    """A batch goes with the team with which it was queued; the change follows as an update."""
    desk, [one, two, three], numbers = crew
    first = await desk.team("钢筋一班", one, two)
    second = await desk.team("木工班", three)
    await desk.connect()
    await desk.collect()
    await moved(desk, first, second, one)
    await desk.run()
    numbered = {row["object_key"]: row["number"] for row in await desk.rows(kind="team")}
    known = await by_number(desk)
    assert [known[number]["teamSysNo"] for number in numbers[:2]] == [numbered[str(first)]] * 2
    await desk.file()
    known = await by_number(desk)
    assert [known[number]["teamSysNo"] for number in numbers[:2]] == [numbered[str(second)], numbered[str(first)]]
