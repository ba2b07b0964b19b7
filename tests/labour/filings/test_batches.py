"""Batches survive: 5,000 lines in the portions of a platform, a killed process, a platform that slows us down."""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import asyncpg
import pytest

from chassis.ids import new_id
from infra.contracts.paths import ROOT
from labour.authorities.rules import directory
from labour.clients.authorities import Kind
from labour.filings.commands import collect
from tests.harness import NOON
from tests.labour.authority import Desk, Simulator, made, until
from tests.labour.conftest import Site, worker_row
from tests.labour.wages import Wages

WORKERS = 5_000
AT_ONCE = 1_000
METHODS = {
    "national": {"attendance": "WorkerAttendance.Add", "payroll": "Payroll.Add"},
    "demo_province": {"attendance": "PUT /v2/attendance", "payroll": "PUT /v2/payroll"},
}


async def paid_sheet(desk: Desk, workers: list[UUID]) -> None:
    """A sheet of October that the bank has paid to the last line; written as payrolls and payouts write it."""
    site, now = desk.site, desk.harness.clock.now()
    account = await Wages(site).account("1000.00")
    sheet, payout, month = new_id(), new_id(), date(2026, 10, 1)
    lines = [(new_id(), new_id(), worker, place) for place, worker in enumerate(workers, start=1)]
    whole = (site.project_id, site.subcontractor.id, site.contractor.id)
    async with desk.harness.sql() as sql:
        await sql.execute(
            "INSERT INTO payrolls (id, version, created_at, updated_at, project_id, employer_id, contractor_id, month, "
            "run, cost_code, state, edition, workers, gross, net, reason, drafted_by, checked_by, approved_by) "
            "VALUES ($1, 1, $2, $2, $3, $4, $5, $6, 'regular', 'C', 'paid', 1, 0, 0, 0, '', 'a', 'b', 'c')",
            *(sheet, now, *whole, month),
        )
        await sql.executemany(
            "INSERT INTO payroll_lines (id, version, created_at, updated_at, payroll_id, project_id, employer_id, "
            "contractor_id, worker_id, worker_name, month, days, hours, gross, deductions, net, fault, below_minimum, "
            "state, paid_on) VALUES ($1, 1, $2, $2, $3, $4, $5, $6, $7, '张伟', $8, 22, 176, 7040, 0, 7040, '', false, "
            "'paid', '2026-11-15')",
            [(line, now, sheet, *whole, worker, month) for line, _, worker, _ in lines],
        )
        await sql.execute(
            "INSERT INTO payouts (id, version, created_at, updated_at, account_id, project_id, contractor_id, number, "
            "state, execute_on, transfers, total, paid, reason, prepared_by, approved_by) "
            "VALUES ($1, 1, $2, $2, $3, $4, $5, $6, 'settled', '2026-11-15', $7, $8, $8, '', 'a', 'b')",
            *(payout, now, account["id"], site.project_id, site.contractor.id, str(payout), len(lines)),
            Decimal(7040 * len(lines)),
        )
        await sql.executemany(
            "INSERT INTO payout_rows (id, payout_id, position, line_id, payroll_id, worker_id, amount, payee_name, "
            "card, card_masked, bank_code, state, bank_reference, paid_on, reason) "
            "VALUES ($1, $2, $3, $4, $5, $6, 7040, '李梅', '', '', '', 'paid', $7, '2026-11-15', '')",
            [(row, payout, place, line, sheet, worker, str(place)) for line, row, worker, place in lines],
        )


async def crowd(desk: Desk, count: int) -> list[UUID]:
    """Workers on the project in two teams, without papers, of which more would be filed."""
    workers: list[UUID] = []
    for start in range(0, count, AT_ONCE):
        rows = [worker_row(consents=[]) for _ in range(min(AT_ONCE, count - start))]
        for row in rows:
            del row["agreement"], row["training"], row["payroll_bank_card_number"]
        workers += await desk.site.workers(*rows)
    teams = [await desk.team("钢筋一班"), await desk.team("木工班")]
    async with desk.harness.sql() as sql:
        await sql.execute(
            "INSERT INTO assignments (id, version, created_at, updated_at, project_id, worker_id, employer_id, state, "
            "risk_class, special_trade, reason) SELECT uuidv7(), 1, $3, $3, $1, w.id, w.employer_id, 'assigned', "
            "'normal', '', '' FROM workers w WHERE w.id = ANY($2)",
            *(desk.site.project_id, workers, NOON),
        )
        await sql.executemany(
            "INSERT INTO team_members (team_id, worker_id, first_day, project_id) VALUES ($1, $2, '2026-10-01', $3)",
            [(teams[place % 2], worker, desk.site.project_id) for place, worker in enumerate(workers)],
        )
    return workers


async def analysed(desk: Desk) -> None:
    """What autovacuum does within a minute of so many new rows."""
    connection = await asyncpg.connect(desk.harness.addresses.owner_url.replace("+asyncpg", ""))
    for table in ("assignments", "workers", "people", "team_members", "payroll_lines", "payout_rows", "filings"):
        await connection.execute(f"ANALYZE {table}")
    await connection.close()


@pytest.mark.timeout(300)
async def test_five_thousand_lines_go_in_portions_with_a_receipt_for_each(site: Site, authority: Simulator) -> None:
    """Workers first, then the sheet; every line is at the platform once, and each has a receipt of its own."""
    desk = await made(site, authority)
    await paid_sheet(desk, await crowd(desk, WORKERS))
    await desk.connect()
    await analysed(desk)
    for _ in range(WORKERS // collect.MOST + 1):
        await desk.collect()
    await desk.run(2_000)
    await desk.all_accepted()
    most = directory()["national"].batch(Kind.PAYROLL)
    calls = Counter(method for method, _ in (await authority.seen())["calls"])
    assert calls["Payroll.Add"] >= WORKERS // most
    effects = await desk.effects("payroll")
    assert len(effects) == len({tuple(one) for one in effects}) == WORKERS
    async with desk.harness.sql() as sql:
        receipts = await sql.fetch(
            "SELECT r.filing_id, count(DISTINCT r.request_id) FROM filing_receipts r "
            "JOIN filings f ON f.id = r.filing_id WHERE f.connection_id = $1 AND f.kind = 'payroll' "
            "GROUP BY r.filing_id",
            desk.connection_id,
        )
        sizes = await sql.fetch(
            "SELECT count(*) FROM filings WHERE connection_id = $1 AND kind = 'payroll' GROUP BY request_id",
            desk.connection_id,
        )
    assert [row[1] for row in receipts] == [1] * WORKERS
    assert {row[0] for row in sizes} == {most}


LINES = 60


async def some(site: Site, authority: Simulator, code: str) -> Desk:
    """A desk with a sheet and a swipe of each worker, more than fit into one request; everything before is filed."""
    desk = await made(site, authority, code)
    wages = Wages(site)
    workers = await wages.crew(LINES)
    await desk.team("钢筋一班", *workers)
    await desk.connect()
    await desk.file()
    await paid_sheet(desk, workers)
    swipes = [
        {
            "sequence": number,
            "worker_id": str(worker),
            "at": (NOON - timedelta(hours=hours)).isoformat(),
            "direction": direction,
            "attend_type": "001",
        }
        for number, (worker, (hours, direction)) in enumerate(
            (worker, swipe) for worker in workers for swipe in ((4, "01"), (2, "02"))
        )
    ]
    body = {"device_id": str(await site.device()), "swipes": swipes}
    answer = await site.post("/labour/v1/attendance/swipes:batch", body, site.gate)
    assert answer["refused"] == 0, answer
    await desk.collect()
    return desk


def expected(kind: str) -> int:
    """Objects of a kind that `some` leaves to be filed."""
    return LINES if kind == "payroll" else 2 * LINES


async def reached(desk: Desk, kind: str) -> None:
    """Until a request of a kind is prepared and the next job would send it, and its time has come."""
    while "sending" not in await desk.states(kind):
        assert await desk.step()
    _, at = await desk.queue()
    if at > desk.harness.clock.now():
        await desk.move(at - desk.harness.clock.now())


@pytest.mark.parametrize("kind", ["attendance", "payroll"])
@pytest.mark.parametrize("code", sorted(METHODS))
async def test_a_process_killed_between_sending_and_answer_files_nothing_twice(
    site: Site, authority: Simulator, code: str, kind: str
) -> None:
    """The platform has taken the portion and is silent while the process dies; the rest follows."""
    desk = await some(site, authority, code)
    await reached(desk, kind)
    await authority.control(code, faults=[{"fault": "hang_after", "method": METHODS[code][kind]}])
    wake, _ = await desk.queue()
    told = {
        "database": desk.harness.addresses.runtime_url,
        "now": desk.harness.clock.now().isoformat(),
        "addresses": authority.addresses,
        "payload": {"connection_id": str(desk.connection_id), "wake": wake},
    }
    killed = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.labour.filings.one_step", json.dumps(told), cwd=ROOT
    )
    await until(lambda: desk.effects(kind))
    killed.kill()
    await killed.wait()
    assert len(await desk.effects(kind)) == directory()[code].batch(Kind(kind))
    assert "accepted" not in await desk.states(kind)
    await desk.run()
    await desk.all_accepted()
    effects = await desk.effects(kind)
    assert len(effects) == len({tuple(one) for one in effects}) == expected(kind)


@pytest.mark.parametrize("kind", ["attendance", "payroll"])
@pytest.mark.parametrize("code", sorted(METHODS))
@pytest.mark.parametrize("fault", ["drop", "drop_after"])
async def test_a_broken_line_loses_no_row_and_doubles_none(
    site: Site, authority: Simulator, code: str, kind: str, fault: str
) -> None:
    desk = await some(site, authority, code)
    await authority.control(code, faults=[{"fault": fault, "method": METHODS[code][kind], "times": 2}])
    await desk.run(500)
    await desk.all_accepted()
    effects = await desk.effects(kind)
    assert len(effects) == len({tuple(one) for one in effects}) == expected(kind)


@pytest.mark.parametrize("code", sorted(METHODS))
async def test_a_platform_that_slows_us_down_gets_everything_in_the_end(
    site: Site, authority: Simulator, code: str
) -> None:
    """Too many calls in its minute: the portion is put back whole and goes later, in the order of dependence."""
    desk = await some(site, authority, code)
    await authority.control(code, calls_per_minute=2)
    before = len((await authority.seen(code))["calls"])
    await desk.run(500)
    await desk.all_accepted()
    answers = Counter(answer for _, answer in (await authority.seen(code))["calls"][before:])
    assert answers["-5" if code == "national" else "E_BUSY"] > 0
    for kind in ("attendance", "payroll"):
        effects = await desk.effects(kind)
        assert len(effects) == len({tuple(one) for one in effects}) == expected(kind)


@pytest.mark.parametrize("code", sorted(METHODS))
async def test_one_bad_line_leaves_the_others_filed_with_a_receipt_each(
    site: Site, authority: Simulator, code: str
) -> None:
    """Where a platform refuses a portion whole, it is taken apart until the bad line stands alone."""
    desk = await some(site, authority, code)
    bad = (await desk.rows(kind="payroll"))[7]
    async with desk.harness.sql() as sql:
        await sql.execute("UPDATE payroll_lines SET days = 40 WHERE id::text = $1", bad["object_key"])
    await desk.run(500)
    states = Counter(await desk.states("payroll"))
    assert states == {"accepted": LINES - 1, "refused": 1}
    [refused] = await desk.rows(kind="payroll", state="refused")
    assert refused["id"] == bad["id"]
    assert "出勤天数" in (await desk.receipts(bad["id"]))[-1][2]
    assert all([await desk.receipts(row["id"]) for row in await desk.rows(kind="payroll")])
