"""REST door of UBL: only translates."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Response

from chassis.errors import (
    Aborted,
    AlreadyExists,
    FailedPrecondition,
    NotFound,
    PayloadTooLarge,
    UnsupportedMediaType,
)
from chassis.http.edge import EdgeDep
from chassis.http.problems import problems
from chassis.http.uploads import download, upload
from procurement.deliveries.schemas import DeliveryOut
from procurement.invoices.schemas import InvoiceOut
from procurement.orders.schemas import OrderOut
from procurement.ubl import service
from procurement.ubl.document import LARGEST, XML

router = APIRouter(prefix="/ubl", tags=["ubl"])

TYPES = (XML, "text/xml")


def _example(document: str) -> str:
    return f'<{document} xmlns="urn:oasis:names:specification:ubl:schema:xsd:{document}-2">…</{document}>'


@router.get(
    "/orders/{order_id}",
    operation_id="getUblOrder",
    response_class=Response,
    responses=problems(NotFound) | download({XML: _example("Order")}),
)
async def order(order_id: UUID, edge: EdgeDep) -> Response:
    """The order as UBL 2.1 Order."""
    return await edge.generate(
        lambda work: service.order_document(work, order_id), media_type=XML, name=f"order-{order_id}.xml"
    )


@router.get(
    "/order-responses/{order_id}",
    operation_id="getUblOrderResponse",
    response_class=Response,
    responses=problems(NotFound, FailedPrecondition) | download({XML: _example("OrderResponse")}),
)
async def order_response(order_id: UUID, edge: EdgeDep) -> Response:
    """What the supplier has answered, as UBL 2.1 OrderResponse: taken (AP) or declined (RE)."""
    return await edge.generate(
        lambda work: service.response_document(work, order_id), media_type=XML, name=f"response-{order_id}.xml"
    )


@router.get(
    "/despatch-advices/{delivery_id}",
    operation_id="getUblDespatchAdvice",
    response_class=Response,
    responses=problems(NotFound) | download({XML: _example("DespatchAdvice")}),
)
async def despatch_advice(delivery_id: UUID, edge: EdgeDep) -> Response:
    """The delivery note as UBL 2.1 DespatchAdvice."""
    return await edge.generate(
        lambda work: service.despatch_document(work, delivery_id), media_type=XML, name=f"despatch-{delivery_id}.xml"
    )


@router.get(
    "/invoices/{invoice_id}",
    operation_id="getUblInvoice",
    response_class=Response,
    responses=problems(NotFound, FailedPrecondition) | download({XML: _example("Invoice")}),
)
async def invoice(invoice_id: UUID, edge: EdgeDep) -> Response:
    """The invoice as UBL 2.1 Invoice; a red one is refused."""
    return await edge.generate(
        lambda work: service.invoice_document(work, invoice_id), media_type=XML, name=f"invoice-{invoice_id}.xml"
    )


@router.get(
    "/credit-notes/{invoice_id}",
    operation_id="getUblCreditNote",
    response_class=Response,
    responses=problems(NotFound, FailedPrecondition) | download({XML: _example("CreditNote")}),
)
async def credit_note(invoice_id: UUID, edge: EdgeDep) -> Response:
    """The red invoice as UBL 2.1 CreditNote, with the invoice it corrects; a blue one is refused."""
    return await edge.generate(
        lambda work: service.credit_note_document(work, invoice_id),
        media_type=XML,
        name=f"credit-note-{invoice_id}.xml",
    )


@router.post(
    "/orders",
    operation_id="takeUblOrder",
    status_code=201,
    response_model=OrderOut,
    responses=problems(NotFound, AlreadyExists, PayloadTooLarge, UnsupportedMediaType),
    openapi_extra=upload({XML: _example("Order")}),
    max_body_size=LARGEST,
)
async def take_order(edge: EdgeDep) -> Response:
    """The buyer sends an order as UBL 2.1 Order; it becomes a draft with the document's number."""
    content = await edge.body(limit=LARGEST, types=TYPES)
    return await edge.write_hot(lambda work: service.take_order(work, content), OrderOut.of, status=201)


@router.post(
    "/order-responses",
    operation_id="takeUblOrderResponse",
    response_model=OrderOut,
    responses=problems(NotFound, FailedPrecondition, Aborted, PayloadTooLarge, UnsupportedMediaType),
    openapi_extra=upload({XML: _example("OrderResponse")}),
    max_body_size=LARGEST,
)
async def take_response(edge: EdgeDep) -> Response:
    """The supplier takes an approved order (code AP) or declines it (RE) with a UBL 2.1 OrderResponse."""
    content = await edge.body(limit=LARGEST, types=TYPES)
    version = edge.expected_version
    return await edge.write(lambda work: service.take_response(work, content, version), OrderOut.of)


@router.post(
    "/despatch-advices",
    operation_id="takeUblDespatchAdvice",
    status_code=201,
    response_model=DeliveryOut,
    responses=problems(NotFound, AlreadyExists, FailedPrecondition, PayloadTooLarge, UnsupportedMediaType),
    openapi_extra=upload({XML: _example("DespatchAdvice")}),
    max_body_size=LARGEST,
)
async def take_despatch(edge: EdgeDep) -> Response:
    """The supplier sends goods with a UBL 2.1 DespatchAdvice; it becomes a delivery note."""
    content = await edge.body(limit=LARGEST, types=TYPES)
    return await edge.write(lambda work: service.take_despatch(work, content), DeliveryOut.of, status=201)


@router.post(
    "/invoices",
    operation_id="takeUblInvoice",
    status_code=201,
    response_model=InvoiceOut,
    responses=problems(NotFound, AlreadyExists, FailedPrecondition, PayloadTooLarge, UnsupportedMediaType),
    openapi_extra=upload({XML: _example("Invoice")}),
    max_body_size=LARGEST,
)
async def take_invoice(edge: EdgeDep) -> Response:
    """The seller enters an invoice as UBL 2.1 Invoice; it is matched with order and acceptance at once."""
    content = await edge.body(limit=LARGEST, types=TYPES)
    return await edge.write(lambda work: service.take_invoice(work, content), InvoiceOut.of, status=201)


@router.post(
    "/credit-notes",
    operation_id="takeUblCreditNote",
    status_code=201,
    response_model=InvoiceOut,
    responses=problems(NotFound, AlreadyExists, FailedPrecondition, PayloadTooLarge, UnsupportedMediaType),
    openapi_extra=upload({XML: _example("CreditNote")}),
    max_body_size=LARGEST,
)
async def take_credit_note(edge: EdgeDep) -> Response:
    """The seller takes back what an approved invoice billed, as UBL 2.1 CreditNote; it is entered as a red invoice."""
    content = await edge.body(limit=LARGEST, types=TYPES)
    return await edge.write(lambda work: service.take_credit_note(work, content), InvoiceOut.of, status=201)
