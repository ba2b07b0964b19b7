"""Rows → UBL documents, and UBL documents → plain values; pure.

What our orders have and UBL 2.1 has no element for: prices include tax (`cbc:PriceType` says so), the tolerance of
over-delivery is an `AdditionalItemProperty`. Organisations are named by their id on the platform (`schemeID="zhulian"`)
and, where known, by their USCC.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lxml.builder import ElementMaker
from lxml.etree import _Element as Element

from chassis.clock import shanghai_day
from chassis.typesetting import PrintedOrganisation
from chassis.values import decimal_text
from procurement.deliveries.models import Delivery
from procurement.orders.models import Order, OrderLine
from procurement.orders.states import State
from procurement.paper.rules import CHINESE, Around
from procurement.ubl.document import CAC, CBC, NAMES, namespace
from procurement.values import xml_text

VERSION = "2.1"
PLATFORM, USCC, CATALOGUE = "zhulian", "USCC", "GB/T 50851"
TAX_INCLUSIVE = "tax-inclusive"
TOLERANCE = "over-delivery tolerance percent"
ACCEPTED, REJECTED, AMENDED = "AP", "RE", "CA"
"""Order response codes as PEPPOL uses them: accepted, rejected, conditionally accepted."""
LOTS = "cac:Item/cac:ItemInstance/cac:LotIdentification/cbc:LotNumberID"
CERTIFICATE, SHA256 = "product-certificate", "http://www.w3.org/2001/04/xmlenc#sha256"

UNITS: dict[str, str] = {
    "t": "TNE",
    "kg": "KGM",
    "m": "MTR",
    "m2": "MTK",
    "m²": "MTK",
    "m3": "MTQ",
    "m³": "MTQ",
    "个": "C62",
}
"""Unit of the catalogue → UN/ECE Recommendation 20; any other unit stands as it is."""

cac: Any = ElementMaker(namespace=CAC, nsmap=NAMES)
_cbc: Any = ElementMaker(namespace=CBC, nsmap=NAMES)


def text(name: str, value: object, **attributes: str) -> Element:
    """A basic component; what XML cannot hold becomes U+FFFD."""
    element: Element = _cbc(name, xml_text(str(value)), **attributes)
    return element


def _some(name: str, value: str) -> list[Element]:
    """An element that is left out when there is nothing to say."""
    return [text(name, value)] if value else []


def root(document: str, parts: Iterable[Element]) -> Element:
    """A document of these parts."""
    made: Element = ElementMaker(namespace=namespace(document), nsmap={None: namespace(document)} | NAMES)(document)
    made.append(text("UBLVersionID", VERSION))
    made.extend(parts)
    return made


def order_document(order: Order, around: Around) -> Element:
    """A UBL Order: number, project, parties, total and lines."""
    return root(
        "Order",
        [
            text("ID", order.number),
            text("UUID", order.id),
            text("IssueDate", shanghai_day(order.created_at)),
            *_some("Note", order.note),
            text("DocumentCurrencyCode", order.currency),
            text("LineCountNumeric", len(order.lines)),
            cac.ProjectReference(text("ID", around.project_code or order.project_id), text("UUID", order.project_id)),
            cac.BuyerCustomerParty(party(around.buyer)),
            cac.SellerSupplierParty(party(around.supplier)),
            cac.AnticipatedMonetaryTotal(
                text("TaxInclusiveAmount", order.total, currencyID=order.currency),
                text("PayableAmount", order.total, currencyID=order.currency),
            ),
            *(cac.OrderLine(_line_item(line, order, around)) for line in order.lines),
        ],
    )


def party(given: PrintedOrganisation) -> Element:
    """An organisation by its id, its USCC and its name, as far as they are known."""
    names = [cac.PartyIdentification(text("ID", given.id, schemeID=PLATFORM))]
    if given.uscc:
        names.append(cac.PartyIdentification(text("ID", given.uscc, schemeID=USCC)))
    if given.name:
        names.append(cac.PartyName(text("Name", given.name)))
    element: Element = cac.Party(*names)
    return element


def _line_item(line: OrderLine, order: Order, around: Around) -> Element:
    parts = [
        text("ID", line.position),
        text("UUID", line.id),
        text("Quantity", decimal_text(line.quantity), unitCode=UNITS.get(line.unit, line.unit)),
        text("AccountingCostCode", line.cost_code),
    ]
    if line.needed_by is not None:
        parts.append(cac.Delivery(cac.RequestedDeliveryPeriod(text("EndDate", line.needed_by))))
    price = text("PriceAmount", decimal_text(line.unit_price), currencyID=order.currency)
    parts += [cac.Price(price, text("PriceType", TAX_INCLUSIVE)), _item(line, around)]
    element: Element = cac.LineItem(*parts)
    return element


def _item(line: OrderLine, around: Around) -> Element:
    name = around.material_text(line.material_code, CHINESE) or line.material_code
    code = text("ItemClassificationCode", line.material_code, listID=CATALOGUE)
    parts = [text("Name", name), cac.CommodityClassification(code)]
    if line.tax_percent is not None:
        scheme = cac.TaxScheme(text("ID", "VAT"))
        parts.append(cac.ClassifiedTaxCategory(text("Percent", decimal_text(line.tax_percent)), scheme))
    tolerance = text("Value", decimal_text(line.tolerance_percent))
    parts.append(cac.AdditionalItemProperty(text("Name", TOLERANCE), tolerance))
    element: Element = cac.Item(*parts)
    return element


def order_response(order: Order, around: Around) -> Element:
    """A UBL OrderResponse of a supplier that has taken the order as it is, or has declined it and said why."""
    declined = order.state is State.DECLINED
    return root(
        "OrderResponse",
        [
            text("ID", f"{order.number}-R"),
            text("IssueDate", shanghai_day(order.updated_at)),
            text("OrderResponseCode", REJECTED if declined else ACCEPTED),
            *_some("Note", order.reason if declined else ""),
            text("DocumentCurrencyCode", order.currency),
            cac.OrderReference(text("ID", order.number), text("UUID", order.id)),
            cac.SellerSupplierParty(party(around.supplier)),
            cac.BuyerCustomerParty(party(around.buyer)),
        ],
    )


def despatch_advice(delivery: Delivery, order: Order, around: Around) -> Element:
    """A UBL DespatchAdvice: what was sent of which line, with vehicle and product certificate."""
    certificate = cac.AdditionalDocumentReference(
        text("ID", delivery.certificate_number),
        text("DocumentTypeCode", CERTIFICATE),
        cac.Attachment(
            cac.ExternalReference(
                text("DocumentHash", delivery.certificate_sha256), text("HashAlgorithmMethod", SHA256)
            )
        ),
    )
    lines = {line.id: line for line in order.lines}
    parts = [
        text("ID", delivery.note_number),
        text("UUID", delivery.id),
        text("IssueDate", shanghai_day(delivery.created_at)),
        text("LineCountNumeric", len(delivery.lines)),
        cac.OrderReference(text("ID", order.number), text("UUID", order.id)),
        certificate,
        cac.DespatchSupplierParty(party(around.supplier)),
        cac.DeliveryCustomerParty(party(around.buyer)),
    ]
    if delivery.vehicle:
        means = cac.TransportMeans(cac.RoadTransport(text("LicensePlateID", delivery.vehicle)))
        parts.append(cac.Shipment(text("ID", delivery.note_number), cac.TransportHandlingUnit(means)))
    for sent in delivery.lines:
        line = lines[sent.order_line_id]
        quantity = text("DeliveredQuantity", decimal_text(sent.quantity), unitCode=UNITS.get(line.unit, line.unit))
        reference = cac.OrderLineReference(text("LineID", line.position), text("UUID", line.id))
        item = _item(line, around)
        for number in sent.heat_numbers:
            item.append(cac.ItemInstance(cac.LotIdentification(text("LotNumberID", number))))
        parts.append(cac.DespatchLine(text("ID", sent.position), quantity, reference, item))
    return root("DespatchAdvice", parts)


@dataclass(frozen=True, slots=True)
class ReadOrder:
    """An order as a document says it: `buyer` is "" when it names none, `body` is what `createOrder` takes."""

    buyer: str
    body: dict[str, Any]


def read_order(root: Element) -> ReadOrder:
    """A valid UBL Order → its content, unchecked texts."""
    return ReadOrder(
        buyer=party_of(root, "BuyerCustomerParty"),
        body={
            "number": first(root, "cbc:ID"),
            "project_id": first(root, "cac:ProjectReference/cbc:UUID"),
            "supplier_id": party_of(root, "SellerSupplierParty"),
            "currency": first(root, "cbc:DocumentCurrencyCode") or "CNY",
            "note": first(root, "cbc:Note"),
            "lines": [_read_line(item) for item in every(root, "cac:OrderLine/cac:LineItem")],
        },
    )


def _read_line(item: Element) -> dict[str, Any]:
    code = f"cac:Item/cac:CommodityClassification/cbc:ItemClassificationCode[@listID='{CATALOGUE}']"
    tolerance = f"cac:Item/cac:AdditionalItemProperty[cbc:Name='{TOLERANCE}']/cbc:Value"
    line = {
        "material_code": first(item, code),
        "unit": unit_of(item, "cbc:Quantity"),
        "cost_code": first(item, "cbc:AccountingCostCode"),
        "quantity": first(item, "cbc:Quantity"),
        "unit_price": first(item, "cac:Price/cbc:PriceAmount"),
        "tolerance_percent": first(item, tolerance) or "0.00",
    }
    tax = first(item, "cac:Item/cac:ClassifiedTaxCategory/cbc:Percent")
    needed_by = first(item, "cac:Delivery/cac:RequestedDeliveryPeriod/cbc:EndDate")
    return line | ({"tax_percent": tax} if tax else {}) | ({"needed_by": needed_by} if needed_by else {})


def prices_without_tax(root: Element) -> list[int]:
    """Positions (from 0) of the lines whose price is not said to include tax: taking it would change what it means."""
    items = every(root, "cac:OrderLine/cac:LineItem")
    return [place for place, item in enumerate(items) if first(item, "cac:Price/cbc:PriceType") != TAX_INCLUSIVE]


def amended_line(root: Element, order: Order) -> int | None:
    """Position (from 0) of the first line of a valid UBL OrderResponse that is not as the order has it; None if none.

    A line is the order's by `OrderLineReference/LineID`, else by its own ID; what it does not say is not changed.
    """
    ordered = {str(line.position): line for line in order.lines}
    for place, one in enumerate(every(root, "cac:OrderLine")):
        item = "cac:LineItem"
        line = ordered.get(first(one, "cac:OrderLineReference/cbc:LineID") or first(one, f"{item}/cbc:ID"))
        if line is None or every(one, "cac:SellerSubstitutedLineItem|cac:SellerProposedSubstituteLineItem"):
            return place
        said = ((f"{item}/cbc:Quantity", line.quantity), (f"{item}/cac:Price/cbc:PriceAmount", line.unit_price))
        if any((value := first(one, path)) and Decimal(value) != meant for path, meant in said):
            return place
        unit = unit_of(one, f"{item}/cbc:Quantity")
        if unit and not same_unit(unit, line.unit):
            return place
    return None


@dataclass(frozen=True, slots=True)
class SentLine:
    """A line of a despatch advice; `position` is that of the order's line."""

    position: str
    quantity: str
    unit: str
    heat_numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReadDespatch:
    """A despatch advice as a document says it."""

    order_id: str
    supplier: str
    body: dict[str, Any]
    lines: tuple[SentLine, ...]


def read_despatch(root: Element) -> ReadDespatch:
    """A valid UBL DespatchAdvice → its content, unchecked texts."""
    certificate = f"cac:AdditionalDocumentReference[cbc:DocumentTypeCode='{CERTIFICATE}']"
    number = first(root, f"{certificate}/cbc:ID")
    sha256 = first(root, f"{certificate}/cac:Attachment/cac:ExternalReference/cbc:DocumentHash")
    plate = "cac:Shipment/cac:TransportHandlingUnit/cac:TransportMeans/cac:RoadTransport/cbc:LicensePlateID"
    order_id = first(root, "cac:OrderReference/cbc:UUID")
    return ReadDespatch(
        order_id=order_id,
        supplier=party_of(root, "DespatchSupplierParty"),
        body={
            "order_id": order_id,
            "note_number": first(root, "cbc:ID"),
            "vehicle": first(root, plate),
            "certificate_number": number or None,
            "certificate_sha256": sha256 or None,
        },
        lines=tuple(
            SentLine(
                position=first(line, "cac:OrderLineReference/cbc:LineID"),
                quantity=first(line, "cbc:DeliveredQuantity"),
                unit=unit_of(line, "cbc:DeliveredQuantity"),
                heat_numbers=tuple(str(one.text or "").strip() for one in every(line, LOTS)),
            )
            for line in every(root, "cac:DespatchLine")
        ),
    )


def party_of(root: Element, role: str) -> str:
    """The id on the platform of the party in a role; "" without one."""
    return first(root, f"cac:{role}/cac:Party/cac:PartyIdentification/cbc:ID[@schemeID='{PLATFORM}']")


def first(element: Element, path: str) -> str:
    """The text of the first element there, "" without one."""
    return next((str(one.text or "").strip() for one in every(element, path)), "")


def notes(root: Element) -> str:
    """What a document remarks; several notes are lines of one."""
    return "\n".join(str(one.text or "").strip() for one in every(root, "cbc:Note"))


def unit_of(element: Element, path: str) -> str:
    """The unit of the first quantity there, as the catalogue calls it; "" when it says none."""
    code = next((str(one.get("unitCode", "")) for one in every(element, path)), "")
    return next((unit for unit, known in UNITS.items() if known == code), code)


def every(element: Element, path: str) -> list[Element]:
    """All elements at a path."""
    found: list[Element] = element.xpath(path, namespaces=NAMES)
    return found


def same_unit(one: str, other: str) -> bool:
    """Whether two units are the same, `m2` and `m²` for instance."""
    return UNITS.get(one, one) == UNITS.get(other, other)
