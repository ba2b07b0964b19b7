"""Use cases of UBL: the same orders and deliveries, told in the standard's words."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TypeVar
from uuid import UUID

from lxml.etree import _Element as Element
from pydantic import ValidationError

from chassis.http.faults import request_refusal
from chassis.http.schemas import In
from chassis.work import Work
from procurement import permissions
from procurement.deliveries import service as deliveries
from procurement.deliveries.commands import dispatch
from procurement.deliveries.commands.dispatch import Dispatch, SentLine
from procurement.deliveries.models import Delivery
from procurement.deliveries.schemas import DispatchIn
from procurement.invoices import service as invoices
from procurement.invoices.commands.enter import enter
from procurement.invoices.models import Invoice
from procurement.invoices.rules import EnteredLine, EnterInvoice
from procurement.invoices.schemas import EnterInvoiceIn
from procurement.invoices.states import Kind
from procurement.orders import service as orders
from procurement.orders.models import Order
from procurement.orders.rules import NewOrder
from procurement.orders.schemas import CreateOrderIn
from procurement.orders.service import CreateOrder, Line
from procurement.orders.states import State
from procurement.paper import repository as papers
from procurement.paper.service import around, order_of
from procurement.ubl import errors, invoice, rules
from procurement.ubl.document import parsed, written

M = TypeVar("M", bound=In)
TAKEN = (State.CONFIRMED, State.IN_DELIVERY, State.COMPLETED)


async def order_document(work: Work, order_id: UUID) -> Iterable[bytes]:
    """The order as UBL Order."""
    order = await orders.get(work, order_id)
    return await _out(rules.order_document(order, await around(work, order)))


async def response_document(work: Work, order_id: UUID) -> Iterable[bytes]:
    """That the supplier has taken the order, as UBL OrderResponse. FailedPrecondition ORDER_NOT_CONFIRMED before."""
    order = await orders.get(work, order_id)
    if order.state not in TAKEN:
        raise errors.not_confirmed(order.state)
    return await _out(rules.order_response(order, await around(work, order)))


async def despatch_document(work: Work, delivery_id: UUID) -> Iterable[bytes]:
    """The delivery note as UBL DespatchAdvice."""
    delivery = await deliveries.get(work, delivery_id)
    order = await order_of(work, delivery)
    return await _out(rules.despatch_advice(delivery, order, await around(work, order)))


async def invoice_document(work: Work, invoice_id: UUID) -> Iterable[bytes]:
    """A blue invoice as UBL Invoice. FailedPrecondition UBL_CREDIT_NOTE for a red one."""
    found = await invoices.get(work, invoice_id)
    if found.kind is Kind.RED:
        raise errors.is_red(found.number)
    async with work.reading() as session:
        known = await papers.around(
            session,
            work.principal,
            buyer_id=found.buyer_id,
            supplier_id=found.supplier_id,
            project_id=found.project_id,
            codes=[line.material_code for line in found.lines],
        )
    return await _out(invoice.invoice_document(found, known))


async def take_order(work: Work, content: bytes) -> NewOrder:
    """A UBL Order of the buyer becomes a draft; what is refused is what `orders.create` refuses."""
    work.require(permissions.ORDERS_CREATE)
    root = await asyncio.to_thread(parsed, content, "Order")
    read = rules.read_order(root)
    _own(work, read.buyer, "BuyerCustomerParty")
    taxless = rules.prices_without_tax(root)
    if taxless:
        raise errors.wrong_value(
            f"/lines/{taxless[0]}/unit_price",
            zh=f"单价须为含税价(cbc:PriceType 为 {rules.TAX_INCLUSIVE})。",
            en=f"The price must include tax (cbc:PriceType {rules.TAX_INCLUSIVE}).",
        )
    given = _checked(CreateOrderIn, read.body)
    lines = tuple(Line(**line.model_dump()) for line in given.lines)  # its members are those of the command's
    command = CreateOrder(given.number, given.project_id, given.supplier_id, given.currency, given.note, lines)
    return await orders.create(work, command)


async def take_response(work: Work, content: bytes, expected_version: int | None) -> Order:
    """A UBL OrderResponse of the supplier confirms its order. Only AP, as it is."""
    work.require(permissions.ORDERS_CONFIRM)
    root = await asyncio.to_thread(parsed, content, "OrderResponse")
    _own(work, rules.party_of(root, "SellerSupplierParty"), "SellerSupplierParty")
    code = rules.first(root, "cbc:OrderResponseCode")
    if code != rules.ACCEPTED:
        raise errors.only_acceptance(code)
    order_id = _order_id(rules.first(root, "cac:OrderReference/cbc:UUID"))
    return await orders.confirm(work, orders.Verb(order_id, expected_version))


async def take_despatch(work: Work, content: bytes) -> Delivery:
    """A UBL DespatchAdvice of the supplier becomes a delivery; its lines name those of the order by position."""
    work.require(permissions.DELIVERIES_DISPATCH)
    root = await asyncio.to_thread(parsed, content, "DespatchAdvice")
    read = rules.read_despatch(root)
    _own(work, read.supplier, "DespatchSupplierParty")
    order = await orders.get(work, _order_id(read.order_id))
    given = _checked(DispatchIn, {**read.body, "lines": _dispatched(order, read)})
    command = Dispatch(
        given.order_id,
        given.note_number,
        given.vehicle,
        given.certificate_number,
        given.certificate_sha256,
        tuple(SentLine(line.line_id, line.quantity, tuple(line.heat_numbers)) for line in given.lines),
    )
    return await dispatch.dispatch(work, command)


async def take_invoice(work: Work, content: bytes) -> Invoice:
    """A UBL Invoice of the seller is entered; its lines name order lines or agreed statement lines by UUID."""
    work.require(permissions.INVOICES_ENTER)
    root = await asyncio.to_thread(parsed, content, "Invoice")
    read = invoice.read_invoice(root)
    _own(work, read.seller, "AccountingSupplierParty")
    if read.type_code != invoice.COMMERCIAL:
        raise errors.only_invoices(read.type_code)
    given = _checked(EnterInvoiceIn, read.body)
    lines = tuple(EnteredLine(**line.model_dump()) for line in given.lines)
    return await enter(work, EnterInvoice(**(given.model_dump() | {"lines": lines})))


def _dispatched(order: Order, read: rules.ReadDespatch) -> list[dict[str, object]]:
    by_position = {str(line.position): line for line in order.lines}
    found: list[dict[str, object]] = []
    for index, sent in enumerate(read.lines):
        line = by_position.get(sent.position)
        if line is None:
            raise errors.wrong_value(f"/lines/{index}/line_id", zh="订单没有此行。", en="The order has no such line.")
        if not rules.same_unit(sent.unit, line.unit):
            raise errors.wrong_value(
                f"/lines/{index}/quantity", zh=f"单位须为 {line.unit}。", en=f"The unit must be {line.unit}."
            )
        found.append({"line_id": str(line.id), "quantity": sent.quantity, "heat_numbers": list(sent.heat_numbers)})
    return found


def _own(work: Work, named: str, role: str) -> None:
    """The party in the caller's role, when it is named, is the caller."""
    if named and named != str(work.principal.organisation_id):
        raise errors.other_party(role)


def _order_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise errors.wrong_value(
            "OrderReference", zh="cbc:UUID 须为平台订单标识。", en="cbc:UUID must be the order's id on the platform."
        ) from None


def _checked(model: type[M], body: dict[str, object]) -> M:
    """What a document says, judged as the same request in JSON would be."""
    try:
        return model.model_validate(body)
    except ValidationError as refused:
        faults = [{**fault, "loc": ("body", *fault["loc"])} for fault in refused.errors()]
        raise request_refusal(faults, body) from None


async def _out(root: Element) -> Iterable[bytes]:
    return [await asyncio.to_thread(written, root)]
