"""REST door of privacy: only translates."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import Aborted, AlreadyExists, FailedPrecondition, NotFound
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from labour.clients import VaultDep
from labour.privacy import service
from labour.privacy.schemas import AccessOut, ErasureIn, ErasureOut, RetentionRuleOut
from labour.privacy.service import ErasureFilter
from labour.privacy.states import State

router = APIRouter(tags=["privacy"])


class ErasureFilters(Filters):
    """Which requests to list."""

    worker_id: UUID | None = None
    state: State | None = None


@router.get(
    "/retention-rules",
    operation_id="listRetentionRules",
    response_model=PageOut[RetentionRuleOut],
    responses=problems(),
)
async def list_rules(page: PageDep, edge: EdgeDep) -> Response:
    """What the law makes an employer keep although a person asks for erasure, with sources."""
    return await edge.page(lambda work: service.retention_rules(work, page), RetentionRuleOut.model_validate)


@router.get(
    "/workers/{worker_id}/accesses",
    operation_id="listAccesses",
    response_model=PageOut[AccessOut],
    responses=problems(NotFound),
)
async def list_accesses(worker_id: UUID, page: PageDep, edge: EdgeDep) -> Response:
    """Who saw the data of a worker, when and what for."""
    return await edge.page(lambda work: service.accesses(work, worker_id, page), AccessOut.model_validate)


@router.post(
    "/workers/{worker_id}/erasures",
    operation_id="requestErasure",
    status_code=201,
    response_model=ErasureOut,
    responses=problems(NotFound, AlreadyExists),
)
async def request(worker_id: UUID, body: ErasureIn, edge: EdgeDep, vault: VaultDep) -> Response:
    """A worker asks that his data be erased; the answer says what is gone, what is kept, by which rule, until when."""
    return await edge.write(
        lambda work: service.request(work, worker_id, body.requested_on, body.file_id, vault),
        ErasureOut.model_validate,
        status=201,
    )


@router.get("/erasures", operation_id="listErasures", response_model=PageOut[ErasureOut], responses=problems())
async def list_erasures(filters: Annotated[ErasureFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """The requests of the caller's workers, newest first."""
    wanted = ErasureFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page(work, wanted, page), ErasureOut.model_validate)


@router.get(
    "/erasures/{erasure_id}", operation_id="getErasure", response_model=ErasureOut, responses=problems(NotFound)
)
async def get(erasure_id: UUID, edge: EdgeDep) -> Response:
    """One request of one of the caller's workers."""
    return await edge.read(lambda work: service.get(work, erasure_id), ErasureOut.model_validate)


@router.post(
    "/erasures/{erasure_id}:cancel",
    operation_id="cancelErasure",
    response_model=ErasureOut,
    responses=problems(NotFound, FailedPrecondition, Aborted),
)
async def cancel(erasure_id: UUID, edge: EdgeDep) -> Response:
    """The worker takes his request back; what is gone stays gone."""
    return await edge.write(
        lambda work: service.cancel(work, erasure_id, edge.expected_version), ErasureOut.model_validate
    )
