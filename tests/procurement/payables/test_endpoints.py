"""The REST door of payables: who sees what, filters, advances, terms, bad input."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from chassis.identity import Kind, Role
from chassis.ids import new_id
from tests.harness import Harness, key, organisation
from tests.procurement.payables.conftest import TODAY, Ledger, terms


async def test_the_answer_says_which_rule_gave_the_date(ledger: Ledger) -> None:
    await ledger.agreed(days=90)
    [payable] = await ledger.invoice("1000.00")
    found = await ledger.read(payable.id)
    assert (found["due_on"], found["due_by"]) == ("2027-01-22", "law")
    assert (found["due_by_contract"], found["due_by_law"]) == ("2027-02-21", "2027-01-22")
    assert "国务院令第802号" in found["due_source"]
    assert found["costs"] == [{"cost_code": "01-STEEL", "amount": "1000.00"}]


async def test_a_supplier_sees_amount_due_date_and_state_and_nothing_of_the_buyers_own(ledger: Ledger) -> None:
    [payable] = await ledger.invoice("1000.00")
    assert (await ledger.prepared([(payable.id, "400.00")])).status_code == 201
    found = await ledger.good(ledger.sales, "GET", f"/receivables/{payable.id}")
    assert (found["amount"], found["open_amount"], found["state"]) == ("1000.00", "1000.00", "open")
    hidden = {"costs", "in_payment", "terms_id", "note", "warned", "due_by_contract", "order_ids", "small_firm"}
    assert not hidden & set(found)
    for who in (ledger.sales, ledger.site.supplier.as_(Role.ACCOUNTANT)):
        listed = await ledger.good(who, "GET", "/receivables")
        assert [one["id"] for one in listed["items"]] == [str(payable.id)]
        assert not hidden & set(listed["items"][0])
        assert (await ledger.call(who, "GET", f"/payables/{payable.id}")).status_code == 403


async def test_others_rows_are_not_there(ledger: Ledger) -> None:
    """Another buyer and another supplier, with all roles, through every question."""
    [payable] = await ledger.invoice("1000.00")
    await ledger.agreed()
    buyer, seller = organisation(Kind.CONTRACTOR).as_(*Role), organisation(Kind.SUPPLIER).as_(*Role)
    unknown = await ledger.call(buyer, "GET", f"/payables/{new_id()}")
    for who, path in ((buyer, f"/payables/{payable.id}"), (seller, f"/receivables/{payable.id}")):
        answer = await ledger.call(who, "GET", path)
        assert (answer.status_code, answer.json()["code"]) == (404, unknown.json()["code"])
    for who, path in ((buyer, "/payables"), (seller, "/receivables"), (buyer, "/payment-terms")):
        assert (await ledger.good(who, "GET", path))["items"] == []


async def test_lists_are_pages_by_due_date_and_filters_filter(ledger: Ledger) -> None:
    await ledger.agreed(days=30)
    rows = [(await ledger.invoice("10.00", delivered_on=TODAY - timedelta(days=ago)))[0] for ago in (3, 1, 2)]
    ordered = [str(rows[index].id) for index in (0, 2, 1)]
    seen: list[str] = []
    token = ""
    while True:
        found = await ledger.good(ledger.accountant, "GET", "/payables", params={"page_size": 2, "page_token": token})
        seen += [one["id"] for one in found["items"]]
        token = found["next_page_token"]
        if not token:
            break
    assert seen == ordered
    filters: list[tuple[dict[str, str], list[str]]] = [
        ({"due_before": "2026-12-22"}, ordered[:2]),
        ({"invoice_id": str(rows[1].invoice_id)}, ordered[2:]),
        ({"state": "settled"}, []),
        ({"kind": "retention"}, []),
        ({"supplier_id": str(new_id())}, []),
        ({"project_id": str(ledger.site.project_id)}, ordered),
    ]
    for wanted, expected in filters:
        found = await ledger.good(ledger.accountant, "GET", "/payables", params=wanted)
        assert [one["id"] for one in found["items"]] == expected, wanted


async def test_an_advance_is_asked_for_once_under_one_key(ledger: Ledger) -> None:
    body = {
        "project_id": str(ledger.site.project_id),
        "supplier_id": str(ledger.site.supplier.id),
        "costs": [{"cost_code": "01-STEEL", "amount": "1000.00"}],
        "due_on": "2026-11-30",
        "number": "AD-1",
    }
    once = key()
    first, again = [
        await ledger.call(ledger.accountant, "POST", "/payables", json=body, headers=once) for _ in range(2)
    ]
    assert (first.status_code, again.json()) == (201, first.json())
    other = await ledger.call(ledger.accountant, "POST", "/payables", json=body)
    assert (other.status_code, other.json()["code"]) == (409, "PAYABLE_NUMBER_TAKEN")
    found = first.json()
    assert (found["kind"], found["due_by"], found["invoice_id"]) == ("advance", "given", None)
    assert await ledger.harness.audited(UUID(found["id"])) == ["payables.raise"]


STEEL = [{"cost_code": "01-STEEL", "amount": "1.00"}]
BAD_ADVANCES: list[tuple[str, dict[str, Any], str, str]] = [
    ("nothing", {"costs": []}, "/costs", "TOO_SHORT"),
    ("zero", {"costs": [{"cost_code": "A", "amount": "0.00"}]}, "/costs", "NOTHING_OWED"),
    ("negative", {"costs": [{"cost_code": "A", "amount": "-1.00"}]}, "/costs/0/amount", "OUT_OF_RANGE"),
    ("a tenth of a cent", {"costs": [{"cost_code": "A", "amount": "1.001"}]}, "/costs/0/amount", "TOO_PRECISE"),
    ("twice", {"costs": STEEL * 2}, "/costs", "COST_CODE_TWICE"),
    (
        "too much",
        {"costs": [{"cost_code": code, "amount": f"{'9' * 16}.99"} for code in "AB"]},
        "/costs",
        "SUM_TOO_LARGE",
    ),
    ("the end of days", {"due_on": "9999-12-31"}, "/due_on", "DAY_OUT_OF_RANGE"),
    ("yesterday", {"due_on": "2026-11-22"}, "/due_on", "DUE_IN_THE_PAST"),
    ("state", {"state": "settled"}, "/state", "EXTRA_FORBIDDEN"),
    ("buyer", {"buyer_id": str(new_id())}, "/buyer_id", "EXTRA_FORBIDDEN"),
]


@pytest.mark.parametrize(("name", "change", "pointer", "code"), BAD_ADVANCES, ids=[case[0] for case in BAD_ADVANCES])
async def test_bad_advances_change_nothing(
    ledger: Ledger, procurement: Harness, name: str, change: dict[str, Any], pointer: str, code: str
) -> None:
    body = {
        "project_id": str(ledger.site.project_id),
        "supplier_id": str(ledger.site.supplier.id),
        "costs": STEEL,
        "due_on": "2026-11-30",
    } | change
    before = await procurement.checksum()
    answer = await ledger.call(ledger.accountant, "POST", "/payables", json=body)
    assert answer.status_code == 422, answer.text
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [(pointer, code)]
    assert await procurement.checksum() == before


async def test_an_advance_is_for_a_project_of_the_buyer_to_somebody_else(ledger: Ledger, procurement: Harness) -> None:
    body = {
        "project_id": str(new_id()),
        "supplier_id": str(ledger.site.supplier.id),
        "costs": STEEL,
        "due_on": "2026-11-30",
    }
    before = await procurement.checksum()
    strange = await ledger.call(ledger.accountant, "POST", "/payables", json=body)
    assert (strange.status_code, strange.json()["code"]) == (404, "PROJECT_NOT_FOUND")
    own = body | {"supplier_id": str(ledger.site.contractor.id)}
    answer = await ledger.call(ledger.accountant, "POST", "/payables", json=own)
    assert answer.json()["errors"][0]["code"] == "SUPPLIER_IS_BUYER"
    assert await procurement.checksum() == before


BAD_TERMS: list[tuple[str, dict[str, Any], str, str]] = [
    ("yesterday", {"valid_from": "2026-11-22"}, "/valid_from", "TERMS_IN_THE_PAST"),
    ("over the law's cap", {"retention_percent": "3.01"}, "/retention_percent", "RETENTION_OVER_CAP"),
    ("more than a year", {"days": 366}, "/days", "LESS_THAN_EQUAL"),
    ("before delivery", {"days": -1}, "/days", "GREATER_THAN_EQUAL"),
    ("no source", {"source": ""}, "/source", "TOO_SHORT"),
    ("a number as text", {"days": "30"}, "/days", "INT_TYPE"),
    ("negative rate", {"interest_percent": "-0.01"}, "/interest_percent", "OUT_OF_RANGE"),
]


@pytest.mark.parametrize(("name", "change", "pointer", "code"), BAD_TERMS, ids=[case[0] for case in BAD_TERMS])
async def test_bad_terms_change_nothing(
    ledger: Ledger, procurement: Harness, name: str, change: dict[str, Any], pointer: str, code: str
) -> None:
    before = await procurement.checksum()
    answer = await ledger.call(ledger.approver, "POST", "/payment-terms", json=terms(**change))
    assert answer.status_code == 422, answer.text
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [(pointer, code)]
    assert await procurement.checksum() == before


async def test_terms_are_never_overwritten(ledger: Ledger) -> None:
    """Those with all suppliers and those with one are two series."""
    await ledger.agreed(days=30)
    again = await ledger.call(ledger.approver, "POST", "/payment-terms", json=terms(days=60))
    assert (again.status_code, again.json()["code"]) == (409, "PAYMENT_TERMS_EXIST")
    supplier = str(ledger.site.supplier.id)
    unknown = await ledger.call(ledger.approver, "POST", "/payment-terms", json=terms(supplier_id=supplier))
    assert (unknown.status_code, unknown.json()["code"]) == (404, "SUPPLIER_UNKNOWN")
    await ledger.with_account()
    await ledger.agreed(days=60, supplier_id=supplier, retention_percent="3.00")
    listed = await ledger.good(ledger.accountant, "GET", "/payment-terms", params={"supplier_id": supplier})
    assert [(one["days"], one["retention_percent"]) for one in listed["items"]] == [(60, "3.00")]


async def test_who_may_release_and_set_terms(ledger: Ledger, procurement: Harness) -> None:
    """An accountant does neither; a stale version is refused."""
    await ledger.agreed(retention_percent="3.00")
    [_, retention] = await ledger.invoice("1000.00")
    path = f"/payables/{retention.id}:release"
    before = await procurement.checksum()
    refused = [
        await ledger.call(ledger.accountant, "POST", path),
        await ledger.call(ledger.accountant, "POST", "/payment-terms", json=terms()),
        await ledger.call(organisation(Kind.CONTRACTOR).as_(Role.COST_CONTROLLER), "POST", path),
        await ledger.call(ledger.controller, "POST", path, headers=key() | {"If-Match": '"9"'}),
    ]
    assert [one.status_code for one in refused] == [403, 403, 404, 412]
    assert await procurement.checksum() == before
