"""REST door of deliveries: only translates."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import Aborted, AlreadyExists, FailedPrecondition, NotFound, Unavailable
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from procurement.clients import ProjectsDep
from procurement.deliveries import service
from procurement.deliveries.repository import DeliveryFilter
from procurement.deliveries.schemas import (
    AcceptIn,
    DeliveryOut,
    DeliveryReasonIn,
    DeliverySummary,
    DispatchIn,
    ReturnIn,
)
from procurement.deliveries.service import Dispatch, Judge, LineQuantity, Verb
from procurement.deliveries.states import State

router = APIRouter(prefix="/deliveries", tags=["deliveries"])

VERB_ERRORS = problems(NotFound, FailedPrecondition, Aborted)


class DeliveryFilters(Filters):
    """Which deliveries to list."""

    project_id: UUID | None = None
    order_id: UUID | None = None
    state: State | None = None
    note_number: str | None = None


@router.post(
    "",
    operation_id="dispatchDelivery",
    status_code=201,
    response_model=DeliveryOut,
    responses=problems(NotFound, AlreadyExists, FailedPrecondition),
)
async def dispatch(body: DispatchIn, edge: EdgeDep) -> Response:
    """The supplier sends goods against a confirmed order, with their product certificate."""
    command = Dispatch(
        body.order_id,
        body.note_number,
        body.vehicle,
        body.certificate_number,
        body.certificate_sha256,
        tuple(LineQuantity(line.line_id, line.quantity) for line in body.lines),
    )
    return await edge.write(lambda work: service.dispatch(work, command), DeliveryOut.of, status=201)


@router.get("", operation_id="listDeliveries", response_model=PageOut[DeliverySummary], responses=problems())
async def list_deliveries(filters: Annotated[DeliveryFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """The caller's deliveries, newest first, without their lines."""
    wanted = DeliveryFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page(work, wanted, page), DeliverySummary.model_validate)


@router.get("/{delivery_id}", operation_id="getDelivery", response_model=DeliveryOut, responses=problems(NotFound))
async def get(delivery_id: UUID, edge: EdgeDep) -> Response:
    """One delivery with its lines."""
    return await edge.read(lambda work: service.get(work, delivery_id), DeliveryOut.of)


@router.post(
    "/{delivery_id}:accept",
    operation_id="acceptDelivery",
    response_model=DeliveryOut,
    responses=problems(NotFound, FailedPrecondition, Aborted, Unavailable),
)
async def accept(delivery_id: UUID, body: AcceptIn, edge: EdgeDep, projects: ProjectsDep) -> Response:
    """The site accepts line by line and says why it does not take all; what it does not take may come again."""
    lines = tuple(LineQuantity(line.line_id, line.quantity, line.reason) for line in body.lines)
    command = Judge(delivery_id, edge.expected_version, lines)
    return await edge.write(lambda work: service.accept(work, command, projects), DeliveryOut.of)


@router.post("/{delivery_id}:return", operation_id="returnDelivery", response_model=DeliveryOut, responses=VERB_ERRORS)
async def send_back(delivery_id: UUID, body: ReturnIn, edge: EdgeDep) -> Response:
    """The site returns accepted goods; accepted quantity and cost fall."""
    lines = tuple(LineQuantity(line.line_id, line.quantity, line.reason) for line in body.lines)
    command = Judge(delivery_id, edge.expected_version, lines)
    return await edge.write(lambda work: service.send_back(work, command), DeliveryOut.of)


@router.post("/{delivery_id}:refuse", operation_id="refuseDelivery", response_model=DeliveryOut, responses=VERB_ERRORS)
async def refuse(delivery_id: UUID, body: DeliveryReasonIn, edge: EdgeDep) -> Response:
    """The site sends the whole delivery away and says why."""
    command = Verb(delivery_id, edge.expected_version, body.reason)
    return await edge.write(lambda work: service.refuse(work, command), DeliveryOut.of)


@router.post(
    "/{delivery_id}:withdraw", operation_id="withdrawDelivery", response_model=DeliveryOut, responses=VERB_ERRORS
)
async def withdraw(delivery_id: UUID, body: DeliveryReasonIn, edge: EdgeDep) -> Response:
    """The supplier calls a delivery back before it was judged, and says why."""
    command = Verb(delivery_id, edge.expected_version, body.reason)
    return await edge.write(lambda work: service.withdraw(work, command), DeliveryOut.of)
