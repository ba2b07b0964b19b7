"""Sheets drafted from contracts, days, stays and pieces; in chunks that a crash does not repeat."""

from __future__ import annotations

import asyncio
import random
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from labour.contracts import repository as contracts
from labour.contracts.states import State
from labour.payrolls import rules
from tests.labour.contracting import run, waiting
from tests.labour.wages import MONTH, Wages

D = Decimal
WAITS = "FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%WITH roster AS%'"


async def items(wages: Wages, line: Any) -> list[tuple[str, str, str]]:
    """(kind, quantity, amount) of a line."""
    found = (await wages.line(line))["items"]
    return [(one["kind"], D(one["quantity"]).normalize().to_eng_string(), one["amount"]) for one in found]


async def test_by_the_day(wages: Wages) -> None:
    [worker] = await wages.crew(1)
    await wages.terms(worker, "333.33")
    await wages.worked(worker, range(1, 22))
    await wages.worked(worker, [22], "0.50")
    payroll = await wages.draft()
    [line] = (await wages.lines(payroll)).values()
    assert await items(wages, line) == [("day_wage", "21.5", "7166.60")]
    assert (line["days"], line["hours"], line["net"], line["fault"]) == ("21.500000", "172.000000", "7166.60", "")
    assert (payroll["state"], payroll["workers"], payroll["gross"], payroll["net"]) == (
        "draft",
        1,
        "7166.60",
        "7166.60",
    )


async def test_a_contract_that_ends_mid_month(wages: Wages) -> None:
    """Its days are paid by it; what no contract covers after it is named, not paid by guess."""
    [worker] = await wages.crew(1)
    await wages.terms(worker, "300.00", valid_to=date(2026, 11, 10))
    await wages.worked(worker, range(8, 14))
    payroll = await wages.draft()
    [line] = (await wages.lines(payroll)).values()
    assert await items(wages, line) == [("day_wage", "3", "900.00")]
    assert (line["days"], line["fault"]) == ("6.000000", "TERMS_MISSING")
    answer = await wages.refused(wages.clerk, f"/payrolls/{payroll['id']}:submit", None, "LINES_AT_FAULT")
    assert answer["metadata"] == {"lines": "1"}
    await wages.terms(worker, "350.00", valid_from=date(2026, 11, 11))
    await wages.verb(payroll, "cancel", None, {"reason": "补签合同"})
    [line] = (await wages.lines(await wages.draft())).values()
    assert sorted(await items(wages, line)) == [("day_wage", "3", "1050.00"), ("day_wage", "3", "900.00")]
    assert (line["net"], line["fault"]) == ("1950.00", "")


async def test_a_contract_that_was_terminated_counts_to_its_last_day(wages: Wages) -> None:
    [worker] = await wages.crew(1)
    await wages.terms(worker, "300.00", state=State.TERMINATED, valid_to=date(2027, 1, 1), last_day=date(2026, 11, 3))
    await wages.worked(worker, range(1, 4))
    [line] = (await wages.lines(await wages.draft())).values()
    assert (await items(wages, line), line["fault"]) == ([("day_wage", "3", "900.00")], "")


async def test_by_the_month_counts_days_of_contract_and_stay(wages: Wages) -> None:
    """Calendar days on which the contract was in force and the worker on site, leaves between them not counted."""
    workers = await wages.crew(2)
    whole, left = workers
    await wages.terms(whole, "9000.00", "month")
    await wages.terms(left, "9000.00", "month", valid_from=date(2026, 11, 6))
    async with wages.harness.sql() as connection:
        await connection.execute(
            "UPDATE assignment_stays SET left_at = '2026-11-10T10:00+08' WHERE assignment_id = "
            "(SELECT id FROM assignments WHERE worker_id = $1)",
            left,
        )
        await connection.execute(
            "INSERT INTO assignment_stays (assignment_id, entered_at) "
            "SELECT id, '2026-11-10T15:00+08'::timestamptz + interval '10 days' FROM assignments WHERE worker_id = $1",
            left,
        )
    lines = await wages.lines(await wages.draft())
    assert await items(wages, lines[whole]) == [("month_wage", "30", "9000.00")]
    assert await items(wages, lines[left]) == [("month_wage", "16", "4800.00")]  # 6–10 and 20–30


async def test_by_the_piece(wages: Wages) -> None:
    [worker, other] = await wages.crew(2)
    await wages.terms(worker, "3.45", "piece")
    record = {"worker_id": str(worker), "day": "2026-11-05", "unit": "m2", "noted_by": "李强"}
    body = {
        "project_id": str(wages.site.project_id),
        "records": [record | {"quantity": "100.5"}, record | {"quantity": "-0.5", "note": "复核"}],
    }
    assert await wages.post(wages.clerk, "/piece-records:batch", body) == {"recorded": 2}
    stray = record | {"worker_id": str(other), "quantity": "1"}
    await wages.post(wages.clerk, "/piece-records:batch", body | {"records": [stray]})
    lines = await wages.lines(await wages.draft())
    assert await items(wages, lines[worker]) == [("piece_wage", "100", "345.00")]
    assert (lines[other]["fault"], lines[other]["net"]) == ("PIECES_WITHOUT_TERMS", "0.00")


async def test_pieces_are_refused_whole_with_every_fault(wages: Wages) -> None:
    [worker] = await wages.crew(1)
    record = {"worker_id": str(worker), "day": "2026-11-24", "unit": "m2", "noted_by": "李强", "quantity": "1"}
    foreign = record | {"worker_id": str(wages.site.project_id), "day": "2026-11-05"}
    body = {"project_id": str(wages.site.project_id), "records": [record, foreign]}
    answer = await wages.refused(wages.clerk, "/piece-records:batch", body, "INVALID_ARGUMENT")
    assert [(one["pointer"], one["code"]) for one in answer["errors"]] == [
        ("/records/0/day", "IN_FUTURE"),
        ("/records/1/worker_id", "WORKER_NOT_ASSIGNED"),
    ]


@pytest.mark.parametrize("seed", range(2))
async def test_the_statement_says_what_the_rule_says(wages: Wages, seed: int) -> None:
    """Random terms, days and halves: the set-based draft equals `rules.wage` over `contracts.in_force`."""
    chance = random.Random(seed)
    workers = await wages.crew(6)
    for worker in workers:
        change = chance.randint(2, 27)
        rates = [f"{chance.randint(10000, 49999) / 100:.2f}" for _ in range(2)]
        await wages.terms(worker, rates[0], valid_to=date(2026, 11, change))
        await wages.terms(worker, rates[1], valid_from=date(2026, 11, change + 1))
        for each in ("1.00", "0.50"):
            await wages.worked(worker, sorted(chance.sample(range(1, 29), 10)), each)
    lines = await wages.lines(await wages.draft())
    first, last = rules.month_of(date.fromisoformat(MONTH))
    async with wages.harness.work(wages.clerk) as work, work.reading() as session:
        terms = await contracts.in_force(session, workers, wages.site.project_id, first, last)
    async with wages.harness.sql() as connection:
        for worker in workers:
            expected = D(0)
            for one in terms[worker]:
                days = await connection.fetchval(
                    "SELECT coalesce(sum(days), 0) FROM worker_days WHERE worker_id = $1 AND day BETWEEN $2 AND $3",
                    worker,
                    max(one.valid_from, first),
                    min(one.valid_to or last, last),
                )
                expected += rules.wage(one, days, first)
            assert D(lines[worker]["gross"]) == expected


async def test_killed_in_the_middle_it_goes_on_and_drafts_nothing_twice(
    wages: Wages, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whole chunks stay; the chunk that was under way is gone, and is drafted by whoever takes its job."""
    monkeypatch.setattr(rules, "CHUNK", 2)
    await wages.paid_by_day(5, days=2)
    payroll = await wages.begun()
    [payload] = await waiting(wages.harness, "payrolls.fill", payroll["id"])
    await run(wages.harness, "payrolls.fill", payload)
    assert len(await wages.lines(payroll)) == 2

    async with wages.harness.sql() as watch, wages.harness.sql() as lock, lock.transaction():
        await lock.execute("LOCK TABLE payroll_items IN SHARE MODE")  # the lines are there, their items wait
        under_way = asyncio.create_task(run(wages.harness, "payrolls.fill", payload))
        while not under_way.done() and not await watch.fetchval(f"SELECT count(pg_cancel_backend(pid)) {WAITS}"):  # noqa: ASYNC110 - another session
            await asyncio.sleep(0.02)
        with pytest.raises(asyncpg.QueryCanceledError):
            await under_way
    assert len(await wages.lines(payroll)) == 2
    done = await wages.fill(payroll)
    assert (done["workers"], done["net"], len(await wages.lines(payroll))) == (5, "3200.00", 5)
    await run(wages.harness, "payrolls.fill", payload)
    assert len(await wages.lines(payroll)) == 5
    async with wages.harness.sql() as connection:
        chunks = await connection.fetchval(
            "SELECT count(*) FROM payroll_chunks WHERE payroll_id = $1 AND done_at IS NOT NULL", UUID(payroll["id"])
        )
    assert chunks == 3


async def test_a_month_has_one_sheet(wages: Wages) -> None:
    await wages.paid_by_day(1)
    payroll = await wages.draft()
    body = {"project_id": str(wages.site.project_id), "month": "2026-11-20", "cost_code": "02-LABOUR"}
    await wages.refused(wages.clerk, "/payrolls", body, "PAYROLL_EXISTS")
    await wages.refused(wages.clerk, "/payrolls", body | {"month": "2026-12-01"}, "MONTH_AHEAD")
    await wages.verb(payroll, "cancel", None, {"reason": "重新编制"})
    assert (await wages.draft())["workers"] == 1


async def test_who_brings_no_workers_drafts_nothing(wages: Wages) -> None:
    body = {"project_id": str(wages.site.project_id), "month": MONTH, "cost_code": "02-LABOUR"}
    stranger = wages.site.stranger.as_(*wages.clerk.roles)
    await wages.refused(stranger, "/payrolls", body, "PROJECT_NOT_FOUND")
    del wages.site.projects.roles[wages.site.project_id, wages.site.contractor.id]
    await wages.refused(wages.clerk, "/payrolls", body, "GENERAL_CONTRACTOR_MISSING")
