"""What an approved invoice makes owed."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from chassis.identity import Role
from tests.procurement.settling import Desk, printed
from tests.procurement.suppliers.conftest import Dealing


async def owed(desk: Desk, **query: str) -> list[dict[str, Any]]:
    """The project's payables, the first due first."""
    answer = await desk.get(desk.accountant, "/payables", project_id=str(desk.site.project_id), **query)
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def test_an_approved_invoice_is_owed(desk: Desk) -> None:
    """Nothing before the approval; then by the law's date, counted from the last acceptance of its lines (Shanghai)."""
    await desk.accepted("60")
    await desk.accepted("0.5", "1")
    desk.harness.clock.advance(timedelta(hours=13))  # the 24th in Shanghai, still the 23rd in UTC
    try:
        await desk.accepted("38")
    finally:
        desk.harness.clock.advance(-timedelta(hours=13))
    made = await desk.entered(desk.billed(0, "98"), desk.billed(1, "1"))
    assert await owed(desk) == []
    await desk.done(desk.accountant, f"/invoices/{made['id']}:approve", {})
    [payable] = await owed(desk)
    assert (payable["kind"], payable["state"], payable["amount"]) == ("invoice", "open", made["gross"])
    assert (payable["delivered_on"], payable["due_on"], payable["due_by"]) == ("2026-11-24", "2027-01-23", "law")
    second = await desk.approved(desk.billed(0, "0.5"))
    [other] = await owed(desk, invoice_id=second["id"])
    detail = (await desk.get(desk.accountant, f"/payables/{other['id']}")).json()
    assert detail["costs"] == [{"cost_code": "01-STEEL", "amount": "1975.00"}]
    assert other["invoice_id"] == second["id"]


async def test_the_due_date_counts_from_the_invoice_s_own_lines(desk: Desk) -> None:
    """Another line of the order that came later does not matter."""
    await desk.accepted("98")
    desk.harness.clock.advance(timedelta(days=3))
    try:
        await Desk(desk.harness, desk.orders, desk.site, desk.order_id, desk.lines[1:]).accepted("12.5")
    finally:
        desk.harness.clock.advance(-timedelta(days=3))
    await desk.approved(desk.billed(0, "98"))
    [payable] = await owed(desk)
    assert payable["delivered_on"] == "2026-11-23"


async def test_lines_of_one_cost_code_are_one_cost(desk: Desk) -> None:
    await desk.accepted("98", "12.5")
    made = await desk.approved(desk.billed(0, "98"), desk.billed(1, "12.5"))
    [payable] = await owed(desk)
    detail = (await desk.get(desk.accountant, f"/payables/{payable['id']}")).json()
    assert detail["costs"] == [{"cost_code": "01-STEEL", "amount": made["gross"]}]


async def test_a_red_invoice_is_a_credit(desk: Desk) -> None:
    """It settles what is open of the blue one."""
    await desk.accepted("98")
    blue = await desk.approved(desk.billed(0, "98"))
    back = printed({"corrects_line_id": blue["lines"][0]["id"]}, "-2", "3950.00")
    red = await desk.approved(back, corrects_id=blue["id"])
    [credit] = await owed(desk, kind="credit")
    assert (credit["invoice_id"], credit["amount"], credit["state"]) == (red["id"], "7900.00", "settled")
    [payable] = await owed(desk, kind="invoice")
    assert (payable["offset_amount"], payable["open_amount"]) == ("7900.00", "379200.00")


async def test_two_red_invoices_take_their_parts_of_what_is_withheld(desk: Desk) -> None:
    """3 % of 98 t at 3,950.00; 2 t and then the other 96 t back: a part of it first, then all."""
    agreed = {
        "rule": "after_acceptance",
        "days": 30,
        "buyer_kind": "other",
        "small_firm": False,
        "retention_percent": "3.00",
        "retention_months": 24,
        "valid_from": "2026-11-23",
        "source": "合同第七条",
    }
    await desk.done(desk.site.contractor.as_(Role.APPROVER), "/payment-terms", agreed)
    await desk.accepted("98")
    blue = await desk.approved(desk.billed(0, "98"))
    left = []
    for quantity in ("-2", "-96"):
        back = printed({"corrects_line_id": blue["lines"][0]["id"]}, quantity, "3950.00")
        await desk.approved(back, corrects_id=blue["id"])
        [withheld] = await owed(desk, kind="retention")
        left.append((withheld["amount"], withheld["open_amount"], withheld["state"]))
    assert left == [("11613.00", "11376.00", "withheld"), ("11613.00", "0.00", "settled")]


async def test_a_repeated_approval_owes_once(desk: Desk) -> None:
    """By five accountants at once, and once more afterwards."""
    await desk.accepted("98")
    made = await desk.entered(desk.billed(0, "98"))
    path = f"/invoices/{made['id']}:approve"
    answers = await asyncio.gather(*(desk.post(desk.accountant, path, {}) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409]
    before = await desk.harness.checksum()
    again = await desk.post(desk.accountant, path, {})
    assert (again.status_code, again.json()["code"]) == (409, "INVALID_STATE")
    assert await desk.harness.checksum() == before
    assert len(await owed(desk)) == 1


async def test_the_suppliers_file_says_that_it_is_small(desk: Desk) -> None:
    """A large firm's file takes the law's protection away: due on delivery, without interest by law."""
    dealing = Dealing(desk.harness, desk.site.contractor, desk.site.supplier)
    await dealing.joined(small_firm=False)
    await desk.accepted("98")
    await desk.approved(desk.billed(0, "98"))
    [payable] = await owed(desk)
    assert (payable["small_firm"], payable["due_on"]) == (False, "2026-11-23")
