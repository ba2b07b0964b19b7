"""REST door of orders: only translates."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import Aborted, AlreadyExists, FailedPrecondition, NotFound, Unavailable
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.hot_route import hot
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from procurement.approvals.schemas import RemarkIn
from procurement.clients import LabourDep, ProjectsDep
from procurement.orders import service
from procurement.orders.commands import close
from procurement.orders.commands.close import CancelRest
from procurement.orders.commands.show import show
from procurement.orders.repository import OrderFilter
from procurement.orders.schemas import (
    CancelRestIn,
    CreateOrderIn,
    OrderDetail,
    OrderOut,
    OrderSummary,
    ReasonIn,
    ReviseOrderIn,
)
from procurement.orders.service import CreateOrder, ReviseOrder, Verb
from procurement.orders.states import State

router = APIRouter(prefix="/orders", tags=["orders"])

VERB_ERRORS = problems(NotFound, FailedPrecondition, Aborted)
ASKING_ERRORS = problems(NotFound, FailedPrecondition, Aborted, Unavailable)


class OrderFilters(Filters):
    """Which orders to list."""

    project_id: UUID | None = None
    supplier_id: UUID | None = None
    buyer_id: UUID | None = None
    state: State | None = None
    number: str | None = None
    late: Annotated[bool, Query(description="Only orders of which a line should have come in full by now.")] = False


@router.post(
    "",
    operation_id="createOrder",
    status_code=201,
    response_model=OrderOut,
    responses=problems(NotFound, AlreadyExists),
)
@hot
async def create(body: CreateOrderIn, edge: EdgeDep) -> Response:
    """Write a draft order with its lines for a project in which the caller takes part."""
    command = CreateOrder(
        body.number,
        body.project_id,
        body.supplier_id,
        body.currency,
        body.note,
        tuple(line.plain() for line in body.lines),
        direct_reason=body.direct_reason,
    )
    return await edge.write_hot(lambda work: service.create(work, command), OrderOut.of, status=201)


@router.get("", operation_id="listOrders", response_model=PageOut[OrderSummary], responses=problems())
@hot
async def list_orders(filters: Annotated[OrderFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """The caller's orders, newest first, without their lines."""
    wanted = OrderFilter(
        filters.project_id, filters.supplier_id, filters.buyer_id, filters.state, filters.number, filters.late
    )
    return await edge.page_rows(lambda work: service.page(work, wanted, page))


@router.get("/{order_id}", operation_id="getOrder", response_model=OrderDetail, responses=problems(NotFound))
async def get(order_id: UUID, edge: EdgeDep) -> Response:
    """One order with its lines, and whether it is late."""
    return await edge.read(lambda work: show(work, order_id), OrderDetail.today)


@router.put("/{order_id}", operation_id="reviseOrder", response_model=OrderOut, responses=VERB_ERRORS)
async def revise(order_id: UUID, body: ReviseOrderIn, edge: EdgeDep) -> Response:
    """Replace the note and the lines of a draft; If-Match is required."""
    command = ReviseOrder(
        order_id, edge.required_version, body.note, tuple(line.plain() for line in body.lines), body.direct_reason
    )
    return await edge.change(lambda work: service.revise(work, command), OrderOut.of)


@router.post("/{order_id}:submit", operation_id="submitOrder", response_model=OrderOut, responses=ASKING_ERRORS)
async def submit(order_id: UUID, edge: EdgeDep, labour: LabourDep) -> Response:
    """Hand a draft to those who approve its amount: the steps are fixed by the matrix of today."""
    command = Verb(order_id, edge.expected_version)
    return await edge.write(lambda work: service.submit(work, command, labour), OrderOut.of)


@router.post(
    "/{order_id}:approve",
    operation_id="approveOrder",
    response_model=OrderOut,
    responses=ASKING_ERRORS,
)
async def approve(
    order_id: UUID, edge: EdgeDep, projects: ProjectsDep, labour: LabourDep, body: RemarkIn | None = None
) -> Response:
    """Approve the step that waits; with the last one the amount is committed against the project's budget."""
    command = Verb(order_id, edge.expected_version, body.remark if body else "")
    return await edge.write(lambda work: service.approve(work, command, projects, labour), OrderOut.of)


@router.post("/{order_id}:reject", operation_id="rejectOrder", response_model=OrderOut, responses=VERB_ERRORS)
async def reject(order_id: UUID, body: ReasonIn, edge: EdgeDep, projects: ProjectsDep) -> Response:
    """Refuse a submitted order at the step that waits, and say why."""
    command = Verb(order_id, edge.expected_version, body.reason)
    return await edge.write(lambda work: service.reject(work, command, projects), OrderOut.of)


@router.post("/{order_id}:confirm", operation_id="confirmOrder", response_model=OrderOut, responses=VERB_ERRORS)
async def confirm(order_id: UUID, edge: EdgeDep) -> Response:
    """The supplier takes an approved order."""
    command = Verb(order_id, edge.expected_version)
    return await edge.write(lambda work: service.confirm(work, command), OrderOut.of)


@router.post("/{order_id}:decline", operation_id="declineOrder", response_model=OrderOut, responses=VERB_ERRORS)
async def decline(order_id: UUID, body: ReasonIn, edge: EdgeDep) -> Response:
    """The supplier refuses an approved order and says why; its budget and what it took of needs are free again."""
    command = Verb(order_id, edge.expected_version, body.reason)
    return await edge.write(lambda work: close.decline(work, command), OrderOut.of)


@router.post("/{order_id}:cancel", operation_id="cancelOrder", response_model=OrderOut, responses=VERB_ERRORS)
async def cancel(order_id: UUID, body: ReasonIn, edge: EdgeDep) -> Response:
    """Call an order off before anything was delivered, and say why."""
    command = Verb(order_id, edge.expected_version, body.reason)
    return await edge.write(lambda work: close.cancel(work, command), OrderOut.of)


@router.post("/{order_id}:complete", operation_id="completeOrder", response_model=OrderOut, responses=VERB_ERRORS)
async def complete(order_id: UUID, edge: EdgeDep) -> Response:
    """Close an order that has been delivered as far as it will be."""
    command = Verb(order_id, edge.expected_version)
    return await edge.write(lambda work: close.complete(work, command), OrderOut.of)


@router.post("/{order_id}:cancel-rest", operation_id="cancelOrderRest", response_model=OrderOut, responses=VERB_ERRORS)
async def cancel_rest(order_id: UUID, body: CancelRestIn, edge: EdgeDep) -> Response:
    """Call off what is left of lines of an order in delivery; budget of exactly that part is free again."""
    command = CancelRest(order_id, edge.expected_version, body.reason, tuple(body.line_ids))
    return await edge.write(lambda work: close.cancel_rest(work, command), OrderOut.of)
