"""REST door of papers: only translates."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import FailedPrecondition, NotFound
from chassis.http.edge import Edge, EdgeDep
from chassis.http.language import preferred_language
from chassis.http.problems import problems
from chassis.http.uploads import download
from procurement.paper import service
from procurement.paper.typeset import PDF

router = APIRouter(tags=["paper"])

Language = Annotated[Literal["zh-CN", "en"] | None, Query(description="Goes before Accept-Language.")]
ANSWERS = problems(NotFound, FailedPrecondition) | download({PDF: "(a PDF)"})


def _language(asked: str | None, edge: Edge) -> str:
    return asked or preferred_language(edge.request.headers.get("accept-language"))


@router.get("/orders/{order_id}/document", operation_id="getOrderDocument", response_class=Response, responses=ANSWERS)
async def order_document(order_id: UUID, edge: EdgeDep, language: Language = None) -> Response:
    """The order as PDF with its state, numbered pages and places to sign."""
    wanted = _language(language, edge)
    return await edge.stream(
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
    wanted = _language(language, edge)
    return await edge.stream(
        lambda work: service.delivery_document(work, delivery_id, wanted),
        media_type=PDF,
        name=f"delivery-{delivery_id}.pdf",
    )
