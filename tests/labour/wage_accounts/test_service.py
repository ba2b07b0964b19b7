"""Accounts, shares, clocks and guarantees on a real PostgreSQL."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from chassis.errors import FailedPrecondition
from chassis.identity import Role
from chassis.ids import new_id
from labour.wage_accounts import repository, service
from labour.wage_accounts.events import DEPOSIT_RECEIVED, SHARE_OVERDUE
from labour.wage_accounts.service import NewEntry
from labour.wage_accounts.states import EntryKind
from tests.harness import NOON
from tests.labour.contracting import later, run, waiting
from tests.labour.wages import Wages
from zhulian.labour.v1.payroll_events_pb2 import DepositReceived, ShareOverdue


async def clocks(wages: Wages) -> dict[str, str]:
    """Kind → state."""
    found = await wages.get(wages.accountant, "/wage-clocks", project_id=str(wages.site.project_id))
    return {one["kind"]: one["state"] for one in found["items"]}


async def shares(wages: Wages) -> list[tuple[str, str, str]]:
    """(due, state, paid), oldest first."""
    found = await wages.get(wages.accountant, "/wage-shares", project_id=str(wages.site.project_id))
    return [(one["due_on"], one["state"], one["paid"]) for one in reversed(found["items"])]


async def test_an_account_has_the_name_that_the_rule_gives_it(wages: Wages) -> None:
    account = await wages.account()
    assert account["name"] == "广东建工集团示范项目农民工工资专用账户"
    assert account["number_masked"] == "4000***********3456"
    async with wages.harness.sql() as connection:
        kept = await connection.fetchval("SELECT number FROM wage_accounts WHERE id = $1", UUID(account["id"]))
    assert "4000027009200123456" not in kept


async def test_a_project_has_one_account_and_a_number_one_project(wages: Wages) -> None:
    await wages.account()
    body = {"project_id": str(wages.site.project_id), "signed_on": "2026-11-02", "share_amount": "1.00"}
    await wages.refused(wages.accountant, "/wage-accounts", body, "WAGE_ACCOUNT_EXISTS")


async def test_clocks_leave_out_holidays_and_say_how_sure_that_is(wages: Wages) -> None:
    """Lodging runs over the National Day 2026; what is drawn late in December ends in a year that is not announced."""
    account = await wages.account(signed_on="2026-09-23")
    body = {"account_id": account["id"], "contract_amount": "10000000.00", "percent": "2.00"}
    made = await wages.post(wages.accountant, "/wage-guarantees", body, status=201)
    place = f"/wage-guarantees/{made['id']}"
    lodging = {"form": "bank_guarantee", "document_number": "BG-1", "lodged_on": "2026-10-28"}
    await wages.post(wages.accountant, f"{place}:lodge", lodging)
    with later(wages.harness, timedelta(days=31)):
        order = {"ordered_on": "2026-12-24", "reason": "先行支付", "amount": "5000.00"}
        await wages.post(wages.accountant, f"{place}:draw", order)
    found = await wages.get(wages.accountant, "/wage-clocks", project_id=str(wages.site.project_id))
    assert {one["kind"]: (one["due_on"], one["calendar"], one["state"]) for one in found["items"]} == {
        "open_account": ("2026-10-23", None, "met_late"),
        "lodge_guarantee": ("2026-10-28", "announced", "met"),
        "pay_out_guarantee": ("2026-12-31", "announced", "running"),
        "top_up_guarantee": ("2027-01-08", "provisional", "running"),
    }


async def test_opened_in_time_or_late_the_clock_says_it(wages: Wages) -> None:
    account = await wages.planned(signed_on="2026-10-01")
    assert await clocks(wages) == {"open_account": "running"}
    [payload] = await waiting(wages.harness, "wage-accounts.clock", (await _clock(wages)))
    await run(wages.harness, "wage-accounts.clock", payload)
    await run(wages.harness, "wage-accounts.clock", payload)
    assert await clocks(wages) == {"open_account": "missed"}
    body = {"bank": "B", "number": "4000027009200123457", "opened_on": "2026-11-20"}
    await wages.post(wages.accountant, f"/wage-accounts/{account['id']}:open", body)
    assert await clocks(wages) == {"open_account": "met_late"}


async def _clock(wages: Wages) -> str:
    found = await wages.get(wages.accountant, "/wage-clocks", project_id=str(wages.site.project_id))
    return str(found["items"][0]["id"])


async def test_a_deposit_is_booked_once_and_told(wages: Wages) -> None:
    account = await wages.account()
    await wages.deposit(account, "100.00", bank_reference="IN-1")
    body = {"amount": "100.00", "bank_reference": "IN-1", "booked_on": "2026-11-20"}
    await wages.refused(wages.accountant, f"/wage-accounts/{account['id']}/deposits", body, "DEPOSIT_KNOWN")
    [fact] = await wages.harness.events(DEPOSIT_RECEIVED, UUID(account["id"]), DepositReceived)
    assert (fact.amount.amount, fact.balance.amount) == ("100.00", "100.00")


async def test_shares_fall_due_month_after_month_and_an_overdue_one_is_told(wages: Wages) -> None:
    """Nobody asks: durable jobs do it, and running one twice changes nothing."""
    account = await wages.account()
    assert await shares(wages) == [("2026-12-10", "due", "0.00")]
    [payload] = await waiting(wages.harness, service.SHARE_DUE, account["id"])
    with later(wages.harness, timedelta(days=18)):
        await run(wages.harness, service.SHARE_DUE, payload)
        await run(wages.harness, service.SHARE_DUE, payload)
    assert await shares(wages) == [("2026-12-10", "overdue", "0.00"), ("2027-01-10", "due", "0.00")]
    [fact] = await wages.harness.events(SHARE_OVERDUE, UUID(payload["share_id"]), ShareOverdue)
    assert (fact.amount.amount, fact.paid.amount, fact.due.date) == ("100000.00", "0.00", "2026-12-10")
    await wages.deposit(account, "40000.00", share_id=payload["share_id"])
    await wages.deposit(account, "60000.00", share_id=payload["share_id"])
    assert (await shares(wages))[0] == ("2026-12-10", "paid", "100000.00")
    assert await wages.balance(account) == "100000.00"


async def test_a_share_that_came_in_time_is_never_overdue(wages: Wages) -> None:
    account = await wages.account()
    [payload] = await waiting(wages.harness, service.SHARE_DUE, account["id"])
    await wages.deposit(account, "100000.00", share_id=payload["share_id"])
    with later(wages.harness, timedelta(days=18)):
        await run(wages.harness, service.SHARE_DUE, payload)
    assert await wages.harness.events(SHARE_OVERDUE, UUID(payload["share_id"]), ShareOverdue) == []


async def test_the_balance_is_never_negative(wages: Wages) -> None:
    """By the use case, and by the table when somebody goes past it."""
    account = await wages.account("10.00")
    with pytest.raises(FailedPrecondition, match="INSUFFICIENT_BALANCE"):
        await _book(wages, account, NewEntry(EntryKind.PAYOUT, Decimal("-10.01"), NOON.date()))
    assert await wages.balance(account) == "10.00"
    async with wages.harness.sql() as connection:
        with pytest.raises(asyncpg.CheckViolationError, match="wage_accounts_never_negative"):
            await connection.execute("UPDATE wage_accounts SET balance = -1 WHERE id = $1", UUID(account["id"]))


@pytest.mark.parametrize("statement", ["UPDATE wage_entries SET amount = 1", "DELETE FROM wage_entries"])
async def test_entries_are_only_added(wages: Wages, statement: str) -> None:
    async with wages.harness.sql() as connection:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)


async def _book(wages: Wages, account: Any, new: NewEntry) -> None:
    async with wages.harness.work(wages.accountant) as work:
        row = await repository.own(await work.writing(), work.principal, UUID(account["id"]))
        await service.book(work, row, new)


async def _try(wages: Wages, account: Any, amount: Decimal) -> None:
    kind = EntryKind.DEPOSIT if amount > 0 else EntryKind.PAYOUT
    with suppress(FailedPrecondition):  # INSUFFICIENT_BALANCE
        await _book(wages, account, NewEntry(kind, amount, NOON.date(), bank_reference=str(new_id())))


CENTS = some.integers(-9_000, 9_000).filter(bool)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(some.lists(CENTS, min_size=2, max_size=8))
async def test_the_balance_is_the_sum_of_the_entries_whatever_comes_at_once(wages: Wages, cents: list[int]) -> None:
    """Deposits and payouts in parallel: the sum holds, and no step of the ledger goes below nothing."""
    found = await wages.get(wages.accountant, "/wage-accounts", project_id=str(wages.site.project_id))
    account = found["items"][0] if found["items"] else await wages.account()
    await asyncio.gather(*(_try(wages, account, Decimal(one).scaleb(-2)) for one in cents))
    async with wages.harness.sql() as connection:
        rows = await connection.fetch(
            "SELECT amount, balance FROM wage_entries WHERE account_id = $1 ORDER BY position", UUID(account["id"])
        )
    running = Decimal(0)
    for row in rows:
        running += row["amount"]
        assert row["balance"] == running >= 0
    assert Decimal(await wages.balance(account)) == running


async def test_an_account_is_closed_after_completion_and_notice(wages: Wages) -> None:
    """Arts 26, 27: completion, no wages open, thirty days; what is left goes back."""
    account = await wages.account("7.00")
    place = f"/wage-accounts/{account['id']}"
    await wages.refused(wages.accountant, f"{place}:announce-closing", None, "PROJECT_NOT_COMPLETED")
    wages.site.projects.states[wages.site.project_id] = "completed"
    announced = await wages.post(wages.accountant, f"{place}:announce-closing")
    assert (announced["state"], announced["notice_until"]) == ("notice", "2026-12-23")
    with later(wages.harness, timedelta(days=30)):
        await wages.refused(wages.accountant, f"{place}:close", None, "NOTICE_RUNNING")
    withdrawn = await wages.post(wages.accountant, f"{place}:withdraw-closing", {"reason": "有人反映"})
    assert withdrawn["state"] == "open"
    await wages.post(wages.accountant, f"{place}:announce-closing")
    with later(wages.harness, timedelta(days=31)):
        closed = await wages.post(wages.accountant, f"{place}:close")
    assert (closed["state"], closed["balance"]) == ("closed", "0.00")


async def test_an_account_with_wages_open_is_not_closed(wages: Wages) -> None:
    account = await wages.account()
    await wages.paid_by_day(1)
    await wages.draft()
    wages.site.projects.states[wages.site.project_id] = "completed"
    answer = await wages.refused(
        wages.accountant, f"/wage-accounts/{account['id']}:announce-closing", None, "WAGES_OPEN"
    )
    assert answer["metadata"] == {"lines": "1"}


async def test_a_guarantee_is_lodged_drawn_paid_out_and_topped_up(wages: Wages) -> None:
    account = await wages.account()
    body = {"account_id": account["id"], "contract_amount": "10000000.00", "percent": "0.99"}
    await wages.refused(wages.accountant, "/wage-guarantees", body, "INVALID_ARGUMENT")
    made = await wages.post(wages.accountant, "/wage-guarantees", body | {"percent": "2.00"}, status=201)
    assert (made["amount"], made["state"]) == ("200000.00", "required")
    place = f"/wage-guarantees/{made['id']}"
    await wages.refused(wages.accountant, f"{place}:exempt", {"reason": "小额"}, "NOT_EXEMPT")
    lodging = {"form": "bank_guarantee", "document_number": "BG-1", "lodged_on": "2026-11-20"}
    assert (await wages.post(wages.accountant, f"{place}:lodge", lodging))["state"] == "lodged"
    order = {"ordered_on": "2026-11-20", "reason": "先行支付"}
    await wages.refused(wages.accountant, f"{place}:draw", order | {"amount": "200000.01"}, "MORE_THAN_LODGED")
    await wages.post(wages.accountant, f"{place}:draw", order | {"amount": "5000.00"})
    assert {kind: state for kind, state in (await clocks(wages)).items() if state == "running"} == {
        "pay_out_guarantee": "running",
        "top_up_guarantee": "running",
    }
    await wages.post(wages.accountant, f"{place}:pay-out", {"done_on": "2026-11-23"})
    topped = await wages.post(wages.accountant, f"{place}:top-up", {"done_on": "2026-11-23"})
    assert (topped["state"], topped["drawn"]) == ("lodged", "0.00")
    assert set((await clocks(wages)).values()) == {"met"}
    assert (await wages.post(wages.accountant, f"{place}:release", {"reason": "完工"}))["state"] == "released"


async def test_a_small_contract_may_be_exempt(wages: Wages) -> None:
    account = await wages.account()
    body = {"account_id": account["id"], "contract_amount": "2999999.99", "percent": "1.00"}
    made = await wages.post(wages.accountant, "/wage-guarantees", body, status=201)
    exempt = await wages.post(wages.accountant, f"/wage-guarantees/{made['id']}:exempt", {"reason": "不足300万元"})
    assert exempt["state"] == "exempt"
    await wages.refused(wages.accountant, "/wage-guarantees", body, "WAGE_GUARANTEE_EXISTS")


async def test_only_the_general_contractor_has_an_account(wages: Wages) -> None:
    body = {"project_id": str(wages.site.project_id), "signed_on": "2026-11-02", "share_amount": "1.00"}
    await wages.refused(wages.site.owner.as_(Role.ACCOUNTANT), "/wage-accounts", body, "ROLE_MISSING")
    wages.site.projects.roles[wages.site.project_id, wages.site.contractor.id] = frozenset({"supervisor"})
    await wages.refused(wages.accountant, "/wage-accounts", body, "PROJECT_NOT_FOUND")
