"""REST door of sessions: only translates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

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
from chassis.http.schemas import Filters, PageOut, RowResult
from chassis.http.uploads import download, upload
from chassis.tabular import CSV, XLSX
from chassis.values import Instant
from labour.clients import ProjectsDep, VaultDep
from labour.sessions import service
from labour.sessions.commands import workbook
from labour.sessions.repository import SessionFilter, SessionView
from labour.sessions.schemas import (
    AttendanceImportOut,
    AttendanceIn,
    AttendeeOut,
    BatchOut,
    CancelIn,
    EnrolIn,
    SessionIn,
    SessionOut,
)
from labour.sessions.service import NamedAttendee, Outcome, PlanSession
from labour.sessions.states import State
from labour.workers.schemas import field_fault

router = APIRouter(prefix="/training/sessions", tags=["training"])

LARGEST_FILE = 2 * 1024 * 1024
EXAMPLE = (
    "worker_id,worker_name,checked_in_at,checked_out_at,score\n"
    "0199c0de-0000-7000-8000-000000000001,张伟,2026-11-23 08:00,2026-11-23 17:00,85\n"
)
WORKBOOK = "(an XLSX workbook with the same columns)"
DryRun = Annotated[bool, Query(description="Only check; nothing is written.")]


class SessionFilters(Filters):
    """Which sessions to list."""

    project_id: UUID | None = None
    course_id: UUID | None = None
    state: State | None = None
    starts_from: Instant | None = Field(default=None, examples=["2026-11-01T00:00:00+08:00"])
    starts_before: Instant | None = Field(default=None, examples=["2026-12-01T00:00:00+08:00"])


def _session(view: SessionView) -> SessionOut:
    course = view.course
    return SessionOut.model_validate(
        {
            **view.session.model_dump(),
            "course_name": course.name,
            "category": course.category,
            "subject": course.subject,
            "pass_mark": course.pass_mark,
        }
    )


def _attendee(found: NamedAttendee) -> AttendeeOut:
    return AttendeeOut.model_validate({**found.attendee.model_dump(), "worker_name": found.name})


def _batch(outcomes: Sequence[Outcome], rows: str) -> BatchOut:
    counts = Counter(outcome.status for outcome in outcomes)
    return BatchOut(
        created=counts["created"],
        updated=counts["updated"],
        duplicate=counts["duplicate"],
        refused=counts["refused"],
        results=[
            RowResult(
                row=one.row,
                status=one.status,
                id="" if one.status == "refused" else str(one.worker_id),
                errors=[field_fault(replace(bad, pointer=rows.format(one.row, bad.pointer))) for bad in one.faults],
            )
            for one in outcomes
        ],
    )


@router.post(
    "",
    operation_id="planSession",
    status_code=201,
    response_model=SessionOut,
    responses=problems(NotFound, FailedPrecondition, Unavailable),
)
async def plan(body: SessionIn, edge: EdgeDep, projects: ProjectsDep) -> Response:
    """Plan a session of one of the caller's courses."""
    command = PlanSession(**body.model_dump())
    return await edge.write(lambda work: service.plan(work, command, projects), _session, status=201)


@router.get("", operation_id="listSessions", response_model=PageOut[SessionOut], responses=problems())
async def list_sessions(filters: Annotated[SessionFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """The visible sessions, newest first."""
    wanted = SessionFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page(work, wanted, page), _session)


@router.get("/{session_id}", operation_id="getSession", response_model=SessionOut, responses=problems(NotFound))
async def get(session_id: UUID, edge: EdgeDep) -> Response:
    """One visible session."""
    return await edge.read(lambda work: service.get(work, session_id), _session)


@router.post(
    "/{session_id}:hold",
    operation_id="holdSession",
    response_model=SessionOut,
    responses=problems(NotFound, FailedPrecondition, Aborted),
)
async def hold(session_id: UUID, edge: EdgeDep) -> Response:
    """Begin a planned session; attendance is taken from now on."""
    return await edge.write(lambda work: service.hold(work, session_id, edge.expected_version), _session)


@router.post(
    "/{session_id}:cancel",
    operation_id="cancelSession",
    response_model=SessionOut,
    responses=problems(NotFound, FailedPrecondition, Aborted),
)
async def cancel(session_id: UUID, body: CancelIn, edge: EdgeDep) -> Response:
    """Cancel a session that is not closed."""
    return await edge.write(lambda work: service.cancel(work, session_id, body.reason, edge.expected_version), _session)


@router.post(
    "/{session_id}:close",
    operation_id="closeSession",
    response_model=SessionOut,
    responses=problems(NotFound, FailedPrecondition, Aborted),
)
async def close(session_id: UUID, edge: EdgeDep, vault: VaultDep) -> Response:
    """Close a session that is over: each attendee is credited with his hours, and the gates know at once."""
    return await edge.write(lambda work: service.close(work, session_id, edge.expected_version, vault), _session)


@router.post(
    "/{session_id}/attendees:batch",
    operation_id="enrolWorkers",
    response_model=BatchOut,
    responses=problems(NotFound, FailedPrecondition),
)
async def enrol(session_id: UUID, body: EnrolIn, edge: EdgeDep) -> Response:
    """Enrol up to 1,000 of the caller's own workers; the answer says row by row what became of them."""
    return await edge.write(
        lambda work: service.enrol(work, session_id, body.worker_ids),
        lambda outcomes: _batch(outcomes, "/worker_ids/{0}"),
    )


@router.get(
    "/{session_id}/attendees",
    operation_id="listAttendees",
    response_model=PageOut[AttendeeOut],
    responses=problems(NotFound),
)
async def list_attendees(session_id: UUID, page: PageDep, edge: EdgeDep) -> Response:
    """Who is enrolled: everybody for the organiser, the caller's own workers otherwise."""
    return await edge.page(lambda work: service.page_of_attendees(work, session_id, page), _attendee)


@router.post(
    "/{session_id}/attendance:batch",
    operation_id="recordTrainingAttendance",
    response_model=BatchOut,
    responses=problems(NotFound, FailedPrecondition),
)
async def attend(session_id: UUID, body: AttendanceIn, edge: EdgeDep) -> Response:
    """Check-ins, check-outs and scores of up to 1,000 attendees; the answer says row by row what became of them."""
    rows = [one.row() for one in body.rows]
    return await edge.write(
        lambda work: service.attend(work, session_id, rows), lambda outcomes: _batch(outcomes, "/rows/{0}/{1}")
    )


@router.get(
    "/{session_id}/attendance:template",
    operation_id="getAttendanceTemplate",
    response_class=Response,
    responses=problems(NotFound) | download({XLSX: WORKBOOK}),
)
async def blank(session_id: UUID, edge: EdgeDep, language: Language = None) -> Response:
    """The attendance list of a session to fill in, with who is enrolled."""
    wanted = language_of(language, edge)
    return await edge.generate(
        lambda work: workbook.blank(work, session_id, wanted), media_type=XLSX, name="attendance-template.xlsx"
    )


@router.post(
    "/{session_id}/attendance:check",
    operation_id="checkAttendanceList",
    response_class=Response,
    responses=problems(NotFound, FailedPrecondition, PayloadTooLarge, UnsupportedMediaType)
    | download({XLSX: WORKBOOK}),
    openapi_extra=upload({CSV: EXAMPLE, XLSX: WORKBOOK}),
    max_body_size=LARGEST_FILE,
)
async def check(session_id: UUID, edge: EdgeDep, language: Language = None) -> Response:
    """The same file back with its failed rows coloured and the reasons beside them; nothing is written.

    An Idempotency-Key is demanded as everywhere, but no answer is kept under it: asked again it says the same.
    """
    edge.demand_key()
    content = await edge.body(limit=LARGEST_FILE, types=(CSV, XLSX))
    wanted = language_of(language, edge)
    return await edge.generate(
        lambda work: workbook.check(work, session_id, content, edge.media_type, wanted),
        media_type=XLSX,
        name="attendance-checked.xlsx",
    )


@router.post(
    "/{session_id}/attendance:import",
    operation_id="importAttendanceList",
    response_model=AttendanceImportOut,
    responses=problems(NotFound, FailedPrecondition, PayloadTooLarge, UnsupportedMediaType),
    openapi_extra=upload({CSV: EXAMPLE, XLSX: WORKBOOK}),
    max_body_size=LARGEST_FILE,
)
async def import_list(session_id: UUID, edge: EdgeDep, dry_run: DryRun = False) -> Response:
    """Record an attendance list (CSV, XLSX), or refuse it with every fault of every row.

    A fault points at `/rows/{row}/{column}`; rows count from 0 below the header.
    """
    content = await edge.body(limit=LARGEST_FILE, types=(CSV, XLSX))
    return await edge.write(
        lambda work: workbook.import_rows(work, session_id, content, edge.media_type, dry_run=dry_run),
        AttendanceImportOut.model_validate,
    )
