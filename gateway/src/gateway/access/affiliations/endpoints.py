"""REST door of affiliations: only translates."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import Aborted, AlreadyExists, FailedPrecondition, NotFound
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from gateway.access.affiliations import service
from gateway.access.affiliations.repository import AffiliationFilter
from gateway.access.affiliations.schemas import AffiliationOut, RequestAffiliationIn
from gateway.access.affiliations.service import Verb
from gateway.access.affiliations.states import State
from gateway.access.organisations.schemas import ReasonIn

router = APIRouter(prefix="/affiliations", tags=["affiliations"])

VERB_ERRORS = problems(NotFound, FailedPrecondition, Aborted)


class AffiliationFilters(Filters):
    """Which affiliations to list."""

    state: State | None = None
    parent_id: UUID | None = None
    child_id: UUID | None = None


@router.post(
    "",
    operation_id="requestAffiliation",
    status_code=201,
    response_model=AffiliationOut,
    responses=problems(NotFound, FailedPrecondition, AlreadyExists),
)
async def request(body: RequestAffiliationIn, edge: EdgeDep) -> Response:
    """Ask an organisation to belong to the group (集团) of the caller's; its administrator answers."""
    return await edge.write(lambda work: service.request(work, body.uscc), AffiliationOut.of, status=201)


@router.get("", operation_id="listAffiliations", response_model=PageOut[AffiliationOut], responses=problems())
async def list_affiliations(filters: Annotated[AffiliationFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """Requests and memberships of which the caller's organisation is a side, newest first."""
    wanted = AffiliationFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page(work, wanted, page), AffiliationOut.of)


@router.get(
    "/{affiliation_id}", operation_id="getAffiliation", response_model=AffiliationOut, responses=problems(NotFound)
)
async def get(affiliation_id: UUID, edge: EdgeDep) -> Response:
    """One request or membership."""
    return await edge.read(lambda work: service.get(work, affiliation_id), AffiliationOut.of)


@router.post(
    "/{affiliation_id}:confirm",
    operation_id="confirmAffiliation",
    response_model=AffiliationOut,
    responses=VERB_ERRORS,
)
async def confirm(affiliation_id: UUID, edge: EdgeDep) -> Response:
    """The child agrees and belongs to the group from now on."""
    command = Verb(affiliation_id, edge.expected_version)
    return await edge.write(lambda work: service.confirm(work, command), AffiliationOut.of)


@router.post(
    "/{affiliation_id}:decline",
    operation_id="declineAffiliation",
    response_model=AffiliationOut,
    responses=VERB_ERRORS,
)
async def decline(affiliation_id: UUID, body: ReasonIn, edge: EdgeDep) -> Response:
    """The child does not agree and says why."""
    command = Verb(affiliation_id, edge.expected_version, body.reason)
    return await edge.write(lambda work: service.decline(work, command), AffiliationOut.of)


@router.post(
    "/{affiliation_id}:withdraw",
    operation_id="withdrawAffiliation",
    response_model=AffiliationOut,
    responses=VERB_ERRORS,
)
async def withdraw(affiliation_id: UUID, edge: EdgeDep) -> Response:
    """The parent takes its request back."""
    command = Verb(affiliation_id, edge.expected_version)
    return await edge.write(lambda work: service.withdraw(work, command), AffiliationOut.of)


@router.post(
    "/{affiliation_id}:end", operation_id="endAffiliation", response_model=AffiliationOut, responses=VERB_ERRORS
)
async def end(affiliation_id: UUID, body: ReasonIn, edge: EdgeDep) -> Response:
    """Either side ends a membership and says why."""
    command = Verb(affiliation_id, edge.expected_version, body.reason)
    return await edge.write(lambda work: service.end(work, command), AffiliationOut.of)
