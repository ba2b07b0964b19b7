"""REST door of sourcing: only translates."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import Aborted, FailedPrecondition, NotFound
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from procurement.sourcing import service
from procurement.sourcing.commands import drafting
from procurement.sourcing.commands.drafting import FromRequisitions
from procurement.sourcing.repository import SourcingFilter
from procurement.sourcing.schemas import (
    AnswerIn,
    ExcludeIn,
    ExtendIn,
    FromRequisitionsIn,
    InviteIn,
    QuestionIn,
    QuestionOut,
    SourcingIn,
    SourcingOut,
    SourcingReasonIn,
    SourcingSummary,
)
from procurement.sourcing.service import Verb
from procurement.sourcing.states import Kind, State

router = APIRouter(prefix="/sourcing", tags=["sourcing"])

VERB_ERRORS = problems(NotFound, FailedPrecondition, Aborted)


class SourcingFilters(Filters):
    """Which sourcings to list."""

    kind: Kind | None = None
    state: State | None = None
    buyer_id: UUID | None = None


@router.post(
    "", operation_id="createSourcing", status_code=201, response_model=SourcingOut, responses=problems(NotFound)
)
async def create(body: SourcingIn, edge: EdgeDep) -> Response:
    """Write a draft: what is wanted, for which projects, from whom, until when. Its guests do not see it yet."""
    viewer = edge.principal.organisation_id
    return await edge.write(
        lambda work: drafting.create(work, body.plain()), lambda row: SourcingOut.seen_by(row, viewer), status=201
    )


@router.post(
    ":from-requisitions",
    operation_id="sourceRequisitions",
    status_code=201,
    response_model=SourcingOut,
    responses=problems(NotFound, FailedPrecondition),
)
async def from_requisitions(body: FromRequisitionsIn, edge: EdgeDep) -> Response:
    """Put approved needs of several projects together in a draft: a line per material, specification and unit.

    Units are made one where they convert exactly; each need stays a part of its own with its project and cost code.
    """
    viewer = edge.principal.organisation_id
    command = FromRequisitions(
        body.title,
        body.note,
        body.currency,
        body.deadline,
        body.show_rank,
        tuple(body.supplier_ids),
        tuple((line.requisition_line_id, line.quantity) for line in body.lines),
    )
    return await edge.write(
        lambda work: drafting.from_requisitions(work, command), lambda row: SourcingOut.seen_by(row, viewer), status=201
    )


@router.get("", operation_id="listSourcing", response_model=PageOut[SourcingSummary], responses=problems())
async def list_sourcing(filters: Annotated[SourcingFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """What the caller asks for, or is asked for, newest first, without lines."""
    wanted = SourcingFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page(work, wanted, page), SourcingSummary.model_validate)


@router.get("/{sourcing_id}", operation_id="getSourcing", response_model=SourcingOut, responses=problems(NotFound))
async def get(sourcing_id: UUID, edge: EdgeDep) -> Response:
    """One sourcing with its lines; a supplier sees no other guest and no cost code."""
    viewer = edge.principal.organisation_id
    return await edge.read(lambda work: service.get(work, sourcing_id), lambda row: SourcingOut.seen_by(row, viewer))


@router.put("/{sourcing_id}", operation_id="reviseSourcing", response_model=SourcingOut, responses=VERB_ERRORS)
async def revise(sourcing_id: UUID, body: SourcingIn, edge: EdgeDep) -> Response:
    """Replace all that the draft of an inquiry says; If-Match is required. An auction's is revised with its terms."""
    viewer, command = edge.principal.organisation_id, Verb(sourcing_id, edge.required_version)
    return await edge.change(
        lambda work: drafting.revise(work, command, body.plain()), lambda row: SourcingOut.seen_by(row, viewer)
    )


@router.post(
    "/{sourcing_id}:publish", operation_id="publishSourcing", response_model=SourcingOut, responses=VERB_ERRORS
)
async def publish(sourcing_id: UUID, edge: EdgeDep) -> Response:
    """Show it to the invited suppliers; offers are taken until the deadline."""
    viewer, command = edge.principal.organisation_id, Verb(sourcing_id, edge.expected_version)
    return await edge.write(lambda work: service.publish(work, command), lambda row: SourcingOut.seen_by(row, viewer))


@router.post("/{sourcing_id}:extend", operation_id="extendSourcing", response_model=SourcingOut, responses=VERB_ERRORS)
async def extend(sourcing_id: UUID, body: ExtendIn, edge: EdgeDep) -> Response:
    """Move the deadline of an inquiry back, before it has come."""
    viewer, command = edge.principal.organisation_id, Verb(sourcing_id, edge.expected_version)
    return await edge.write(
        lambda work: service.extend(work, command, body.deadline), lambda row: SourcingOut.seen_by(row, viewer)
    )


@router.post("/{sourcing_id}:invite", operation_id="inviteSuppliers", response_model=SourcingOut, responses=VERB_ERRORS)
async def invite(sourcing_id: UUID, body: InviteIn, edge: EdgeDep) -> Response:
    """Ask more suppliers, after it is published and before its deadline."""
    viewer, command = edge.principal.organisation_id, Verb(sourcing_id, edge.expected_version)
    return await edge.write(
        lambda work: service.invite(work, command, body.supplier_ids), lambda row: SourcingOut.seen_by(row, viewer)
    )


@router.post(
    "/{sourcing_id}:exclude", operation_id="excludeSupplier", response_model=SourcingOut, responses=VERB_ERRORS
)
async def exclude(sourcing_id: UUID, body: ExcludeIn, edge: EdgeDep) -> Response:
    """A supplier's offer no longer counts; say why."""
    viewer, command = edge.principal.organisation_id, Verb(sourcing_id, edge.expected_version, body.reason)
    return await edge.write(
        lambda work: service.exclude(work, command, body.supplier_id), lambda row: SourcingOut.seen_by(row, viewer)
    )


@router.post("/{sourcing_id}:cancel", operation_id="cancelSourcing", response_model=SourcingOut, responses=VERB_ERRORS)
async def cancel(sourcing_id: UUID, body: SourcingReasonIn, edge: EdgeDep) -> Response:
    """Call it off before anything is awarded, and say why."""
    viewer, command = edge.principal.organisation_id, Verb(sourcing_id, edge.expected_version, body.reason)
    return await edge.write(lambda work: service.cancel(work, command), lambda row: SourcingOut.seen_by(row, viewer))


@router.post(
    "/{sourcing_id}:conclude", operation_id="concludeSourcing", response_model=SourcingOut, responses=VERB_ERRORS
)
async def conclude(sourcing_id: UUID, body: SourcingReasonIn, edge: EdgeDep) -> Response:
    """Nothing more will be awarded: say why, and every supplier is told its own outcome."""
    viewer, command = edge.principal.organisation_id, Verb(sourcing_id, edge.expected_version, body.reason)
    return await edge.write(lambda work: service.conclude(work, command), lambda row: SourcingOut.seen_by(row, viewer))


@router.post(
    "/{sourcing_id}/questions",
    operation_id="askQuestion",
    status_code=201,
    response_model=QuestionOut,
    responses=problems(NotFound, FailedPrecondition),
)
async def ask(sourcing_id: UUID, body: QuestionIn, edge: EdgeDep) -> Response:
    """An invited supplier asks, before the deadline; others are never told who asked."""
    viewer = edge.principal.organisation_id
    return await edge.write(
        lambda work: service.ask(work, sourcing_id, body.text), lambda row: QuestionOut.seen_by(row, viewer), status=201
    )


@router.get(
    "/{sourcing_id}/questions",
    operation_id="listQuestions",
    response_model=PageOut[QuestionOut],
    responses=problems(NotFound),
)
async def list_questions(sourcing_id: UUID, page: PageDep, edge: EdgeDep) -> Response:
    """Questions and answers; suppliers see those of others once they are answered."""
    viewer = edge.principal.organisation_id
    return await edge.page(
        lambda work: service.questions(work, sourcing_id, page), lambda row: QuestionOut.seen_by(row, viewer)
    )


@router.post(
    "/{sourcing_id}/questions/{question_id}:answer",
    operation_id="answerQuestion",
    response_model=QuestionOut,
    responses=problems(NotFound, FailedPrecondition),
)
async def answer(sourcing_id: UUID, question_id: UUID, body: AnswerIn, edge: EdgeDep) -> Response:
    """The buyer answers, to all."""
    viewer = edge.principal.organisation_id
    return await edge.write(
        lambda work: service.answer(work, sourcing_id, question_id, body.answer),
        lambda row: QuestionOut.seen_by(row, viewer),
    )
