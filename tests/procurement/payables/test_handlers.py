"""The clock: a week before, the day before, overdue; early, late, twice, and after somebody was faster."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from chassis.clock import FrozenClock
from chassis.errors import PermissionDenied
from procurement.jobs import JOBS
from procurement.payables import handlers
from procurement.payables.events import DUE
from procurement.payables.service import LOOK_JOB
from tests.procurement.payables.conftest import TODAY, Ledger
from zhulian.procurement.v1.payables_events_pb2 import PayableDue


async def pauses(ledger: Ledger, payable_id: UUID | str) -> list[timedelta]:
    """In what time the payable's jobs are due, the first one first."""
    async with ledger.harness.sql() as connection:
        rows = await connection.fetch(
            "SELECT execute_after - created AS pause FROM pgqueuer WHERE entrypoint = $1 AND payload = $2 ORDER BY id",
            LOOK_JOB,
            f'{{"payable_id":"{payable_id}"}}'.encode(),
        )
    return [row["pause"] for row in rows]


async def told(ledger: Ledger, payable_id: UUID) -> list[PayableDue]:
    """The facts about a payable."""
    return await ledger.harness.events(DUE, payable_id, PayableDue)


async def test_there_is_a_job_for_each_of_the_three_days(ledger: Ledger) -> None:
    """Due on 2027-01-07: looked at from midnight in Shanghai of the 31st, the 6th and the 8th on."""
    await ledger.agreed(days=45)
    [payable] = await ledger.invoice("100.00")
    found = await pauses(ledger, payable.id)
    expected = [timedelta(days=days, hours=-12) for days in (38, 44, 46)]
    assert all(abs(one - other) < timedelta(minutes=1) for one, other in zip(found, expected, strict=True))
    assert LOOK_JOB in {job.name for job in JOBS}


async def test_each_stage_is_told_once(ledger: Ledger, clock: FrozenClock) -> None:
    """Day after day the job may come, twice a day: three facts, three audit rows, one work list."""
    await ledger.agreed(days=9)
    [payable] = await ledger.invoice("100.00")
    seen = []
    for _ in range(13):
        for _ in range(2):
            await ledger.look(payable.id)
        seen.append((await ledger.read(payable.id))["warned"])
        clock.advance(timedelta(days=1))
    assert seen == [None] * 2 + ["soon"] * 6 + ["tomorrow"] * 2 + ["overdue"] * 3
    facts = await told(ledger, payable.id)
    assert [fact.warned for fact in facts] == ["soon", "tomorrow", "overdue"]
    first = facts[0].payable
    assert (first.due_on.date, first.due_by, first.open.amount) == ("2026-12-02", "contract", "100.00")
    verbs = await ledger.harness.audited(payable.id)
    assert verbs == ["payables.raise", *["payables.warn"] * 3]
    listed = await ledger.good(ledger.accountant, "GET", "/payables", params={"warned": "overdue"})
    assert [one["id"] for one in listed["items"]] == [str(payable.id)]


async def test_a_job_that_comes_late_says_what_is_so_now(ledger: Ledger, clock: FrozenClock) -> None:
    """The machine was off over both warnings: only that it is overdue is told."""
    await ledger.agreed(days=9)
    [payable] = await ledger.invoice("100.00")
    clock.advance(timedelta(days=20))
    for _ in range(3):
        await ledger.look(payable.id)
    assert [fact.warned for fact in await told(ledger, payable.id)] == ["overdue"]


async def test_an_invoice_that_comes_late_is_looked_at_at_once(ledger: Ledger) -> None:
    """Delivered two months ago: all three days are over."""
    await ledger.agreed(days=30)
    [payable] = await ledger.invoice("100.00", delivered_on=TODAY - timedelta(days=60))
    assert all(pause < timedelta(minutes=1) for pause in await pauses(ledger, payable.id))
    await ledger.look(payable.id)
    assert [fact.warned for fact in await told(ledger, payable.id)] == ["overdue"]


async def test_what_is_paid_is_not_warned_about(ledger: Ledger, clock: FrozenClock) -> None:
    await ledger.with_account()
    [payable] = await ledger.invoice("100.00")
    await ledger.paid([(payable.id, "100.00")])
    clock.advance(timedelta(days=100))
    before = await ledger.harness.checksum()
    await ledger.look(payable.id)
    assert await ledger.harness.checksum() == before


async def test_retention_money_is_reminded_of_while_it_is_withheld(ledger: Ledger, clock: FrozenClock) -> None:
    await ledger.agreed(days=30, retention_percent="3.00", retention_months=1)
    [_, retention] = await ledger.invoice("1000.00")
    clock.advance(timedelta(days=31))  # the day after 2026-12-23
    await ledger.look(retention.id)
    [fact] = await told(ledger, retention.id)
    found = fact.payable
    assert (found.kind, found.state, fact.warned, found.open.amount) == ("retention", "withheld", "overdue", "30.00")


async def test_nobody_but_the_clock_runs_it(ledger: Ledger) -> None:
    [payable] = await ledger.invoice("100.00", delivered_on=TODAY - timedelta(days=90))
    before = await ledger.harness.checksum()
    with pytest.raises(PermissionDenied):
        async with ledger.harness.work(ledger.accountant) as work:
            await handlers.look(work, {"payable_id": str(payable.id)})
    assert await ledger.harness.checksum() == before


async def test_interest_by_the_day(ledger: Ledger, clock: FrozenClock) -> None:
    """0.05 % of 10,000 a day from the day after; what was paid late still counts, what is paid no longer grows."""
    await ledger.with_account()
    await ledger.agreed(days=10)
    [payable] = await ledger.invoice("10000.00")
    seen = []
    for _ in range(3):
        clock.advance(timedelta(days=5))
        found = await ledger.read(payable.id)
        seen.append((found["days_overdue"], found["interest"], found["interest_per_day"]))
    assert seen == [(0, "0.00", "0.00"), (0, "0.00", "0.00"), (5, "25.00", "5.00")]
    await ledger.paid([(payable.id, "4000.00")], paid_on="2026-12-08")
    found = await ledger.read(payable.id)
    assert (found["interest"], found["interest_per_day"]) == ("25.00", "3.00")
    clock.advance(timedelta(days=2))
    assert (await ledger.read(payable.id))["interest"] == "31.00"
    receivable = await ledger.good(ledger.sales, "GET", f"/receivables/{payable.id}")
    assert (receivable["interest"], receivable["days_overdue"]) == ("31.00", 7)
    await ledger.paid([(payable.id, "6000.00")], paid_on="2026-12-10")
    clock.advance(timedelta(days=30))
    found = await ledger.read(payable.id)
    assert (found["interest"], found["interest_per_day"]) == ("31.00", "0.00")


async def test_the_contracts_rate_is_no_less_than_the_prime_rate(ledger: Ledger, clock: FrozenClock) -> None:
    """1 % a year agreed, 3.00 % by the prime rate of the day: 73,000 yuan are 6 yuan a day."""
    await ledger.agreed(days=0, interest_percent="1.00")
    [payable] = await ledger.invoice("73000.00")
    clock.advance(timedelta(days=10))
    found = await ledger.read(payable.id)
    assert (found["interest_per_day"], found["interest"]) == ("6.00", "60.00")
    assert "LPR" in found["interest_source"]
