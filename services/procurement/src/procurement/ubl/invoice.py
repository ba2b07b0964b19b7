"""Invoices ↔ UBL 2.1, pure: a blue one (蓝字发票) is an Invoice, a red one (红字发票) a CreditNote without minuses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from lxml.etree import _Element as Element

from chassis.typesetting import PrintedOrganisation
from chassis.values import decimal_text
from procurement.invoices.models import Invoice, InvoiceLine
from procurement.paper.rules import CHINESE, Around
from procurement.ubl import rules
from procurement.ubl.rules import USCC, cac, first, text

STATEMENT_LINE = "statement-line"
_ORDER_LINE = "cac:OrderLineReference/cbc:UUID"


@dataclass(frozen=True, slots=True)
class Shape:
    """How UBL writes one kind of invoice.

    `type_code` is UN/EDIFACT 1001; `sign` is what our amounts and quantities are multiplied by.
    """

    document: str
    type_code: str
    line: str
    quantity: str
    sign: int

    @property
    def type_name(self) -> str:
        """The element of the type code."""
        return f"{self.document}TypeCode"


BLUE = Shape("Invoice", "380", "InvoiceLine", "InvoicedQuantity", 1)
RED = Shape("CreditNote", "381", "CreditNoteLine", "CreditedQuantity", -1)


def invoice_document(invoice: Invoice, around: Around, corrected: Invoice | None = None) -> Element:
    """The invoice as printed: prices without tax, tax per line, totals; a red one with the blue one it corrects."""
    shape = BLUE if corrected is None else RED
    currency = invoice.currency
    seller = PrintedOrganisation(around.supplier.id, around.supplier.name, invoice.seller_uscc)
    buyer = PrintedOrganisation(around.buyer.id, around.buyer.name, invoice.buyer_uscc)
    net, tax, gross = (shape.sign * amount for amount in (invoice.net, invoice.tax, invoice.gross))
    positions = {line.id: line.position for line in corrected.lines} if corrected else {}
    return rules.root(
        shape.document,
        [
            text("ID", invoice.number),
            text("UUID", invoice.id),
            text("IssueDate", invoice.issue_date),
            text(shape.type_name, shape.type_code),
            text("DocumentCurrencyCode", currency),
            text("LineCountNumeric", len(invoice.lines)),
            *([_billing_reference(corrected)] if corrected else []),
            cac.AccountingSupplierParty(rules.party(seller)),
            cac.AccountingCustomerParty(rules.party(buyer)),
            cac.TaxTotal(text("TaxAmount", tax, currencyID=currency)),
            cac.LegalMonetaryTotal(
                text("LineExtensionAmount", net, currencyID=currency),
                text("TaxExclusiveAmount", net, currencyID=currency),
                text("TaxInclusiveAmount", gross, currencyID=currency),
                text("PayableAmount", gross, currencyID=currency),
            ),
            *(_line(shape, line, currency, around, positions) for line in invoice.lines),
        ],
    )


def _billing_reference(corrected: Invoice) -> Element:
    element: Element = cac.BillingReference(
        cac.InvoiceDocumentReference(
            text("ID", corrected.number), text("UUID", corrected.id), text("IssueDate", corrected.issue_date)
        )
    )
    return element


def _line(shape: Shape, line: InvoiceLine, currency: str, around: Around, positions: Mapping[UUID, int]) -> Element:
    order = cac.OrderReference(text("ID", line.order_id), text("UUID", line.order_id))
    unit = rules.UNITS.get(line.unit, line.unit)
    parts = [
        text("ID", line.position),
        text(shape.quantity, decimal_text(shape.sign * line.quantity), unitCode=unit),
        text("LineExtensionAmount", shape.sign * line.net, currencyID=currency),
        text("AccountingCostCode", line.cost_code),
        cac.OrderLineReference(text("LineID", line.order_line_id), text("UUID", line.order_line_id), order),
    ]
    if line.corrects_line_id is not None:
        position = positions[line.corrects_line_id]
        parts.append(cac.BillingReference(cac.BillingReferenceLine(text("ID", position))))
    if line.statement_line_id is not None:
        agreed = line.statement_line_id
        parts.append(
            cac.DocumentReference(text("ID", agreed), text("UUID", agreed), text("DocumentTypeCode", STATEMENT_LINE))
        )
    tax = cac.ClassifiedTaxCategory(text("Percent", decimal_text(line.tax_percent)), cac.TaxScheme(text("ID", "VAT")))
    name = around.material_text(line.material_code, CHINESE) or line.material_code
    code = text("ItemClassificationCode", line.material_code, listID=rules.CATALOGUE)
    parts += [
        cac.TaxTotal(text("TaxAmount", shape.sign * line.tax, currencyID=currency)),
        cac.Item(text("Name", name), cac.CommodityClassification(code), tax),
        cac.Price(text("PriceAmount", decimal_text(line.unit_price), currencyID=currency)),
    ]
    element: Element = cac(shape.line, *parts)
    return element


@dataclass(frozen=True, slots=True)
class ReadInvoice:
    """An invoice as a document says it; `body` is what `enterInvoice` takes.

    Of a credit note `corrected` holds (number, id) of every invoice that it names, and `credited` per line the position
    and the unit of the line that it takes back; its body says neither.
    """

    seller: str
    type_code: str
    body: dict[str, Any]
    corrected: frozenset[tuple[str, str]]
    credited: tuple[tuple[str, str], ...]


def read_invoice(root: Element, shape: Shape = BLUE) -> ReadInvoice:
    """A valid UBL Invoice, or CreditNote, → its content, unchecked texts."""
    total, lines = "cac:LegalMonetaryTotal", rules.every(root, f"cac:{shape.line}")
    references = rules.every(root, f"(.|cac:{shape.line})/cac:BillingReference/cac:InvoiceDocumentReference")
    return ReadInvoice(
        seller=rules.party_of(root, "AccountingSupplierParty"),
        type_code=first(root, f"cbc:{shape.type_name}") or shape.type_code,
        body={
            "number": first(root, "cbc:ID"),
            "seller_uscc": _uscc(root, "AccountingSupplierParty"),
            "buyer_uscc": _uscc(root, "AccountingCustomerParty"),
            "issue_date": first(root, "cbc:IssueDate"),
            "currency": first(root, "cbc:DocumentCurrencyCode") or "CNY",
            "net": _signed(shape, first(root, f"{total}/cbc:TaxExclusiveAmount")),
            "tax": _signed(shape, first(root, "cac:TaxTotal/cbc:TaxAmount")),
            "gross": _signed(shape, first(root, f"{total}/cbc:PayableAmount")),
            "lines": [_read_line(shape, line) for line in lines],
        },
        corrected=frozenset((first(one, "cbc:ID"), first(one, "cbc:UUID")) for one in references),
        credited=tuple(_credited(line) for line in lines),
    )


def _read_line(shape: Shape, line: Element) -> dict[str, Any]:
    net = _signed(shape, first(line, "cbc:LineExtensionAmount"))
    tax = _signed(shape, first(line, "cac:TaxTotal/cbc:TaxAmount"))
    return _billed(shape, line) | {
        "quantity": _signed(shape, first(line, f"cbc:{shape.quantity}")),
        "unit_price": first(line, "cac:Price/cbc:PriceAmount"),
        "net": net,
        "tax_percent": first(line, "cac:Item/cac:ClassifiedTaxCategory/cbc:Percent"),
        "tax": tax,
        "gross": str(Decimal(net) + Decimal(tax)) if net and tax else "",  # UBL has no gross amount of a line
    }


def _billed(shape: Shape, line: Element) -> dict[str, str]:
    if shape is RED:
        return {}
    agreed = first(line, f"cac:DocumentReference[cbc:DocumentTypeCode='{STATEMENT_LINE}']/cbc:UUID")
    return {"statement_line_id": agreed} if agreed else {"order_line_id": first(line, _ORDER_LINE)}


def _credited(line: Element) -> tuple[str, str]:
    position = first(line, "cac:BillingReference/cac:BillingReferenceLine/cbc:ID")
    return position, rules.unit_of(line, f"cbc:{RED.quantity}")


def _signed(shape: Shape, amount: str) -> str:
    """A document's amount with our sign; zero has none."""
    value = Decimal(amount or 0)
    return f"{value.copy_negate():f}" if shape.sign < 0 and value else amount


def _uscc(root: Element, role: str) -> str:
    return first(root, f"cac:{role}/cac:Party/cac:PartyIdentification/cbc:ID[@schemeID='{USCC}']")
