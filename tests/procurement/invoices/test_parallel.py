"""Many at once: what was accepted is billed once, what was billed is taken back once."""

from __future__ import annotations

import asyncio

from chassis.identity import Role
from tests.procurement.settling import Desk, invoice, printed


async def test_the_same_invoice_twenty_times_at_once(desk: Desk) -> None:
    """Under twenty keys: one stands."""
    await desk.accepted("98")
    paper = invoice(desk.billed(0, "1"))
    answers = await asyncio.gather(*(desk.post(desk.sales, "/invoices", paper) for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 19
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"INVOICE_NUMBER_TAKEN"}


async def test_ten_invoices_over_the_same_goods(desk: Desk) -> None:
    """30 t each of 98: three pass."""
    await desk.accepted("98")
    papers = [invoice(desk.billed(0, "30")) for _ in range(10)]
    answers = await asyncio.gather(*(desk.post(desk.sales, "/invoices", paper) for paper in papers))
    assert sorted(answer.status_code for answer in answers) == [201] * 3 + [409] * 7


async def test_ten_credit_notes_over_the_same_line(desk: Desk) -> None:
    await desk.accepted("98")
    blue = await desk.approved(desk.billed(0, "98"))
    back = printed({"corrects_line_id": blue["lines"][0]["id"]}, "-30", "3950.00")
    papers = [invoice(back, corrects_id=blue["id"]) for _ in range(10)]
    answers = await asyncio.gather(*(desk.post(desk.sales, "/invoices", paper) for paper in papers))
    assert sorted(answer.status_code for answer in answers) == [201] * 3 + [409] * 7


async def test_a_return_and_an_approval_at_once(desk: Desk) -> None:
    """Whichever comes first: never is more approved than was kept without a credit note being due."""
    for _ in range(5):
        delivery = await desk.accepted("10")
        made = await desk.entered(desk.billed(0, "10"))
        path = f"/invoices/{made['id']}"
        approval, _ = await asyncio.gather(
            desk.post(desk.accountant, f"{path}:approve", {}), desk.send_back(delivery, "10")
        )
        if approval.status_code == 200:
            assert await desk.due() == [(made["id"], "10.000000")]
            red = printed({"corrects_line_id": made["lines"][0]["id"]}, "-10", "3950.00")
            taken_back = await desk.entered(red, corrects_id=made["id"])
            await desk.done(desk.site.contractor.as_(Role.COST_CONTROLLER), f"/invoices/{taken_back['id']}:approve", {})
        else:
            assert approval.json()["code"] == "MORE_THAN_ACCEPTED"
            await desk.done(desk.sales, f"{path}:cancel", {"reason": "went back"})
        assert await desk.due() == []
