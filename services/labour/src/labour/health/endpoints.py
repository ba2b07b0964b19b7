"""REST door of health records: only translates."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Response

from chassis.errors import NotFound
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import PageOut
from labour.clients import VaultDep
from labour.health import service
from labour.health.schemas import HealthRecordIn, HealthRecordOut
from labour.health.service import Examination

router = APIRouter(prefix="/workers", tags=["health records"])


@router.post(
    "/{worker_id}/health-records",
    operation_id="recordHealth",
    response_model=HealthRecordOut,
    responses=problems(NotFound),
)
async def record(worker_id: UUID, body: HealthRecordIn, edge: EdgeDep, vault: VaultDep) -> Response:
    """Put a medical examination (体检) on record, or correct the one of that day."""
    command = Examination(worker_id, **body.model_dump())
    return await edge.write(lambda work: service.record(work, command, vault), HealthRecordOut.model_validate)


@router.get(
    "/{worker_id}/health-records",
    operation_id="listHealthRecords",
    response_model=PageOut[HealthRecordOut],
    responses=problems(NotFound),
)
async def list_records(worker_id: UUID, page: PageDep, edge: EdgeDep) -> Response:
    """The medical examinations of one of the caller's workers."""
    return await edge.page(lambda work: service.page(work, worker_id, page), HealthRecordOut.model_validate)
