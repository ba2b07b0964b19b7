"""Credit notes (红字发票) as UBL: out, valid, in again, the same, and entered as the same request in JSON would be."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from lxml import etree

from chassis.errors import PermissionDenied
from chassis.identity import Kind, Role
from chassis.ids import new_id
from procurement.ubl import service
from procurement.ubl.document import LARGEST, NAMES, parsed
from procurement.ubl.rules import every, first
from tests.harness import Harness, key, organisation
from tests.procurement.conftest import Orders, Site
from tests.procurement.settling import Desk, number, printed
from tests.procurement.ubl.test_endpoints import UBL, changed, document, post
from tests.procurement.ubl.test_invoice import same

REFERENCE = "/*/cac:BillingReference/cac:InvoiceDocumentReference"
LINE = "//cac:CreditNoteLine[1]"


@pytest.fixture
async def desk(procurement: Harness, orders: Orders, site: Site) -> Desk:
    return await Desk.open(procurement, orders, site)


async def blue(desk: Desk) -> dict[str, Any]:
    """An approved invoice of two lines."""
    await desk.accepted("98", "12.5")
    return await desk.approved(desk.billed(0, "98"), desk.billed(1, "12.5"))


async def red(desk: Desk, corrected: dict[str, Any], *quantities: str) -> dict[str, Any]:
    """A red invoice over these quantities of the last lines, the last one first."""
    lines = [
        printed({"corrects_line_id": line["id"]}, quantity, "3950.00")
        for line, quantity in zip(reversed(corrected["lines"]), quantities, strict=False)
    ]
    return await desk.entered(*lines, corrects_id=corrected["id"])


async def note(desk: Desk, made: dict[str, Any]) -> bytes:
    """The red invoice as the buyer gets it."""
    async with desk.harness.client(desk.accountant) as client:
        return await document(client, f"credit-notes/{made['id']}", "CreditNote")


async def sent(desk: Desk, content: bytes) -> httpx.Response:
    async with desk.harness.client(desk.sales) as client:
        return await post(client, "credit-notes", content)


async def fresh(desk: Desk) -> bytes:
    """A credit note that was never entered, over 2 t of an approved invoice's second line."""
    made = await red(desk, await blue(desk), "-2")
    await desk.done(desk.sales, f"/invoices/{made['id']}:cancel", {"reason": "to be sent as UBL"})
    return changed(await note(desk, made), "/*/cbc:ID", number())


async def test_a_credit_note_goes_out_comes_in_and_is_the_same(desk: Desk) -> None:
    """Its lines stand in another order than those of the invoice: each finds its own."""
    corrected = await blue(desk)
    made = await red(desk, corrected, "-12.5", "-2")
    content = await note(desk, made)
    twice = await sent(desk, content)
    await desk.done(desk.sales, f"/invoices/{made['id']}:cancel", {"reason": "to be sent as UBL"})
    again = await sent(desk, content)
    assert (twice.status_code, twice.json()["code"]) == (409, "INVOICE_NUMBER_TAKEN")
    assert again.status_code == 201, again.text
    assert same(again.json()) == same(made)
    assert (again.json()["kind"], again.json()["corrects_id"]) == ("red", corrected["id"])
    await desk.done(desk.accountant, f"/invoices/{again.json()['id']}:approve", {})


async def test_a_credit_note_has_no_minus_and_names_what_it_corrects(desk: Desk) -> None:
    corrected = await blue(desk)
    root = parsed(await note(desk, await red(desk, corrected, "-2.5")), "CreditNote")
    assert first(root, "cbc:CreditNoteTypeCode") == "381"
    assert [first(root, f"{REFERENCE}/cbc:{name}") for name in ("ID", "UUID", "IssueDate")] == [
        corrected["number"],
        corrected["id"],
        corrected["issue_date"],
    ]
    assert first(root, "cac:LegalMonetaryTotal/cbc:PayableAmount") == "9875.00"
    assert first(root, f"{LINE}/cbc:CreditedQuantity") == "2.500000"
    assert first(root, f"{LINE}/cac:BillingReference/cac:BillingReferenceLine/cbc:ID") == "2"
    texts = [str(one.text or "") for one in every(root, "//cbc:*")]
    assert [one for one in texts if one.startswith("-")] == []


async def test_each_kind_goes_out_as_its_own_document_and_to_nobody_else(desk: Desk) -> None:
    corrected = await blue(desk)
    made = await red(desk, corrected, "-2")
    async with desk.harness.client(desk.accountant) as client:
        as_invoice = await client.get(f"{UBL}/invoices/{made['id']}")
        as_note = await client.get(f"{UBL}/credit-notes/{corrected['id']}")
    async with desk.harness.client(organisation(Kind.CONTRACTOR).as_(Role.ACCOUNTANT)) as client:
        foreign = await client.get(f"{UBL}/credit-notes/{made['id']}")
    assert (as_invoice.status_code, as_invoice.json()["code"]) == (409, "UBL_CREDIT_NOTE")
    assert (as_note.status_code, as_note.json()["code"]) == (409, "UBL_INVOICE")
    assert foreign.status_code == 404


@pytest.mark.parametrize(
    ("path", "text", "pointer"),
    [
        ("/*/cbc:CreditNoteTypeCode", "380", "CreditNoteTypeCode"),
        ("/*/cac:TaxTotal/cbc:TaxAmount", "1.00", "/tax"),
        ("/*/cbc:ID", "CN-1", "/number"),
        (f"{REFERENCE}/cbc:UUID", "INV-1", "BillingReference"),
        (f"{REFERENCE}/cbc:ID", "26952000000000000000", "BillingReference"),
        (f"{LINE}/cac:BillingReference/cac:BillingReferenceLine/cbc:ID", "3", "/lines/0/corrects_line_id"),
        (f"{LINE}/cbc:CreditedQuantity", "-2", "/lines/0/quantity"),
        (f"{LINE}/cbc:CreditedQuantity", "0", "/lines/0/quantity"),
        (f"{LINE}/cac:Price/cbc:PriceAmount", "-1", "/lines/0/unit_price"),
        ("//cac:AccountingSupplierParty//cbc:ID[@schemeID='zhulian']", "somebody", "AccountingSupplierParty"),
    ],
)
async def test_a_bad_value_says_where_and_nothing_is_entered(desk: Desk, path: str, text: str, pointer: str) -> None:
    content = await fresh(desk)
    before = await desk.harness.checksum()
    answer = await sent(desk, changed(content, path, text))
    assert answer.status_code == 422, answer.text
    assert pointer in [one["pointer"] for one in answer.json()["errors"]]
    assert await desk.harness.checksum() == before


async def test_a_unit_that_is_not_the_invoices_is_refused(desk: Desk) -> None:
    content = await fresh(desk)
    answer = await sent(desk, content.replace(b'unitCode="TNE"', b'unitCode="KGM"'))
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/lines/0/quantity")


async def test_one_invoice_is_corrected_no_more_and_no_less(desk: Desk) -> None:
    """Without a reference a credit note would be an invoice with a minus; with two nobody knows which."""
    content = await fresh(desk)
    bare, double = etree.fromstring(content), etree.fromstring(content)
    [reference] = bare.xpath("/*/cac:BillingReference", namespaces=NAMES)
    bare.remove(reference)
    [inner] = double.xpath(REFERENCE, namespaces=NAMES)
    second = etree.fromstring(etree.tostring(inner.getparent()))
    second.xpath("cac:InvoiceDocumentReference/cbc:UUID", namespaces=NAMES)[0].text = str(new_id())
    inner.getparent().addnext(second)
    before = await desk.harness.checksum()
    for root in (bare, double):
        answer = await sent(desk, etree.tostring(root))
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "BillingReference")
    assert await desk.harness.checksum() == before


async def test_a_line_may_name_the_invoice_too(desk: Desk) -> None:
    """The same one as the document is fine; the document's own reference may then be missing."""
    root = etree.fromstring(await fresh(desk))
    [reference] = root.xpath("/*/cac:BillingReference", namespaces=NAMES)
    [of_line] = root.xpath(f"{LINE}/cac:BillingReference", namespaces=NAMES)
    of_line.insert(0, reference[0])
    root.remove(reference)
    answer = await sent(desk, etree.tostring(root))
    assert answer.status_code == 201, answer.text


async def test_what_the_json_door_refuses_is_refused_here(desk: Desk) -> None:
    """More than was billed, an invoice that is red itself, one that nobody has approved, one of somebody else."""
    corrected = await blue(desk)
    made = await red(desk, corrected, "-12")
    content = changed(await note(desk, made), "/*/cbc:ID", number())
    entered = await desk.entered(printed({"corrects_line_id": corrected["lines"][0]["id"]}, "-1", "3950.00"),
                                 corrects_id=corrected["id"])  # fmt: skip
    itself = changed(changed(content, f"{REFERENCE}/cbc:UUID", entered["id"]), f"{REFERENCE}/cbc:ID", entered["number"])
    unknown = changed(content, f"{REFERENCE}/cbc:UUID", str(new_id()))
    own = desk.harness.client(desk.sales)
    before = await desk.harness.checksum()
    async with own as client:
        too_much = await post(client, "credit-notes", content)
        of_red = await post(
            client, "credit-notes", changed(itself, f"{LINE}/cac:BillingReference/cac:BillingReferenceLine/cbc:ID", "1")
        )
        of_none = await post(client, "credit-notes", unknown)
    async with desk.harness.client(organisation(Kind.SUPPLIER).as_(Role.SALES)) as client:
        foreign = await post(client, "credit-notes", content)
    assert (too_much.status_code, too_much.json()["code"]) == (409, "CREDIT_EXCEEDS_INVOICE")
    assert (of_red.status_code, of_red.json()["code"]) == (409, "INVOICE_NOT_CORRECTABLE")
    assert (of_none.status_code, of_none.json()["code"]) == (404, "INVOICE_NOT_FOUND")
    assert (foreign.status_code, foreign.json()["errors"][0]["code"]) == (422, "UBL_OTHER_PARTY")
    assert await desk.harness.checksum() == before


async def test_entities_wrong_roots_other_versions_and_huge_files_change_nothing(desk: Desk) -> None:
    content = await fresh(desk)
    body = content.partition(b"?>")[2]
    bombs = (
        b'<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;">]>' + body.replace(b">381<", b">&c;<"),
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + body.replace(b">381<", b">&e;<"),
        content[:-20],
    )
    before = await desk.harness.checksum()
    for bomb in bombs:
        answer = await sent(desk, bomb)
        assert (answer.status_code, answer.json()["code"]) == (400, "XML_UNREADABLE")
    for other in (content.replace(b"xsd:CreditNote-2", b"xsd:CreditNote-3"), b"<CreditNote/>"):
        assert (await sent(desk, other)).json()["code"] == "UBL_DOCUMENT_UNKNOWN"
    async with desk.harness.client(desk.sales) as client:
        swapped = await post(client, "invoices", content)
        plain = await client.post(f"{UBL}/credit-notes", json={}, headers=key())
    assert swapped.json()["code"] == "UBL_DOCUMENT_UNKNOWN"
    invalid = await sent(desk, content.replace(b"cbc:IssueDate", b"cbc:IssueDay"))
    assert invalid.json()["errors"][0]["code"] == "UBL_INVALID"
    assert ((await sent(desk, content + b" " * LARGEST)).status_code, plain.status_code) == (413, 415)
    assert await desk.harness.checksum() == before


async def test_a_buyer_sends_no_credit_note(desk: Desk) -> None:
    """Permission comes first: the document is not even read."""
    async with desk.harness.work(desk.accountant) as work:
        with pytest.raises(PermissionDenied):
            await service.take_credit_note(work, b"no XML")
