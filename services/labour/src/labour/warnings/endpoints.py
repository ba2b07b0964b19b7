"""REST door of early warnings: only translates."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import Filters, In, PageOut
from labour.warnings import service
from labour.warnings.models import Level
from labour.warnings.repository import WarningFilter
from labour.warnings.schemas import JudgedOut, WarningOut

router = APIRouter(prefix="/warnings", tags=["warnings"])


class WarningFilters(Filters):
    """Which warnings to list; `current` leaves only how everybody stands now, `since` what changed from a day on."""

    project_id: UUID | None = None
    employer_id: UUID | None = None
    level: Level | None = None
    since: date | None = None
    current: bool = False


class RecomputeWarningsIn(In):
    """Which project."""

    project_id: UUID


@router.get("", operation_id="listWarnings", response_model=PageOut[WarningOut], responses=problems())
async def list_warnings(filters: Annotated[WarningFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """Early warnings of arrears that the caller may see, with reasons and what changed, the newest day first."""
    wanted = WarningFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page(work, wanted, page), WarningOut.of)


@router.post(":recompute", operation_id="recomputeWarnings", response_model=JudgedOut, responses=problems())
async def recompute(body: RecomputeWarningsIn, edge: EdgeDep) -> Response:
    """Judge every employer of a project now instead of at the next run of the job, e.g. after a rule has changed."""
    return await edge.write(lambda work: service.recompute(work, body.project_id), JudgedOut.of)
