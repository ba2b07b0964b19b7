"""REST door of evidence: only translates."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from chassis.errors import FailedPrecondition, NotFound
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.language import Language, language_of
from chassis.http.problems import problems
from chassis.http.schemas import Filters, In, PageOut
from chassis.http.uploads import download
from chassis.typesetting import PDF
from labour.evidence import service
from labour.evidence.models import Responsible, Status
from labour.evidence.repository import GapFilter, MonthFilter
from labour.evidence.rules import Key
from labour.evidence.schemas import EvidenceMonthOut, EvidenceOut, GapOut, RecomputedOut, TotalsOut, gap_out

router = APIRouter(prefix="/evidence", tags=["evidence"])

Month = Annotated[str, Field(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", examples=["2026-10"])]
"""A month as yyyy-mm."""


class MonthFilters(Filters):
    """Which chains of a project to list."""

    project_id: UUID
    month: Month | None = None
    employer_id: UUID | None = None
    worker_id: UUID | None = None
    status: Status | None = None


class GapFilters(Filters):
    """Which gaps of a project to list; `due_by` finds those that must be closed by that day."""

    project_id: UUID
    month: Month | None = None
    employer_id: UUID | None = None
    worker_id: UUID | None = None
    code: str | None = None
    responsible: Responsible | None = None
    due_by: date | None = None


class RecomputeIn(In):
    """Which project."""

    project_id: UUID


def _first(month: str | None) -> date | None:
    return None if month is None else date.fromisoformat(f"{month}-01")


@router.get("", operation_id="listEvidence", response_model=PageOut[EvidenceMonthOut], responses=problems())
async def list_evidence(filters: Annotated[MonthFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """The chains of evidence of a project that the caller may see, newest month first."""
    wanted = MonthFilter(**(filters.model_dump() | {"month": _first(filters.month)}))
    return await edge.page(lambda work: service.page(work, wanted, page), EvidenceMonthOut.of)


@router.get("/gaps", operation_id="listEvidenceGaps", response_model=PageOut[GapOut], responses=problems())
async def list_gaps(filters: Annotated[GapFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """Each gap of a project with who must mend it and by when, the first due first."""
    wanted = GapFilter(**(filters.model_dump() | {"month": _first(filters.month)}))
    return await edge.page(lambda work: service.page_of_gaps(work, wanted, page), gap_out)


@router.get("/totals", operation_id="getEvidenceTotals", response_model=TotalsOut, responses=problems())
async def totals(project_id: Annotated[UUID, Query()], month: Annotated[Month, Query()], edge: EdgeDep) -> Response:
    """How each employer of a project stands in a month."""
    first = date.fromisoformat(f"{month}-01")
    return await edge.read(lambda work: service.totals(work, project_id, first), TotalsOut.of)


@router.get(
    "/document",
    operation_id="getEvidenceDocument",
    response_class=Response,
    responses=problems(NotFound, FailedPrecondition) | download({PDF: "(a PDF)"}),
)
async def document(
    project_id: Annotated[UUID, Query()],
    employer_id: Annotated[UUID, Query()],
    month: Annotated[Month, Query()],
    edge: EdgeDep,
    language: Language = None,
) -> Response:
    """An employer's month as an inspector reads it, as PDF: each worker's chain, and who must mend what by when."""
    wanted = language_of(language, edge)
    first = date.fromisoformat(f"{month}-01")

    return await edge.generate(
        lambda work: service.document(work, project_id, employer_id, first, wanted),
        media_type=PDF,
        name=f"evidence-{month}-{employer_id}.pdf",
    )


@router.get(
    "/{project_id}/{worker_id}/{month}",
    operation_id="getEvidence",
    response_model=EvidenceOut,
    responses=problems(NotFound),
)
async def get(project_id: UUID, worker_id: UUID, month: Month, edge: EdgeDep) -> Response:
    """One worker's month: which links are whole, and each gap."""
    key = Key(project_id, worker_id, date.fromisoformat(f"{month}-01"))
    return await edge.read(lambda work: service.get(work, key), EvidenceOut.of)


@router.post(":recompute", operation_id="recomputeEvidence", response_model=RecomputedOut, responses=problems())
async def recompute(body: RecomputeIn, edge: EdgeDep) -> Response:
    """Compute every month of a project from nothing but its rows, e.g. after a rule has changed."""
    return await edge.write(lambda work: service.recompute(work, body.project_id), RecomputedOut.of)
