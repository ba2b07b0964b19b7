"""Money leaves once: parallel orders, partial execution, facts that add up, what rests in the database."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from uuid import UUID

import asyncpg
import pytest

from chassis.ids import new_id
from procurement.payments.events import MADE
from tests.harness import Harness
from tests.procurement.payables.conftest import Ledger
from tests.procurement.suppliers.conftest import ACCOUNT
from zhulian.procurement.v1.payments_events_pb2 import PaymentMade

COSTS = (("01-STEEL", Decimal("33.33")), ("02-FRAME", Decimal("33.33")), ("03-ROOF", Decimal("33.34")))


async def facts(ledger: Ledger, payment: dict[str, object]) -> list[PaymentMade]:
    """What the world was told of a payment."""
    return await ledger.harness.events(MADE, UUID(str(payment["id"])), PaymentMade)


async def test_twenty_orders_at_once_over_one_payable_never_overpay(ledger: Ledger) -> None:
    """Each wants 15 of 100: six get it, and the seventh has 10 left."""
    [payable] = await ledger.invoice("100.00")
    answers = await asyncio.gather(*(ledger.prepared([(payable.id, "15.00")]) for _ in range(20)))
    assert sorted(answer.status_code for answer in answers) == [201] * 6 + [409] * 14
    refused = [answer.json() for answer in answers if answer.status_code == 409]
    assert {one["code"] for one in refused} == {"MORE_THAN_OPEN"}
    assert min(Decimal(one["metadata"]["most"]) for one in refused) == Decimal("10.00")
    found = await ledger.read(payable.id)
    assert (found["in_payment"], found["open_amount"]) == ("90.00", "100.00")
    assert (await ledger.prepared([(payable.id, "10.00")])).status_code == 201
    assert (await ledger.prepared([(payable.id, "0.01")])).status_code == 409


async def test_orders_over_the_same_payables_in_any_order_do_not_lock_each_other_out(ledger: Ledger) -> None:
    ids = [(await ledger.invoice("100.00"))[0].id for _ in range(4)]
    wanted = [[(one, "10.00") for one in (ids if number % 2 else reversed(ids))] for number in range(10)]
    answers = await asyncio.gather(*(ledger.prepared(items) for items in wanted))
    assert [answer.status_code for answer in answers] == [201] * 10


async def test_the_database_itself_refuses_an_overpayment(ledger: Ledger, procurement: Harness) -> None:
    [payable] = await ledger.invoice("100.00")
    async with procurement.sql() as connection:
        for change in ("paid = 100.01", "in_payment = 100.01", "paid = 60, in_payment = 41"):
            with pytest.raises(asyncpg.CheckViolationError, match="payables_never_overpaid"):
                await connection.execute(f"UPDATE payables SET {change} WHERE id = $1", payable.id)


async def test_the_facts_of_three_payments_add_up_to_the_invoice(ledger: Ledger) -> None:
    """To the cent per cost code, and each to its own amount."""
    await ledger.with_account()
    [payable] = await ledger.invoice("100.00", costs=COSTS)
    sums: dict[str, Decimal] = {}
    for amount in ("33.33", "0.01", "66.66"):
        payment = await ledger.paid([(payable.id, amount)])
        [fact] = await facts(ledger, payment)
        assert fact.amount.amount == amount
        assert sum(Decimal(line.amount.amount) for line in fact.costs) == Decimal(amount)
        for line in fact.costs:
            sums[line.cost_code] = sums.get(line.cost_code, Decimal(0)) + Decimal(line.amount.amount)
    assert sums == dict(COSTS)
    assert (fact.project_id, fact.supplier_id) == (str(ledger.site.project_id), str(ledger.site.supplier.id))
    assert [(one.payable_id, one.invoice_id) for one in fact.payables] == [(str(payable.id), str(payable.invoice_id))]
    assert (await ledger.read(payable.id))["state"] == "settled"


async def test_a_failed_item_is_open_again_and_the_rest_is_paid(ledger: Ledger) -> None:
    await ledger.with_account()
    good, bad = [(await ledger.invoice(amount))[0] for amount in ("70.00", "30.00")]
    payment = await ledger.paid([(good.id, "70.00"), (bad.id, "30.00")], failed=[str(bad.id)])
    assert (payment["state"], payment["total"], payment["paid"]) == ("executed", "100.00", "70.00")
    assert [item["state"] for item in payment["items"]] == ["executed", "failed"]
    [fact] = await facts(ledger, payment)
    assert (fact.amount.amount, len(fact.payables)) == ("70.00", 1)
    found = await ledger.read(bad.id)
    assert (found["state"], found["in_payment"], found["open_amount"]) == ("open", "0.00", "30.00")
    again = await ledger.paid([(bad.id, "30.00")])
    assert again["state"] == "executed"


async def test_an_order_of_which_the_bank_paid_nothing_has_failed(ledger: Ledger) -> None:
    await ledger.with_account()
    [payable] = await ledger.invoice("30.00")
    payment = await ledger.paid([(payable.id, "30.00")], failed=[str(payable.id)])
    assert (payment["state"], payment["paid"], await facts(ledger, payment)) == ("failed", "0.00", [])


async def test_the_bank_answers_bit_by_bit(ledger: Ledger) -> None:
    """Each answer counts at once; the file that is taken again holds only what is pending; nothing is proved twice."""
    await ledger.with_account()
    ids = [(await ledger.invoice("10.00"))[0].id for _ in range(3)]
    payment = await ledger.exported([(one, "10.00") for one in ids])
    first = await ledger.prove(payment | {"items": payment["items"][:1]}, paid_on="2026-11-22")
    assert (first["state"], first["paid"]) == ("exported", "10.00")
    path = f"/payments/{payment['id']}"
    file = await ledger.good(ledger.accountant, "POST", f"{path}:export", json={})
    assert "<NbOfTxs>2</NbOfTxs>" in file["content"]
    twice = {"results": [{"item_id": payment["items"][0]["id"], "reason": "again"}]}
    before = await ledger.harness.checksum()
    answer = await ledger.call(ledger.accountant, "POST", f"{path}:prove", json=twice)
    assert (answer.status_code, answer.json()["code"]) == (409, "INVALID_STATE")
    assert await ledger.harness.checksum() == before
    last = await ledger.prove(payment | {"items": payment["items"][1:]})
    assert (last["state"], last["paid"]) == ("executed", "30.00")
    assert [fact.day.date for fact in await facts(ledger, payment)] == ["2026-11-22", "2026-11-23"]


async def test_one_order_pays_several_projects_and_each_is_told_its_own(ledger: Ledger) -> None:
    """A fact is about one project, so that its costs are not another's."""
    await ledger.with_account()
    elsewhere = new_id()
    ids = [(await ledger.invoice("10.00", project_id=one))[0].id for one in (ledger.site.project_id, elsewhere)]
    payment = await ledger.paid([(one, "10.00") for one in ids])
    told = await facts(ledger, payment)
    assert {(fact.project_id, fact.amount.amount) for fact in told} == {
        (str(ledger.site.project_id), "10.00"),
        (str(elsewhere), "10.00"),
    }


async def test_a_cancelled_order_gives_everything_back(ledger: Ledger) -> None:
    await ledger.with_account()
    [payable] = await ledger.invoice("100.00")
    made = (await ledger.prepared([(payable.id, "100.00")])).json()
    path = f"/payments/{made['id']}"
    await ledger.good(ledger.accountant, "POST", f"{path}:submit")
    await ledger.good(ledger.approver, "POST", f"{path}:approve")
    found = await ledger.good(ledger.accountant, "POST", f"{path}:cancel", json={"reason": "重复"})
    assert (found["state"], found["items"][0]["state"]) == ("cancelled", "cancelled")
    assert (await ledger.read(payable.id))["in_payment"] == "0.00"


async def test_a_claim_is_refunded_with_negative_cost(ledger: Ledger) -> None:
    """In two parts that add up; not a cent more than the supplier owes."""
    costs = tuple((code, -amount) for code, amount in COSTS)
    [credit] = await ledger.invoice("-100.00", costs=costs)
    sums: dict[str, Decimal] = {}
    for amount in ("0.02", "99.98"):
        body = {"payable_id": str(credit.id), "amount": amount, "bank_reference": "R-1", "paid_on": "2026-11-23"}
        payment = await ledger.good(ledger.accountant, "POST", "/refunds", json=body)
        assert (payment["state"], payment["total"], payment["refund"]) == ("executed", f"-{amount}", True)
        [fact] = await facts(ledger, payment)
        assert fact.amount.amount == f"-{amount}"
        for line in fact.costs:
            sums[line.cost_code] = sums.get(line.cost_code, Decimal(0)) + Decimal(line.amount.amount)
    assert sums == dict(costs)
    before = await ledger.harness.checksum()
    body = {"payable_id": str(credit.id), "amount": "0.01", "bank_reference": "R-2", "paid_on": "2026-11-23"}
    answer = await ledger.call(ledger.accountant, "POST", "/refunds", json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "NOT_REFUNDABLE")
    assert await ledger.harness.checksum() == before


async def test_of_an_advance_comes_back_what_no_invoice_has_taken(ledger: Ledger) -> None:
    await ledger.with_account()
    advance = await ledger.advance("1000.00")
    await ledger.paid([(advance["id"], "1000.00")])
    await ledger.invoice("400.00")
    refund = {"payable_id": advance["id"], "bank_reference": "R-1", "paid_on": "2026-11-23"}
    over = await ledger.call(ledger.accountant, "POST", "/refunds", json=refund | {"amount": "600.01"})
    assert (over.json()["code"], over.json()["metadata"]["most"]) == ("NOT_REFUNDABLE", "600.00")
    payment = await ledger.good(ledger.accountant, "POST", "/refunds", json=refund | {"amount": "600.00"})
    [fact] = await facts(ledger, payment)
    assert [line.amount.amount for line in fact.costs] == ["-600.00"]
    found = await ledger.read(advance["id"])
    assert (found["state"], found["paid"], found["returned"], found["consumed"]) == (
        "settled", "400.00", "600.00", "400.00",
    )  # fmt: skip


async def test_a_payable_of_an_invoice_is_not_refunded(ledger: Ledger) -> None:
    [payable] = await ledger.invoice("100.00")
    body = {"payable_id": str(payable.id), "amount": "1.00", "bank_reference": "R-1", "paid_on": "2026-11-23"}
    answer = await ledger.call(ledger.accountant, "POST", "/refunds", json=body)
    assert (answer.status_code, answer.json()["code"]) == (409, "NOT_REFUNDABLE")


async def test_no_account_number_rests_in_clear(ledger: Ledger, procurement: Harness) -> None:
    """Not in the rows, nor under the keys, nor in the audit, nor in the outbox; the bank's file alone has them."""
    await ledger.with_account()
    [payable] = await ledger.invoice("10.00")
    payment = await ledger.exported([(payable.id, "10.00")])
    file = await ledger.good(ledger.accountant, "POST", f"/payments/{payment['id']}:export", json={"format": "csv"})
    numbers = (ACCOUNT["number"], "44201503300052598765")
    assert all(number in file["content"] for number in numbers)
    await ledger.prove(payment)
    async with procurement.sql() as connection:
        for table in ("payments", "payment_items", "idempotency_keys", "audit", "outbox"):
            texts = " ".join(row[0] for row in await connection.fetch(f"SELECT t::text FROM {table} t"))
            assert not any(number in texts for number in numbers), table
            assert not any(number.encode().hex() in texts for number in numbers), table
    assert (await ledger.harness.audited(UUID(payment["id"]))).count("payments.export") == 2


async def test_what_is_approved_is_what_is_paid(ledger: Ledger) -> None:
    """An account that is changed after the submission does not get into the file."""
    await ledger.with_account()
    [payable] = await ledger.invoice("10.00")
    made = (await ledger.prepared([(payable.id, "10.00")])).json()
    path = f"/payments/{made['id']}"
    await ledger.good(ledger.accountant, "POST", f"{path}:submit")
    async with ledger.harness.sql() as connection:
        await connection.execute(
            "UPDATE supplier_files SET account_holder = '骗子' WHERE supplier_id = $1", ledger.site.supplier.id
        )
    shown = await ledger.good(ledger.approver, "POST", f"{path}:approve")
    file = await ledger.good(ledger.accountant, "POST", f"{path}:export", json={})
    assert shown["items"][0]["account_holder"] == ACCOUNT["holder"]
    assert ACCOUNT["holder"] in file["content"]
    assert "骗子" not in file["content"]
