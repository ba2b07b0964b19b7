"""REST door of payrolls: only translates. The worker's door stands in self_service/."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import Aborted, AlreadyExists, FailedPrecondition, NotFound, Unavailable
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.language import Language, language_of
from chassis.http.once import write_once
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from chassis.http.uploads import download
from chassis.typesetting import PDF
from labour.clients import ProjectsDep, VaultDep
from labour.links.models import Link
from labour.links.schemas import IssuedLinkOut
from labour.payrolls import service
from labour.payrolls.commands import drafting, items, papers, pieces, signing
from labour.payrolls.models import PieceRecord
from labour.payrolls.repository import LineFilter, PayrollFilter, PieceFilter
from labour.payrolls.schemas import (
    AnswerIn,
    CorrectionIn,
    IssuedWageLinksOut,
    ItemKindOut,
    ItemsIn,
    ObjectIn,
    PayrollIn,
    PayrollLineDetail,
    PayrollLineOut,
    PayrollOut,
    PayrollReasonIn,
    PieceRecordOut,
    PieceRecordsOut,
    PiecesIn,
    SignOnPaperIn,
)
from labour.payrolls.service import Verb
from labour.payrolls.states import LineState, Run, State

router = APIRouter(tags=["payrolls"])

DOCUMENT = problems(NotFound, FailedPrecondition) | download({PDF: "(a PDF)"})
VERB = problems(NotFound, FailedPrecondition, Aborted)
PAYROLL, LINE = "/payrolls/{payroll_id}", "/payroll-lines/{line_id}"
ROWS_BYTES = 2 * 1024 * 1024


class PayrollFilters(Filters):
    """Which payrolls to list."""

    project_id: UUID | None = None
    employer_id: UUID | None = None
    month: date | None = None
    run: Run | None = None
    state: State | None = None


class LineFilters(Filters):
    """Which lines to list."""

    payroll_id: UUID | None = None
    project_id: UUID | None = None
    worker_id: UUID | None = None
    month: date | None = None
    state: LineState | None = None


class PieceFilters(Filters):
    """Which piece records to list."""

    project_id: UUID | None = None
    worker_id: UUID | None = None
    day: date | None = None


def _issued(link: Link) -> IssuedLinkOut:
    return IssuedLinkOut.model_validate({**link.model_dump(), "link": ""})


def _recorded(records: list[PieceRecord]) -> PieceRecordsOut:
    return PieceRecordsOut(recorded=len(records))


@router.get(
    "/payroll-item-kinds",
    operation_id="listPayrollItemKinds",
    response_model=PageOut[ItemKindOut],
    responses=problems(),
)
async def list_kinds(page: PageDep, edge: EdgeDep) -> Response:
    """The kinds of allowances and deductions."""
    return await edge.page(lambda work: service.page_of_kinds(work, page), ItemKindOut.model_validate)


@router.post(
    "/payrolls",
    operation_id="draftPayroll",
    status_code=201,
    response_model=PayrollOut,
    responses=problems(NotFound, AlreadyExists, FailedPrecondition, Unavailable),
)
async def draft(body: PayrollIn, edge: EdgeDep, projects: ProjectsDep) -> Response:
    """Draft a month's sheet from contracts, worker days and pieces; its lines come chunk by chunk (`drafting`)."""
    command = body.plan()
    return await edge.write(lambda work: drafting.draft(work, command, projects), PayrollOut.model_validate, status=201)


@router.post(
    "/payroll-corrections",
    operation_id="correctPayroll",
    status_code=201,
    response_model=PayrollOut,
    responses=problems(NotFound, FailedPrecondition),
    max_body_size=ROWS_BYTES,
)
async def correct(body: CorrectionIn, edge: EdgeDep) -> Response:
    """Draft a correction or arrears beside an approved sheet, as entries of their own."""
    command = body.correction()
    return await edge.write(lambda work: drafting.correct(work, command), PayrollOut.model_validate, status=201)


@router.get("/payrolls", operation_id="listPayrolls", response_model=PageOut[PayrollOut], responses=problems())
async def list_payrolls(filters: Annotated[PayrollFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """The payrolls that the caller may see, newest first."""
    wanted = PayrollFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page(work, wanted, page), PayrollOut.model_validate)


@router.get(PAYROLL, operation_id="getPayroll", response_model=PayrollOut, responses=problems(NotFound))
async def get(payroll_id: UUID, edge: EdgeDep) -> Response:
    """One payroll, without its lines."""
    return await edge.read(lambda work: service.get(work, payroll_id), PayrollOut.model_validate)


@router.get(f"{PAYROLL}/document", operation_id="getPayrollDocument", response_class=Response, responses=DOCUMENT)
async def document(payroll_id: UUID, edge: EdgeDep, vault: VaultDep, language: Language = None) -> Response:
    """The wage sheet (工资表) as PDF with a column for signatures, numbers masked. The workers can see who took it."""
    wanted = language_of(language, edge)
    return await edge.generate(
        lambda work: papers.sheet(work, payroll_id, wanted, vault), media_type=PDF, name=f"payroll-{payroll_id}.pdf"
    )


@router.post(
    f"{PAYROLL}/items",
    operation_id="addPayrollItems",
    response_model=PayrollOut,
    responses=VERB,
    max_body_size=ROWS_BYTES,
)
async def add_items(payroll_id: UUID, body: ItemsIn, edge: EdgeDep) -> Response:
    """Add allowances and deductions. After the first signature this makes every signature void."""
    command = Verb(payroll_id, edge.expected_version, body.reason)
    new = [one.item() for one in body.items]
    return await edge.write(lambda work: items.add_items(work, command, new), PayrollOut.model_validate)


@router.post(f"{PAYROLL}:submit", operation_id="submitPayroll", response_model=PayrollOut, responses=VERB)
async def submit(payroll_id: UUID, edge: EdgeDep) -> Response:
    """Hand the sheet to its workers, who sign or object."""
    command = Verb(payroll_id, edge.expected_version)
    return await edge.write(lambda work: service.submit(work, command), PayrollOut.model_validate)


@router.post(f"{PAYROLL}:issue-links", operation_id="issueWageLinks", response_model=IssuedWageLinksOut, responses=VERB)
async def issue_links(payroll_id: UUID, edge: EdgeDep) -> Response:
    """A link for each line that waits for its signature; the secrets are in this answer only, earlier ones revoked."""
    return await write_once(
        edge, lambda work: signing.issue_links(work, payroll_id), IssuedWageLinksOut.of, field="links"
    )


@router.post(f"{PAYROLL}:sign-on-paper", operation_id="signPayrollOnPaper", response_model=PayrollOut, responses=VERB)
async def sign_on_paper(payroll_id: UUID, body: SignOnPaperIn, edge: EdgeDep) -> Response:
    """File the scan of the printed sheet that these workers signed by hand, and why not by link."""
    command, signed = Verb(payroll_id, edge.expected_version), body.signed()
    return await edge.write(lambda work: signing.sign_on_paper(work, command, signed), PayrollOut.model_validate)


@router.post(f"{PAYROLL}:cancel", operation_id="cancelPayroll", response_model=PayrollOut, responses=VERB)
async def cancel(payroll_id: UUID, body: PayrollReasonIn, edge: EdgeDep) -> Response:
    """Give up a sheet that nobody has checked, so that the month can be drafted anew."""
    command = Verb(payroll_id, edge.expected_version, body.reason)
    return await edge.write(lambda work: service.cancel(work, command), PayrollOut.model_validate)


@router.post(f"{PAYROLL}:send-back", operation_id="sendBackPayroll", response_model=PayrollOut, responses=VERB)
async def send_back(payroll_id: UUID, body: PayrollReasonIn, edge: EdgeDep) -> Response:
    """For the general contractor: send the sheet back and say why; every signature is void."""
    command = Verb(payroll_id, edge.expected_version, body.reason)
    return await edge.write(lambda work: service.send_back(work, command), PayrollOut.model_validate)


@router.post(f"{PAYROLL}:check", operation_id="checkPayroll", response_model=PayrollOut, responses=VERB)
async def check(payroll_id: UUID, edge: EdgeDep) -> Response:
    """For the general contractor: sheet, attendance and signatures fit."""
    command = Verb(payroll_id, edge.expected_version)
    return await edge.write(lambda work: service.check(work, command), PayrollOut.model_validate)


@router.post(f"{PAYROLL}:approve", operation_id="approvePayroll", response_model=PayrollOut, responses=VERB)
async def approve(payroll_id: UUID, edge: EdgeDep) -> Response:
    """For the general contractor: the signed lines are owed, and the month is locked. Again for later signatures."""
    command = Verb(payroll_id, edge.expected_version)
    return await edge.write(lambda work: service.approve(work, command), PayrollOut.model_validate)


@router.get(
    "/payroll-lines", operation_id="listPayrollLines", response_model=PageOut[PayrollLineOut], responses=problems()
)
async def list_lines(filters: Annotated[LineFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """The lines that the caller may see, newest first."""
    wanted = LineFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page_of_lines(work, wanted, page), PayrollLineOut.model_validate)


@router.get(LINE, operation_id="getPayrollLine", response_model=PayrollLineDetail, responses=problems(NotFound))
async def line(line_id: UUID, edge: EdgeDep) -> Response:
    """One line with its items, signatures (void ones too) and objections."""
    return await edge.read(lambda work: service.line(work, line_id), PayrollLineDetail.of)


@router.get(
    f"{LINE}/slip",
    operation_id="getPaySlip",
    response_model=PayrollLineDetail,
    responses=problems(NotFound, FailedPrecondition),
)
async def slip(line_id: UUID, edge: EdgeDep) -> Response:
    """The pay slip (工资条) of a line, once the payroll is approved."""
    return await edge.read(lambda work: service.slip(work, line_id), PayrollLineDetail.of)


@router.get(f"{LINE}/slip/document", operation_id="getPaySlipDocument", response_class=Response, responses=DOCUMENT)
async def slip_document(line_id: UUID, edge: EdgeDep, vault: VaultDep, language: Language = None) -> Response:
    """The pay slip as PDF, once the payroll is approved. The worker can see who took it."""
    wanted = language_of(language, edge)
    return await edge.generate(
        lambda work: papers.slip(work, line_id, wanted, vault), media_type=PDF, name=f"slip-{line_id}.pdf"
    )


@router.post(f"{LINE}:issue-link", operation_id="issueWageLink", response_model=IssuedLinkOut, responses=VERB)
async def issue_link(line_id: UUID, edge: EdgeDep) -> Response:
    """A link with which the worker signs his line or objects; its secret is in this answer only."""
    return await write_once(edge, lambda work: signing.issue_link(work, line_id), _issued, field="link")


@router.post(f"{LINE}:object", operation_id="objectOnPaper", response_model=PayrollLineDetail, responses=VERB)
async def object_on_paper(line_id: UUID, body: ObjectIn, edge: EdgeDep) -> Response:
    """Write down what a worker without a link objects to."""
    expected = edge.expected_version
    return await edge.write(
        lambda work: signing.object_on_paper(work, line_id, expected, body.reason), PayrollLineDetail.of
    )


@router.post(f"{LINE}:answer", operation_id="answerObjection", response_model=PayrollLineDetail, responses=VERB)
async def answer(line_id: UUID, body: AnswerIn, edge: EdgeDep) -> Response:
    """Answer the objection to a line, adjusted or as it was; it waits for a signature again."""
    expected, given = edge.expected_version, body.given(line_id)
    return await edge.write(lambda work: signing.answer(work, line_id, expected, given), PayrollLineDetail.of)


@router.post(
    "/piece-records:batch",
    operation_id="recordPieces",
    response_model=PieceRecordsOut,
    responses=problems(FailedPrecondition),
    max_body_size=ROWS_BYTES,
)
async def record_pieces(body: PiecesIn, edge: EdgeDep) -> Response:
    """Write piece records (计件) of up to 1,000 workers and days, all or none."""
    rows = [one.pieces() for one in body.records]
    return await edge.write(lambda work: pieces.record(work, body.project_id, rows), _recorded)


@router.get(
    "/piece-records", operation_id="listPieceRecords", response_model=PageOut[PieceRecordOut], responses=problems()
)
async def list_pieces(filters: Annotated[PieceFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """The employer's own piece records, newest first."""
    wanted = PieceFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page_of_pieces(work, wanted, page), PieceRecordOut.model_validate)
