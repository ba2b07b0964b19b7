"""Use cases of UBL: the same orders and deliveries, told in the standard's words."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar
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
from procurement.orders.commands.close import decline
from procurement.orders.models import Order
from procurement.orders.rules import NewOrder
from procurement.orders.schemas import CreateOrderIn, ReasonIn
from procurement.orders.service import CreateOrder, Line
from procurement.orders.states import State
from procurement.paper import repository as papers
from procurement.paper.rules import Around
from procurement.paper.service import around, order_of
from procurement.ubl import errors, invoice, rules
from procurement.ubl.document import parsed, written

M = TypeVar("M", bound=In)
ANSWERED = (State.CONFIRMED, State.IN_DELIVERY, State.COMPLETED, State.DECLINED)


async def order_document(work: Work, order_id: UUID) -> Iterable[bytes]:
    """The order as UBL Order."""
    order = await orders.get(work, order_id)
    return await _out(rules.order_document(order, await around(work, order)))


async def response_document(work: Work, order_id: UUID) -> Iterable[bytes]:
    """What the supplier has answered, as UBL OrderResponse. FailedPrecondition ORDER_NOT_CONFIRMED before."""
    order = await orders.get(work, order_id)
    if order.state not in ANSWERED:
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
    return await _out(invoice.invoice_document(found, await _around_invoice(work, found)))


async def credit_note_document(work: Work, invoice_id: UUID) -> Iterable[bytes]:
    """A red invoice as UBL CreditNote. FailedPrecondition UBL_INVOICE for a blue one."""
    found = await invoices.get(work, invoice_id)
    if found.corrects_id is None:
        raise errors.is_blue(found.number)
    corrected = await invoices.get(work, found.corrects_id)
    return await _out(invoice.invoice_document(found, await _around_invoice(work, found), corrected))


async def _around_invoice(work: Work, found: Invoice) -> Around:
    async with work.reading() as session:
        return await papers.around(
            session,
            work.principal,
            buyer_id=found.buyer_id,
            supplier_id=found.supplier_id,
            project_id=found.project_id,
            codes=[line.material_code for line in found.lines],
        )


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
    """A UBL OrderResponse of the supplier confirms its order (AP) or declines it (RE), its notes being the reason.

    InvalidArgument UBL_AMENDMENT_NOT_OFFERED for CA, and for AP with lines that are not as the order has them.
    """
    work.require(permissions.ORDERS_CONFIRM)
    root = await asyncio.to_thread(parsed, content, "OrderResponse")
    _own(work, rules.party_of(root, "SellerSupplierParty"), "SellerSupplierParty")
    code = rules.first(root, "cbc:OrderResponseCode")
    if code == rules.AMENDED:
        raise errors.amended("OrderResponseCode")
    order_id = _id(rules.first(root, "cac:OrderReference/cbc:UUID"), "OrderReference")
    if code == rules.REJECTED:
        given = _checked(ReasonIn, {"reason": rules.notes(root)})
        return await decline(work, orders.Verb(order_id, expected_version, given.reason))
    if code != rules.ACCEPTED:
        raise errors.other_response(code)
    seen = await orders.get(work, order_id)
    place = rules.amended_line(root, seen)
    if place is not None:
        raise errors.amended(f"/lines/{place}")
    return await orders.confirm(work, orders.Verb(order_id, expected_version or seen.version))


async def take_despatch(work: Work, content: bytes) -> Delivery:
    """A UBL DespatchAdvice of the supplier becomes a delivery; its lines name those of the order by position."""
    work.require(permissions.DELIVERIES_DISPATCH)
    root = await asyncio.to_thread(parsed, content, "DespatchAdvice")
    read = rules.read_despatch(root)
    _own(work, read.supplier, "DespatchSupplierParty")
    order = await orders.get(work, _id(read.order_id, "OrderReference"))
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
    read = await _read_invoice(work, content, invoice.BLUE)
    return await _entered(work, read.body)


async def take_credit_note(work: Work, content: bytes) -> Invoice:
    """A UBL CreditNote of the seller is entered as a red invoice; its lines name those of the blue one by position."""
    read = await _read_invoice(work, content, invoice.RED)
    if len(read.corrected) != 1:
        raise errors.one_invoice()
    [(number, named)] = read.corrected
    blue = await invoices.get(work, _id(named, "BillingReference"))
    if blue.number != number:
        raise errors.one_invoice()
    lines = [line | credited for line, credited in zip(read.body["lines"], _credited(blue, read), strict=True)]
    return await _entered(work, read.body | {"corrects_id": str(blue.id), "lines": lines})


async def _read_invoice(work: Work, content: bytes, shape: invoice.Shape) -> invoice.ReadInvoice:
    work.require(permissions.INVOICES_ENTER)
    root = await asyncio.to_thread(parsed, content, shape.document)
    read = invoice.read_invoice(root, shape)
    _own(work, read.seller, "AccountingSupplierParty")
    if read.type_code != shape.type_code:
        raise errors.other_type(shape.type_name, shape.type_code, read.type_code)
    return read


async def _entered(work: Work, body: dict[str, Any]) -> Invoice:
    given = _checked(EnterInvoiceIn, body)
    lines = tuple(EnteredLine(**line.model_dump()) for line in given.lines)
    return await enter(work, EnterInvoice(**(given.model_dump() | {"lines": lines})))


def _credited(blue: Invoice, read: invoice.ReadInvoice) -> Iterator[dict[str, str]]:
    by_position = {str(line.position): line for line in blue.lines}
    for index, (position, unit) in enumerate(read.credited):
        line = by_position.get(position)
        if line is None:
            where = f"/lines/{index}/corrects_line_id"
            raise errors.wrong_value(where, zh="蓝字发票没有此行。", en="The invoice has no such line.")
        _demand_unit(index, unit, line.unit)
        yield {"corrects_line_id": str(line.id)}


def _dispatched(order: Order, read: rules.ReadDespatch) -> list[dict[str, object]]:
    by_position = {str(line.position): line for line in order.lines}
    found: list[dict[str, object]] = []
    for index, sent in enumerate(read.lines):
        line = by_position.get(sent.position)
        if line is None:
            raise errors.wrong_value(f"/lines/{index}/line_id", zh="订单没有此行。", en="The order has no such line.")
        _demand_unit(index, sent.unit, line.unit)
        found.append({"line_id": str(line.id), "quantity": sent.quantity, "heat_numbers": list(sent.heat_numbers)})
    return found


def _demand_unit(index: int, said: str, meant: str) -> None:
    if not rules.same_unit(said, meant):
        raise errors.wrong_value(f"/lines/{index}/quantity", zh=f"单位须为 {meant}。", en=f"The unit must be {meant}.")


def _own(work: Work, named: str, role: str) -> None:
    """The party in the caller's role, when it is named, is the caller."""
    if named and named != str(work.principal.organisation_id):
        raise errors.other_party(role)


def _id(text: str, where: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise errors.wrong_value(
            where, zh="cbc:UUID 须为平台标识。", en="cbc:UUID must be an id on the platform."
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
