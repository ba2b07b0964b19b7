"""Forgotten attendance as files (补卡表): template, check, import with dry run; the raw swipes stay."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from httpx import Response

from chassis.identity import Kind, Principal, Role
from chassis.ids import new_id
from chassis.tabular import CSV
from labour.repairs.commands.workbook import COLUMNS, MOST_ROWS, SHOWN
from tests.chassis.files.samples import uploaded
from tests.harness import NOON, Harness, key, organisation
from tests.labour.attendance.conftest import Gate, at
from tests.labour.conftest import worker_row
from tests.labour.sheets import book_of, faults, fill, letter_of, offered, reasons, rows_of, saved, sheet, upload

PATH = "/labour/v1/attendance/repairs"
DAY = "2026-11-22"


async def refs(gate: Gate) -> list[str]:
    """The external ids of the workers."""
    async with gate.site.harness.sql() as connection:
        rows = await connection.fetch("SELECT id, external_id FROM workers WHERE id = ANY($1::uuid[])", gate.workers)
    known = {row["id"]: row["external_id"] for row in rows}
    return [known[worker] for worker in gate.workers]


async def assignments(gate: Gate) -> list[str]:
    """The ids of their assignments."""
    async with gate.site.harness.sql() as connection:
        rows = await connection.fetch(
            "SELECT id, worker_id FROM assignments WHERE project_id = $1", gate.site.project_id
        )
    known = {row["worker_id"]: str(row["id"]) for row in rows}
    return [known[worker] for worker in gate.workers]


def forgotten(
    ref: str, came: Any = "07:30", went: Any = "17:30", day: Any = DAY, reason: str = "闸机断电"
) -> list[Any]:
    """A row in the order of COLUMNS."""
    return [ref, day, came, went, reason]


async def send(
    gate: Gate, verb: str, content: bytes, *, who: Principal | None = None, query: str = "", **more: Any
) -> Response:
    """Upload a sheet of the gate's project."""
    path = f"{PATH}:{verb}?project_id={gate.site.project_id}{query}"
    return await upload(gate.site.harness, who or gate.site.clerk, path, content, **more)


async def proposed(gate: Gate) -> list[tuple[UUID, str, str, str]]:
    """What stands: worker, instant in UTC, direction, state."""
    async with gate.site.harness.sql() as connection:
        rows = await connection.fetch(
            "SELECT worker_id, at, direction, state FROM attendance_repairs WHERE project_id = $1 ORDER BY at",
            gate.site.project_id,
        )
    return [(row["worker_id"], row["at"].isoformat()[:16], row["direction"], row["state"]) for row in rows]


async def test_a_template_offers_the_own_workers_and_comes_back_as_proposals(labour: Harness, gate: Gate) -> None:
    [first, *_] = await refs(gate)
    await gate.send(gate.swipe(0, "in", at(12)))
    async with labour.sql() as connection:
        raw = await connection.fetch("SELECT * FROM gate_swipes WHERE project_id = $1", gate.site.project_id)
    query = {"project_id": str(gate.site.project_id), "language": "zh-CN"}
    async with labour.client(gate.site.clerk) as client:
        book = book_of(await client.get(f"{PATH}:template", params=query))
    page = book.worksheets[0]
    assert [cell.value for cell in page[1]] == [
        "外部编号或进场编号",
        "工人姓名",
        "日期",
        "进场时刻",
        "出场时刻",
        "原因",
    ]
    choices = offered(book, "A")
    assert sorted(choices) == sorted(f"{ref} | 张伟" for ref in await refs(gate))
    row = {"worker_ref": f"{first} | 张伟", "worker_name": "张伟", "day": "2026/11/22", "came_at": "7:30"}
    row |= {"went_at": "17:30", "reason": "闸机断电"}
    taken = await send(gate, "import", fill(book, row, by=SHOWN))
    assert (taken.json()["taken"], faults(taken)) == (1, []), taken.text
    worker = gate.workers[0]
    assert await proposed(gate) == [
        (worker, "2026-11-21T23:30", "01", "proposed"),
        (worker, "2026-11-22T09:30", "02", "proposed"),
    ]
    ids = taken.json()["results"][0]["repair_ids"]
    approval = {"project_id": str(gate.site.project_id), "repair_ids": ids, "reason": "属实"}
    approved = await gate.site.post(f"{PATH}:approve", approval, gate.site.engineer)
    assert (approved["taken"], approved["refused"]) == (2, 0)
    assert await gate.counted() == {(DAY, worker): "1.00"}
    async with labour.sql() as connection:
        assert raw == await connection.fetch("SELECT * FROM gate_swipes WHERE project_id = $1", gate.site.project_id)


async def test_who_proposes_does_not_approve(gate: Gate) -> None:
    """The general contractor types in the list of a subcontractor's crew, by assignments; another person approves."""
    [first, *_], engineer = await assignments(gate), gate.site.engineer
    taken = await send(gate, "import", sheet(COLUMNS, forgotten(first)), who=engineer)
    [result] = taken.json()["results"]
    approval = {"project_id": str(gate.site.project_id), "repair_ids": result["repair_ids"], "reason": "属实"}
    own = await gate.site.post(f"{PATH}:approve", approval, engineer)
    assert {one["errors"][0]["code"] for one in own["results"]} == {"SAME_PERSON"}
    assert await gate.counted() == {}


async def test_a_night_shift_ends_on_the_next_day_and_one_time_is_enough(gate: Gate) -> None:
    [first, second, third, _] = await refs(gate)
    rows = [forgotten(first, "19:00", "05:00", "2026-11-20"), forgotten(second, "08:00", None)]
    taken = await send(gate, "import", sheet(COLUMNS, *rows, forgotten(third, None, "06:15")))
    assert [len(one["repair_ids"]) for one in taken.json()["results"]] == [2, 1, 1]
    assert [(at_, direction) for _, at_, direction, _ in await proposed(gate)] == [
        ("2026-11-20T11:00", "01"),
        ("2026-11-20T21:00", "02"),
        ("2026-11-21T22:15", "02"),
        ("2026-11-22T00:00", "01"),
    ]


async def test_a_dry_run_writes_nothing_and_says_the_same(labour: Harness, gate: Gate) -> None:
    [first, second, *_] = await refs(gate)
    content = sheet(COLUMNS, forgotten(first), forgotten("W-nobody"), forgotten(second))
    before = await rows_of(labour)
    dry = await send(gate, "import", content, query="&dry_run=true")
    assert await rows_of(labour) == before
    real = await send(gate, "import", content)
    again = await send(gate, "import", content, query="&dry_run=true")
    assert [[one["status"] for one in answer.json()["results"]] for answer in (dry, real)] == [
        ["proposed", "refused", "proposed"]
    ] * 2
    assert [one["repair_ids"] for one in dry.json()["results"]] == [[], [], []]
    assert faults(dry) == faults(real) == [("/rows/1/worker_ref", "WORKER_NOT_ASSIGNED")]
    assert [code for _, code in faults(again)] == ["REPAIR_STANDS"] * 2 + ["WORKER_NOT_ASSIGNED"] + [
        "REPAIR_STANDS"
    ] * 2


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"ref": ""}, "worker_ref", "MISSING"),
    ({"day": 46000}, "day", "DATE_PARSING"),
    ({"day": "2026-02-30"}, "day", "DATE_FROM_DATETIME_PARSING"),
    ({"day": "2026-11-23", "went": "23:30"}, "went_at", "IN_FUTURE"),
    ({"day": "2025-01-02"}, "came_at", "TOO_OLD"),
    ({"day": "2026-11-01"}, "worker_ref", "WORKER_NOT_ENTERED"),
    ({"came": "halb acht"}, "came_at", "TIME_PARSING"),
    ({"came": "25:00"}, "came_at", "TIME_PARSING"),
    ({"went": 0.75}, "went_at", "TIME_PARSING"),
    ({"came": None, "went": None}, "came_at", "TIME_MISSING"),
    ({"reason": ""}, "reason", "MISSING"),
    ({"came": "=NOW()"}, "came_at", "CELL_WITHOUT_VALUE"),
]


async def test_every_bad_row_is_named_and_the_good_ones_go_in(gate: Gate) -> None:
    [first, second, *_] = await refs(gate)
    rows = [forgotten(**({"ref": first, "day": "2026-11-20"} | changes)) for changes, _, _ in BAD]
    answer = await send(gate, "import", sheet(COLUMNS, forgotten(first), *rows, forgotten(second)))
    results = answer.json()["results"]
    assert (answer.json()["taken"], answer.json()["refused"]) == (2, len(BAD)), answer.text
    found = [(one["errors"][0]["pointer"], one["errors"][0]["code"]) for one in results[1:-1]]
    assert found == [(f"/rows/{row}/{column}", code) for row, (_, column, code) in enumerate(BAD, start=1)]


async def test_a_row_is_taken_whole_or_not_at_all(gate: Gate) -> None:
    """The coming could stand, the going lies in the future: neither is proposed, so that the row can be sent again."""
    [first, *_] = await refs(gate)
    half = await send(gate, "import", sheet(COLUMNS, forgotten(first, "07:30", "23:30", "2026-11-23")))
    assert faults(half) == [("/rows/0/went_at", "IN_FUTURE")]
    assert await proposed(gate) == []
    twice = await send(gate, "import", sheet(COLUMNS, forgotten(first), forgotten(first, went=None)))
    assert faults(twice) == [("/rows/1/day", "DUPLICATE_IN_BATCH")]
    assert len(await proposed(gate)) == 2


async def test_another_name_than_the_registered_one_is_stopped(gate: Gate) -> None:
    [first, *_] = await refs(gate)
    content = sheet([*COLUMNS, "worker_name"], [*forgotten(first), "张玮"])
    assert faults(await send(gate, "import", content)) == [("/rows/0/worker_name", "WORKER_NAME_DIFFERS")]


async def test_a_checked_sheet_comes_back_marked_and_goes_in_corrected(gate: Gate) -> None:
    [first, second, *_] = await refs(gate)
    before = await gate.site.harness.checksum()
    checked = await send(gate, "check", sheet(COLUMNS, forgotten(first), forgotten(second, "x")), query="&language=en")
    assert await gate.site.harness.checksum() == before
    assert reasons(checked) == ["", "Came at: a time is needed, e.g. 08:30"]
    book = book_of(checked)
    book.worksheets[0][f"{letter_of(book.worksheets[0], 'Came at')}3"] = "07:40"
    corrected = await send(gate, "import", saved(book))
    assert (corrected.json()["taken"], faults(corrected)) == (2, []), corrected.text


async def test_the_scan_of_the_paper_list_is_evidence(labour: Harness, gate: Gate) -> None:
    [first, *_] = await refs(gate)
    async with labour.client(gate.site.clerk) as client:
        file_id = await uploaded(client, path="/labour/v1/files")
    content = sheet(COLUMNS, forgotten(first))
    taken = await send(gate, "import", content, query=f"&file_id={file_id}")
    assert taken.json()["taken"] == 1, taken.text
    async with labour.client(gate.site.engineer) as client:
        assert (await client.get(f"/labour/v1/files/{file_id}")).status_code == 200
    before = await labour.checksum()
    unknown = await send(gate, "import", content, query=f"&file_id={new_id()}")
    assert (unknown.status_code, faults(unknown)) == (422, [("query:file_id", "FILE_UNKNOWN")])
    assert await labour.checksum() == before


async def test_anothers_worker_is_answered_as_one_who_does_not_exist(labour: Harness, gate: Gate) -> None:
    """By his external id, by his assignment, and one whom nobody knows: the same answer; nothing is written."""
    [ref, *_], [assignment, *_] = await refs(gate), await assignments(gate)
    rival = organisation(Kind.LABOUR_SUBCONTRACTOR).as_(Role.LABOUR_CLERK)
    before = await rows_of(labour)
    content = sheet(COLUMNS, *[forgotten(one) for one in (ref, assignment, "W-nobody", str(new_id()))])
    for query in ("", "&dry_run=true"):
        results = (await send(gate, "import", content, who=rival, query=query)).json()["results"]
        said = [[{**bad, "pointer": ""} for bad in one["errors"]] for one in results]
        assert said == [said[0]] * 4
        assert said[0][0]["code"] == "WORKER_NOT_ASSIGNED"
    async with labour.client(rival) as client:
        blank = await client.get(f"{PATH}:template", params={"project_id": str(gate.site.project_id)})
    assert book_of(blank)["lists"]["A1"].value is None
    assert await rows_of(labour) == before


async def test_a_locked_month_takes_none(labour: Harness, gate: Gate) -> None:
    [first, *_] = await refs(gate)
    async with labour.sql() as connection:
        await connection.execute(
            """INSERT INTO locked_months (project_id, employer_id, month, locked_at)
            VALUES ($1, $2, '2026-11-01', now())""",
            gate.site.project_id,
            gate.site.subcontractor.id,
        )
    answer = await send(gate, "import", sheet(COLUMNS, forgotten(first)))
    assert faults(answer) == [("/rows/0/came_at", "MONTH_LOCKED"), ("/rows/0/went_at", "MONTH_LOCKED")]
    assert await proposed(gate) == []


async def test_csv_too_and_another_kind_not(gate: Gate) -> None:
    [first, *_] = await refs(gate)
    text = "\n".join(",".join(row) for row in (COLUMNS, forgotten(first)))
    taken = await send(gate, "import", text.encode(), media_type=CSV)
    assert taken.json()["taken"] == 1, taken.text
    before = await gate.site.harness.checksum()
    refusals = [
        await send(gate, "import", b"[]", media_type="application/json"),
        await send(gate, "import", sheet(["day"], ["x"])),
        await send(gate, "import", b" " * (2 * 1024 * 1024 + 1), media_type=CSV),
    ]
    assert [(one.status_code, one.json()["code"]) for one in refusals] == [
        (415, "CONTENT_TYPE_UNSUPPORTED"),
        (400, "XLSX_UNREADABLE"),
        (413, "BODY_TOO_LARGE"),
    ]
    assert await gate.site.harness.checksum() == before


async def test_five_thousand_days_and_not_one_more(gate: Gate) -> None:
    more = [worker_row() for _ in range(621)]
    ids = await gate.site.workers(*more)
    await gate.site.assigned(ids, enter_at=(NOON - timedelta(days=10)).isoformat())
    known = [*(await refs(gate)), *[row["external_id"] for row in more]]
    days = [(NOON - timedelta(days=back)).date().isoformat() for back in range(1, 9)]
    rows = [forgotten(ref, day=day) for ref in known for day in days][:MOST_ROWS]
    assert len(rows) == MOST_ROWS
    taken = await send(gate, "import", sheet(COLUMNS, *rows))
    assert (taken.json()["taken"], taken.json()["refused"]) == (MOST_ROWS, 0)
    assert len(await proposed(gate)) == 2 * MOST_ROWS
    before = await gate.site.harness.checksum()
    over = await send(gate, "import", sheet(COLUMNS, *rows, forgotten("W-nobody")))
    assert (over.status_code, over.json()["code"]) == (413, "TOO_MANY_ROWS")
    assert await gate.site.harness.checksum() == before


@pytest.mark.parametrize("verb", ["check", "import"])
@pytest.mark.parametrize(("kind", "role"), [(Kind.OWNER, Role.SITE_ENGINEER), (Kind.CONTRACTOR, Role.VIEWER)])
async def test_who_may_not_propose_may_not_import(gate: Gate, verb: str, kind: Kind, role: Role) -> None:
    before = await gate.site.harness.checksum()
    refusal = await send(gate, verb, sheet(COLUMNS, forgotten("W-1")), who=organisation(kind).as_(role))
    assert (refusal.status_code, refusal.json()["code"]) == (403, "ROLE_MISSING")
    assert await gate.site.harness.checksum() == before


async def test_asked_again_under_the_same_key_it_is_answered_the_same(gate: Gate) -> None:
    [first, *_] = await refs(gate)
    content, header = sheet(COLUMNS, forgotten(first)), key()
    answers = [await send(gate, "import", content, **header) for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert len(await proposed(gate)) == 2
