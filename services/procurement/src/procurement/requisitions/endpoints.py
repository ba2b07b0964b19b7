"""REST door of requisitions: only translates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from chassis.errors import (
    Aborted,
    AlreadyExists,
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
from chassis.values import Code
from procurement.approvals.schemas import RemarkIn
from procurement.clients import ProjectsDep
from procurement.requisitions import service
from procurement.requisitions.commands import workbook
from procurement.requisitions.repository import LineFilter, RequisitionFilter
from procurement.requisitions.schemas import (
    CreateRequisitionIn,
    LineIn,
    OpenLineOut,
    RequisitionImportOut,
    RequisitionOut,
    RequisitionSummary,
    ReviseRequisitionIn,
    WhyIn,
)
from procurement.requisitions.service import CreateRequisition, Line, ReviseRequisition, Verb
from procurement.requisitions.states import State
from procurement.values import DryRun

router = APIRouter(tags=["requisitions"])

LARGEST_FILE = 2 * 1024 * 1024
EXAMPLE = (
    "project_code,material_code,unit,specification,quantity,needed_by,cost_code,estimated_price,wbs_uid\n"
    "P-1,01090001,t,HPB300 φ8,12.5,2099-01-01,01-STEEL,3980.00,\n"
)
WORKBOOK = "(an XLSX workbook with the same columns)"
VERB_ERRORS = problems(NotFound, FailedPrecondition, Aborted)


class RequisitionFilters(Filters):
    """Which requisitions to list."""

    project_id: UUID | None = None
    state: State | None = None
    number: Code | None = None


class LineFilters(Filters):
    """Which open lines to list."""

    project_id: UUID | None = None
    material: Annotated[str, Field(pattern=r"^[0-9]{1,8}$", description="A prefix of the code.")] | None = None
    cost_code: Code | None = None
    needed_from: date | None = None
    needed_to: date | None = None


def _lines(lines: Sequence[LineIn]) -> tuple[Line, ...]:
    return tuple(Line(**line.model_dump()) for line in lines)


@router.post(
    "/requisitions",
    operation_id="createRequisition",
    status_code=201,
    response_model=RequisitionOut,
    responses=problems(NotFound, AlreadyExists, Unavailable),
)
async def create(body: CreateRequisitionIn, edge: EdgeDep, projects: ProjectsDep) -> Response:
    """Write what a site needs as a draft, for a project in which the caller takes part."""
    command = CreateRequisition(body.number, body.project_id, body.note, _lines(body.lines))
    return await edge.write(
        lambda work: service.create(work, command, projects), RequisitionOut.of_standing, status=201
    )


@router.get(
    "/requisitions",
    operation_id="listRequisitions",
    response_model=PageOut[RequisitionSummary],
    responses=problems(),
)
async def list_requisitions(filters: Annotated[RequisitionFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """The caller's requisitions, newest first, without their lines."""
    wanted = RequisitionFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page(work, wanted, page), RequisitionSummary.of)


@router.get(
    "/requisition-lines",
    operation_id="listOpenRequisitionLines",
    response_model=PageOut[OpenLineOut],
    responses=problems(),
)
async def list_open_lines(filters: Annotated[LineFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """What is still to be bought for all projects of the caller's organisation, by the day it is needed."""
    wanted = LineFilter(**filters.model_dump())
    return await edge.page(lambda work: service.open_lines(work, wanted, page), OpenLineOut.of)


@router.get(
    "/requisitions/{requisition_id}",
    operation_id="getRequisition",
    response_model=RequisitionOut,
    responses=problems(NotFound),
)
async def get(requisition_id: UUID, edge: EdgeDep) -> Response:
    """One requisition with its lines (requested, sourced, ordered, delivered, left) and the steps of its approval."""
    return await edge.read(lambda work: service.get(work, requisition_id), RequisitionOut.of_standing)


@router.put(
    "/requisitions/{requisition_id}",
    operation_id="reviseRequisition",
    response_model=RequisitionOut,
    responses=problems(NotFound, FailedPrecondition, Aborted, Unavailable),
)
async def revise(requisition_id: UUID, body: ReviseRequisitionIn, edge: EdgeDep, projects: ProjectsDep) -> Response:
    """Replace the note and the lines of a draft; If-Match is required."""
    command = ReviseRequisition(requisition_id, edge.required_version, body.note, _lines(body.lines))
    return await edge.change(lambda work: service.revise(work, command, projects), RequisitionOut.of_standing)


@router.post(
    "/requisitions/{requisition_id}:submit",
    operation_id="submitRequisition",
    response_model=RequisitionOut,
    responses=VERB_ERRORS,
)
async def submit(requisition_id: UUID, edge: EdgeDep) -> Response:
    """Hand a draft to those who approve its amount: the steps are fixed by the matrix of today."""
    command = Verb(requisition_id, edge.expected_version)
    return await edge.write(lambda work: service.submit(work, command), RequisitionOut.of_standing)


@router.post(
    "/requisitions/{requisition_id}:approve",
    operation_id="approveRequisition",
    response_model=RequisitionOut,
    responses=VERB_ERRORS,
)
async def approve(requisition_id: UUID, body: RemarkIn, edge: EdgeDep) -> Response:
    """Approve the step that waits, for oneself or by delegation; with the last one the requisition is approved."""
    command = Verb(requisition_id, edge.expected_version, body.remark)
    return await edge.write(lambda work: service.approve(work, command), RequisitionOut.of_standing)


@router.post(
    "/requisitions/{requisition_id}:reject",
    operation_id="rejectRequisition",
    response_model=RequisitionOut,
    responses=VERB_ERRORS,
)
async def reject(requisition_id: UUID, body: WhyIn, edge: EdgeDep) -> Response:
    """Refuse a submitted requisition at the step that waits, and say why."""
    command = Verb(requisition_id, edge.expected_version, body.reason)
    return await edge.write(lambda work: service.reject(work, command), RequisitionOut.of_standing)


@router.post(
    "/requisitions/{requisition_id}:cancel",
    operation_id="cancelRequisition",
    response_model=RequisitionOut,
    responses=VERB_ERRORS,
)
async def cancel(requisition_id: UUID, body: WhyIn, edge: EdgeDep) -> Response:
    """Call a draft or a submitted requisition off, and say why."""
    command = Verb(requisition_id, edge.expected_version, body.reason)
    return await edge.write(lambda work: service.cancel(work, command), RequisitionOut.of_standing)


@router.post(
    "/requisitions/{requisition_id}:close",
    operation_id="closeRequisition",
    response_model=RequisitionOut,
    responses=VERB_ERRORS,
)
async def close(requisition_id: UUID, body: WhyIn, edge: EdgeDep) -> Response:
    """Buy nothing more for an approved requisition, and say why; what is ordered may still come."""
    command = Verb(requisition_id, edge.expected_version, body.reason)
    return await edge.write(lambda work: service.close(work, command), RequisitionOut.of_standing)


@router.get(
    "/requisitions:template",
    operation_id="getRequisitionTemplate",
    response_class=Response,
    responses=problems(NotFound) | download({XLSX: WORKBOOK}),
)
async def blank(edge: EdgeDep, project_id: UUID | None = None, language: Language = None) -> Response:
    """An empty workbook with drop-downs of projects (or one project), own and catalogue codes, units, cost codes."""
    wanted = language_of(language, edge)
    return await edge.generate(
        lambda work: workbook.blank(work, project_id, wanted), media_type=XLSX, name="requisition-template.xlsx"
    )


@router.post(
    "/requisitions:check",
    operation_id="checkRequisition",
    response_class=Response,
    responses=problems(PayloadTooLarge, UnsupportedMediaType, Unavailable) | download({XLSX: WORKBOOK}),
    openapi_extra=upload({CSV: EXAMPLE, XLSX: WORKBOOK}),
    max_body_size=LARGEST_FILE,
)
async def check(edge: EdgeDep, projects: ProjectsDep, language: Language = None) -> Response:
    """The same file back with its failed rows coloured and the reasons beside them; nothing is written.

    An Idempotency-Key is demanded as everywhere, but no answer is kept under it: asked again it says the same.
    """
    edge.demand_key()
    content = await edge.body(limit=LARGEST_FILE, types=(CSV, XLSX))
    wanted = language_of(language, edge)
    return await edge.generate(
        lambda work: workbook.check(work, content, edge.media_type, wanted, projects),
        media_type=XLSX,
        name="requisition-checked.xlsx",
    )


@router.post(
    "/requisitions:import",
    operation_id="importRequisition",
    response_model=RequisitionImportOut,
    responses=problems(PayloadTooLarge, UnsupportedMediaType, Unavailable),
    openapi_extra=upload({CSV: EXAMPLE, XLSX: WORKBOOK}),
    max_body_size=LARGEST_FILE,
)
async def import_draft(edge: EdgeDep, projects: ProjectsDep, dry_run: DryRun = False) -> Response:
    """Draft a requisition of a file (CSV, XLSX) of one project, or refuse it with every fault of every row.

    A fault points at `/rows/{row}/{column}`; rows count from 0 below the header.
    """
    content = await edge.body(limit=LARGEST_FILE, types=(CSV, XLSX))
    return await edge.write(
        lambda work: workbook.import_rows(work, content, edge.media_type, projects, dry_run=dry_run),
        RequisitionImportOut.of,
    )
