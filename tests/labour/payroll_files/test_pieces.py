"""Piece records as files (计件表): template, check, import with dry run; not a second time."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from httpx import Response

from chassis.identity import Kind, Principal, Role
from chassis.tabular import CSV
from labour.payroll_files.commands.pieces import COLUMNS, MOST_ROWS, SHOWN
from tests.harness import organisation
from tests.labour.sheets import book_of, faults, fill, letter_of, offered, reasons, rows_of, saved, sheet, upload
from tests.labour.wages import BASE, Wages

PATH = f"{BASE}/piece-records"


async def crew(wages: Wages, count: int) -> dict[str, UUID]:
    """Workers on site, by external id."""
    workers = await wages.crew(count)
    async with wages.harness.sql() as connection:
        rows = await connection.fetch("SELECT id, external_id FROM workers WHERE id = ANY($1::uuid[])", workers)
    return {row["external_id"]: row["id"] for row in rows}


def made(ref: str, quantity: Any = "12.5", day: Any = "2026-11-20", unit: str = "m2", by: str = "李强") -> list[Any]:
    """A row in the order of COLUMNS."""
    return [ref, day, quantity, unit, by]


async def send(
    wages: Wages, verb: str, content: bytes, *, who: Principal | None = None, query: str = "", **more: Any
) -> Response:
    """Upload a file of the site's project."""
    path = f"{PATH}:{verb}?project_id={wages.site.project_id}{query}"
    return await upload(wages.harness, who or wages.clerk, path, content, **more)


async def recorded(wages: Wages) -> list[tuple[UUID, str, str, str, str]]:
    """What is on record of the project."""
    found = await wages.get(wages.clerk, "/piece-records", project_id=str(wages.site.project_id))
    rows = reversed(found["items"])
    return [(UUID(one["worker_id"]), one["day"], one["quantity"], one["unit"], one["note"]) for one in rows]


async def test_the_template_offers_the_own_workers_and_comes_back_filled(wages: Wages) -> None:
    workers = await crew(wages, 2)
    query = {"project_id": str(wages.site.project_id), "language": "zh-CN"}
    async with wages.harness.client(wages.clerk) as client:
        book = book_of(await client.get(f"{PATH}:template", params=query))
    header = [cell.value for cell in book.worksheets[0][1]]
    assert header == ["外部编号或进场编号", "工人姓名", "日期", "数量", "单位", "记录人", "备注"]
    assert offered(book, "A") == [f"{ref} | 张伟" for ref in sorted(workers)]
    [first, _] = sorted(workers)
    row = {"worker_ref": f"{first} | 张伟", "worker_name": "张伟", "day": "2026/11/20", "quantity": 12.5, "unit": "m2"}
    row |= {"noted_by": "李强", "note": "三层墙面"}
    taken = await send(wages, "import", fill(book, row, by=SHOWN))
    assert (taken.status_code, taken.json()) == (200, {"recorded": 1}), taken.text
    assert await recorded(wages) == [(workers[first], "2026-11-20", "12.500000", "m2", "三层墙面")]


async def test_the_pieces_of_a_file_are_paid(wages: Wages) -> None:
    workers = await crew(wages, 1)
    [(ref, worker)] = workers.items()
    await wages.terms(worker, "30.00", "piece")
    await send(wages, "import", sheet(COLUMNS, made(ref), made(ref, "-2.5", by="王强")))
    payroll = await wages.draft()
    assert (await wages.lines(payroll))[worker]["net"] == "300.00"


async def test_a_dry_run_writes_nothing_and_a_file_sent_twice_counts_once(wages: Wages) -> None:
    [ref] = await crew(wages, 1)
    content = sheet(COLUMNS, made(ref), made(ref, day="2026-11-19"))
    before = await rows_of(wages.harness)
    dry = await send(wages, "import", content, query="&dry_run=true")
    assert await rows_of(wages.harness) == before
    real = await send(wages, "import", content)
    assert dry.json() == real.json() == {"recorded": 2}
    stands = await rows_of(wages.harness)
    for query in ("", "&dry_run=true"):
        again = await send(wages, "import", content, query=query)
        assert faults(again) == [("/rows/0/worker_ref", "PIECES_RECORDED"), ("/rows/1/worker_ref", "PIECES_RECORDED")]
    assert await rows_of(wages.harness) == stands
    other = await send(wages, "import", sheet([*COLUMNS, "note"], [*made(ref), "下午"]))
    assert other.json() == {"recorded": 1}


async def test_one_bad_row_keeps_the_whole_file_out_and_each_is_named(wages: Wages) -> None:
    [ref] = await crew(wages, 1)
    rows = [
        made(ref),
        made("W-nobody"),
        made(""),
        made(ref, "many"),
        made(ref, "=2*3"),
        made(ref, day=46000),
        made(ref, day="2026-11-24"),
        made(ref, unit=""),
        made(ref, by=""),
        made(ref),
    ]
    before = await rows_of(wages.harness)
    for query in ("&dry_run=true", ""):
        refusal = await send(wages, "import", sheet(COLUMNS, *rows), query=query)
        assert refusal.status_code == 422
        assert faults(refusal) == [
            ("/rows/1/worker_ref", "WORKER_NOT_ASSIGNED"),
            ("/rows/2/worker_ref", "MISSING"),
            ("/rows/3/quantity", "DECIMAL_STRING"),
            ("/rows/4/quantity", "CELL_WITHOUT_VALUE"),
            ("/rows/5/day", "DATE_PARSING"),
            ("/rows/6/day", "IN_FUTURE"),
            ("/rows/7/unit", "MISSING"),
            ("/rows/8/noted_by", "MISSING"),
            ("/rows/9/worker_ref", "DUPLICATE_IN_BATCH"),
        ]
    named = await send(wages, "import", sheet([*COLUMNS, "worker_name"], [*made(ref), "李四"]))
    assert faults(named) == [("/rows/0/worker_name", "WORKER_NAME_DIFFERS")]
    assert await rows_of(wages.harness) == before


async def test_a_locked_month_is_named_row_by_row(wages: Wages) -> None:
    [worker] = await wages.paid_by_day(1)
    await wages.approved()
    async with wages.harness.sql() as connection:
        ref = await connection.fetchval("SELECT external_id FROM workers WHERE id = $1", worker)
    content = sheet(COLUMNS, made(ref), made(ref, day="2026-10-30"))
    before = await rows_of(wages.harness)
    assert faults(await send(wages, "import", content)) == [("/rows/0/day", "MONTH_LOCKED")]
    assert await rows_of(wages.harness) == before
    assert (await send(wages, "import", sheet(COLUMNS, made(ref, day="2026-10-30")))).json() == {"recorded": 1}


async def test_a_checked_file_comes_back_marked_and_goes_in_corrected(wages: Wages) -> None:
    [first, second] = await crew(wages, 2)
    before = await wages.harness.checksum()
    checked = await send(wages, "check", sheet(COLUMNS, made(first), made(second, "many")), query="&language=en")
    assert await wages.harness.checksum() == before
    assert reasons(checked) == ["", "Quantity: a number is needed, e.g. 12.50"]
    book = book_of(checked)
    book.worksheets[0][f"{letter_of(book.worksheets[0], 'Quantity')}3"] = "7"
    assert (await send(wages, "import", saved(book))).json() == {"recorded": 2}


async def test_anothers_worker_is_answered_as_one_who_does_not_exist(wages: Wages) -> None:
    [ref] = await crew(wages, 1)
    rival = organisation(Kind.LABOUR_SUBCONTRACTOR).as_(Role.LABOUR_CLERK)
    before = await rows_of(wages.harness)
    refusal = await send(wages, "import", sheet(COLUMNS, made(ref), made("W-nobody")), who=rival)
    first, second = refusal.json()["errors"]
    assert {**first, "pointer": ""} == {**second, "pointer": ""}
    assert first["code"] == "WORKER_NOT_ASSIGNED"
    payer = wages.site.contractor.as_(Role.LABOUR_CLERK)
    assert faults(await send(wages, "import", sheet(COLUMNS, made(ref)), who=payer)) == [
        ("/rows/0/worker_ref", "WORKER_NOT_ASSIGNED")
    ]
    query = {"project_id": str(wages.site.project_id)}
    for who in (rival, payer):
        async with wages.harness.client(who) as client:
            assert book_of(await client.get(f"{PATH}:template", params=query))["lists"]["A1"].value is None
    assert await rows_of(wages.harness) == before


async def test_csv_too_and_another_kind_not(wages: Wages) -> None:
    [ref] = await crew(wages, 1)
    text = "\n".join(",".join(row) for row in (COLUMNS, made(ref)))
    assert (await send(wages, "import", text.encode(), media_type=CSV)).json() == {"recorded": 1}
    before = await wages.harness.checksum()
    many = "\n".join(",".join(row) for row in (COLUMNS, *[made(ref)] * (MOST_ROWS + 1)))
    refusals = [
        await send(wages, "import", b"[]", media_type="application/json"),
        await send(wages, "import", sheet(["day"], ["x"])),
        await send(wages, "import", b" " * (2 * 1024 * 1024 + 1), media_type=CSV),
        await send(wages, "import", many.encode(), media_type=CSV),
        await send(wages, "import", sheet(COLUMNS)),
    ]
    assert [one.status_code for one in refusals] == [415, 400, 413, 413, 422]
    assert faults(refusals[-1]) == [("/rows", "NO_ROWS")]
    assert await wages.harness.checksum() == before


async def test_five_thousand_rows(wages: Wages) -> None:
    [ref] = await crew(wages, 1)
    rows = [made(ref, str(number), f"2026-11-{number % 20 + 1:02d}") for number in range(1, 5001)]
    assert (await send(wages, "import", sheet(COLUMNS, *rows))).json() == {"recorded": 5000}
    async with wages.harness.sql() as connection:
        total = await connection.fetchval(
            "SELECT sum(quantity) FROM piece_records WHERE project_id = $1", wages.site.project_id
        )
    assert total == 5000 * 5001 // 2
