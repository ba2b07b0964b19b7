"""Use cases of invoices over time and side by side: goods that go back, credit notes, many callers at once."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from chassis.errors import Aborted
from chassis.identity import Role
from procurement.invoices import service
from procurement.invoices.events import APPROVED
from procurement.invoices.service import Verb
from tests.procurement.settling import Desk, invoice, printed
from zhulian.procurement.v1.invoices_events_pb2 import InvoiceApproved


async def test_a_stale_version_is_refused(desk: Desk) -> None:
    """For every verb; a version that is right is no longer right after a change."""
    await desk.accepted("98")
    made = await desk.entered(desk.billed(0, "98"))
    invoice_id = UUID(made["id"])
    await desk.done(desk.buyer, f"/invoices/{invoice_id}:match")
    before = await desk.harness.checksum()
    for use_case, who in (
        (service.match, desk.buyer),
        (service.approve, desk.accountant),
        (service.reject, desk.accountant),
        (service.cancel, desk.sales),
    ):
        with pytest.raises(Aborted):
            async with desk.harness.work(who) as work:
                await use_case(work, Verb(invoice_id, 1, "late"))
    assert await desk.harness.checksum() == before


async def test_return_after_invoice(desk: Desk) -> None:
    """The list says which invoice needs a credit note and for how much; the red one takes cost back to the cent."""
    delivery = await desk.accepted("98")
    first, second = await desk.approved(desk.billed(0, "90")), await desk.approved(desk.billed(0, "8"))
    assert await desk.due() == []
    await desk.send_back(delivery, "10")
    assert await desk.due() == [(second["id"], "8.000000"), (first["id"], "2.000000")]
    assert await desk.due(desk.accountant) == await desk.due()
    back = printed({"corrects_line_id": first["lines"][0]["id"]}, "-2", "3950.00")
    red = await desk.entered(back, corrects_id=first["id"])
    assert (red["kind"], red["state"], red["gross"]) == ("red", "matched", "-7900.00")
    assert await desk.due() == [(second["id"], "8.000000")]
    await desk.done(desk.accountant, f"/invoices/{red['id']}:approve", {})
    [fact] = await desk.harness.events(APPROVED, UUID(red["id"]), InvoiceApproved)
    assert [(cost.cost_code, cost.amount.amount) for cost in fact.costs] == [("01-STEEL", "-7900.00")]
    assert (fact.kind, fact.corrects_invoice_id) == ("red", first["id"])


async def test_what_was_taken_back_can_be_billed_again(desk: Desk) -> None:
    """From the red one's approval on, not before."""
    await desk.accepted("98")
    blue = await desk.approved(desk.billed(0, "98"))
    back = printed({"corrects_line_id": blue["lines"][0]["id"]}, "-98", "3950.00")
    red = await desk.entered(back, corrects_id=blue["id"])
    early = await desk.post(desk.sales, "/invoices", invoice(desk.billed(0, "98")))
    assert early.json()["code"] == "MORE_THAN_ACCEPTED"
    await desk.done(desk.accountant, f"/invoices/{red['id']}:approve", {})
    assert (await desk.entered(desk.billed(0, "98")))["state"] == "matched"


async def test_credit_notes_never_go_below_zero(desk: Desk) -> None:
    await desk.accepted("98")
    blue = await desk.approved(desk.billed(0, "98"))
    line = {"corrects_line_id": blue["lines"][0]["id"]}
    await desk.entered(printed(line, "-90", "3950.00"), corrects_id=blue["id"])
    before = await desk.harness.checksum()
    for quantity, price in (("-8.000001", "3950.00"), ("-8", "3950.01")):
        answer = await desk.post(
            desk.sales, "/invoices", invoice(printed(line, quantity, price), corrects_id=blue["id"])
        )
        assert (answer.status_code, answer.json()["code"]) == (409, "CREDIT_EXCEEDS_INVOICE")
    assert await desk.harness.checksum() == before
    assert (await desk.entered(printed(line, "-8", "3950.00"), corrects_id=blue["id"]))["state"] == "matched"


async def test_only_an_approved_blue_invoice_is_corrected(desk: Desk) -> None:
    await desk.accepted("98")
    made = await desk.entered(desk.billed(0, "50"))
    red = printed({"corrects_line_id": made["lines"][0]["id"]}, "-1", "3950.00")
    answer = await desk.post(desk.sales, "/invoices", invoice(red, corrects_id=made["id"]))
    assert (answer.status_code, answer.json()["code"]) == (409, "INVOICE_NOT_CORRECTABLE")
    other = await desk.approved(desk.billed(0, "48"))
    answer = await desk.post(desk.sales, "/invoices", invoice(red, corrects_id=other["id"]))
    assert answer.json()["errors"][0]["code"] == "LINE_UNKNOWN"


async def test_goods_that_went_back_stop_the_approval(desk: Desk) -> None:
    """Not even with a reason; the seller cancels and bills what was kept."""
    delivery = await desk.accepted("98")
    made = await desk.entered(desk.billed(0, "98"))
    await desk.send_back(delivery, "1")
    before = await desk.harness.checksum()
    answer = await desk.post(desk.accountant, f"/invoices/{made['id']}:approve", {"reason": "never mind"})
    assert (answer.status_code, answer.json()["code"]) == (409, "MORE_THAN_ACCEPTED")
    assert await desk.harness.checksum() == before
    again = await desk.done(desk.buyer, f"/invoices/{made['id']}:match")
    assert (again["state"], again["lines"][0]["reasons"]) == ("mismatched", ["MORE_THAN_ACCEPTED"])
    await desk.done(desk.sales, f"/invoices/{made['id']}:cancel", {"reason": "1 t went back"})
    assert (await desk.approved(desk.billed(0, "97")))["gross"] == "383150.00"


async def test_a_credit_note_frees_the_statements_line(desk: Desk) -> None:
    await desk.accepted("98")
    shown = await desk.proposed()
    await desk.agreed(shown, 0)
    line = {"statement_line_id": shown["lines"][0]["id"]}
    blue = await desk.approved(printed(line, "98", "3950.00"))
    back = printed({"corrects_line_id": blue["lines"][0]["id"]}, "-98", "3950.00")
    await desk.approved(back, corrects_id=blue["id"])
    assert (await desk.entered(printed(line, "98", "3950.00")))["state"] == "matched"


async def test_credit_due_pages(desk: Desk) -> None:
    delivery = await desk.accepted("98")
    made = [await desk.approved(desk.billed(0, quantity)) for quantity in ("90", "8")]
    await desk.send_back(delivery, "98")
    seen, token = [], ""
    for _ in made:
        page = (await desk.get(desk.buyer, "/invoices/credit-due", page_size="1", page_token=token)).json()
        seen.append(page["items"][0]["invoice_id"])
        token = page["next_page_token"]
    assert (seen, token) == ([made[1]["id"], made[0]["id"]], "")


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
