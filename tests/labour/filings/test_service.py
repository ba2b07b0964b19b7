"""Filing with the national platform: order, versions, refusals, the pace, and who sees what became of it."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from chassis.identity import Role, service_principal
from labour.filings import service
from tests.harness import NOON, key
from tests.labour.authority import SECRET, Desk, Simulator, reach
from tests.labour.conftest import worker_row

KINDS = ["project", "company", "subcontractor", "team", "worker", "contract", "training", "entry_exit", "attendance"]


async def swiped(desk: Desk, *hours: float) -> None:
    """A swipe of each worker, so many hours before noon."""
    device = await desk.site.device()
    rows = await desk.rows(kind="worker")
    swipes = [
        {
            "sequence": number,
            "worker_id": str(row["worker_id"]),
            "at": (NOON - timedelta(hours=hour)).isoformat(),
            "direction": "01",
            "attend_type": "001",
        }
        for number, (row, hour) in enumerate((row, hour) for row in rows for hour in hours)
    ]
    body = {"device_id": str(device), "swipes": swipes}
    answer = await desk.site.post("/labour/v1/attendance/swipes:batch", body, desk.site.gate)
    assert answer["refused"] == 0, answer


async def change(desk: Desk, worker_id: UUID, **values: Any) -> None:
    path = f"/labour/v1/workers/{worker_id}"
    async with desk.harness.client(desk.site.clerk) as client:
        seen = await client.get(path)
        answer = await client.patch(path, json=values, headers={"If-Match": seen.headers["etag"]})
    assert answer.status_code == 200, answer.text


async def test_everything_on_record_is_filed_in_the_order_of_dependence(desk: Desk) -> None:
    await desk.connect()
    await desk.collect()
    await swiped(desk, 3.0)
    await desk.file()
    await desk.all_accepted()
    answered = sorted(await desk.rows(), key=lambda row: (row["answered_at"], row["id"]))
    assert list(dict.fromkeys(row["kind"] for row in answered)) == KINDS
    assert [len(await desk.effects(kind)) for kind in ("team", "worker", "attendance")] == [1, 2, 2]
    [team] = await desk.rows(kind="team")
    assert team["number"].startswith("T")


async def test_what_is_on_record_is_filed_once_however_often_it_is_looked_at(desk: Desk) -> None:
    await desk.connect()
    await desk.file()
    before = len((await desk.simulator.seen())["effects"])
    await desk.file()
    assert len((await desk.simulator.seen())["effects"]) == before


async def test_a_change_goes_as_an_update_also_when_it_is_taken_back(desk: Desk) -> None:
    await desk.connect()
    await desk.file()
    worker_id = (await desk.rows(kind="worker"))[0]["worker_id"]
    for nation in ("壮族", "汉族"):
        await change(desk, worker_id, nation=nation)
        await desk.file()
    assert [one[1] for one in await desk.effects("worker")] == ["add", "add", "update", "update"]
    await desk.all_accepted()


async def test_a_change_before_it_goes_replaces_what_was_queued(desk: Desk) -> None:
    await desk.connect()
    await desk.collect()
    worker_id = (await desk.rows(kind="worker"))[0]["worker_id"]
    await change(desk, worker_id, nation="壮族")
    await desk.file()
    assert sorted(await desk.states("worker")) == ["accepted", "accepted", "superseded"]
    assert [one[1] for one in await desk.effects("worker")] == ["add", "add"]


async def test_nothing_goes_before_what_it_needs(desk: Desk) -> None:
    await desk.connect()
    await desk.simulator.control(faults=[{"fault": "code", "code": "-1", "method": "Team.Add"}])
    await desk.file()
    assert await desk.states("team") == ["refused"]
    assert set(await desk.states("worker") + await desk.states("entry_exit")) == {"queued"}
    assert await desk.effects("worker") == []


async def test_a_wrong_signature_bars_the_connection_and_no_row(desk: Desk) -> None:
    await desk.connect(secret=SECRET[::-1])
    await desk.file()
    connection = await _connection(desk)
    assert (connection["state"], connection["fault_code"]) == ("barred", "-2")
    assert {row["state"] for row in await desk.rows()} == {"queued"}
    assert await desk.effects("project") == []
    admin = desk.site.contractor.as_(Role.ADMIN)
    path = f"/labour/v1/authorities/connections/{desk.connection_id}"
    await desk.site.post(f"{path}:rotate", {"secret": SECRET}, admin)
    await desk.site.post(f"{path}:resume", None, admin)
    await desk.file()
    await desk.all_accepted()
    assert await desk.harness.audited(desk.connection_id) == [
        "authorities.connect", "authorities.bar", "authorities.rotate", "authorities.resume",
    ]  # fmt: skip


async def _connection(desk: Desk) -> dict[str, Any]:
    async with desk.harness.client(desk.site.contractor.as_(Role.ADMIN)) as client:
        answer = await client.get(f"/labour/v1/authorities/connections/{desk.connection_id}")
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize("code", ["-2", "-3", "-4"])
async def test_answers_about_us_bar_the_connection(desk: Desk, code: str) -> None:
    await desk.connect()
    await desk.simulator.control(faults=[{"fault": "code", "code": code, "method": "Project.Add"}])
    await desk.file()
    assert (await _connection(desk))["state"] == "barred"
    [project] = await desk.rows(kind="project")
    assert (project["state"], project["answer_code"], project["attempts"]) == ("queued", code, 1)


@pytest.mark.parametrize(("code", "mend_by"), [("-1", "employer"), ("-99", "authority")])
async def test_a_refusal_names_who_mends_it_and_is_not_tried_again(desk: Desk, code: str, mend_by: str) -> None:
    await desk.connect()
    await desk.simulator.control(faults=[{"fault": "code", "code": code, "method": "Project.Add"}])
    await desk.file()
    await desk.file()
    [project] = await desk.rows(kind="project")
    assert (project["state"], project["mend_by"], project["attempts"]) == ("refused", mend_by, 1)
    assert [one[:2] for one in await desk.receipts(project["id"])] == [("refused", code)]


async def test_too_many_calls_wait_and_nothing_is_lost(desk: Desk) -> None:
    await desk.connect()
    await desk.simulator.control(faults=[{"fault": "code", "code": "-5", "method": "Team.Add", "times": 2}])
    await desk.file()
    await desk.all_accepted()
    [team] = await desk.rows(kind="team")
    assert [one[:2] for one in await desk.receipts(team["id"])] == [("limited", "-5")] * 2 + [("accepted", "0")]
    assert len(await desk.effects("team")) == 1
    assert team["answered_at"] - team["created_at"] >= timedelta(minutes=2)


async def test_the_pace_of_the_platform_is_kept(desk: Desk) -> None:
    await desk.connect()
    await desk.file()
    async with desk.harness.sql() as sql:
        rows = await sql.fetch(
            "SELECT begun_at FROM filing_requests WHERE connection_id = $1 ORDER BY begun_at", desk.connection_id
        )
    times = [row["begun_at"] for row in rows]
    gaps = {after - before for before, after in itertools.pairwise(times)}
    assert min(gaps) >= timedelta(seconds=1)


async def test_a_batch_refused_as_a_whole_is_taken_apart(desk: Desk) -> None:
    """The bad row is named, the good ones go."""
    await desk.connect()
    await desk.collect()
    bad, good = [row["worker_id"] for row in await desk.rows(kind="worker")]
    async with desk.harness.sql() as sql:
        await sql.execute("UPDATE worker_trainings SET trained_on = '2027-01-01' WHERE worker_id = $1", bad)
    await desk.file()
    found = {row["worker_id"]: row for row in await desk.rows(kind="training")}
    assert (found[good]["state"], found[bad]["state"]) == ("accepted", "refused")
    assert "晚于当前时间" in found[bad]["answer_text"]
    assert len(await desk.effects("training")) == 1
    async with desk.harness.sql() as sql:
        await sql.execute("UPDATE worker_trainings SET trained_on = '2026-01-01' WHERE worker_id = $1", bad)
    await desk.site.post(f"/labour/v1/filings/{found[bad]['id']}:retry", None, desk.site.clerk)
    await desk.run()
    await desk.all_accepted()


async def test_what_is_on_no_record_any_more_is_said_so(desk: Desk) -> None:
    await desk.connect()
    await desk.collect()
    async with desk.harness.sql() as sql:
        await sql.execute(
            "DELETE FROM known_parties WHERE project_id = $1 AND organisation_id = $2",
            desk.site.project_id,
            desk.site.subcontractor.id,
        )
    await desk.run()
    [gone] = [row for row in await desk.rows(kind="company") if row["employer_id"] == desk.site.subcontractor.id]
    assert (gone["state"], gone["answer_code"], gone["mend_by"]) == ("refused", "OBJECT_GONE", "employer")


async def test_a_platform_without_address_is_away(desk: Desk, authority: Simulator) -> None:
    await desk.connect()
    await desk.collect()
    reach(desk.harness, {})
    for _ in range(6):
        await desk.step()
    [project] = await desk.rows(kind="project")
    assert (project["state"], project["answer_code"]) == ("queued", "NO_ADDRESS")
    reach(desk.harness, authority.addresses)
    await desk.run()
    await desk.all_accepted()


async def test_a_suspended_connection_sends_nothing_until_it_is_resumed(desk: Desk) -> None:
    await desk.connect()
    await desk.collect()
    admin = desk.site.contractor.as_(Role.ADMIN)
    path = f"/labour/v1/authorities/connections/{desk.connection_id}"
    await desk.site.post(f"{path}:suspend", None, admin)
    await desk.run()
    assert await desk.effects("project") == []
    await desk.site.post(f"{path}:resume", None, admin)
    await desk.file()
    await desk.all_accepted()


async def test_a_job_that_was_replaced_does_nothing(desk: Desk) -> None:
    await desk.connect()
    await desk.collect()
    stale, _ = await desk.queue()
    await desk.collect()
    before = await desk.harness.checksum()
    async with desk.harness.work(service_principal("labour")) as work:
        payload = {"connection_id": str(desk.connection_id), "wake": stale}
        await service.pump(work, payload, desk.harness.runtime.clients)
    assert await desk.harness.checksum() == before


async def test_an_employer_that_files_itself_is_left_out_by_the_general_contractor(desk: Desk) -> None:
    await desk.connect(own=True)
    await desk.connect()
    await desk.file()
    assert {row["employer_id"] for row in await desk.rows()} == {desk.site.contractor.id}
    assert await desk.rows(kind="worker") == []


async def test_an_employer_files_its_own_people_and_nobody_elses(desk: Desk) -> None:
    [other] = await desk.site.workers(worker_row(), clerk=desk.site.contractor.as_(Role.LABOUR_CLERK))
    body = {"project_id": str(desk.site.project_id), "workers": [{"worker_id": str(other)}]}
    await desk.site.post("/labour/v1/assignments:batch", body, desk.site.contractor.as_(Role.LABOUR_CLERK))
    await desk.connect(own=True)
    await desk.file()
    await desk.all_accepted()
    assert {row["employer_id"] for row in await desk.rows()} == {desk.site.subcontractor.id}
    assert len(await desk.rows(kind="worker")) == 2
    assert await desk.rows(kind="project") == []


async def test_no_number_and_no_name_stays_behind(desk: Desk, capfd: pytest.CaptureFixture[str]) -> None:
    """Neither in the tables of the queue, nor in what was logged, nor in an answer that repeats what was sent."""
    number = worker_row()["id_card_number"]
    [worker] = await desk.site.workers(worker_row(name="欧阳独特", id_card_number=number))
    await desk.site.assigned([worker])
    await desk.team("木工班", worker)
    await desk.connect(own=True)
    await desk.file()
    await (
        desk.connect()
    )  # the same people over another connection, which the platform refuses, repeating name and number
    async with desk.harness.sql() as sql:
        await sql.execute(
            "UPDATE authority_connections SET state = 'suspended' WHERE organisation_id = $1",
            desk.site.subcontractor.id,
        )
    await desk.file()
    [refused] = await desk.rows(kind="worker", worker_id=worker)
    assert refused["answer_text"] == "工人 *** *** 已存在"
    captured = capfd.readouterr()
    async with desk.harness.sql() as sql:
        names = ("filings", "filing_requests", "filing_receipts", "filing_queues", "pgqueuer", "pgqueuer_log")
        kept = [row["t"] for name in names for row in await sql.fetch(f"SELECT t::text AS t FROM {name} t")]
        [sent] = {
            row["n"]
            for row in await sql.fetch(
                "SELECT count(*) FILTER (WHERE sent IS NULL) AS n FROM filing_requests WHERE connection_id = $1",
                desk.connection_id,
            )
        }
    everything = "\n".join([captured.out, captured.err, *kept])
    assert "filings.answered" in captured.out
    assert [word for word in (number, "欧阳独特", SECRET) if word in everything] == []
    assert sent == 0


async def consented(desk: Desk, worker_id: UUID, purpose: str) -> None:
    body = {"purpose": purpose, "text_version": "2026-1", "given_on": "2026-11-01"}
    await desk.site.post(f"/labour/v1/workers/{worker_id}/consents", body, desk.site.clerk, status=201)


JPEG = b"\xff\xd8\xff\xe0" + b"0" * 100


async def photographed(desk: Desk, worker_id: UUID, content: bytes) -> None:
    async with desk.harness.client(desk.site.clerk) as client:
        headers = key() | {"Content-Type": "image/jpeg"}
        made = await client.post("/labour/v1/files?name=face.jpg", content=content, headers=headers)
    assert made.status_code == 201, made.text
    async with desk.harness.sql() as sql:
        await sql.execute("UPDATE workers SET photo_file_id = $2 WHERE id = $1", worker_id, made.json()["id"])


@pytest.mark.parametrize(
    ("content", "state", "code"), [(JPEG, "accepted", "0"), (JPEG + b"0" * 51_200, "refused", "PHOTO_TOO_LARGE")]
)
async def test_a_photo_goes_with_consent_only_and_only_when_it_is_small(
    desk: Desk, content: bytes, state: str, code: str
) -> None:
    await desk.connect()
    await desk.collect()
    worker_id = (await desk.rows(kind="worker"))[0]["worker_id"]
    await photographed(desk, worker_id, content)
    await desk.file()
    assert set(await desk.states("worker")) == {"accepted"}
    await consented(desk, worker_id, "face_image")
    await desk.file()
    last = (await desk.rows(kind="worker", worker_id=worker_id))[-1]
    assert (last["state"], last["answer_code"]) == (state, code)


async def test_a_bank_card_goes_only_while_the_consent_stands(desk: Desk) -> None:
    """Registered with consent, as the card's keeping needs it; taken back, an update goes without the card."""
    await desk.connect()
    await desk.collect()
    worker_id = (await desk.rows(kind="worker"))[0]["worker_id"]
    await desk.file()
    async with desk.harness.client(desk.site.clerk) as client:
        given = (await client.get(f"/labour/v1/workers/{worker_id}/consents")).json()["items"]
    [consent] = [one["id"] for one in given if one["purpose"] == "bank_account"]
    await desk.site.post(f"/labour/v1/consents/{consent}:withdraw", {"reason": "本人撤回"}, desk.site.clerk)
    await desk.file()
    await desk.all_accepted()
    assert [one[1] for one in await desk.effects("worker")] == ["add", "add", "update"]
