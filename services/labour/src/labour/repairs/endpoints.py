"""REST door of repairs: only translates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import (
    Aborted,
    FailedPrecondition,
    NotFound,
    PayloadTooLarge,
    Unavailable,
    UnsupportedMediaType,
)
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.language import Language, language_of
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from chassis.http.uploads import download, upload
from chassis.tabular import CSV, XLSX
from labour.attendance.schemas import fault_row
from labour.clients import ProjectsDep
from labour.repairs import service
from labour.repairs.commands import workbook
from labour.repairs.commands.workbook import Day, ForgottenDays
from labour.repairs.schemas import (
    ApproveRepairsIn,
    DecideRepairIn,
    ForgottenDayResult,
    ProposeRepairsIn,
    RepairOut,
    RepairResult,
    RepairResults,
    RepairsImportOut,
)
from labour.repairs.service import ApproveRepairs, ProposedRepair, ProposeRepairs, RepairFilter, Result
from labour.repairs.states import State

router = APIRouter(prefix="/attendance", tags=["attendance"])

LARGEST_FILE = 2 * 1024 * 1024
EXAMPLE = "worker_ref,day,came_at,went_at,reason\nW-0001,2026-11-22,07:30,17:30,闸机断电\n"
WORKBOOK = "(an XLSX workbook with the same columns)"
DryRun = Annotated[bool, Query(description="Only check; nothing is written.")]


class RepairFilters(Filters):
    """Which repairs of a project to list."""

    project_id: UUID
    employer_id: UUID | None = None
    worker_id: UUID | None = None
    state: State | None = None


def _results(results: Sequence[Result]) -> RepairResults:
    rows = [
        RepairResult(
            row=one.row, status=one.status, id=one.repair_id, errors=[fault_row(fault) for fault in one.faults]
        )
        for one in results
    ]
    refused = sum(one.status == "refused" for one in rows)
    return RepairResults(taken=len(rows) - refused, refused=refused, results=rows)


def _imported(days: Sequence[Day]) -> RepairsImportOut:
    rows = [
        ForgottenDayResult(
            row=one.number,
            status="refused" if one.faults else "proposed",
            repair_ids=one.repair_ids,
            errors=[fault_row(replace(bad, pointer=f"/rows/{one.number}/{bad.pointer}")) for bad in one.faults],
        )
        for one in days
    ]
    refused = sum(one.status == "refused" for one in rows)
    return RepairsImportOut(taken=len(rows) - refused, refused=refused, results=rows)


@router.post("/repairs:batch", operation_id="proposeRepairs", response_model=RepairResults, responses=problems())
async def propose_repairs(body: ProposeRepairsIn, edge: EdgeDep) -> Response:
    """Propose up to 1,000 forgotten swipes; the answer says row by row what became of them."""
    command = ProposeRepairs(body.project_id, [ProposedRepair(**row.model_dump()) for row in body.repairs])
    return await edge.write(lambda work: service.propose(work, command), _results)


@router.get(
    "/repairs:template",
    operation_id="getRepairsTemplate",
    response_class=Response,
    responses=problems() | download({XLSX: WORKBOOK}),
)
async def blank(project_id: UUID, edge: EdgeDep, language: Language = None) -> Response:
    """A sheet of forgotten attendance (补卡表) to fill in, with a drop-down of one's own workers on the project."""
    wanted = language_of(language, edge)
    return await edge.generate(
        lambda work: workbook.blank(work, project_id, wanted), media_type=XLSX, name="repairs-template.xlsx"
    )


@router.post(
    "/repairs:check",
    operation_id="checkRepairs",
    response_class=Response,
    responses=problems(PayloadTooLarge, UnsupportedMediaType) | download({XLSX: WORKBOOK}),
    openapi_extra=upload({CSV: EXAMPLE, XLSX: WORKBOOK}),
    max_body_size=LARGEST_FILE,
)
async def check(project_id: UUID, edge: EdgeDep, language: Language = None) -> Response:
    """The same file back with its failed rows coloured and the reasons beside them; nothing is written.

    An Idempotency-Key is demanded as everywhere, but no answer is kept under it: asked again it says the same.
    """
    edge.demand_key()
    sheet = ForgottenDays(project_id, await edge.body(limit=LARGEST_FILE, types=(CSV, XLSX)), edge.media_type)
    wanted = language_of(language, edge)
    return await edge.generate(
        lambda work: workbook.check(work, sheet, wanted), media_type=XLSX, name="repairs-checked.xlsx"
    )


@router.post(
    "/repairs:import",
    operation_id="importRepairs",
    response_model=RepairsImportOut,
    responses=problems(FailedPrecondition, PayloadTooLarge, UnsupportedMediaType),
    openapi_extra=upload({CSV: EXAMPLE, XLSX: WORKBOOK}),
    max_body_size=LARGEST_FILE,
)
async def import_repairs(
    project_id: UUID, edge: EdgeDep, file_id: UUID | None = None, dry_run: DryRun = False
) -> Response:
    """Propose repairs for up to 5,000 days of a file (CSV, XLSX); answered row by row, another person approves them.

    `file_id` is the scan of the paper list that it was typed from. A fault points at `/rows/{row}/{column}`; rows count
    from 0 below the header. Who goes no later than he came goes on the next day (Asia/Shanghai).
    """
    content = await edge.body(limit=LARGEST_FILE, types=(CSV, XLSX))
    sheet = ForgottenDays(project_id, content, edge.media_type, file_id)
    return await edge.write(lambda work: workbook.import_rows(work, sheet, dry_run=dry_run), _imported)


@router.post(
    "/repairs:approve",
    operation_id="approveRepairs",
    response_model=RepairResults,
    responses=problems(NotFound, FailedPrecondition, Unavailable),
)
async def approve_repairs(body: ApproveRepairsIn, edge: EdgeDep, projects: ProjectsDep) -> Response:
    """Confirm up to 1,000 repairs that somebody else has proposed; each is refused or approved by itself."""
    command = ApproveRepairs(body.project_id, body.repair_ids, body.reason)
    return await edge.write(lambda work: service.approve(work, command, projects), _results)


@router.post(
    "/repairs/{repair_id}:reject",
    operation_id="rejectRepair",
    response_model=RepairOut,
    responses=problems(NotFound, FailedPrecondition, Aborted, Unavailable),
)
async def reject_repair(repair_id: UUID, body: DecideRepairIn, edge: EdgeDep, projects: ProjectsDep) -> Response:
    """Turn a repair down, as the general contractor."""
    return await edge.write(
        lambda work: service.reject(work, repair_id, body.reason, edge.expected_version, projects),
        RepairOut.model_validate,
    )


@router.post(
    "/repairs/{repair_id}:withdraw",
    operation_id="withdrawRepair",
    response_model=RepairOut,
    responses=problems(NotFound, FailedPrecondition, Aborted),
)
async def withdraw_repair(repair_id: UUID, body: DecideRepairIn, edge: EdgeDep) -> Response:
    """Take a proposal of one's own organisation back."""
    return await edge.write(
        lambda work: service.withdraw(work, repair_id, body.reason, edge.expected_version), RepairOut.model_validate
    )


@router.get("/repairs", operation_id="listRepairs", response_model=PageOut[RepairOut], responses=problems())
async def list_repairs(filters: Annotated[RepairFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """The repairs of a project that the caller may see, newest first."""
    wanted = RepairFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page(work, wanted, page), RepairOut.model_validate)


@router.get("/repairs/{repair_id}", operation_id="getRepair", response_model=RepairOut, responses=problems(NotFound))
async def get_repair(repair_id: UUID, edge: EdgeDep) -> Response:
    """One repair."""
    return await edge.read(lambda work: service.get(work, repair_id), RepairOut.model_validate)
