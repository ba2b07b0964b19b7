"""REST door of assignments: only translates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import Aborted, AlreadyExists, FailedPrecondition, NotFound, Unavailable
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.language import Language, language_of
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut, RowResult
from chassis.http.uploads import download
from chassis.typesetting import PDF
from labour.assignments import errors, service
from labour.assignments.rules import Finding
from labour.assignments.schemas import (
    AbsenceOut,
    AssignmentOut,
    AssignWorkerIn,
    AssignWorkersIn,
    AssignWorkersOut,
    DecisionOut,
    EnterIn,
    ExpelIn,
    LeaveIn,
    ReadmitIn,
    ReturnIn,
    RuleAskedOut,
    StayOut,
    TakeLeaveIn,
    WorkerToAssignIn,
)
from labour.assignments.service import (
    Assigned,
    AssignmentFilter,
    AssignWorkers,
    Decision,
    Move,
    Outcome,
    Prospect,
    WorkerToAssign,
)
from labour.assignments.states import State
from labour.clients import ProjectsDep, VaultDep
from labour.codes.models import RiskClass
from labour.workers.schemas import Trade, field_fault

router = APIRouter(prefix="/assignments", tags=["assignments"])

MOVE_ERRORS = problems(NotFound, FailedPrecondition, Aborted, Unavailable)


class AssignmentFilters(Filters):
    """Which assignments to list."""

    project_id: UUID | None = None
    employer_id: UUID | None = None
    worker_id: UUID | None = None
    state: State | None = None


class DecisionFilters(Filters):
    """A worker and a project to which he is not assigned yet; the day is today when absent."""

    worker_id: UUID
    project_id: UUID
    special_trade: Trade | None = None
    risk_class: RiskClass | None = None
    on: date | None = None


def _row(row: WorkerToAssignIn) -> WorkerToAssign:
    return WorkerToAssign(row.worker_id, row.special_trade, row.risk_class)


def _out(assigned: Assigned) -> AssignmentOut:
    worker = assigned.worker
    return AssignmentOut.model_validate(
        assigned.assignment.model_dump()
        | {"worker_name": worker.name, "work_type": worker.work_type, "work_role": worker.work_role}
    )


def _batch(outcomes: Sequence[Outcome]) -> AssignWorkersOut:
    counts = Counter(outcome.status for outcome in outcomes)
    return AssignWorkersOut(
        created=counts["created"],
        updated=counts["updated"],
        unchanged=counts["unchanged"],
        refused=counts["refused"],
        results=[
            RowResult(
                row=outcome.row,
                status=outcome.status,
                external_id=outcome.external_id,
                id=str(outcome.assignment_id or ""),
                errors=[field_fault(one) for one in outcome.faults],
            )
            for outcome in outcomes
        ],
    )


def _asked(found: Finding) -> RuleAskedOut:
    refusal = found.refusal
    mend_zh, mend_en = errors.MENDS[refusal.code] if refusal else ("", "")
    return RuleAskedOut(
        rule=found.rule,
        subject=found.subject,
        passed=refusal is None,
        source=found.source,
        status=found.status,
        code=refusal.code if refusal else "",
        zh=refusal.zh if refusal else "",
        en=refusal.en if refusal else "",
        mend_zh=mend_zh,
        mend_en=mend_en,
    )


def _decision(decision: Decision) -> DecisionOut:
    covering = decision.certificate
    return DecisionOut(
        allowed=not decision.refusals,
        on=decision.on,
        worker_id=decision.worker_id,
        project_id=decision.project_id,
        assignment_id=decision.assignment_id,
        certificate_number=covering.number if covering else "",
        certificate_valid_to=covering.valid_to if covering else None,
        rules=[_asked(one) for one in decision.findings],
    )


@router.post(
    "",
    operation_id="assignWorker",
    status_code=201,
    response_model=AssignmentOut,
    responses=problems(NotFound, AlreadyExists, FailedPrecondition, Unavailable),
)
async def assign(body: AssignWorkerIn, edge: EdgeDep, projects: ProjectsDep, vault: VaultDep) -> Response:
    """Assign one of the caller's workers to a project; refused with every gate that fails."""
    command = AssignWorkers(body.project_id, [_row(body)], body.enter_at)
    return await edge.write(lambda work: service.assign_one(work, command, projects, vault), _out, status=201)


@router.post(
    ":batch",
    operation_id="assignWorkers",
    response_model=AssignWorkersOut,
    responses=problems(NotFound, FailedPrecondition, Unavailable),
)
async def assign_batch(body: AssignWorkersIn, edge: EdgeDep, projects: ProjectsDep, vault: VaultDep) -> Response:
    """Assign up to 1,000 of the caller's workers; the answer says row by row which gates keep whom out."""
    command = AssignWorkers(body.project_id, [_row(row) for row in body.workers], body.enter_at)
    return await edge.write(lambda work: service.assign(work, command, projects, vault), _batch)


@router.get("", operation_id="listAssignments", response_model=PageOut[AssignmentOut], responses=problems())
async def list_assignments(filters: Annotated[AssignmentFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """The assignments that the caller may see, newest first."""
    wanted = AssignmentFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page(work, wanted, page), _out)


@router.get(
    "/decision",
    operation_id="explainBeforeAssigning",
    response_model=DecisionOut,
    responses=problems(NotFound, FailedPrecondition, Unavailable),
)
async def explain_before(
    asked: Annotated[DecisionFilters, Query()], edge: EdgeDep, projects: ProjectsDep, vault: VaultDep
) -> Response:
    """Would one of the caller's workers pass the gates of a project: every rule asked, and what would mend it."""
    prospect = Prospect(**asked.model_dump())
    return await edge.read(lambda work: service.explain_before(work, prospect, projects, vault), _decision)


@router.get(
    "/roster/document",
    operation_id="getRosterDocument",
    response_class=Response,
    responses=problems(NotFound, FailedPrecondition) | download({PDF: "(a PDF)"}),
)
async def roster(
    project_id: Annotated[UUID, Query()],
    employer_id: Annotated[UUID, Query()],
    edge: EdgeDep,
    vault: VaultDep,
    language: Language = None,
) -> Response:
    """The roster (花名册) of an employer on a project as PDF, numbers masked. The workers can see who took it."""
    wanted = language_of(language, edge)
    return await edge.generate(
        lambda work: service.roster(work, project_id, employer_id, wanted, vault),
        media_type=PDF,
        name=f"roster-{project_id}-{employer_id}.pdf",
    )


@router.get(
    "/{assignment_id}", operation_id="getAssignment", response_model=AssignmentOut, responses=problems(NotFound)
)
async def get(assignment_id: UUID, edge: EdgeDep) -> Response:
    """One assignment."""
    return await edge.read(lambda work: service.get(work, assignment_id), _out)


@router.get(
    "/{assignment_id}/stays",
    operation_id="listStays",
    response_model=PageOut[StayOut],
    responses=problems(NotFound),
)
async def list_stays(assignment_id: UUID, page: PageDep, edge: EdgeDep) -> Response:
    """The entries and exits of an assignment, newest first."""
    return await edge.page(lambda work: service.page_of_stays(work, assignment_id, page), StayOut.model_validate)


@router.get(
    "/{assignment_id}/absences",
    operation_id="listAbsences",
    response_model=PageOut[AbsenceOut],
    responses=problems(NotFound),
)
async def list_absences(assignment_id: UUID, page: PageDep, edge: EdgeDep) -> Response:
    """The leaves (请假) of an assignment, newest first."""
    return await edge.page(lambda work: service.page_of_absences(work, assignment_id, page), AbsenceOut.model_validate)


@router.get(
    "/{assignment_id}/decision",
    operation_id="explainAssignment",
    response_model=DecisionOut,
    responses=problems(NotFound),
)
async def explain(
    assignment_id: UUID, edge: EdgeDep, vault: VaultDep, on: Annotated[date | None, Query()] = None
) -> Response:
    """Would this worker pass the gates on a day (today when absent): every rule asked, and what would mend it."""
    return await edge.read(lambda work: service.explain(work, assignment_id, on, vault), _decision)


@router.post("/{assignment_id}:enter", operation_id="enterSite", response_model=AssignmentOut, responses=MOVE_ERRORS)
async def enter(assignment_id: UUID, body: EnterIn, edge: EdgeDep, projects: ProjectsDep, vault: VaultDep) -> Response:
    """Let a worker in (进场), or in again; every gate is asked anew."""
    command = Move(assignment_id, edge.expected_version, body.at)
    return await edge.write(lambda work: service.enter(work, command, projects, vault), _out)


@router.post(
    "/{assignment_id}:leave",
    operation_id="leaveSite",
    response_model=AssignmentOut,
    responses=problems(NotFound, FailedPrecondition, Aborted),
)
async def leave(assignment_id: UUID, body: LeaveIn, edge: EdgeDep) -> Response:
    """Let a worker leave the project (退场)."""
    command = Move(assignment_id, edge.expected_version, body.at, body.reason)
    return await edge.write(lambda work: service.leave(work, command), _out)


@router.post(
    "/{assignment_id}:take-leave", operation_id="takeLeave", response_model=AssignmentOut, responses=MOVE_ERRORS
)
async def take_leave(assignment_id: UUID, body: TakeLeaveIn, edge: EdgeDep) -> Response:
    """Let a worker take leave (请假); he still belongs to the project."""
    command = Move(assignment_id, edge.expected_version, body.at, body.reason)
    return await edge.write(lambda work: service.take_leave(work, command, body.expected_back_on), _out)


@router.post(
    "/{assignment_id}:return", operation_id="returnFromLeave", response_model=AssignmentOut, responses=MOVE_ERRORS
)
async def come_back(
    assignment_id: UUID, body: ReturnIn, edge: EdgeDep, projects: ProjectsDep, vault: VaultDep
) -> Response:
    """Let a worker come back from leave (销假); every gate is asked anew."""
    command = Move(assignment_id, edge.expected_version, body.at)
    return await edge.write(lambda work: service.come_back(work, command, projects, vault), _out)


@router.post(
    "/{assignment_id}:expel", operation_id="expelFromSite", response_model=AssignmentOut, responses=MOVE_ERRORS
)
async def expel(assignment_id: UUID, body: ExpelIn, edge: EdgeDep) -> Response:
    """Send a worker away from the project (清退), as its general contractor; he enters again only once readmitted."""
    command = Move(assignment_id, edge.expected_version, body.at, body.reason)
    return await edge.write(lambda work: service.expel(work, command), _out)


@router.post(
    "/{assignment_id}:readmit", operation_id="readmitToSite", response_model=AssignmentOut, responses=MOVE_ERRORS
)
async def readmit(assignment_id: UUID, body: ReadmitIn, edge: EdgeDep) -> Response:
    """Let a worker who was sent away enter again, as the general contractor; the gates are asked when he does."""
    command = Move(assignment_id, edge.expected_version, None, body.reason)
    return await edge.write(lambda work: service.readmit(work, command), _out)
