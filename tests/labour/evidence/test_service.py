"""Chains followed as their pieces come, in whatever order, and shown to whom they concern."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import date, timedelta

import pytest

from chassis.clock import shanghai_day
from chassis.identity import service_principal
from labour.contracts.states import WageKind
from labour.evidence import repository, service
from labour.evidence.repository import LOCK
from labour.payouts.states import RowState
from tests.harness import NOON
from tests.labour.evidence.conftest import FIRST, LAST, MONTH, Months

TODAY = shanghai_day(NOON)


async def test_a_month_from_the_first_swipe_to_the_receipt(months: Months) -> None:
    """Each piece that comes closes its gap, and the next link is asked for."""
    seen = []

    async def then(step: Awaitable[object]) -> None:
        await step
        await months.catch_up()
        seen.append((await months.gaps()).get(0))

    await then(months.worked(0, FIRST))
    await then(months.contract(0, date(2026, 1, 1)))
    await then(months.line(0, "1.00"))
    await then(months.object_(0))
    await then(months.answer(0))
    await then(months.sign(0))
    await then(months.transfer(0, RowState.FAILED))
    await then(months.transfer(0))
    await then(months.received(0))
    assert seen == [
        ["CONTRACT_MISSING", "SHEET_MISSING"],
        ["SHEET_MISSING"],
        ["PAYMENT_MISSING", "SIGNATURE_MISSING"],
        ["OBJECTION_OPEN", "PAYMENT_MISSING"],
        ["PAYMENT_MISSING", "SIGNATURE_MISSING"],
        ["PAYMENT_MISSING"],
        ["PAYMENT_FAILED"],
        ["RECEIPT_MISSING"],
        [],
    ]


async def test_what_breaks_a_chain_again_is_followed_too(months: Months) -> None:
    """A signature that is void, a day that the sheet does not have, days that a contract or a stay leaves out."""
    await months.worked(0, FIRST)
    await months.contract(0, date(2026, 1, 1), FIRST)
    await months.line(0, "1.00")
    await months.sign(0)
    await months.received(0)
    await months.catch_up()
    assert await months.gaps() == {0: []}
    await months.void(0)
    await months.worked(0, FIRST + timedelta(days=2))
    await months.run(
        "UPDATE assignment_stays SET left_at = $2 WHERE assignment_id = (SELECT id FROM assignments "
        "WHERE worker_id = $1)", months.gate.workers[0], NOON - timedelta(days=8),
    )  # fmt: skip
    await months.run("UPDATE workers SET nation = '' WHERE id = $1", months.gate.workers[0])
    await months.catch_up()
    assert await months.gaps() == {
        0: ["CONTRACT_NOT_COVERING", "ENTRY_MISSING", "REGISTRATION_INCOMPLETE", "SHEET_DIFFERS", "SIGNATURE_VOID"]
    }


async def test_days_on_a_sheet_that_no_gate_has_seen(months: Months) -> None:
    by_day = await months.contract(0, date(2026, 1, 1))
    by_piece = await months.contract(1, date(2026, 1, 1), kind=WageKind.PIECE)
    await months.line(0, "5.00", contract_id=by_day)
    await months.line(1, "5.00", contract_id=by_piece)
    await months.catch_up()
    found = await months.gaps()
    assert "ATTENDANCE_MISSING" in found[0]
    assert "ATTENDANCE_MISSING" not in found[1]


async def test_a_cancelled_sheet_leaves_nothing_of_a_month_without_work(months: Months) -> None:
    await months.line(0, "1.00")
    await months.catch_up()
    assert 0 in await months.gaps()
    await months.run("UPDATE payrolls SET state = 'cancelled' WHERE id = $1", months.payroll_id)
    await months.catch_up()
    assert await months.gaps() == {}


async def test_a_day_without_an_out_is_a_gap_once_it_is_over(months: Months) -> None:
    await months.worked(0, TODAY, hours=0)
    await months.worked(1, LAST, hours=0)
    async with months.site.harness.work(service_principal("labour")) as work:
        await service.look_again(work, {})
    await months.catch_up()
    found = await months.gaps()
    assert (found.get(0), found[1]) == (None, ["ATTENDANCE_OPEN"])


async def test_a_change_that_is_not_committed_yet_is_not_lost(months: Months) -> None:
    """A gate's batch that began before the run and ends after it is taken by the next one."""
    await months.worked(0, FIRST)
    async with months.site.harness.sql() as connection:
        late = connection.transaction()
        await late.start()
        await connection.execute("UPDATE worker_days SET days = 0.50 WHERE project_id = $1", months.site.project_id)
        await months.catch_up()
        assert await months.days() == {0: "1.00"}
        await late.commit()
    await months.catch_up()
    assert await months.days() == {0: "0.50"}


async def test_a_statement_tells_in_one_row_whose_months_it_has_changed(months: Months) -> None:
    """A gate's batch costs the queue a row; days that count nothing more or less tell nothing."""
    for worker in (0, 1, 2):
        await months.worked(worker, FIRST)
        await months.worked(worker, FIRST + timedelta(days=1), taken=False)
    await months.catch_up()
    told = "SELECT cardinality(worker_ids) FROM evidence_changed_months"
    async with months.site.harness.sql() as connection:
        for change in ("days = 0.50", "days = 0.50", "last_in = first_in", "first_out = NULL, last_out = NULL"):
            await connection.execute(
                f"UPDATE worker_days SET {change} WHERE project_id = $1 AND day = $2", months.site.project_id, FIRST
            )
        assert [row[0] for row in await connection.fetch(told)] == [3, 3]


async def test_a_run_takes_so_many_rows_and_names_and_each_month_once(months: Months) -> None:
    """What is more waits for the next run."""
    for worker in (0, 1):
        await months.worked(worker, FIRST)
    await months.catch_up()
    async with months.site.harness.sql() as connection:
        for _ in range(5):
            await connection.execute(
                "UPDATE worker_days SET days = 1.5 - days WHERE project_id = $1", months.site.project_id
            )
        left = "SELECT count(*) FROM evidence_changed_months"
        assert len(await repository.take(connection, 1, 100)) == 2
        assert await connection.fetchval(left) == 4
        assert len(await repository.take(connection, 100, 3)) == 2
        assert await connection.fetchval(left) == 2
        assert len(await repository.take(connection, 100, 100)) == 2
        assert await connection.fetchval(left) == 0


async def test_one_computes_at_a_time(months: Months) -> None:
    """Of two runs the one that reads later must write later, too: it waits for the other's transaction."""
    await months.worked(0, FIRST)
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    async with months.site.harness.sql() as connection, months.site.harness.sql() as other:
        held = connection.transaction()
        await held.start()
        await connection.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
        run = asyncio.create_task(months.catch_up())
        while not await other.fetchval(waiting):
            assert not run.done()
            await asyncio.sleep(0.01)
        assert await months.days() == {}
        await held.commit()
    await run
    assert await months.days() == {0: "1.00"}


WORKER = "WHERE worker_id = $1"
LINE = "WHERE line_id = (SELECT id FROM payroll_lines WHERE worker_id = $1)"
ALONE = {
    "ENTRY_MISSING": "UPDATE assignment_stays SET entered_at = entered_at + interval '9 days' WHERE assignment_id = "
    f"(SELECT id FROM assignments {WORKER})",
    "REGISTRATION_INCOMPLETE": "UPDATE workers SET cell_phone = '' WHERE id = $1",
    "CONTRACT_NOT_COVERING": f"UPDATE contracts SET last_day = '2026-11-15', state = 'ended' {WORKER}",
    "SHEET_DIFFERS": f"UPDATE payroll_lines SET days = 3 {WORKER}",
    "SIGNATURE_VOID": f"UPDATE payroll_signatures SET voided_at = now(), void_reason = 'x' {LINE}",
    "PAYMENT_MISSING": f"UPDATE payout_rows SET state = 'cancelled' {LINE}",
    "PAYMENT_FAILED": f"UPDATE payout_rows SET state = 'failed' {LINE}",
    "SHEET_MISSING": "UPDATE payrolls SET state = 'cancelled' WHERE id = "
    f"(SELECT payroll_id FROM payroll_lines {WORKER})",
}


@pytest.mark.parametrize("code", ALONE)
async def test_each_change_alone_is_followed(months: Months, code: str) -> None:
    await months.contract(0, date(2026, 1, 1))
    for days in (0, 3):
        await months.worked(0, FIRST + timedelta(days=days))
    await months.line(0, "2.00")
    await months.sign(0)
    await months.transfer(0)
    await months.catch_up()
    assert await months.gaps() == {0: ["RECEIPT_MISSING"]}
    await months.run(ALONE[code], months.gate.workers[0])
    await months.catch_up()
    assert code in (await months.gaps())[0]


async def test_a_payout_counts_from_its_approval(months: Months) -> None:
    await months.line(0, "1.00")
    await months.transfer(0)
    await months.run("UPDATE payouts SET state = 'draft' WHERE project_id = $1", months.site.project_id)
    await months.catch_up()
    assert "PAYMENT_MISSING" in (await months.gaps())[0]
    await months.run("UPDATE payouts SET state = 'approved' WHERE project_id = $1", months.site.project_id)
    await months.catch_up()
    assert "RECEIPT_MISSING" in (await months.gaps())[0]


@pytest.mark.parametrize("seed", range(6))
async def test_followed_step_by_step_equals_a_full_recompute(months: Months, seed: int) -> None:
    """Any course of events, caught up with at any time, leaves what computing from nothing gives."""
    chance = random.Random(seed)
    steps: list[Callable[[int], Awaitable[object]]] = [
        lambda one: months.worked(one, FIRST + timedelta(days=chance.randrange((LAST - FIRST).days)), taken=False),
        lambda one: months.worked(one, LAST, hours=chance.choice([2, 5, 9]), taken=False),
        lambda one: months.contract(one, MONTH + timedelta(days=chance.randrange(20)), chance.choice([None, LAST])),
        lambda one: months.line(one, chance.choice(["1.00", "2.00"])),
        months.sign,
        months.void,
        months.object_,
        months.answer,
        months.transfer,
        months.received,
        lambda one: months.run(
            "UPDATE workers SET address = $2 WHERE id = $1", months.gate.workers[one], chance.choice(["", "深圳"])
        ),
        lambda one: months.run(
            "UPDATE assignment_stays SET left_at = $2 WHERE assignment_id = (SELECT id FROM assignments "
            "WHERE worker_id = $1)", months.gate.workers[one], NOON - timedelta(days=chance.randrange(8)),
        ),
    ]  # fmt: skip
    needs_line = {months.sign, months.void, months.object_, months.answer, months.transfer, months.received}
    once: set[tuple[int, int]] = set()
    for _ in range(25):
        worker, place = chance.randrange(3), chance.randrange(len(steps))
        step = steps[place]
        if (step in needs_line and worker not in months.lines) or ((worker, place) in once and place >= 2):
            continue
        once.add((worker, place))
        await step(worker)
        if chance.random() < 0.3:
            await months.catch_up()
    await months.catch_up()
    followed = await months.all_rows()
    assert followed
    await months.run("DELETE FROM evidence_months WHERE project_id = $1", months.site.project_id)
    await months.run("DELETE FROM evidence_gaps WHERE project_id = $1", months.site.project_id)
    await months.recompute()
    assert await months.all_rows() == followed
