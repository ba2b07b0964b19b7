"""What an approved invoice makes: due dates, retention, advances, credits; what was decided stays decided."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis.clock import FrozenClock
from chassis.errors import AlreadyExists
from chassis.identity import Kind
from chassis.ids import new_id
from procurement.payables import repository, rules, service
from procurement.payables.events import RAISED, RELEASED
from procurement.payables.models import Payable
from procurement.payables.rules import LegalTerm
from procurement.payables.service import Corrected
from procurement.payables.states import BuyerKind
from tests.harness import Harness, organisation
from tests.procurement.conftest import Site
from tests.procurement.payables.conftest import TODAY, Ledger, books, sums
from tests.procurement.suppliers.conftest import Dealing
from zhulian.procurement.v1.payables_events_pb2 import PayableRaised, PayableReleased


def days(payable: Payable) -> int:
    """Days from the delivery to the due date."""
    return (payable.due_on - payable.delivered_on).days


async def test_without_terms_the_law_gives_the_date(ledger: Ledger) -> None:
    """The platform's default is the stricter reading: a large firm buys from a small one, 60 days."""
    [payable] = await ledger.invoice("1000.00")
    assert (days(payable), payable.due_by, payable.law_rule) == (60, "law", "cn-802/large-firm@2025-06-01")
    assert "802" in payable.due_source
    assert (payable.interest_percent, payable.interest_days) == (Decimal("0.05"), 1)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"days": None}, (30, "law")),
        ({"days": 45}, (45, "contract")),
        ({"days": 90}, (60, "law")),
        ({"days": 90, "buyer_kind": "large_firm"}, (60, "law")),
        ({"days": 90, "buyer_kind": "other"}, (90, "contract")),
        ({"days": 90, "small_firm": False}, (90, "contract")),
        ({"days": 0, "rule": "after_month_end"}, (7, "contract")),
    ],
)
async def test_the_earlier_of_contract_and_law(
    ledger: Ledger, changes: dict[str, object], expected: tuple[int, str]
) -> None:
    await ledger.agreed(**changes)
    [payable] = await ledger.invoice("1000.00")
    assert (days(payable), payable.due_by) == expected


async def test_terms_with_a_supplier_come_before_terms_with_all(ledger: Ledger) -> None:
    await ledger.with_account()
    await ledger.agreed(days=20, supplier_id=str(ledger.site.supplier.id))
    await ledger.agreed(days=10)
    [payable] = await ledger.invoice("1.00")
    [other] = await ledger.invoice("1.00", supplier_id=new_id())
    assert (days(payable), days(other)) == (20, 10)


async def test_the_suppliers_file_says_whether_it_is_small_and_the_caller_may_say_otherwise(ledger: Ledger) -> None:
    await ledger.agreed(days=90, small_firm=True)
    await Dealing(ledger.harness, ledger.site.contractor, ledger.site.supplier).joined(small_firm=False)
    [by_file] = await ledger.invoice("1.00")
    [told] = await ledger.invoice("1.00", small_firm=True)
    assert [(days(one), one.small_firm) for one in (by_file, told)] == [(90, False), (60, True)]


async def test_a_later_change_of_terms_or_law_touches_nothing_that_stands(
    ledger: Ledger, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither by a new row, nor by a new decree, nor when the clock looks at it or it is paid; new ones follow it."""
    await ledger.agreed(days=None)
    [before] = await ledger.invoice("1000.00")
    told = await ledger.read(before.id)
    clock.advance(timedelta(days=1))
    await ledger.agreed(days=15, valid_from="2026-11-24", interest_percent="9.00", retention_percent="3.00")
    decree = LegalTerm("cn-999", BuyerKind.PUBLIC_BODY, 10, 10, "新条例", date(2026, 11, 24))
    changed = replace(repository.law(), terms=(*repository.law().terms, decree))
    monkeypatch.setattr(repository, "law", lambda: changed)
    await ledger.look(before.id)
    assert await ledger.read(before.id) == told
    after = (await ledger.invoice("1000.00", delivered_on=date(2026, 11, 24)))[0]
    assert (days(after), after.law_rule, after.interest_percent) == (10, "cn-999", Decimal("9.000000"))
    assert before.law_rule == "cn-802/public-body@2025-06-01"


async def test_terms_of_tomorrow_do_not_count_today(ledger: Ledger) -> None:
    await ledger.agreed(days=5, valid_from="2026-11-24")
    [payable] = await ledger.invoice("1.00")
    assert days(payable) == 60


async def test_retention_money_is_withheld_for_the_defects_period(ledger: Ledger) -> None:
    """3 % of 1,000.01 is 30.00 rounded down; costs of both add up; it is due two years later, and in nobody's order."""
    await ledger.agreed(days=30, retention_percent="3.00", retention_months=24)
    costs = (("01-STEEL", Decimal("333.34")), ("02-FRAME", Decimal("666.67")))
    raised = await ledger.invoice("1000.01", costs=costs)
    assert [str(one.amount) for one in raised] == ["970.01", "30.00"]
    assert sums(raised, costs)
    assert (raised[1].state, raised[1].due_on, raised[1].parent_id) == ("withheld", date(2028, 11, 23), raised[0].id)
    refused = await ledger.prepared([(raised[1].id, "30.00")])
    assert (refused.status_code, refused.json()["code"]) == (409, "NOT_PAYABLE")
    released = await ledger.good(ledger.controller, "POST", f"/payables/{raised[1].id}:release")
    assert (released["state"], released["due_on"]) == ("open", "2028-11-23")
    again = await ledger.call(ledger.controller, "POST", f"/payables/{raised[1].id}:release")
    assert (again.status_code, again.json()["code"]) == (409, "INVALID_STATE")
    assert (await ledger.prepared([(raised[1].id, "30.00")])).status_code == 201


async def test_what_is_raised_and_released_is_told(ledger: Ledger, procurement: Harness) -> None:
    """With what advances and credits have left of it, and when it is due."""
    await ledger.agreed(days=30, retention_percent="3.00", retention_months=12)
    await ledger.invoice("-70.00")
    payable, retention = await ledger.invoice("1000.00")
    [fact] = await procurement.events(RAISED, payable.id, PayableRaised)
    told = fact.payable
    assert (told.kind, told.amount.amount, told.open.amount) == ("invoice", "970.00", "900.00")
    assert (told.due_on.date, told.due_by, told.invoice_id) == ("2026-12-23", "contract", str(payable.invoice_id))
    [withheld] = await procurement.events(RAISED, retention.id, PayableRaised)
    assert (withheld.payable.kind, withheld.payable.state) == ("retention", "withheld")
    assert await procurement.events(RELEASED, retention.id, PayableReleased) == []
    await ledger.good(ledger.controller, "POST", f"/payables/{retention.id}:release")
    [released] = await procurement.events(RELEASED, retention.id, PayableReleased)
    assert (released.payable.state, released.payable.open.amount) == ("open", "30.00")


async def test_an_advance_bears_no_interest(ledger: Ledger, clock: FrozenClock) -> None:
    """The law protects who has delivered."""
    made = await ledger.advance("1000.00")
    clock.advance(timedelta(days=30))
    found = await ledger.read(made["id"])
    assert (found["days_overdue"], found["interest_per_day"], found["law_rule"]) == (23, "0.00", "")


async def test_an_invoice_is_owed_once(ledger: Ledger, procurement: Harness) -> None:
    """Whoever approves it twice, one after the other or at once."""
    new = ledger.new("1000.00")

    async def raised() -> list[Payable]:
        async with procurement.work(ledger.accountant) as work:
            return await service.raise_for_invoice(work, new)

    outcomes = await asyncio.gather(*(raised() for _ in range(5)), return_exceptions=True)
    assert sum(not isinstance(one, BaseException) for one in outcomes) == 1
    assert {one.reason for one in outcomes if isinstance(one, AlreadyExists)} == {"PAYABLE_ALREADY_RAISED"}
    assert (await books(ledger))["invoiced"] == Decimal("1000.00")


@pytest.mark.parametrize(("amount", "is_credit"), [("1.00", True), ("-1.00", False), ("0.00", False)])
async def test_costs_have_the_sign_of_their_invoice(
    ledger: Ledger, procurement: Harness, amount: str, is_credit: bool
) -> None:
    before = await procurement.checksum()
    with pytest.raises(ValueError, match="credit note"):
        await ledger.invoice(amount, is_credit=is_credit)
    assert await procurement.checksum() == before


async def test_advances_are_offset_in_the_order_in_which_they_were_given(ledger: Ledger) -> None:
    """Only what was paid, only for the orders it was given for, and only once."""
    await ledger.with_account()
    order = new_id()
    first, second = await ledger.advance("300.00"), await ledger.advance("500.00", order_ids=[str(order)])
    unpaid = await ledger.advance("900.00")
    await ledger.paid([(first["id"], "300.00"), (second["id"], "500.00")])
    [other] = await ledger.invoice("100.00", orders=(new_id(),))
    [mine] = await ledger.invoice("600.00", orders=(order,))
    found = [await ledger.read(one["id"]) for one in (first, second, unpaid)]
    assert [one["consumed"] for one in found] == ["300.00", "400.00", "0.00"]
    assert (other.state, str(other.open_amount)) == ("settled", "0.00")
    assert (mine.state, str(mine.open_amount)) == ("settled", "0.00")
    offsets = (await ledger.read(mine.id))["offsets"]
    assert [(one["fund_id"], one["amount"]) for one in offsets] == [(first["id"], "200.00"), (second["id"], "400.00")]


async def test_a_credit_note_settles_what_is_due_first_and_the_rest_is_a_claim(ledger: Ledger) -> None:
    """The claim is what later invoices are offset against."""
    await ledger.agreed(days=30)
    [late] = await ledger.invoice("100.00", delivered_on=TODAY)
    [early] = await ledger.invoice("50.00", delivered_on=TODAY - timedelta(days=10))
    [credit] = await ledger.invoice("-120.00")
    assert [(await ledger.read(one.id))["open_amount"] for one in (early, late)] == ["0.00", "30.00"]
    assert (credit.state, str(credit.amount)) == ("settled", "120.00")
    [claim] = await ledger.invoice("-45.00")
    assert (claim.state, str(claim.open_amount)) == ("open", "15.00")
    [next_one] = await ledger.invoice("20.00")
    assert (str(next_one.offset_amount), str(next_one.open_amount)) == ("15.00", "5.00")
    assert (await ledger.read(claim.id))["state"] == "settled"


async def test_a_credit_note_takes_its_part_of_what_is_withheld(ledger: Ledger, procurement: Harness) -> None:
    """A fifth back, a fifth less withheld, the rest off what is due; all back, nothing withheld: settled."""
    await ledger.agreed(days=30, retention_percent="3.00")
    other, _ = await ledger.invoice("500.00")
    payable, retention = await ledger.invoice("1000.01")
    assert (str(payable.amount), str(retention.amount)) == ("970.01", "30.00")
    part = Corrected(blue_of(payable), Decimal("1000.01"), Decimal("200.00"))
    [credit] = await ledger.invoice("-200.00", corrects=part)
    found = await ledger.read(retention.id)
    assert (found["offset_amount"], found["open_amount"], found["state"]) == ("5.99", "24.01", "withheld")
    assert (str(credit.offset_amount), (await ledger.read(other.id))["offset_amount"]) == ("200.00", "194.01")
    await ledger.invoice("-800.01", corrects=replace(part, credited=Decimal("1000.01")))
    found = await ledger.read(retention.id)
    assert (found["offset_amount"], found["open_amount"], found["state"]) == ("30.00", "0.00", "settled")
    assert (await procurement.audited(retention.id)).count("payables.offset") == 2
    assert (await ledger.call(ledger.controller, "POST", f"/payables/{retention.id}:release")).status_code == 409


async def test_released_retention_money_is_a_debt_like_others(ledger: Ledger) -> None:
    """And a credit that corrects another invoice leaves what is withheld alone."""
    await ledger.agreed(days=30, retention_percent="3.00")
    payable, retention = await ledger.invoice("1000.00")
    await ledger.invoice("-100.00", corrects=Corrected(new_id(), Decimal("100.00"), Decimal("100.00")))
    assert (await ledger.read(retention.id))["offset_amount"] == "0.00"
    await ledger.good(ledger.controller, "POST", f"/payables/{retention.id}:release")
    await ledger.invoice("-900.00", corrects=Corrected(blue_of(payable), Decimal("1000.00"), Decimal("900.00")))
    assert (await ledger.read(retention.id))["open_amount"] == "0.00"


def blue_of(payable: Payable) -> UUID:
    """The invoice that it was raised for."""
    assert payable.invoice_id is not None
    return payable.invoice_id


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    gross=st.integers(100, 100_000),
    parts=st.lists(st.integers(1, 40_000), min_size=1, max_size=4),
    paid=st.booleans(),
)
async def test_what_is_withheld_follows_the_credit_notes(
    procurement: Harness, site: Site, gross: int, parts: list[int], paid: bool
) -> None:
    """Never below zero, nothing left with the whole; invoiced = paid + open + retained + offset after each."""
    fresh = Ledger(procurement, replace(site, supplier=organisation(Kind.SUPPLIER)))
    await fresh.with_account()
    if (await fresh.good(fresh.approver, "GET", "/payment-terms"))["items"] == []:
        await fresh.agreed(retention_percent="3.00")
    whole = Decimal(gross).scaleb(-2)
    payable, retention = await fresh.invoice(str(whole))
    if paid:
        await fresh.paid([(payable.id, str(payable.amount))])
    credited = Decimal(0)
    for cents in [*parts, gross]:
        part = min(Decimal(cents).scaleb(-2), whole - credited)
        if not part:
            break
        credited += part
        await fresh.invoice(f"-{part}", corrects=Corrected(blue_of(payable), whole, credited))
        kept = Decimal((await fresh.read(retention.id))["open_amount"])
        assert kept == retention.amount - rules.retained_of(retention.amount, whole, credited) >= 0
        found = await books(fresh)
        assert found["invoiced"] == found["paid"] + found["open"] + found["retained"] + found["offset"]
        assert found["given"] == found["offset"]
    assert kept == 0


async def test_a_credit_takes_nothing_that_is_on_its_way_to_the_bank(ledger: Ledger) -> None:
    [payable] = await ledger.invoice("100.00")
    assert (await ledger.prepared([(payable.id, "80.00")])).status_code == 201
    [credit] = await ledger.invoice("-50.00")
    assert (str(credit.offset_amount), str(credit.open_amount)) == ("20.00", "30.00")


async def test_two_projects_suppliers_or_currencies_are_not_set_off(ledger: Ledger) -> None:
    await ledger.invoice("-50.00")
    for changes in ({"project_id": new_id()}, {"supplier_id": new_id()}, {"currency": "EUR"}):
        [payable] = await ledger.invoice("50.00", **changes)
        assert str(payable.offset_amount) == "0.00", changes


async def test_parallel_invoices_and_credits_take_an_advance_once(ledger: Ledger) -> None:
    await ledger.with_account()
    advance = await ledger.advance("1000.00")
    await ledger.paid([(advance["id"], "1000.00")])
    amounts = ["150.00"] * 8 + ["-100.00"] * 2
    await asyncio.gather(*(ledger.invoice(amount) for amount in amounts))
    found = await books(ledger)
    assert found["invoiced"] == Decimal("1200.00")
    assert found["offset"] == found["given"] == Decimal("1200.00")
    assert (await ledger.read(advance["id"]))["consumed"] == "1000.00"


STEP = st.tuples(
    st.sampled_from(["invoice", "credit", "advance", "pay", "fail", "bind", "release"]),
    st.integers(1, 40_000).map(lambda cents: Decimal(cents).scaleb(-2)),
)


async def _happens(ledger: Ledger, what: str, amount: Decimal) -> None:
    if what in ("invoice", "credit"):
        await ledger.invoice(str(amount if what == "invoice" else -amount))
        return
    if what == "advance":
        made = await ledger.advance(str(amount))
        await ledger.paid([(made["id"], str(amount))])
        return
    wanted = {"state": "withheld"} if what == "release" else {"state": "open"}
    listed = await ledger.good(ledger.accountant, "GET", "/payables", params=wanted)
    rows = [one for one in listed["items"] if one["kind"] in ("invoice", "retention")]
    if what == "release":
        for one in rows[:1]:
            await ledger.good(ledger.controller, "POST", f"/payables/{one['id']}:release")
        return
    left = [(one["id"], Decimal(one["open_amount"]) - Decimal(one["in_payment"])) for one in rows]
    items = [(payable_id, str(min(amount, rest))) for payable_id, rest in left if rest > 0][:3]
    if items and what == "bind":
        assert (await ledger.prepared(items)).status_code == 201
    elif items:
        await ledger.paid(items, failed=[items[0][0]] if what == "fail" else [])


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, min_size=1, max_size=8))
async def test_invoiced_is_paid_and_open_and_retained_and_offset(
    procurement: Harness, site: Site, steps: list[tuple[str, Decimal]]
) -> None:
    """After any course of events; and what settled payables is what advances and credits gave."""
    fresh = Ledger(procurement, replace(site, supplier=organisation(Kind.SUPPLIER)))
    await fresh.with_account()
    if (await fresh.good(fresh.approver, "GET", "/payment-terms"))["items"] == []:
        await fresh.agreed(retention_percent="3.00")
    for what, amount in steps:
        await _happens(fresh, what, amount)
        found = await books(fresh)
        assert found["invoiced"] == found["paid"] + found["open"] + found["retained"] + found["offset"]
        assert found["given"] == found["offset"]
