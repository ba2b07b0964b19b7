"""One call says where each object of a worker or of a sheet stands: filed, waiting for what, refused why."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from chassis.identity import Principal, Role
from tests.labour.authority import SECRET, Desk
from tests.labour.conftest import worker_row
from tests.labour.wages import Wages, failed, paid

PATH = "/labour/v1/filing-objects"


async def standing(desk: Desk, who: Principal | None = None, **query: Any) -> list[dict[str, Any]]:
    async with desk.harness.client(who or desk.site.clerk) as client:
        answer = await client.get(PATH, params={"project_id": str(desk.site.project_id), "page_size": 200} | query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def by_kind(desk: Desk, worker: UUID) -> dict[str, dict[str, Any]]:
    """What stands of one worker, by kind."""
    return {one["kind"]: one for one in await standing(desk, worker_id=str(worker))}


async def worker_of(desk: Desk) -> UUID:
    async with desk.harness.sql() as sql:
        worker: UUID = await sql.fetchval(
            "SELECT worker_id FROM assignments WHERE project_id = $1 ORDER BY id LIMIT 1", desk.site.project_id
        )
    return worker


async def test_all_of_a_worker_is_filed(desk: Desk) -> None:
    await desk.connect()
    await desk.file()
    found = await by_kind(desk, await worker_of(desk))
    assert found.keys() == {"worker", "contract", "training", "entry_exit"}
    for one in found.values():
        assert (one["stage"], one["reason_code"], one["mend_by"], one["there"]) == ("filed", "FILED", "", True)
        assert one["authority"] == "national"


async def test_what_waits_names_the_first_thing_that_holds_it_up(desk: Desk) -> None:
    """The entry waits for the worker, he for his team, and that was refused: this is what has to be mended."""
    await desk.connect()
    await desk.simulator.control(faults=[{"fault": "code", "code": "-1", "method": "Team.Add"}])
    await desk.file()
    [team] = await standing(desk, kind="team")
    assert (team["stage"], team["reason_code"], team["mend_by"]) == ("refused", "-1", "employer")
    assert "更正" in team["reason_zh"]
    assert "mend" in team["reason_en"]
    for one in (await by_kind(desk, await worker_of(desk))).values():
        assert (one["stage"], one["reason_code"], one["there"]) == ("waiting", "WAITS_FOR", False)
        assert (one["waits_for_kind"], one["waits_for_key"]) == ("team", team["object_key"])
        assert one["mend_by"] == "employer"
        assert team["reason_zh"] in one["reason_zh"]
        assert team["reason_en"] in one["reason_en"]


async def test_who_is_in_no_team_is_told_so(desk: Desk) -> None:
    [worker] = await desk.site.workers(worker_row())
    await desk.site.assigned([worker])
    await desk.connect()
    await desk.file()
    found = await by_kind(desk, worker)
    assert (found["worker"]["reason_code"], found["worker"]["mend_by"]) == ("NO_TEAM", "employer")
    assert (found["contract"]["waits_for_kind"], found["contract"]["mend_by"]) == ("worker", "employer")
    assert found["worker"]["reason_zh"] in found["contract"]["reason_zh"]


async def test_a_refusal_says_why_and_an_earlier_version_is_there(desk: Desk) -> None:
    await desk.connect()
    await desk.file()
    worker = await worker_of(desk)
    path = f"/labour/v1/workers/{worker}"
    async with desk.harness.client(desk.site.clerk) as client:
        seen = await client.get(path)
        await client.patch(path, json={"address": "新地址"}, headers={"If-Match": seen.headers["etag"]})
    await desk.simulator.control(faults=[{"fault": "code", "code": "-1", "method": "ProjectWorker.Update"}])
    await desk.file()
    one = (await by_kind(desk, worker))["worker"]
    assert (one["stage"], one["there"], one["reason_code"], one["mend_by"]) == ("refused", True, "-1", "employer")


async def test_a_barred_or_suspended_connection_holds_everything_up(desk: Desk) -> None:
    await desk.connect(secret=SECRET[::-1])
    await desk.file()
    found = await standing(desk, desk.site.contractor.as_(Role.ADMIN))
    assert {(one["stage"], one["reason_code"], one["mend_by"]) for one in found} == {("waiting", "-2", "connection")}
    admin = desk.site.contractor.as_(Role.ADMIN)
    path = f"/labour/v1/authorities/connections/{desk.connection_id}"
    await desk.site.post(f"{path}:rotate", {"secret": SECRET}, admin)
    await desk.site.post(f"{path}:resume", None, admin)
    await desk.site.post(f"{path}:suspend", None, admin)
    found = await standing(desk, admin)
    assert {one["reason_code"] for one in found} == {"SUSPENDED"}


async def test_the_last_version_counts_and_what_is_on_its_way_says_so(desk: Desk) -> None:
    await desk.connect()
    await desk.simulator.control(later={"Team.Add": 600})
    await desk.collect()
    assert {one["reason_code"] for one in await standing(desk, kind="company")} == {"WAITS_FOR"}
    admin = desk.site.contractor.as_(Role.ADMIN)
    [project] = await standing(desk, admin, kind="project")
    assert project["reason_code"] == "IN_LINE"
    while await desk.states("team") != ["pending"]:
        assert await desk.step()
    [team] = await standing(desk, kind="team")
    assert (team["stage"], team["state"], team["reason_code"]) == ("waiting", "pending", "IN_PROCESS")
    worker = (await by_kind(desk, await worker_of(desk)))["worker"]
    assert (worker["waits_for_kind"], worker["mend_by"]) == ("team", "")


@pytest.mark.parametrize(("stage", "count"), [("filed", 1), ("waiting", 0), ("refused", 1)])
async def test_a_sheet_shows_where_its_lines_stand(desk: Desk, stage: str, count: int) -> None:
    """Of three lines the bank pays two; of those the platform takes one and refuses the other."""
    wages = Wages(desk.site)
    workers = await wages.paid_by_day(3)
    await desk.team("木工班", *workers)
    sheet, _ = await wages.approved()
    payout, rows = await wages.sent(await wages.account("100000.00"))
    await wages.answer(payout, [paid(rows[0]), paid(rows[1]), failed(rows[2])])
    await desk.connect()
    await desk.collect()
    filed = await desk.rows(kind="payroll")
    async with desk.harness.sql() as sql:  # what a platform without decimals of ours would say to one of them
        await sql.execute("UPDATE payroll_lines SET days = 31.5 WHERE id::text = $1", filed[0]["object_key"])
    await desk.run()
    found = await standing(desk, payroll_id=sheet["id"])
    assert {one["object_key"] for one in found} == {row["object_key"] for row in filed}
    shown = await standing(desk, payroll_id=sheet["id"], stage=stage)
    assert len(shown) == count
    if stage == "refused":
        assert (shown[0]["reason_code"], shown[0]["mend_by"]) == ("-1", "employer")
        assert "出勤天数" in shown[0]["answer_text"]
        own = await by_kind(desk, UUID(shown[0]["worker_id"]))
        assert own["payroll"]["stage"] == "refused"


async def test_nobody_sees_another_organisations_objects(desk: Desk) -> None:
    await desk.connect()
    await desk.file()
    for stranger in (desk.site.stranger, desk.site.owner):
        async with desk.harness.client(stranger.as_(Role.ADMIN)) as client:
            answer = await client.get(PATH, params={"project_id": str(desk.site.project_id)})
        assert answer.status_code == 403 or answer.json()["items"] == []
    everything = await standing(desk, desk.site.contractor.as_(Role.ADMIN))
    own = await standing(desk)
    assert {one["employer_id"] for one in own} == {str(desk.site.subcontractor.id)}
    assert {one["employer_id"] for one in everything} > {str(desk.site.subcontractor.id)}
