"""Invoices ↔ UBL 2.1 Invoice; pure. A red invoice (红字发票) is a CreditNote in UBL, which is not offered here."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lxml.etree import _Element as Element

from chassis.values import decimal_text
from procurement.invoices.models import Invoice, InvoiceLine
from procurement.paper.rules import CHINESE, Around
from procurement.paper.schemas import Party
from procurement.ubl import rules
from procurement.ubl.rules import USCC, cac, first, text

COMMERCIAL = "380"
"""UN/EDIFACT 1001: commercial invoice."""
STATEMENT_LINE = "statement-line"


def invoice_document(invoice: Invoice, around: Around) -> Element:
    """A UBL Invoice as printed: prices without tax, tax per line, totals."""
    currency = invoice.currency
    seller = Party(around.supplier.id, around.supplier.name, invoice.seller_uscc)
    buyer = Party(around.buyer.id, around.buyer.name, invoice.buyer_uscc)
    return rules.root(
        "Invoice",
        [
            text("ID", invoice.number),
            text("UUID", invoice.id),
            text("IssueDate", invoice.issue_date),
            text("InvoiceTypeCode", COMMERCIAL),
            text("DocumentCurrencyCode", currency),
            text("LineCountNumeric", len(invoice.lines)),
            cac.AccountingSupplierParty(rules.party(seller)),
            cac.AccountingCustomerParty(rules.party(buyer)),
            cac.TaxTotal(text("TaxAmount", invoice.tax, currencyID=currency)),
            cac.LegalMonetaryTotal(
                text("LineExtensionAmount", invoice.net, currencyID=currency),
                text("TaxExclusiveAmount", invoice.net, currencyID=currency),
                text("TaxInclusiveAmount", invoice.gross, currencyID=currency),
                text("PayableAmount", invoice.gross, currencyID=currency),
            ),
            *(_line(line, currency, around) for line in invoice.lines),
        ],
    )


def _line(line: InvoiceLine, currency: str, around: Around) -> Element:
    order = cac.OrderReference(text("ID", line.order_id), text("UUID", line.order_id))
    parts = [
        text("ID", line.position),
        text("InvoicedQuantity", decimal_text(line.quantity), unitCode=rules.UNITS.get(line.unit, line.unit)),
        text("LineExtensionAmount", line.net, currencyID=currency),
        text("AccountingCostCode", line.cost_code),
        cac.OrderLineReference(text("LineID", line.order_line_id), text("UUID", line.order_line_id), order),
    ]
    if line.statement_line_id is not None:
        agreed = line.statement_line_id
        parts.append(
            cac.DocumentReference(text("ID", agreed), text("UUID", agreed), text("DocumentTypeCode", STATEMENT_LINE))
        )
    tax = cac.ClassifiedTaxCategory(text("Percent", decimal_text(line.tax_percent)), cac.TaxScheme(text("ID", "VAT")))
    name = around.material_text(line.material_code, CHINESE) or line.material_code
    code = text("ItemClassificationCode", line.material_code, listID=rules.CATALOGUE)
    parts += [
        cac.TaxTotal(text("TaxAmount", line.tax, currencyID=currency)),
        cac.Item(text("Name", name), cac.CommodityClassification(code), tax),
        cac.Price(text("PriceAmount", decimal_text(line.unit_price), currencyID=currency)),
    ]
    element: Element = cac.InvoiceLine(*parts)
    return element


@dataclass(frozen=True, slots=True)
class ReadInvoice:
    """An invoice as a document says it; `body` is what `enterInvoice` takes."""

    seller: str
    type_code: str
    body: dict[str, Any]


def read_invoice(root: Element) -> ReadInvoice:
    """A valid UBL Invoice → its content, unchecked texts."""
    total = "cac:LegalMonetaryTotal"
    return ReadInvoice(
        seller=rules.party_of(root, "AccountingSupplierParty"),
        type_code=first(root, "cbc:InvoiceTypeCode") or COMMERCIAL,
        body={
            "number": first(root, "cbc:ID"),
            "seller_uscc": _uscc(root, "AccountingSupplierParty"),
            "buyer_uscc": _uscc(root, "AccountingCustomerParty"),
            "issue_date": first(root, "cbc:IssueDate"),
            "currency": first(root, "cbc:DocumentCurrencyCode") or "CNY",
            "net": first(root, f"{total}/cbc:TaxExclusiveAmount"),
            "tax": first(root, "cac:TaxTotal/cbc:TaxAmount"),
            "gross": first(root, f"{total}/cbc:PayableAmount"),
            "lines": [_read_line(line) for line in rules.every(root, "cac:InvoiceLine")],
        },
    )


def _read_line(line: Element) -> dict[str, Any]:
    net, tax = first(line, "cbc:LineExtensionAmount"), first(line, "cac:TaxTotal/cbc:TaxAmount")
    agreed = first(line, f"cac:DocumentReference[cbc:DocumentTypeCode='{STATEMENT_LINE}']/cbc:UUID")
    billed = (
        {"statement_line_id": agreed} if agreed else {"order_line_id": first(line, "cac:OrderLineReference/cbc:UUID")}
    )
    return billed | {
        "quantity": first(line, "cbc:InvoicedQuantity"),
        "unit_price": first(line, "cac:Price/cbc:PriceAmount"),
        "net": net,
        "tax_percent": first(line, "cac:Item/cac:ClassifiedTaxCategory/cbc:Percent"),
        "tax": tax,
        "gross": str(Decimal(net) + Decimal(tax)) if net and tax else "",  # UBL has no gross amount of a line
    }


def _uscc(root: Element, role: str) -> str:
    return first(root, f"cac:{role}/cac:Party/cac:PartyIdentification/cbc:ID[@schemeID='{USCC}']")
