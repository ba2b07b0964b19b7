"""REST door of papers: only translates."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Response

from chassis.errors import FailedPrecondition, NotFound
from chassis.http.edge import EdgeDep
from chassis.http.language import Language, language_of
from chassis.http.problems import problems
from chassis.http.uploads import download
from chassis.typesetting import PDF
from procurement.paper import service

router = APIRouter(tags=["paper"])

ANSWERS = problems(NotFound, FailedPrecondition) | download({PDF: "(a PDF)"})


@router.get("/orders/{order_id}/document", operation_id="getOrderDocument", response_class=Response, responses=ANSWERS)
async def order_document(order_id: UUID, edge: EdgeDep, language: Language = None) -> Response:
    """The order as PDF with its state, numbered pages and places to sign."""
    wanted = language_of(language, edge)
    return await edge.generate(
        lambda work: service.order_document(work, order_id, wanted), media_type=PDF, name=f"order-{order_id}.pdf"
    )


@router.get(
    "/deliveries/{delivery_id}/document",
    operation_id="getDeliveryDocument",
    response_class=Response,
    responses=ANSWERS,
)
async def delivery_document(delivery_id: UUID, edge: EdgeDep, language: Language = None) -> Response:
    """The delivery note as PDF with places for supplier, site and supervisor to sign."""
    wanted = language_of(language, edge)
    return await edge.generate(
        lambda work: service.delivery_document(work, delivery_id, wanted),
        media_type=PDF,
        name=f"delivery-{delivery_id}.pdf",
    )


@router.get(
    "/agreements/{agreement_id}/document",
    operation_id="getAgreementDocument",
    response_class=Response,
    responses=ANSWERS,
)
async def agreement_document(agreement_id: UUID, edge: EdgeDep, language: Language = None) -> Response:
    """The contract or framework agreement as PDF with its prices or price formulas and places to sign."""
    wanted = language_of(language, edge)
    return await edge.generate(
        lambda work: service.agreement_document(work, agreement_id, wanted),
        media_type=PDF,
        name=f"agreement-{agreement_id}.pdf",
    )


@router.get(
    "/agreements/{agreement_id}/supplements/{supplement_id}/document",
    operation_id="getSupplementDocument",
    response_class=Response,
    responses=ANSWERS,
)
async def supplement_document(
    agreement_id: UUID, supplement_id: UUID, edge: EdgeDep, language: Language = None
) -> Response:
    """The supplemental agreement as PDF: last day, caps and items before and after, and places to sign."""
    wanted = language_of(language, edge)
    return await edge.generate(
        lambda work: service.supplement_document(work, agreement_id, supplement_id, wanted),
        media_type=PDF,
        name=f"supplement-{supplement_id}.pdf",
    )


@router.get(
    "/statements/{statement_id}/document",
    operation_id="getStatementDocument",
    response_class=Response,
    responses=ANSWERS,
)
async def statement_document(statement_id: UUID, edge: EdgeDep, language: Language = None) -> Response:
    """The reconciliation of a month as PDF: each line with what both sides say of it, and places to sign."""
    wanted = language_of(language, edge)
    return await edge.generate(
        lambda work: service.statement_document(work, statement_id, wanted),
        media_type=PDF,
        name=f"statement-{statement_id}.pdf",
    )
