"""From approved wages to the card: the account, the bank's file, its answer, and whose card it is."""

from __future__ import annotations

import asyncio
import csv
import io
from base64 import b64decode
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from chassis.identity import Role
from chassis.tabular import XLSX, write_xlsx
from labour.payrolls.events import PAID
from tests.harness import key
from tests.labour.contracting import later
from tests.labour.wages import CARD, Wages, failed, paid
from zhulian.labour.v1.payroll_events_pb2 import PayrollPaid

NEW_CARD = "6222020200119988776"


async def test_from_the_sheet_to_the_card(wages: Wages) -> None:
    """The total leaves the account with the approval; the file has the cards in clear; the sheet is paid."""
    await wages.paid_by_day(2)
    payroll, _ = await wages.approved()
    account = await wages.account("10000.00")
    payout, rows = await wages.sent(account)
    assert (payout["transfers"], payout["total"]) == (2, "6400.00")
    assert (payout["without_card"], payout["consent_withdrawn"]) == ([], [])
    assert await wages.balance(account) == "3600.00"
    assert {(row["付款账号"], row["收款账号"], row["金额"], row["用途"]) for row in rows} == {
        ("4000027009200123456", CARD, "3200.00", "2026年11月工资")
    }
    settled = await wages.answer(payout, [paid(row) for row in rows])
    assert (settled["state"], settled["paid"]) == ("settled", "6400.00")
    assert {(one["state"], one["paid_on"]) for one in (await wages.lines(payroll)).values()} == {("paid", "2026-11-23")}
    assert (await wages.payroll(payroll))["state"] == "paid"
    [fact] = await wages.harness.events(PAID, UUID(payroll["id"]), PayrollPaid)
    assert (fact.workers, fact.costs[0].cost_code, fact.costs[0].amount.amount) == (2, "02-LABOUR", "6400.00")


async def test_account_numbers_stand_in_the_file_alone(wages: Wages) -> None:
    await wages.paid_by_day(1)
    await wages.approved()
    payout, _ = await wages.sent(await wages.account("10000.00"))
    listed = await wages.get(wages.accountant, f"/payouts/{payout['id']}/rows")
    assert [one["card_masked"] for one in listed["items"]] == ["6222***********3445"]
    async with wages.harness.sql() as connection:
        kept = await connection.fetchval(
            "SELECT string_agg(t, '') FROM (SELECT r::text AS t FROM payout_rows r "
            "UNION ALL SELECT r::text FROM audit r WHERE verb LIKE 'payouts.%' "
            "UNION ALL SELECT r::text FROM idempotency_keys r) x"
        )
    assert CARD not in kept
    assert "payouts.export" in await wages.harness.audited(UUID(payout["id"]))
    viewer = wages.site.contractor.as_(Role.VIEWER)
    await wages.refused(viewer, f"/payouts/{payout['id']}:export", {"format": "csv"}, "ROLE_MISSING")


async def test_the_file_as_a_workbook_and_its_answer(wages: Wages) -> None:
    """The answer comes back in the same profile as XLSX."""
    await wages.paid_by_day(1)
    payroll, _ = await wages.approved()
    payout, [row] = await wages.sent(await wages.account("10000.00"))
    file = await wages.post(wages.accountant, f"/payouts/{payout['id']}:export", {"format": "xlsx"})
    assert (file["media_type"], b64decode(file["content"])[:2]) == (XLSX, b"PK")
    told = paid(row)
    content = b"".join(_workbook(told))
    async with wages.harness.client(wages.accountant) as client:
        answer = await client.post(
            f"/labour/v1/payouts/{payout['id']}:settle", content=content, headers=key() | {"Content-Type": XLSX}
        )
    assert answer.status_code == 200, answer.text
    assert (await wages.payroll(payroll))["state"] == "paid"


def _workbook(row: dict[str, str]) -> Any:
    return write_xlsx(list(row), [list(row.values())])


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        (lambda rows: [*rows, rows[0] | {"serial": "f" * 32}], ["ROW_UNKNOWN"]),
        (lambda rows: rows[:1], ["ROW_MISSING"]),
        (lambda rows: [rows[0], rows[1] | {"amount": "3200.01"}], ["AMOUNT_DIFFERS"]),
        (lambda rows: [rows[0], rows[0]], ["ROW_TWICE", "ROW_TWICE", "ROW_MISSING"]),
    ],
    ids=["a row too many", "a row too few", "another amount", "a row twice"],
)
async def test_an_answer_that_does_not_fit_is_refused_whole(wages: Wages, change: Any, codes: list[str]) -> None:
    await wages.paid_by_day(2)
    payroll, _ = await wages.approved()
    payout, rows = await wages.sent(await wages.account("10000.00"))
    before = await wages.harness.checksum()
    answer = await wages.answer(payout, change([paid(row) for row in rows]), status=422)
    assert (answer["code"], [one["code"] for one in answer["errors"]]) == ("BANK_RESULT_REFUSED", codes)
    assert await wages.harness.checksum() == before
    assert (await wages.payroll(payroll))["state"] == "approved"


async def test_what_failed_goes_back_and_is_paid_again(wages: Wages) -> None:
    """Partial results; the retry takes the failed line only."""
    await wages.paid_by_day(2)
    payroll, _ = await wages.approved()
    account = await wages.account("6400.00")
    payout, rows = await wages.sent(account)
    settled = await wages.answer(payout, [paid(rows[0]), failed(rows[1])])
    assert (settled["paid"], await wages.balance(account)) == ("3200.00", "3200.00")
    assert sorted(one["state"] for one in (await wages.lines(payroll)).values()) == ["approved", "paid"]
    again, [row] = await wages.sent(account)
    assert await wages.balance(account) == "0.00"
    await wages.answer(again, [paid(row)])
    assert (await wages.payroll(payroll))["state"] == "paid"
    facts = await wages.harness.events(PAID, UUID(payroll["id"]), PayrollPaid)
    assert [fact.costs[0].amount.amount for fact in facts] == ["3200.00", "3200.00"]


async def test_paid_twice_is_impossible(wages: Wages) -> None:
    """Two payouts at once take each line once; the bank's answer counts once; a paid line is on no other payout."""
    await wages.paid_by_day(3)
    await wages.approved()
    account = await wages.account("100000.00")

    async def attempt() -> int:
        body = {"account_id": account["id"], "execute_on": "2026-11-25"}
        async with wages.harness.client(wages.accountant) as client:
            answer = await client.post("/labour/v1/payouts", json=body, headers=key())
        return answer.status_code

    assert sorted(await asyncio.gather(*(attempt() for _ in range(4)))) == [201, 409, 409, 409]
    found = await wages.get(wages.accountant, "/payouts", project_id=str(wages.site.project_id))
    [payout] = found["items"]
    await wages.post(wages.approver, f"/payouts/{payout['id']}:approve")
    await wages.refused(wages.approver, f"/payouts/{payout['id']}:approve", None, "INVALID_STATE")
    await wages.post(wages.accountant, f"/payouts/{payout['id']}:export", {"format": "csv"})
    listed = (await wages.get(wages.accountant, f"/payouts/{payout['id']}/rows"))["items"]
    rows = [
        {"流水号": one["id"].replace("-", ""), "金额": one["amount"], "序号": str(one["position"])} for one in listed
    ]
    await wages.answer(payout, [paid(row) for row in rows])
    again = await wages.answer(payout, [paid(row) for row in rows], status=409)
    assert again["code"] == "INVALID_STATE"
    body = {"account_id": account["id"], "execute_on": "2026-11-25"}
    await wages.refused(wages.accountant, "/payouts", body, "NOTHING_TO_PAY")
    assert await wages.balance(account) == "90400.00"


async def test_more_than_is_there_is_not_approved(wages: Wages) -> None:
    await wages.paid_by_day(1)
    await wages.approved()
    payout = await wages.payout(await wages.account("3199.99"))
    answer = await wages.refused(wages.approver, f"/payouts/{payout['id']}:approve", None, "INSUFFICIENT_BALANCE")
    assert answer["metadata"] == {"balance": "3199.99", "needed": "3200.00"}


async def test_who_prepares_does_not_approve(wages: Wages) -> None:
    await wages.paid_by_day(1)
    await wages.approved()
    account = await wages.account("10000.00")
    both = wages.site.contractor.as_(Role.ACCOUNTANT, Role.APPROVER)
    body = {"account_id": account["id"], "execute_on": "2026-11-25"}
    payout = await wages.post(both, "/payouts", body, status=201)
    await wages.refused(both, f"/payouts/{payout['id']}:approve", None, "FOUR_EYES")


async def test_cancelled_before_the_bank_has_it_everything_is_as_before(wages: Wages) -> None:
    await wages.paid_by_day(1)
    await wages.approved()
    account = await wages.account("10000.00")
    payout = await wages.payout(account)
    await wages.post(wages.approver, f"/payouts/{payout['id']}:approve")
    await wages.post(wages.accountant, f"/payouts/{payout['id']}:cancel", {"reason": "银行维护"})
    assert await wages.balance(account) == "10000.00"
    again, _ = await wages.sent(account)
    assert (again["transfers"], again["total"]) == (1, "3200.00")
    await wages.refused(wages.accountant, f"/payouts/{again['id']}:cancel", {"reason": "x"}, "INVALID_STATE")


async def test_a_worker_without_a_card_is_left_out_and_named(wages: Wages) -> None:
    [without] = await wages.paid_by_day(1, payroll_bank_card_number="")
    await wages.paid_by_day(1)
    _, lines = await wages.approved()
    payout = await wages.payout(await wages.account("10000.00"))
    assert (payout["transfers"], payout["without_card"]) == (1, [lines[without]["id"]])


@pytest.mark.parametrize(("cause", "name"), [("lost_card", "张伟"), ("heir", "李梅")])
async def test_a_worker_loses_the_card_or_dies(wages: Wages, cause: str, name: str) -> None:
    """With evidence, proposed by the employer and confirmed by the general contractor, wages go elsewhere."""
    [worker] = await wages.paid_by_day(1)
    payroll, lines = await wages.approved()
    account = await wages.account("10000.00")
    payout, [row] = await wages.sent(account)
    await wages.answer(payout, [failed(row, "卡已挂失")])
    evidence = await wages.scan()
    body = {
        "line_id": lines[worker]["id"],
        "cause": cause,
        "name": name,
        "card": NEW_CARD,
        "file_id": evidence,
        "reason": "见附件",
    }
    payee = await wages.post(wages.clerk, "/payees", body, status=201)
    assert payee["card_masked"] == "6222***********8776"
    async with wages.harness.client(wages.site.contractor.as_(Role.LABOUR_CLERK)) as client:
        assert (await client.get(f"/labour/v1/files/{evidence}")).status_code == 200
    await wages.refused(wages.clerk, f"/payees/{payee['id']}:confirm", None, "ROLE_MISSING")
    await wages.post(wages.approver, f"/payees/{payee['id']}:confirm")
    again, [row] = await wages.sent(account)
    assert (row["收款人"], row["收款账号"]) == (name, NEW_CARD)
    await wages.answer(again, [paid(row)])
    assert (await wages.payroll(payroll))["state"] == "paid"


async def test_a_payee_needs_evidence_and_one_is_in_force(wages: Wages) -> None:
    [worker] = await wages.paid_by_day(1)
    _, lines = await wages.submitted()
    body: dict[str, Any] = {
        "line_id": lines[worker]["id"],
        "name": "张伟",
        "card": NEW_CARD,
        "file_id": lines[worker]["id"],
        "reason": "挂失",
    }
    await wages.refused(wages.clerk, "/payees", body, "INVALID_ARGUMENT")
    body["file_id"] = await wages.scan()
    one, two = [await wages.post(wages.clerk, "/payees", body, status=201) for _ in range(2)]
    await wages.post(wages.approver, f"/payees/{one['id']}:confirm")
    await wages.refused(wages.approver, f"/payees/{two['id']}:confirm", None, "PAYEE_IN_FORCE")
    await wages.post(wages.approver, f"/payees/{one['id']}:revoke", {"reason": "原卡已恢复"})
    assert (await wages.post(wages.approver, f"/payees/{two['id']}:confirm"))["state"] == "confirmed"


async def consents_of(wages: Wages, worker: UUID) -> list[dict[str, Any]]:
    found = await wages.get(wages.clerk, f"/workers/{worker}/consents")
    return list(found["items"])


async def withdrawn(wages: Wages, worker: UUID) -> None:
    """The worker takes his consent to the use of his card back."""
    [standing] = [one for one in await consents_of(wages, worker) if one["state"] == "given"]
    done = await wages.post(wages.clerk, f"/consents/{standing['id']}:withdraw")
    assert (done["erased"], {one["rule"] for one in done["kept"]}) == ([], {"employment", "wage_ledger"})


async def rows_of(wages: Wages, payout: Any) -> dict[UUID, tuple[str, str]]:
    found = await wages.get(wages.accountant, f"/payouts/{payout['id']}/rows")
    return {UUID(one["worker_id"]): (one["state"], one["reason"]) for one in found["items"]}


async def test_who_has_withdrawn_his_consent_is_left_out_by_name_until_it_is_mended(wages: Wages) -> None:
    """Never paid to that card and never lost: named at each payout, paid once he has consented anew."""
    one, other = await wages.paid_by_day(2)
    payroll, lines = await wages.approved()
    account = await wages.account("10000.00")
    await withdrawn(wages, one)
    payout, [row] = await wages.sent(account)
    assert (payout["total"], payout["without_card"], payout["consent_withdrawn"]) == ("3200.00", [], [lines[one]["id"]])
    assert set(await rows_of(wages, payout)) == {other}
    await wages.answer(payout, [paid(row)])
    assert (await wages.line(lines[one]))["state"] == "approved"
    body = {"account_id": account["id"], "execute_on": "2026-11-25"}
    refusal = await wages.refused(wages.accountant, "/payouts", body, "CONSENT_WITHDRAWN")
    assert refusal["metadata"] == {"line_ids": lines[one]["id"]}

    again = {"purpose": "bank_account", "text_version": "2026-1", "given_on": "2026-11-23"}
    await wages.post(wages.clerk, f"/workers/{one}/consents", again, status=201)
    payout, [row] = await wages.sent(account)
    await wages.answer(payout, [paid(row)])
    assert (await wages.payroll(payroll))["state"] == "paid"


async def test_withdrawn_between_draft_and_approval(wages: Wages) -> None:
    """Left out before the total is taken; if nobody else is in it, it is not approved."""
    one, other = await wages.paid_by_day(2)
    await wages.approved()
    account = await wages.account("10000.00")
    payout = await wages.payout(account)
    await withdrawn(wages, one)
    approved = await wages.post(wages.approver, f"/payouts/{payout['id']}:approve")
    assert (approved["transfers"], approved["total"], await wages.balance(account)) == (1, "3200.00", "6800.00")
    assert await rows_of(wages, payout) == {one: ("cancelled", "CONSENT_WITHDRAWN"), other: ("pending", "")}
    await wages.post(wages.accountant, f"/payouts/{payout['id']}:cancel", {"reason": "x"})
    assert await wages.balance(account) == "10000.00"
    payout = await wages.payout(account)
    await withdrawn(wages, other)
    await wages.refused(wages.approver, f"/payouts/{payout['id']}:approve", None, "CONSENT_WITHDRAWN")


async def test_withdrawn_between_approval_and_the_file(wages: Wages) -> None:
    """He is not in the file and his money is back on the account; what the bank has once does not change any more."""
    one, other = await wages.paid_by_day(2)
    _, lines = await wages.approved()
    account = await wages.account("10000.00")
    payout = await wages.payout(account)
    await wages.post(wages.approver, f"/payouts/{payout['id']}:approve")
    await withdrawn(wages, one)
    path = f"/payouts/{payout['id']}:export"
    file = await wages.post(wages.accountant, path, {"format": "csv"})
    assert await rows_of(wages, payout) == {one: ("failed", "CONSENT_WITHDRAWN"), other: ("pending", "")}
    assert await wages.balance(account) == "6800.00"
    [row] = csv.DictReader(io.StringIO(b64decode(file["content"]).decode("utf-8-sig")))
    await withdrawn(wages, other)
    twice = await wages.post(wages.accountant, path, {"format": "csv"})
    assert twice["sha256"] == file["sha256"]
    settled = await wages.answer(payout, [paid(row)])
    assert (settled["state"], settled["paid"]) == ("settled", "3200.00")
    assert (await wages.line(lines[one]))["state"] == "approved"


async def test_a_file_of_nobody_is_not_made(wages: Wages) -> None:
    [one] = await wages.paid_by_day(1)
    await wages.approved()
    account = await wages.account("10000.00")
    payout = await wages.payout(account)
    await wages.post(wages.approver, f"/payouts/{payout['id']}:approve")
    await withdrawn(wages, one)
    await wages.refused(wages.accountant, f"/payouts/{payout['id']}:export", {"format": "csv"}, "CONSENT_WITHDRAWN")
    await wages.post(wages.accountant, f"/payouts/{payout['id']}:cancel", {"reason": "本人撤回银行卡使用同意"})
    assert await wages.balance(account) == "10000.00"


async def test_the_account_that_he_names_afterwards_is_paid(wages: Wages) -> None:
    """A payee of before the withdrawal does not count; one confirmed after it does, from the next payout on."""
    [one] = await wages.paid_by_day(1)
    payroll, lines = await wages.approved()
    account = await wages.account("10000.00")
    body = {"line_id": lines[one]["id"], "cause": "new_card", "name": "张伟", "card": NEW_CARD, "reason": "x"}

    async def named() -> Any:
        payee = await wages.post(wages.clerk, "/payees", body | {"file_id": await wages.scan()}, status=201)
        return await wages.post(wages.approver, f"/payees/{payee['id']}:confirm")

    before = await named()
    with later(wages.harness, timedelta(minutes=1)):
        payout = await wages.payout(account)
        await withdrawn(wages, one)
        await wages.refused(wages.approver, f"/payouts/{payout['id']}:approve", None, "CONSENT_WITHDRAWN")
        await wages.post(wages.approver, f"/payees/{before['id']}:revoke", {"reason": "本人另行指定"})
    with later(wages.harness, timedelta(minutes=2)):
        await named()
        await wages.refused(wages.approver, f"/payouts/{payout['id']}:approve", None, "CONSENT_WITHDRAWN")
        await wages.post(wages.accountant, f"/payouts/{payout['id']}:cancel", {"reason": "x"})
        payout, [row] = await wages.sent(account)
        assert row["收款账号"] == NEW_CARD
        await wages.answer(payout, [paid(row)])
    assert (await wages.payroll(payroll))["state"] == "paid"
