"""REST door of payroll files: only translates."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import Aborted, FailedPrecondition, NotFound, PayloadTooLarge, UnsupportedMediaType
from chassis.http.edge import Edge, EdgeDep
from chassis.http.language import Language, language_of
from chassis.http.problems import problems
from chassis.http.uploads import download, upload
from chassis.tabular import CSV, XLSX
from labour.payroll_files import service
from labour.payroll_files.schemas import PayrollItemsImportOut
from labour.payroll_files.service import ItemSheet, PieceSheet
from labour.payrolls.schemas import Note, PieceRecordsOut
from labour.payrolls.service import Verb

router = APIRouter(tags=["payrolls"])

PAYROLL = "/payrolls/{payroll_id}"
LARGEST_FILE = 2 * 1024 * 1024
FILED = problems(PayloadTooLarge, UnsupportedMediaType)
VERB = problems(NotFound, FailedPrecondition, Aborted)
ITEMS = "line_id,kind,amount,note\n0199c0de-0000-7000-8000-000000000001,bonus,200.00,安全奖\n"
PIECES = "worker_ref,day,quantity,unit,noted_by\nW-0001,2026-11-20,12.500,m2,李强\n"
WORKBOOK = "(an XLSX workbook with the same columns)"
DryRun = Annotated[bool, Query(description="Only check; nothing is written.")]


async def _item_sheet(edge: Edge, payroll_id: UUID, reason: str = "") -> ItemSheet:
    content = await edge.body(limit=LARGEST_FILE, types=(CSV, XLSX))
    return ItemSheet(Verb(payroll_id, edge.expected_version, reason), content, edge.media_type)


async def _piece_sheet(edge: Edge, project_id: UUID) -> PieceSheet:
    return PieceSheet(project_id, await edge.body(limit=LARGEST_FILE, types=(CSV, XLSX)), edge.media_type)


@router.get(
    f"{PAYROLL}/items:template",
    operation_id="getPayrollItemsTemplate",
    response_class=Response,
    responses=problems(NotFound, FailedPrecondition) | download({XLSX: WORKBOOK}),
)
async def blank_items(payroll_id: UUID, edge: EdgeDep, language: Language = None) -> Response:
    """The sheet's workers (grey) with room for allowances and deductions, and a drop-down of their kinds."""
    wanted = language_of(language, edge)
    return await edge.generate(
        lambda work: service.blank_items(work, payroll_id, wanted), media_type=XLSX, name="items-template.xlsx"
    )


@router.post(
    f"{PAYROLL}/items:check",
    operation_id="checkPayrollItems",
    response_class=Response,
    responses=FILED | VERB | download({XLSX: WORKBOOK}),
    openapi_extra=upload({CSV: ITEMS, XLSX: WORKBOOK}),
    max_body_size=LARGEST_FILE,
)
async def check_items(payroll_id: UUID, edge: EdgeDep, language: Language = None) -> Response:
    """The same file back with its failed rows coloured and the reasons beside them; nothing of it is kept.

    An Idempotency-Key is demanded as everywhere, but no answer is kept under it: asked again it says the same.
    """
    edge.demand_key()
    sheet = await _item_sheet(edge, payroll_id)
    wanted = language_of(language, edge)
    return await edge.generate(
        lambda work: service.check_items(work, sheet, wanted), media_type=XLSX, name="items-checked.xlsx"
    )


@router.post(
    f"{PAYROLL}/items:import",
    operation_id="importPayrollItems",
    response_model=PayrollItemsImportOut,
    responses=FILED | VERB,
    openapi_extra=upload({CSV: ITEMS, XLSX: WORKBOOK}),
    max_body_size=LARGEST_FILE,
)
async def import_items(payroll_id: UUID, edge: EdgeDep, reason: Note = "", dry_run: DryRun = False) -> Response:
    """Add the items of a file (CSV, XLSX), or refuse it with every fault of every row as `/rows/{row}/{column}`.

    A file of a version that is not the sheet's any more is refused, as with an old If-Match. After the first signature
    this makes every signature void, and `reason` is shown with them.
    """
    sheet = await _item_sheet(edge, payroll_id, reason)
    return await edge.write(
        lambda work: service.import_items(work, sheet, dry_run=dry_run), PayrollItemsImportOut.model_validate
    )


@router.get(
    "/piece-records:template",
    operation_id="getPieceRecordsTemplate",
    response_class=Response,
    responses=problems() | download({XLSX: WORKBOOK}),
)
async def blank_pieces(project_id: UUID, edge: EdgeDep, language: Language = None) -> Response:
    """A table of pieces (计件表) to fill in, with a drop-down of one's own workers on the project."""
    wanted = language_of(language, edge)
    return await edge.generate(
        lambda work: service.blank_pieces(work, project_id, wanted), media_type=XLSX, name="pieces-template.xlsx"
    )


@router.post(
    "/piece-records:check",
    operation_id="checkPieceRecords",
    response_class=Response,
    responses=FILED | download({XLSX: WORKBOOK}),
    openapi_extra=upload({CSV: PIECES, XLSX: WORKBOOK}),
    max_body_size=LARGEST_FILE,
)
async def check_pieces(project_id: UUID, edge: EdgeDep, language: Language = None) -> Response:
    """The same file back with its failed rows coloured and the reasons beside them; nothing of it is kept.

    An Idempotency-Key is demanded as everywhere, but no answer is kept under it: asked again it says the same.
    """
    edge.demand_key()
    sheet = await _piece_sheet(edge, project_id)
    wanted = language_of(language, edge)
    return await edge.generate(
        lambda work: service.check_pieces(work, sheet, wanted), media_type=XLSX, name="pieces-checked.xlsx"
    )


@router.post(
    "/piece-records:import",
    operation_id="importPieceRecords",
    response_model=PieceRecordsOut,
    responses=FILED | problems(FailedPrecondition),
    openapi_extra=upload({CSV: PIECES, XLSX: WORKBOOK}),
    max_body_size=LARGEST_FILE,
)
async def import_pieces(project_id: UUID, edge: EdgeDep, dry_run: DryRun = False) -> Response:
    """Write the piece records of a file (CSV, XLSX), or refuse it with every fault of every row.

    A fault points at `/rows/{row}/{column}`; rows count from 0 below the header. What is on record already in the same
    words is refused, so that a file that is sent twice counts once.
    """
    sheet = await _piece_sheet(edge, project_id)
    return await edge.write(
        lambda work: service.import_pieces(work, sheet, dry_run=dry_run),
        lambda recorded: PieceRecordsOut(recorded=recorded),
    )
