"""Attendance lists as files: template, check, import with dry run."""

from __future__ import annotations

import io
from uuid import UUID

import pytest
from httpx import Response
from openpyxl import Workbook, load_workbook

from chassis.identity import Kind, Principal, Role
from chassis.tabular import CSV, XLSX
from tests.harness import Harness, key, organisation
from tests.labour.conftest import Site
from tests.labour.teaching import PATH, answer, enrol, session, turn, untrained

HEADER = ["worker_id", "worker_name", "checked_in_at", "checked_out_at", "score"]


def sheet(*rows: list[str]) -> bytes:
    """A workbook with these rows below the header."""
    book = Workbook()
    for row in (HEADER, *rows):
        book.worksheets[0].append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


async def send(
    site: Site, path: str, content: bytes, *, who: Principal | None = None, media_type: str = XLSX
) -> Response:
    """Upload a list."""
    async with site.harness.client(who or site.clerk) as client:
        return await client.post(f"{PATH}/{path}", content=content, headers=key() | {"Content-Type": media_type})


async def held(site: Site, *workers: UUID) -> str:
    """A session that is held, with a test, for these workers."""
    found = await session(site, course={"pass_mark": "60.00"})
    if workers:
        await enrol(site, found, *workers)
    await turn(site, found, "hold")
    return found


def there(worker: UUID, gone: str = "2026/11/23 11:00", score: str = "80") -> list[str]:
    """A row as people type it: times of Asia/Shanghai."""
    return [str(worker), "张伟", "2026-11-23 07:00", gone, score]


async def test_the_template_names_who_is_enrolled_and_comes_back_filled(labour: Harness, site: Site) -> None:
    [worker] = await site.workers(untrained())
    found = await held(site, worker)
    async with labour.client(site.clerk) as client:
        blank = await client.get(f"{PATH}/sessions/{found}/attendance:template", params={"language": "zh-CN"})
    book = load_workbook(io.BytesIO(blank.content))
    page = book.worksheets[0]
    assert [cell.value for cell in page[1]] == ["工人编号", "工人姓名", "签到时间", "签退时间", "成绩", "更正原因"]
    assert [cell.value for cell in page[2]][:2] == [str(worker), "张伟"]
    for column, text in (("C2", "2026-11-23 07:00"), ("D2", "2026-11-23 11:00"), ("E2", "80")):
        page[column] = text
    filled = io.BytesIO()
    book.save(filled)
    taken = await send(site, f"sessions/{found}/attendance:import", filled.getvalue())
    assert (taken.status_code, taken.json()) == (200, {"updated": 1, "duplicate": 0}), taken.text
    [seen] = (await answer(labour, site.clerk, f"sessions/{found}/attendees"))["items"]
    assert (seen["checked_in_at"], seen["checked_out_at"], seen["score"]) == (
        "2026-11-22T23:00:00Z",
        "2026-11-23T03:00:00Z",
        "80.00",
    )


async def test_a_dry_run_writes_nothing_and_says_the_same(site: Site) -> None:
    [worker] = await site.workers(untrained())
    found = await held(site, worker)
    async with site.harness.sql() as connection:
        before = await connection.fetch("SELECT * FROM training_attendees WHERE session_id = $1", UUID(found))
        dry = await send(site, f"sessions/{found}/attendance:import?dry_run=true", sheet(there(worker)))
        after = await connection.fetch("SELECT * FROM training_attendees WHERE session_id = $1", UUID(found))
    real = await send(site, f"sessions/{found}/attendance:import", sheet(there(worker)))
    again = await send(site, f"sessions/{found}/attendance:import", sheet(there(worker)))
    assert before == after
    assert dry.json() == real.json() == {"updated": 1, "duplicate": 0}
    assert again.json() == {"updated": 0, "duplicate": 1}


async def test_one_bad_row_keeps_the_whole_list_out_and_is_named(site: Site) -> None:
    [good, stranger] = await site.workers(untrained(), untrained())
    found = await held(site, good)
    rows = sheet(there(good), there(stranger), there(good), ["x", "", "", "", ""], there(good, score="120"))
    before = await site.harness.checksum()
    refusal = await send(site, f"sessions/{found}/attendance:import", rows)
    assert refusal.status_code == 422
    assert [(one["pointer"], one["code"]) for one in refusal.json()["errors"]] == [
        ("/rows/1/worker_id", "WORKER_NOT_ENROLLED"),
        ("/rows/2/worker_id", "DUPLICATE_IN_BATCH"),
        ("/rows/3/worker_id", "UUID_PARSING"),
        ("/rows/4/score", "OUT_OF_RANGE"),
    ]
    assert await site.harness.checksum() == before


async def test_a_checked_list_comes_back_with_the_reasons(site: Site) -> None:
    [good, stranger] = await site.workers(untrained(), untrained())
    found = await held(site, good)
    content = sheet(there(good), there(stranger))
    before = await site.harness.checksum()
    checked = await send(site, f"sessions/{found}/attendance:check", content)
    page = load_workbook(io.BytesIO(checked.content)).worksheets[0]
    assert [row[-1].value or "" for row in page.iter_rows(min_row=2)] == [
        "",
        "Worker id: Not enrolled in this session.",
    ]
    assert await site.harness.checksum() == before


async def test_csv_too(site: Site) -> None:
    [worker] = await site.workers(untrained())
    found = await held(site, worker)
    text = "\n".join(",".join(row) for row in (HEADER, there(worker)))
    taken = await send(site, f"sessions/{found}/attendance:import", text.encode(), media_type=CSV)
    assert taken.json() == {"updated": 1, "duplicate": 0}


async def test_a_list_of_a_session_that_is_not_held(site: Site) -> None:
    [worker] = await site.workers(untrained())
    planned = await session(site)
    await enrol(site, planned, worker)
    before = await site.harness.checksum()
    for verb in ("check", "import", "import?dry_run=true"):
        refusal = await send(site, f"sessions/{planned}/attendance:{verb}", sheet(there(worker)))
        assert (refusal.status_code, refusal.json()["code"]) == (409, "INVALID_STATE")
    assert await site.harness.checksum() == before


@pytest.mark.parametrize("verb", ["check", "import"])
async def test_anothers_list_is_not_there(site: Site, verb: str) -> None:
    found = await held(site)
    before = await site.harness.checksum()
    rival = organisation(Kind.LABOUR_SUBCONTRACTOR).as_(Role.LABOUR_CLERK)
    refusal = await send(site, f"sessions/{found}/attendance:{verb}", sheet(), who=rival)
    assert (refusal.status_code, refusal.json()["code"]) == (404, "SESSION_NOT_FOUND")
    assert await site.harness.checksum() == before
