"""The REST door of payments: four eyes, masks, the bank's file, receipts, bad input."""

from __future__ import annotations

from typing import Any

import pytest
from defusedxml import ElementTree

from chassis.identity import Kind, Role
from chassis.ids import new_id
from procurement.payments.rules import NAMESPACE
from tests.chassis.files.samples import uploaded
from tests.harness import Harness, key, organisation
from tests.procurement.payables.conftest import Ledger
from tests.procurement.payments.schema import demand_pain_001
from tests.procurement.suppliers.conftest import ACCOUNT


async def test_from_draft_to_the_banks_file(ledger: Ledger) -> None:
    """The accountant prepares and submits, the approver approves, the file says what was approved; numbers masked."""
    await ledger.with_account()
    [payable] = await ledger.invoice("1234.50")
    made = (await ledger.prepared([(payable.id, "1234.50")], number="PAY-7")).json()
    path = f"/payments/{made['id']}"
    assert (made["state"], made["debtor_account_masked"]) == ("draft", "4420************8765")
    assert made["items"][0]["account_number_masked"] == ""
    early = await ledger.call(ledger.accountant, "POST", f"{path}:export", json={})
    assert (early.status_code, early.json()["code"]) == (409, "INVALID_STATE")
    submitted = await ledger.good(ledger.accountant, "POST", f"{path}:submit")
    item = submitted["items"][0]
    assert (item["account_holder"], item["account_number_masked"]) == (ACCOUNT["holder"], "4420************2345")
    approved = await ledger.good(ledger.approver, "POST", f"{path}:approve")
    assert (approved["state"], approved["approved_by"]) == ("approved", ledger.approver.subject)
    file = await ledger.good(ledger.accountant, "POST", f"{path}:export", json={"format": "pain.001"})
    assert (file["name"], file["media_type"]) == ("PAY-7.xml", "application/xml")
    demand_pain_001(file["content"])
    root = ElementTree.fromstring(file["content"])
    assert root.findtext(f".//{{{NAMESPACE}}}CtrlSum") == "1234.50"
    assert root.findtext(f".//{{{NAMESPACE}}}MsgId") == "PAY-7"
    assert (await ledger.good(ledger.accountant, "GET", path))["state"] == "exported"


async def test_who_prepared_it_does_not_approve_it(ledger: Ledger, procurement: Harness) -> None:
    """Even with both roles; somebody else with the role may."""
    await ledger.with_account()
    both = ledger.site.contractor.as_(Role.ACCOUNTANT, Role.APPROVER)
    ledger.accountant = both
    [payable] = await ledger.invoice("10.00")
    path = f"/payments/{(await ledger.prepared([(payable.id, '10.00')])).json()['id']}"
    await ledger.good(both, "POST", f"{path}:submit")
    before = await procurement.checksum()
    answer = await ledger.call(both, "POST", f"{path}:approve")
    assert (answer.status_code, answer.json()["code"]) == (403, "SELF_APPROVAL")
    assert await procurement.checksum() == before
    assert (await ledger.good(ledger.approver, "POST", f"{path}:approve"))["state"] == "approved"


async def test_a_rejected_order_goes_back_with_the_reason(ledger: Ledger) -> None:
    await ledger.with_account()
    [payable] = await ledger.invoice("10.00")
    path = f"/payments/{(await ledger.prepared([(payable.id, '10.00')])).json()['id']}"
    await ledger.good(ledger.accountant, "POST", f"{path}:submit")
    found = await ledger.good(ledger.approver, "POST", f"{path}:reject", json={"reason": "先对账"})
    assert (found["state"], found["reason"]) == ("draft", "先对账")
    assert (await ledger.good(ledger.accountant, "POST", f"{path}:submit"))["state"] == "submitted"


async def test_nobody_is_paid_without_an_account(ledger: Ledger, procurement: Harness) -> None:
    [payable] = await ledger.invoice("10.00")
    path = f"/payments/{(await ledger.prepared([(payable.id, '10.00')])).json()['id']}"
    before = await procurement.checksum()
    answer = await ledger.call(ledger.accountant, "POST", f"{path}:submit")
    assert (answer.status_code, answer.json()["code"]) == (409, "SUPPLIER_ACCOUNT_MISSING")
    assert answer.json()["metadata"]["supplier_ids"] == str(ledger.site.supplier.id)
    assert await procurement.checksum() == before


async def test_a_supplier_sees_its_receipts_and_no_approvals(ledger: Ledger) -> None:
    """Once the bank has paid, and only its own."""
    await ledger.with_account()
    [payable] = await ledger.invoice("10.00")
    payment = await ledger.exported([(payable.id, "10.00")])
    assert (await ledger.good(ledger.sales, "GET", "/receipts"))["items"] == []
    await ledger.prove(payment)
    [found] = (await ledger.good(ledger.sales, "GET", "/receipts", params={"payable_id": str(payable.id)}))["items"]
    assert (found["amount"], found["paid_on"], found["bank_reference"]) == ("10.00", "2026-11-23", "B-1")
    assert not {"account_number_masked", "costs", "payment_id", "approved_by", "prepared_by"} & set(found)
    later = await ledger.good(ledger.sales, "GET", "/receipts", params={"paid_from": "2026-11-24"})
    rival = organisation(Kind.SUPPLIER).as_(*Role)
    assert later["items"] == (await ledger.good(rival, "GET", "/receipts"))["items"] == []
    for path in ("/payments", f"/payments/{payment['id']}"):
        assert (await ledger.call(ledger.sales, "GET", path)).status_code == 403


async def test_others_orders_and_payables_are_not_there(ledger: Ledger, procurement: Harness) -> None:
    """Another buyer finds neither the order nor the payable, by any verb."""
    await ledger.with_account()
    [payable] = await ledger.invoice("10.00")
    path = f"/payments/{(await ledger.prepared([(payable.id, '5.00')])).json()['id']}"
    stranger = organisation(Kind.CONTRACTOR).as_(*Role)
    before = await procurement.checksum()
    refund = {"payable_id": str(payable.id), "amount": "1.00", "bank_reference": "R-1", "paid_on": "2026-11-23"}
    proof = {"results": [{"item_id": str(new_id()), "reason": "?"}]}
    calls: list[tuple[str, dict[str, Any] | None]] = [
        (f"{path}:submit", None),
        (f"{path}:approve", None),
        (f"{path}:reject", {"reason": "x"}),
        (f"{path}:cancel", {"reason": "x"}),
        (f"{path}:export", {}),
        (f"{path}:prove", proof),
        ("/refunds", refund),
    ]
    for where, body in calls:
        answer = await ledger.call(stranger, "POST", where, json=body)
        assert answer.status_code == 404, where
    ledger.accountant = stranger
    assert (await ledger.prepared([(payable.id, "1.00")])).json()["code"] == "PAYABLE_NOT_FOUND"
    assert (await ledger.good(stranger, "GET", "/payments"))["items"] == []
    assert await procurement.checksum() == before


async def test_repeating_a_call_pays_once(ledger: Ledger) -> None:
    """The same key gives the same answer, also for the proof."""
    await ledger.with_account()
    [payable] = await ledger.invoice("10.00")
    payment = await ledger.exported([(payable.id, "10.00")])
    body = {"results": [{"item_id": payment["items"][0]["id"], "bank_reference": "B", "paid_on": "2026-11-23"}]}
    once = key()
    path = f"/payments/{payment['id']}:prove"
    answers = [await ledger.call(ledger.accountant, "POST", path, json=body, headers=once) for _ in range(3)]
    assert [answer.json() for answer in answers] == [answers[0].json()] * 3
    assert (await ledger.read(payable.id))["paid"] == "10.00"


async def test_the_banks_receipt_is_shown_to_the_supplier(ledger: Ledger, procurement: Harness) -> None:
    """Only one that the buyer has uploaded, and only with the payment itself."""
    await ledger.with_account()
    [payable] = await ledger.invoice("10.00")
    payment = await ledger.exported([(payable.id, "10.00")])
    path = f"/payments/{payment['id']}:prove"
    result = {"item_id": payment["items"][0]["id"], "bank_reference": "B", "paid_on": "2026-11-23"}
    before = await procurement.checksum()
    unknown = {"results": [result | {"file_id": str(new_id())}]}
    refused = await ledger.call(ledger.accountant, "POST", path, json=unknown)
    assert [(one["pointer"], one["code"]) for one in refused.json()["errors"]] == [
        ("/results/0/file_id", "FILE_UNKNOWN")
    ]
    assert await procurement.checksum() == before
    async with procurement.client(ledger.accountant) as client:
        receipt = await uploaded(client)
    assert (await ledger.call(ledger.sales, "GET", f"/files/{receipt}")).status_code == 404
    await ledger.good(ledger.accountant, "POST", path, json={"results": [result | {"file_id": receipt}]})
    assert (await ledger.call(ledger.sales, "GET", f"/files/{receipt}")).status_code == 200
    [found] = (await ledger.good(ledger.sales, "GET", "/receipts"))["items"]
    assert found["file_id"] == receipt


async def test_the_file_demands_a_key(ledger: Ledger) -> None:
    await ledger.with_account()
    [payable] = await ledger.invoice("10.00")
    payment = await ledger.exported([(payable.id, "10.00")])
    answer = await ledger.call(ledger.accountant, "POST", f"/payments/{payment['id']}:export", json={}, headers={})
    assert answer.status_code == 400


async def test_filters_of_the_list(ledger: Ledger) -> None:
    """A refund is a payment, too; the newest first."""
    [payable] = await ledger.invoice("30.00")
    made = (await ledger.prepared([(payable.id, "1.00")], number="PAY-1")).json()
    [claim] = await ledger.invoice("-50.00")
    refund = {"payable_id": str(claim.id), "amount": "1.00", "bank_reference": "R-1", "paid_on": "2026-11-23"}
    back = await ledger.good(ledger.accountant, "POST", "/refunds", json=refund)
    cases: list[tuple[dict[str, str], list[str]]] = [
        ({"refund": "true"}, [back["id"]]),
        ({"refund": "false"}, [made["id"]]),
        ({"state": "draft"}, [made["id"]]),
        ({"number": "PAY-1"}, [made["id"]]),
        ({"state": "failed"}, []),
        ({}, [back["id"], made["id"]]),
    ]
    for wanted, expected in cases:
        found = await ledger.good(ledger.accountant, "GET", "/payments", params=wanted)
        assert [one["id"] for one in found["items"]] == expected, wanted


BAD: list[tuple[str, dict[str, Any], str, str]] = [
    ("nothing", {"items": []}, "/items", "TOO_SHORT"),
    ("yesterday", {"execute_on": "2026-11-22"}, "/execute_on", "EXECUTE_IN_THE_PAST"),
    ("no account", {"debtor": {"holder": "A", "bank": "B", "number": "=1"}}, "/debtor/number", "PATTERN"),
    ("total", {"total": "1.00"}, "/total", "EXTRA_FORBIDDEN"),
]


@pytest.mark.parametrize(("name", "change", "pointer", "code"), BAD, ids=[case[0] for case in BAD])
async def test_bad_orders_change_nothing(
    ledger: Ledger, procurement: Harness, name: str, change: dict[str, Any], pointer: str, code: str
) -> None:
    [payable] = await ledger.invoice("10.00")
    before = await procurement.checksum()
    answer = await ledger.prepared([(payable.id, "1.00")], **change)
    assert answer.status_code == 422, answer.text
    [fault] = answer.json()["errors"]
    assert fault["pointer"] == pointer
    assert code in fault["code"]
    assert await procurement.checksum() == before


@pytest.mark.parametrize(
    ("amounts", "pointer", "code"),
    [
        (["0.00"], "/items/0/amount", "NOT_POSITIVE"),
        (["-1.00"], "/items/0/amount", "OUT_OF_RANGE"),
        (["1.001"], "/items/0/amount", "TOO_PRECISE"),
        (["1.00", "1.00"], "/items", "PAYABLE_TWICE"),
    ],
)
async def test_bad_amounts_change_nothing(
    ledger: Ledger, procurement: Harness, amounts: list[str], pointer: str, code: str
) -> None:
    [payable] = await ledger.invoice("10.00")
    before = await procurement.checksum()
    answer = await ledger.prepared([(payable.id, amount) for amount in amounts])
    assert answer.status_code == 422, answer.text
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [(pointer, code)]
    assert await procurement.checksum() == before


async def test_one_order_one_currency(ledger: Ledger, procurement: Harness) -> None:
    ids = [(await ledger.invoice("10.00", currency=one))[0].id for one in ("CNY", "EUR")]
    before = await procurement.checksum()
    answer = await ledger.prepared([(one, "1.00") for one in ids])
    assert answer.json()["errors"][0]["code"] == "SEVERAL_CURRENCIES"
    assert await procurement.checksum() == before


@pytest.mark.parametrize(
    ("result", "code"),
    [
        ({}, "PROOF_OR_REASON"),
        ({"bank_reference": "B"}, "PROOF_OR_REASON"),
        ({"paid_on": "2026-11-23"}, "PROOF_OR_REASON"),
        ({"bank_reference": "B", "paid_on": "2026-11-23", "reason": "?"}, "PROOF_OR_REASON"),
        ({"bank_reference": "B", "paid_on": "2026-11-24"}, "PAID_IN_THE_FUTURE"),
        ({"item_id": str(new_id()), "reason": "?"}, "ITEM_UNKNOWN"),
    ],
)
async def test_bad_proofs_change_nothing(
    ledger: Ledger, procurement: Harness, result: dict[str, str], code: str
) -> None:
    await ledger.with_account()
    [payable] = await ledger.invoice("10.00")
    payment = await ledger.exported([(payable.id, "10.00")])
    before = await procurement.checksum()
    body = {"results": [{"item_id": payment["items"][0]["id"]} | result]}
    answer = await ledger.call(ledger.accountant, "POST", f"/payments/{payment['id']}:prove", json=body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["code"] == code
    assert await procurement.checksum() == before


async def test_a_stale_version_is_refused(ledger: Ledger, procurement: Harness) -> None:
    [payable] = await ledger.invoice("10.00")
    made = (await ledger.prepared([(payable.id, "10.00")])).json()
    before = await procurement.checksum()
    headers = key() | {"If-Match": '"7"'}
    answer = await ledger.call(
        ledger.accountant, "POST", f"/payments/{made['id']}:cancel", json={"reason": "x"}, headers=headers
    )
    assert answer.status_code == 412
    assert await procurement.checksum() == before
