"""Overdue months of a day that is over: what is said later of a day is what was said on that day."""

from __future__ import annotations

import csv
import io
from base64 import b64decode
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from chassis.clock import SHANGHAI
from chassis.identity import service_principal
from labour.codes import repository as codes
from labour.codes.rules import EVERYWHERE
from labour.evidence import rulebook
from labour.standings import rules, service
from labour.standings.rules import Owed
from tests.harness import Harness
from tests.labour.conftest import Site
from tests.labour.contracting import later
from tests.labour.evidence.conftest import caught_up
from tests.labour.wages import Wages, failed, paid

PROCUREMENT = service_principal("procurement")
NOVEMBER = date(2026, 11, 1)
SHEET_DUE, PAYMENT_DUE = date(2026, 12, 5), date(2026, 12, 18)
END = date(2027, 1, 12)
DAYS = (END - date(2026, 11, 23)).days + 1


class Course:
    """A November of two workers, and what becomes of it day by day."""

    def __init__(self, site: Site) -> None:
        self.wages = Wages(site)
        self.workers: list[UUID] = []
        self.lines: dict[UUID, Any] = {}
        self.payroll: Any = None
        self.account: Any = None
        self.payout: Any = None
        self.file: list[dict[str, str]] = []

    @property
    def today(self) -> date:
        """The day of the clock."""
        return self.wages.harness.clock.now().astimezone(SHANGHAI).date()

    async def begun(self) -> Course:
        """They have worked, and there is money."""
        self.workers = await self.wages.paid_by_day(2)
        self.account = await self.wages.account("100000.00")
        return self

    async def draft(self) -> None:
        self.payroll = await self.wages.draft()
        self.lines = await self.wages.lines(self.payroll)

    async def cancel_sheet(self) -> None:
        await self.wages.verb(self.payroll, "cancel", None, {"reason": "有误"})

    async def undo_all(self) -> None:
        """He was not there after all: neither a day nor a sheet is left that evidence knows of now."""
        await self.cancel_sheet()
        for worker in self.workers:
            await self.wages.worked(worker, range(1, 11), "0.00")

    async def approve_sheet(self) -> None:
        payroll = await self.wages.verb(self.payroll, "submit")
        await self.wages.on_paper(payroll, self.lines.values())
        await self.wages.verb(payroll, "check", self.wages.checker)
        await self.wages.verb(payroll, "approve", self.wages.approver)

    async def approve_payout(self) -> None:
        await self.prepare()
        await self.approve_prepared()

    async def approve_prepared(self) -> None:
        await self.wages.post(self.wages.approver, f"/payouts/{self.payout['id']}:approve")

    async def cancel_payout(self) -> None:
        await self.wages.post(self.wages.accountant, f"/payouts/{self.payout['id']}:cancel", {"reason": "账户有误"})

    async def prepare(self) -> None:
        self.payout = await self.wages.payout(self.account, execute_on=self.today.isoformat())

    async def send(self) -> None:
        await self.approve_payout()
        await self.export()

    async def export(self) -> None:
        path = f"/payouts/{self.payout['id']}:export"
        file = await self.wages.post(self.wages.accountant, path, {"format": "csv"})
        self.file = list(csv.DictReader(io.StringIO(b64decode(file["content"]).decode("utf-8-sig"))))

    async def pay_all(self) -> None:
        rows = [paid(row, paid_on=self.today.isoformat()) for row in self.file]
        await self.wages.answer(self.payout, rows)

    async def fail_one(self) -> None:
        first, *others = self.file
        await self.wages.answer(
            self.payout, [failed(first), *(paid(row, paid_on=self.today.isoformat()) for row in others)]
        )

    async def withdraw_consent(self) -> None:
        found = (await self.wages.get(self.wages.clerk, f"/workers/{self.workers[0]}/consents"))["items"]
        [his] = [one["id"] for one in found if one["purpose"] == "bank_account"]
        await self.wages.post(self.wages.clerk, f"/consents/{his}:withdraw")

    async def correct(self) -> None:
        line = {"worker_id": str(self.workers[0]), "amount": "320.00", "note": "漏计一日"}
        body = {"corrects_id": self.payroll["id"], "lines": [line]}
        await self.wages.post(self.wages.clerk, "/payroll-corrections", body, status=201)


Happening = Callable[[Course], Awaitable[None]]
COURSES: dict[str, Mapping[date, Happening]] = {
    "paid in time": {
        date(2026, 12, 3): Course.draft,
        date(2026, 12, 10): Course.approve_sheet,
        date(2026, 12, 15): Course.send,
        date(2026, 12, 16): Course.pay_all,
    },
    "late, failed, paid": {
        date(2026, 12, 8): Course.draft,
        date(2026, 12, 10): Course.approve_sheet,
        date(2026, 12, 23): Course.send,
        date(2026, 12, 24): Course.fail_one,
        date(2026, 12, 28): Course.send,
        date(2026, 12, 29): Course.pay_all,
    },
    "sheet given up": {
        date(2026, 12, 2): Course.draft,
        date(2026, 12, 8): Course.cancel_sheet,
        date(2026, 12, 11): Course.draft,
    },
    "nothing left": {date(2026, 12, 3): Course.draft, date(2026, 12, 23): Course.undo_all},
    "payout called off": {
        date(2026, 12, 3): Course.draft,
        date(2026, 12, 4): Course.approve_sheet,
        date(2026, 12, 18): Course.approve_payout,
        date(2026, 12, 26): Course.cancel_payout,
        date(2026, 12, 30): Course.send,
        date(2027, 1, 2): Course.pay_all,
    },
    "card withdrawn before the approval": {
        date(2026, 12, 3): Course.draft,
        date(2026, 12, 4): Course.approve_sheet,
        date(2026, 12, 8): Course.prepare,
        date(2026, 12, 9): Course.withdraw_consent,
        date(2026, 12, 10): Course.approve_prepared,
        date(2026, 12, 11): Course.export,
        date(2026, 12, 12): Course.pay_all,
    },
    "card withdrawn after it": {
        date(2026, 12, 3): Course.draft,
        date(2026, 12, 4): Course.approve_sheet,
        date(2026, 12, 18): Course.approve_payout,
        date(2026, 12, 19): Course.withdraw_consent,
        date(2026, 12, 23): Course.export,
        date(2026, 12, 24): Course.pay_all,
    },
    "nothing": {},
}
OVERDUE: dict[str, list[tuple[date, date]]] = {
    "paid in time": [],
    "late, failed, paid": [
        (date(2026, 12, 6), date(2026, 12, 7)),
        (date(2026, 12, 19), date(2026, 12, 22)),
        (date(2026, 12, 24), date(2026, 12, 27)),
    ],
    "sheet given up": [(date(2026, 12, 8), date(2026, 12, 10)), (date(2026, 12, 19), END)],
    "nothing left": [(date(2026, 12, 19), date(2026, 12, 22))],
    "payout called off": [(date(2026, 12, 26), date(2026, 12, 29))],
    "card withdrawn before the approval": [(date(2026, 12, 19), END)],
    "card withdrawn after it": [(date(2026, 12, 23), END)],
    "nothing": [(date(2026, 12, 6), END)],
}


async def said(harness: Harness, employer: UUID, day: date) -> tuple[int, date | None]:
    """Overdue months of an employer, and the first of them."""
    async with harness.work(PROCUREMENT) as work:
        [found] = await service.standings(work, [employer], day)
    return found.outstanding_months, found.oldest_month


@pytest.mark.parametrize("name", COURSES)
async def test_what_is_said_later_of_a_day_was_said_on_that_day(labour: Harness, site: Site, name: str) -> None:
    """Every day from the end of the month on, by a course in which wages are late in another way."""
    course, employer = await Course(site).begun(), site.subcontractor.id
    told: dict[date, tuple[int, date | None]] = {}
    for number in range(DAYS):
        with later(labour, timedelta(days=number)):
            if happening := COURSES[name].get(course.today):
                await happening(course)
            await caught_up(labour)
            told[course.today] = await said(labour, employer, course.today)
    with later(labour, timedelta(days=DAYS)):
        assert {day: await said(labour, employer, day) for day in told} == told
    expected = {day: any(first <= day <= last for first, last in OVERDUE[name]) for day in told}
    assert {day: count == 1 for day, (count, _) in told.items()} == expected
    assert {oldest for count, oldest in told.values() if count} <= {NOVEMBER}


async def test_a_correction_of_later_was_not_owed_before(labour: Harness, site: Site) -> None:
    course, employer = await Course(site).begun(), site.subcontractor.id
    await course.draft()
    await course.approve_sheet()
    await course.send()
    await course.pay_all()
    with later(labour, timedelta(days=40)):
        written = course.today
        await course.correct()
    with later(labour, timedelta(days=60)):
        assert await said(labour, employer, written - timedelta(days=1)) == (0, None)
        assert await said(labour, employer, written) == (1, NOVEMBER)


async def test_of_a_stranger_nothing_is_said(labour: Harness, site: Site) -> None:
    course = await Course(site).begun()
    with later(labour, timedelta(days=60)):
        await caught_up(labour)
        yesterday = course.today - timedelta(days=1)
        assert await said(labour, site.stranger.id, yesterday) == (0, None)
        assert await said(labour, site.subcontractor.id, yesterday) == (1, NOVEMBER)


@pytest.mark.parametrize(
    ("code", "due"), [("SHEET_MISSING", SHEET_DUE), ("PAYMENT_MISSING", PAYMENT_DUE), ("PAYMENT_FAILED", PAYMENT_DUE)]
)
def test_a_month_is_overdue_from_the_day_after_its_due_day(code: str, due: date) -> None:
    for city in ("", "440300", EVERYWHERE):
        owed = [Owed(NOVEMBER, city, frozenset({code})), Owed(NOVEMBER, city, frozenset())]
        assert rules.overdue(owed, rulebook.deadlines(), codes.calendar(), due) == []
        assert rules.overdue(owed, rulebook.deadlines(), codes.calendar(), due + timedelta(days=1)) == [NOVEMBER]
