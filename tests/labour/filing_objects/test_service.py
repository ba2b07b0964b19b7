"""Where an object of a worker stands and why: filed, waiting for the first thing up the line, refused, held up."""

from __future__ import annotations

from datetime import timedelta

from chassis.identity import Kind, Role
from tests.harness import NOON, organisation
from tests.labour.authority import SECRET, Desk
from tests.labour.conftest import resident_id, worker_row
from tests.labour.filing_objects.conftest import by_kind, standing, worker_of


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


LEFT_AT = (NOON - timedelta(hours=30)).isoformat()
LEFT_OVER = {"kind": "labour_contract", "number": "LD-1", "valid_from": "2026-01-01", "valid_to": "2026-11-22"}


async def test_of_whom_all_but_his_listing_is_erased_nothing_is_filed_again(desk: Desk) -> None:
    """His row stays for the blacklist: its blanks do not go as an update. Assigned anew, he is filed again."""
    site, number = desk.site, resident_id()
    [worker] = await site.workers(worker_row(agreement=LEFT_OVER, id_card_number=number))
    [assignment] = await site.assigned([worker], enter_at=(NOON - timedelta(days=3)).isoformat())
    await desk.team("木工一班", worker)
    await site.post(f"/labour/v1/assignments/{assignment}:leave", {"at": LEFT_AT, "reason": "完工"}, site.clerk)
    await desk.connect()
    await desk.file()
    before = await desk.rows(worker_id=worker)
    listing = {"name": "x", "id_card_number": number, "reason": "x", "source_document": "y"}
    authority = organisation(Kind.AUTHORITY).as_(Role.PERSONAL_DATA_OFFICER)
    await site.post("/labour/v1/blacklist", listing | {"valid_from": "2026-11-20"}, authority, status=201)
    officer = site.subcontractor.as_(Role.PERSONAL_DATA_OFFICER)
    asked = {"requested_on": "2026-11-23"}
    request = await site.post(f"/labour/v1/workers/{worker}/erasures", asked, officer, status=201)
    assert [one["rule"] for one in request["blocked"]] == ["labour_contract", "blacklist"]
    await desk.file()
    assert {one["kind"] for one in before} == {"worker", "contract", "training", "entry_exit"}
    assert await desk.rows(worker_id=worker) == before
    await desk.move(timedelta(days=1))
    async with desk.harness.sql() as sql:
        await sql.execute("UPDATE assignments SET created_at = $2 WHERE id = $1", assignment, NOON + timedelta(hours=1))
    await desk.file()
    assert len(await desk.rows(worker_id=worker)) > len(before)
