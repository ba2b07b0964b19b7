"""REST door of changes: only translates."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import Aborted, DeadlineExceeded, FailedPrecondition, NotFound, Unavailable
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from procurement.approvals.schemas import RemarkIn
from procurement.changes import service
from procurement.changes.schemas import ChangeOut, ProposeChangeIn
from procurement.changes.service import ProposeChange, Verb
from procurement.changes.states import State
from procurement.clients import LabourDep, ProjectsDep
from procurement.orders.schemas import ReasonIn

router = APIRouter(prefix="/orders/{order_id}/changes", tags=["order changes"])

ERRORS = problems(NotFound, FailedPrecondition, Aborted)
ASKING = problems(NotFound, FailedPrecondition, Aborted, Unavailable, DeadlineExceeded)


class ChangeFilters(Filters):
    """Which changes to list."""

    state: State | None = None


@router.post("", operation_id="proposeOrderChange", status_code=201, response_model=ChangeOut, responses=ASKING)
async def propose(order_id: UUID, body: ProposeChangeIn, edge: EdgeDep, labour: LabourDep) -> Response:
    """Propose a change of an approved order. What costs more waits for approval, all else goes to the supplier."""
    edits = tuple(edit.plain() for edit in body.edits)
    added = tuple(line.plain() for line in body.added)
    command = ProposeChange(order_id, edge.expected_version, body.reason, edits, added)
    return await edge.write(lambda work: service.propose(work, command, labour), ChangeOut.of, status=201)


@router.get("", operation_id="listOrderChanges", response_model=PageOut[ChangeOut], responses=problems(NotFound))
async def list_changes(
    order_id: UUID, filters: Annotated[ChangeFilters, Query()], page: PageDep, edge: EdgeDep
) -> Response:
    """The order's history, newest change first; a supplier sees what was offered to it."""
    return await edge.page(lambda work: service.page(work, order_id, filters.state, page), ChangeOut.of)


@router.get("/{change_id}", operation_id="getOrderChange", response_model=ChangeOut, responses=problems(NotFound))
async def get(order_id: UUID, change_id: UUID, edge: EdgeDep) -> Response:
    """One change with its lines as they were and shall be."""
    return await edge.read(lambda work: service.get(work, order_id, change_id), ChangeOut.of)


@router.post("/{change_id}:approve", operation_id="approveOrderChange", response_model=ChangeOut, responses=ASKING)
async def approve(
    order_id: UUID,
    change_id: UUID,
    edge: EdgeDep,
    projects: ProjectsDep,
    labour: LabourDep,
    body: RemarkIn | None = None,
) -> Response:
    """Approve the step that waits; with the last one the cost is committed and the change offered to the supplier."""
    command = Verb(order_id, change_id, edge.expected_version, body.remark if body else "")
    return await edge.write(lambda work: service.approve(work, command, projects, labour), ChangeOut.of)


@router.post("/{change_id}:reject", operation_id="rejectOrderChange", response_model=ChangeOut, responses=ASKING)
async def reject(order_id: UUID, change_id: UUID, body: ReasonIn, edge: EdgeDep, projects: ProjectsDep) -> Response:
    """Refuse what a change costs more and say why; the order stays as it is."""
    command = Verb(order_id, change_id, edge.expected_version, body.reason)
    return await edge.write(lambda work: service.reject(work, command, projects), ChangeOut.of)


@router.post("/{change_id}:withdraw", operation_id="withdrawOrderChange", response_model=ChangeOut, responses=ERRORS)
async def withdraw(order_id: UUID, change_id: UUID, body: ReasonIn, edge: EdgeDep) -> Response:
    """Take a change back before the supplier has answered."""
    command = Verb(order_id, change_id, edge.expected_version, body.reason)
    return await edge.write(lambda work: service.withdraw(work, command), ChangeOut.of)


@router.post("/{change_id}:accept", operation_id="acceptOrderChange", response_model=ChangeOut, responses=ERRORS)
async def accept(order_id: UUID, change_id: UUID, edge: EdgeDep) -> Response:
    """The supplier accepts; the order reads so from now on."""
    command = Verb(order_id, change_id, edge.expected_version)
    return await edge.write(lambda work: service.accept(work, command), ChangeOut.of)


@router.post("/{change_id}:decline", operation_id="declineOrderChange", response_model=ChangeOut, responses=ERRORS)
async def decline(order_id: UUID, change_id: UUID, body: ReasonIn, edge: EdgeDep) -> Response:
    """The supplier refuses and says why; the order stays as it is."""
    command = Verb(order_id, change_id, edge.expected_version, body.reason)
    return await edge.write(lambda work: service.decline(work, command), ChangeOut.of)
