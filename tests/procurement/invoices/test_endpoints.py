"""Invoices through the REST door: entered as printed, matched, approved."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from chassis.identity import Kind, Role
from chassis.ids import new_id
from procurement.invoices.events import APPROVED
from tests.harness import Harness, organisation
from tests.procurement.conftest import Orders, Site
from tests.procurement.settling import SELLER, Desk, invoice, number, printed
from zhulian.procurement.v1.invoices_events_pb2 import InvoiceApproved


async def test_an_invoice_that_matches_is_approved_and_its_cost_told(desk: Desk) -> None:
    """The fact has the cost per cost code with tax, and enough to book it without asking back."""
    await desk.accepted("98", "12.5", "0.000001")
    made = await desk.entered(desk.billed(0, "98"), desk.billed(1, "12.5"), desk.billed(2, "0.000001"))
    assert (made["state"], made["gross"], [line["reasons"] for line in made["lines"]]) == (
        "matched",
        "436475.00",
        [[], [], []],
    )
    approved = await desk.done(desk.accountant, f"/invoices/{made['id']}:approve", {})
    assert approved["state"] == "approved"
    [fact] = await desk.harness.events(APPROVED, UUID(made["id"]), InvoiceApproved)
    assert [(cost.cost_code, cost.amount.amount) for cost in fact.costs] == [
        ("01-STEEL", "436475.00"),
        ("02-FRAME", "0.00"),
    ]
    assert (fact.number, fact.kind, fact.day.date) == (made["number"], "blue", "2026-11-23")
    assert (fact.net.amount, fact.tax.amount, fact.gross.amount) == (made["net"], made["tax"], "436475.00")
    assert list(fact.order_ids) == [str(desk.order_id)]
    assert await desk.harness.audited(made["id"]) == ["invoices.enter", "invoices.approve"]


async def test_tax_per_line_and_per_document_to_the_cent(desk: Desk) -> None:
    """What is stored and answered is what is printed; all that no invoice can print is said at once."""
    await desk.accepted("98", "12.5")
    good = desk.billed(0, "98"), desk.billed(1, "12.5")
    made = await desk.entered(*good)
    assert [(line["net"], line["tax"]) for line in made["lines"]] == [
        ("342566.37", "44533.63"),
        ("43694.69", "5680.31"),
    ]
    assert (made["net"], made["tax"], made["gross"]) == ("386261.06", "50213.94", "436475.00")
    wrong = good[0] | {"tax": "44533.61"}, good[1]
    answer = await desk.post(desk.sales, "/invoices", invoice(*wrong, tax="50213.93"))
    assert answer.status_code == 422
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [
        ("/lines/0/tax", "TAX_DIFFERS"),
        ("/lines/0/gross", "GROSS_DIFFERS"),
        ("/tax", "TOTAL_DIFFERS"),
    ]


@pytest.mark.parametrize("quantity", ["98.000001", "100"])
async def test_invoice_for_more_than_accepted(desk: Desk, quantity: str) -> None:
    """98 of 100 t were accepted; not a millionth more is billed, also not in two lines."""
    await desk.accepted("98")
    before = await desk.harness.checksum()
    answer = await desk.post(desk.sales, "/invoices", invoice(desk.billed(0, quantity)))
    assert (answer.status_code, answer.json()["code"]) == (409, "MORE_THAN_ACCEPTED")
    assert answer.json()["metadata"]["left"] == "98.000000"
    halves = desk.billed(0, "50"), desk.billed(0, "48.5")
    answer = await desk.post(desk.sales, "/invoices", invoice(*halves))
    assert [one["pointer"] for one in answer.json()["errors"]] == ["/lines/1/quantity"]
    assert await desk.harness.checksum() == before


async def test_invoice_twice(desk: Desk) -> None:
    """The number is taken and so is the quantity: neither the same paper nor another one bills it again."""
    await desk.accepted("98")
    made = await desk.entered(desk.billed(0, "98"))
    again = await desk.post(desk.sales, "/invoices", invoice(desk.billed(0, "98"), number=made["number"]))
    assert (again.status_code, again.json()["code"]) == (409, "INVOICE_NUMBER_TAKEN")
    other = await desk.post(desk.sales, "/invoices", invoice(desk.billed(0, "1")))
    assert (other.status_code, other.json()["metadata"]["left"]) == (409, "0.000000")


async def test_invoice_from_another_seller(desk: Desk) -> None:
    """For a stranger the order's line is as unknown as one that does not exist, also for a buyer that sells as well."""
    await desk.accepted("98")
    before = await desk.harness.checksum()
    nobodys = printed({"order_line_id": str(new_id())}, "1", "3950.00")
    buyer = replace(desk.buyer, kinds=frozenset({Kind.CONTRACTOR, Kind.SUPPLIER}), roles=frozenset({Role.SALES}))
    for seller in (organisation(Kind.SUPPLIER).as_(Role.SALES), buyer):
        for line in (desk.billed(0, "1"), nobodys):
            answer = await desk.post(seller, "/invoices", invoice(line))
            assert answer.status_code == 422
            assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [
                ("/lines/0/order_line_id", "LINE_UNKNOWN")
            ]
    assert await desk.harness.checksum() == before


async def test_another_sellers_number_tells_nothing(procurement: Harness, orders: Orders, site: Site) -> None:
    """Two sellers that claim the same number never learn of each other."""
    desk = await Desk.open(procurement, orders, site)
    await desk.accepted("98")
    made = await desk.entered(desk.billed(0, "98"))
    rival = Orders(procurement, Site(site.project_id, site.contractor, organisation(Kind.SUPPLIER)))
    beside = await Desk.open(procurement, rival, rival.site)
    await beside.accepted("1")
    assert (await beside.entered(beside.billed(0, "1"), number=made["number"]))["number"] == made["number"]


async def test_a_mismatch_is_approved_with_a_reason_only(desk: Desk) -> None:
    await desk.accepted("98")
    made = await desk.entered(desk.billed(0, "98", "4000.00"))
    assert (made["state"], made["lines"][0]["reasons"]) == ("mismatched", ["PRICE_ABOVE_ORDER"])
    silent = await desk.post(desk.accountant, f"/invoices/{made['id']}:approve", {})
    assert (silent.status_code, silent.json()["code"]) == (409, "MISMATCH_NEEDS_REASON")
    path = f"/invoices/{made['id']}:approve"
    said = await desk.done(desk.accountant, path, {"reason": "raised by letter of 3 November"})
    assert (said["state"], said["reason"]) == ("approved", "raised by letter of 3 November")


async def test_tolerance_is_the_buyers_rule_and_what_was_decided_stays(desk: Desk) -> None:
    """2 % from today on; another rule later changes neither an approved invoice nor why it matched."""
    await desk.accepted("98")
    strict = await desk.entered(desk.billed(0, "10", "3950.01"))
    assert (strict["state"], strict["tolerance_ref"]) == ("mismatched", "price_tolerance_percent/@2021-12-01")
    first = await _tolerate(desk, "2.00")
    edge = await desk.entered(desk.billed(0, "10", "4029.00"))
    over = await desk.entered(desk.billed(0, "10", "4029.01"))
    yesterday = await desk.entered(desk.billed(0, "10", "4029.00"), issue_date="2026-11-22")
    assert [one["state"] for one in (edge, over, yesterday)] == ["matched", "mismatched", "mismatched"]
    assert (edge["tolerance_percent"], edge["tolerance_ref"]) == ("2.00", first)
    await desk.done(desk.accountant, f"/invoices/{edge['id']}:approve", {})
    second = await _tolerate(desk, "3.00")
    kept = (await desk.get(desk.buyer, f"/invoices/{edge['id']}")).json()
    assert (kept["state"], kept["tolerance_ref"], kept["lines"][0]["reasons"]) == ("approved", first, [])
    again = await desk.done(desk.buyer, f"/invoices/{over['id']}:match")
    assert (again["state"], again["tolerance_ref"]) == ("matched", second)


async def _tolerate(desk: Desk, percent: str) -> str:
    """The buyer's administrator sets a rule from today on; answers its id."""
    rule = {"kind": "price_tolerance_percent", "value": percent, "valid_from": "2026-11-23", "source": "采购制度"}
    made = await desk.done(desk.site.contractor.as_(Role.ADMIN), "/rules", rule)
    return str(made["id"])


async def test_agreed_lines_are_billed_while_others_are_open(desk: Desk) -> None:
    """What is disputed cannot be billed, also not past the statement by the order's line."""
    await desk.accepted("98", "12.5")
    shown = await desk.proposed()
    [first, second] = shown["lines"]
    await desk.agreed(shown, 1)
    open_ = await desk.post(
        desk.sales, "/invoices", invoice(printed({"statement_line_id": first["id"]}, "98", "3950.00"))
    )
    assert (open_.status_code, open_.json()["code"]) == (409, "LINE_NOT_AGREED")
    past = await desk.post(desk.sales, "/invoices", invoice(desk.billed(0, "1")))
    assert past.json()["metadata"]["left"] == "0.000000"
    line = {"statement_line_id": second["id"]}
    made = await desk.entered(printed(line, "10", "3950.00"))
    assert (made["state"], made["lines"][0]["order_line_id"]) == ("matched", desk.lines[1])
    over = await desk.post(desk.sales, "/invoices", invoice(printed(line, "2.500001", "3950.00")))
    assert over.json()["metadata"]["left"] == "2.500000"
    await desk.agreed(shown, 0)
    await desk.entered(printed({"statement_line_id": first["id"]}, "98", "3950.00"))


async def test_a_price_agreed_on_the_statement_counts(desk: Desk) -> None:
    """Buyer and supplier have agreed to 3,900 yuan: the order's 3,950 do not match any more."""
    await desk.accepted("98")
    shown = await desk.proposed()
    change = {"line_id": shown["lines"][0]["id"], "quantity": "98", "unit_price": "3900", "reason": "by letter"}
    await desk.done(desk.sales, f"/statements/{shown['id']}:correct", {"lines": [change]})
    await desk.agreed(shown, 0)
    line = {"statement_line_id": shown["lines"][0]["id"]}
    dear = await desk.entered(printed(line, "50", "3950.00"))
    assert (dear["state"], dear["lines"][0]["expected_price"]) == ("mismatched", "3900.0000000000000")
    assert (await desk.entered(printed(line, "48", "3900.00")))["state"] == "matched"


async def test_a_statement_is_not_bypassed(desk: Desk) -> None:
    """What stands on one is billed there; what came later is billed by the order's line or the next statement."""
    await desk.accepted("50")
    shown = await desk.proposed()
    await desk.agreed(shown, 0)
    await desk.accepted("48")
    past = await desk.post(desk.sales, "/invoices", invoice(desk.billed(0, "48.000001")))
    assert past.json()["metadata"]["left"] == "48.000000"
    await desk.entered(desk.billed(0, "48"))
    await desk.entered(printed({"statement_line_id": shown["lines"][0]["id"]}, "50", "3950.00"))


async def test_one_buyer_one_project_one_currency(procurement: Harness, orders: Orders, site: Site) -> None:
    desk = await Desk.open(procurement, orders, site)
    await desk.accepted("98")
    currency = await desk.post(desk.sales, "/invoices", invoice(desk.billed(0, "1"), currency="EUR"))
    assert currency.json()["errors"][0]["code"] == "LINES_MIXED"
    buyer = organisation(Kind.CONTRACTOR)
    elsewhere = Orders(procurement, Site(site.project_id, buyer, site.supplier))
    async with procurement.sql() as connection:
        await connection.execute(
            "INSERT INTO known_parties VALUES ($1, $2, 'general_contractor', '2026-01-01')", site.project_id, buyer.id
        )
    beside = await Desk.open(procurement, elsewhere, elsewhere.site)
    await beside.accepted("5")
    both = await desk.post(desk.sales, "/invoices", invoice(desk.billed(0, "1"), beside.billed(0, "1")))
    assert [(one["pointer"], one["code"]) for one in both.json()["errors"]] == [("/lines/1", "LINES_MIXED")]


async def test_codes_that_changed_since_the_last_invoice_do_not_match(desk: Desk) -> None:
    await desk.accepted("98")
    await desk.approved(desk.billed(0, "10"))
    swapped = await desk.entered(desk.billed(0, "10"), buyer_uscc=SELLER)
    assert (swapped["state"], swapped["reasons"]) == ("mismatched", ["BUYER_USCC_DIFFERS"])


async def test_four_eyes(desk: Desk) -> None:
    """A person who works for both sides does not approve what the same person entered."""
    await desk.accepted("98")
    made = await desk.entered(desk.billed(0, "98"))
    same = replace(desk.accountant, subject=desk.sales.subject)
    before = await desk.harness.checksum()
    answer = await desk.post(same, f"/invoices/{made['id']}:approve", {"reason": "trust me"})
    assert (answer.status_code, answer.json()["code"]) == (403, "FOUR_EYES")
    assert await desk.harness.checksum() == before


async def test_rejected_and_cancelled_invoices_bill_nothing(desk: Desk) -> None:
    """A rejected one keeps its number until its seller cancels it; then it may be entered anew."""
    await desk.accepted("98")
    made = await desk.entered(desk.billed(0, "98"))
    rejected = await desk.done(desk.accountant, f"/invoices/{made['id']}:reject", {"reason": "wrong title"})
    assert (rejected["state"], rejected["reason"]) == ("rejected", "wrong title")
    same = invoice(desk.billed(0, "98"), number=made["number"])
    assert (await desk.post(desk.sales, "/invoices", same)).json()["code"] == "INVOICE_NUMBER_TAKEN"
    await desk.done(desk.sales, f"/invoices/{made['id']}:cancel", {"reason": "title"})
    again = await desk.done(desk.sales, "/invoices", same)
    assert again["state"] == "matched"
    await desk.done(desk.accountant, f"/invoices/{again['id']}:approve", {})
    late = await desk.post(desk.sales, f"/invoices/{again['id']}:cancel", {"reason": "late"})
    assert (late.status_code, late.json()["code"]) == (409, "INVALID_STATE")


async def test_lists_page_and_filter(desk: Desk) -> None:
    await desk.accepted("98")
    first, second = await desk.approved(desk.billed(0, "1")), await desk.entered(desk.billed(0, "2"))
    page = (await desk.get(desk.sales, "/invoices", page_size="1")).json()
    rest = (await desk.get(desk.sales, "/invoices", page_size="1", page_token=page["next_page_token"])).json()
    assert [page["items"][0]["id"], rest["items"][0]["id"]] == [second["id"], first["id"]]
    for query in ({"number": first["number"]}, {"state": "approved", "kind": "blue"}):
        found = (await desk.get(desk.accountant, "/invoices", **query)).json()["items"]
        assert [one["id"] for one in found] == [first["id"]]


async def test_who_may_do_what(desk: Desk) -> None:
    """The seller enters and cancels, the buyer's accountants decide; strangers see nothing; nothing changes."""
    await desk.accepted("98")
    made = await desk.entered(desk.billed(0, "98"))
    path = f"/invoices/{made['id']}"
    supplier = desk.site.supplier
    seller_buys = replace(supplier.as_(Role.ACCOUNTANT), kinds=frozenset({Kind.SUPPLIER, Kind.CONTRACTOR}))
    before = await desk.harness.checksum()
    for who, verb, content, code in [
        (desk.sales, "approve", {}, "ROLE_MISSING"),
        (desk.buyer, "approve", {}, "ROLE_MISSING"),
        (supplier.as_(Role.ACCOUNTANT), "reject", {"reason": "no"}, "ROLE_MISSING"),
        (desk.accountant, "cancel", {"reason": "no"}, "ROLE_MISSING"),
        (supplier.as_(Role.VIEWER), "cancel", {"reason": "no"}, "ROLE_MISSING"),
        (seller_buys, "approve", {}, "OTHER_SIDE"),
        (seller_buys, "match", None, "OTHER_SIDE"),
    ]:
        answer = await desk.post(who, f"{path}:{verb}", content)
        assert (answer.status_code, answer.json()["code"]) == (403, code)
    for stranger in (organisation(Kind.SUPPLIER).as_(*Role), organisation(Kind.CONTRACTOR).as_(*Role)):
        assert (await desk.get(stranger, path)).status_code == 404
        assert (await desk.get(stranger, "/invoices")).json()["items"] == []
        refused = await desk.post(
            stranger, f"{path}:{'cancel' if Kind.SUPPLIER in stranger.kinds else 'reject'}", {"reason": "no"}
        )
        assert refused.status_code == 404
    entering = await desk.post(desk.accountant, "/invoices", invoice(desk.billed(0, "1")))
    assert (entering.status_code, entering.json()["code"]) == (403, "ROLE_MISSING")
    assert await desk.harness.checksum() == before


BAD: list[tuple[str, dict[str, Any], str, str]] = [
    ("19 digits", {"number": "2695200000001234567"}, "/number", "STRING_PATTERN_MISMATCH"),
    ("letters", {"number": "2695200000001234567X"}, "/number", "STRING_PATTERN_MISMATCH"),
    ("another year", {"number": number(25)}, "/number", "NUMBER_YEAR"),
    ("tomorrow", {"issue_date": "2026-11-24"}, "/issue_date", "ISSUE_DATE_OUT_OF_RANGE"),
    ("before there were any", {"issue_date": "2021-11-30"}, "/issue_date", "ISSUE_DATE_OUT_OF_RANGE"),
    ("check digit", {"seller_uscc": "91350100M000100Y42"}, "/seller_uscc", "USCC_INVALID"),
    ("no lines", {"lines": []}, "/lines", "TOO_SHORT"),
    ("half a cent", {"net": "3495.575"}, "/net", "TOO_PRECISE"),
    ("number for text", {"gross": 3950}, "/gross", "DECIMAL_STRING"),
]


@pytest.mark.parametrize(("name", "change", "pointer", "code"), BAD, ids=[case[0] for case in BAD])
async def test_bad_invoices_change_nothing(
    desk: Desk, name: str, change: dict[str, Any], pointer: str, code: str
) -> None:
    await desk.accepted("98")
    before = await desk.harness.checksum()
    answer = await desk.post(desk.sales, "/invoices", invoice(desk.billed(0, "1"), **change))
    assert answer.status_code == 422, answer.text
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [(pointer, code)]
    assert await desk.harness.checksum() == before


async def test_negative_and_zero_quantities_on_a_blue_invoice(desk: Desk) -> None:
    await desk.accepted("98")
    for quantity in ("0", "-1"):
        answer = await desk.post(desk.sales, "/invoices", invoice(desk.billed(0, quantity)))
        assert ("/lines/0/quantity", "LINE_SIGN") in [(one["pointer"], one["code"]) for one in answer.json()["errors"]]
