"""REST door of filing objects: only translates."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from labour.clients.authorities import Kind
from labour.filing_objects import rules, service
from labour.filing_objects.repository import ObjectFilter
from labour.filing_objects.rules import Stage
from labour.filing_objects.schemas import FilingObjectOut
from labour.filing_objects.service import Standing

router = APIRouter(prefix="/filing-objects", tags=["filings"])


class ObjectFilters(Filters):
    """Which objects to list."""

    project_id: UUID | None = None
    connection_id: UUID | None = None
    worker_id: UUID | None = None
    payroll_id: UUID | None = None
    kind: Kind | None = None
    stage: Stage | None = None


def _wanted(filters: ObjectFilters) -> ObjectFilter:
    states = None if filters.stage is None else [state for state, one in rules.STAGES.items() if one is filters.stage]
    return ObjectFilter(**filters.model_dump(exclude={"stage"}), states=states)


def _out(one: Standing) -> FilingObjectOut:
    filing, reason = one.filing, one.reason
    same = ("connection_id", "project_id", "employer_id", "worker_id", "kind", "object_key", "state", "number")
    rest = ("answer_text", "attempts", "answered_at", "updated_at")
    return FilingObjectOut(
        **{name: getattr(filing, name) for name in (*same, *rest)},
        filing_id=filing.id,
        authority=one.authority,
        stage=one.stage,
        there=one.there,
        reason_code=reason.code,
        reason_zh=reason.zh,
        reason_en=reason.en,
        mend_by=reason.mend_by,
        waits_for_kind=one.waits_for[0] if one.waits_for else None,
        waits_for_key=one.waits_for[1] if one.waits_for else "",
    )


@router.get("", operation_id="listFilingObjects", response_model=PageOut[FilingObjectOut], responses=problems())
async def list_objects(filters: Annotated[ObjectFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """Where each object stands: of a worker, of a sheet, of a project; filed, waiting for what, refused why."""
    wanted = _wanted(filters)
    return await edge.page(lambda work: service.page(work, wanted, page), _out)
