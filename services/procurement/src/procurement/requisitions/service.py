"""Use cases of requisitions, and the counters that sourcing, orders and deliveries move."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from chassis import audit
from chassis.ids import new_id
from chassis.pages import Page, PageRequest
from chassis.work import Work, check_version, touch
from procurement import permissions
from procurement.approvals import service as approvals
from procurement.approvals.models import ApprovalStep, DocumentKind
from procurement.approvals.service import Document
from procurement.approvals.states import Action as StepAction
from procurement.clients.projects import ProjectDirectory
from procurement.orders import errors as order_errors
from procurement.orders import repository as orders
from procurement.orders.rules import line_amount
from procurement.requisitions import errors, events, repository, rules, states
from procurement.requisitions.commands.moving import lock, move
from procurement.requisitions.models import Requisition, RequisitionLine
from procurement.requisitions.repository import LineFilter, RequisitionFilter
from procurement.requisitions.rules import Move, Need
from procurement.requisitions.states import Action


@dataclass(frozen=True, slots=True)
class Line:
    """A position as asked for."""

    material_code: str
    unit: str
    specification: str
    quantity: Decimal
    needed_by: date
    cost_code: str
    wbs_uid: int | None
    estimated_price: Decimal


@dataclass(frozen=True, slots=True)
class CreateRequisition:
    """A new draft; a number is made when None."""

    number: str | None
    project_id: UUID
    note: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class ReviseRequisition:
    """New content of a draft."""

    requisition_id: UUID
    expected_version: int
    note: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Verb:
    """An action on a requisition, the version that the caller saw, and why (may be empty)."""

    requisition_id: UUID
    expected_version: int | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """A requisition with the steps of its approval."""

    requisition: Requisition
    steps: Sequence[ApprovalStep]

    @property
    def version(self) -> int:
        """Of the requisition, for If-Match."""
        return self.requisition.version


@dataclass(frozen=True, slots=True)
class Imported:
    """What a workbook says: so many lines for so much, and the draft; None after a dry run."""

    lines: int
    total: Decimal
    standing: Standing | None


async def create(work: Work, command: CreateRequisition, projects: ProjectDirectory) -> Standing:
    """Write a draft of the caller's organisation, which must be a party of the project.

    project-mgmt is asked for tasks of the work breakdown that lines name, before anything is written.
    """
    work.require(permissions.REQUISITIONS_CREATE)
    check_lines(work, command.lines)
    async with work.reading() as session:
        if not await repository.takes_part(session, work.principal, command.project_id, work.today):
            raise order_errors.project_not_found(command.project_id)
    names = await task_names(command.project_id, command.lines, projects)
    await refuse_unknown_units(work, command.lines)
    requisition_id = new_id()
    lines = _rows(requisition_id, command.lines, names)
    requisition = Requisition(
        id=requisition_id,
        created_at=work.now,
        updated_at=work.now,
        number=command.number or f"RQ-{work.today:%Y%m%d}-{requisition_id.hex[-8:].upper()}",
        organisation_id=work.principal.organisation_id,
        project_id=command.project_id,
        state=states.REQUISITION.initial,
        total=sum((line.amount for line in lines), Decimal("0.00")),
        note=command.note,
        created_by=work.principal.subject,
        authors=[work.principal.subject],
        lines=lines,
    )
    await repository.add(await work.writing(), requisition)
    work.audit("requisitions.create", "requisition", requisition.id, None, _audited(requisition))
    return Standing(requisition, ())


async def get(work: Work, requisition_id: UUID) -> Standing:
    """One requisition with its lines and steps."""
    work.require(permissions.REQUISITIONS_READ)
    async with work.reading() as session:
        requisition = await repository.get(session, work.principal, requisition_id)
    return await _standing(work, requisition)


async def page(work: Work, wanted: RequisitionFilter, request: PageRequest) -> Page[Requisition]:
    """The caller's requisitions, newest first, without lines."""
    work.require(permissions.REQUISITIONS_READ)
    async with work.reading() as session:
        return await repository.page(session, work.principal, wanted, request)


async def open_lines(work: Work, wanted: LineFilter, request: PageRequest) -> Page[RequisitionLine]:
    """What is still to be bought over all projects of the caller's organisation, by the day it is needed."""
    work.require(permissions.REQUISITIONS_READ)
    async with work.reading() as session:
        return await repository.open_lines(session, work.principal, wanted, request)


async def revise(work: Work, command: ReviseRequisition, projects: ProjectDirectory) -> Standing:
    """Replace the content of a draft."""
    work.require(permissions.REQUISITIONS_CREATE)
    async with work.reading() as session:
        seen = await repository.get(session, work.principal, command.requisition_id)
    check_version(seen, command.expected_version)
    states.REQUISITION.apply(seen.state, Action.REVISE)
    check_lines(work, command.lines)
    names = await task_names(seen.project_id, command.lines, projects)
    await refuse_unknown_units(work, command.lines)
    session = await work.writing()
    requisition = await repository.get_for_update(session, work.principal, command.requisition_id)
    check_version(requisition, command.expected_version)
    requisition.state = states.REQUISITION.apply(requisition.state, Action.REVISE)
    before = _audited(requisition)
    requisition.lines.clear()
    await session.flush()  # the old positions must be gone before the new ones take their numbers
    requisition.lines.extend(_rows(requisition.id, command.lines, names))
    requisition.total = sum((line.amount for line in requisition.lines), Decimal("0.00"))
    requisition.note = command.note
    _sign(requisition, work)
    touch(requisition, work)
    work.audit("requisitions.revise", "requisition", requisition.id, before, _audited(requisition))
    return Standing(requisition, ())


async def submit(work: Work, command: Verb) -> Standing:
    """Hand a draft to those who approve its amount today; FailedPrecondition NEEDED_BY_PASSED."""
    work.require(permissions.REQUISITIONS_CREATE)
    requisition = await _locked(work, command)
    passed = [line.position for line in requisition.lines if line.needed_by < work.today]
    _apply(work, requisition, command, Action.SUBMIT)
    if passed:
        raise errors.needed_by_passed(passed)
    _sign(requisition, work)
    document = Document(
        kind=DocumentKind.REQUISITION,
        id=requisition.id,
        number=requisition.number,
        organisation_id=requisition.organisation_id,
        authors=requisition.authors,
        amount=requisition.total,
    )
    return Standing(requisition, await approvals.open_steps(work, document))


async def approve(work: Work, command: Verb) -> Standing:
    """Approve the step that waits; with the last one the requisition is approved and may be bought."""
    work.require(permissions.APPROVALS_DECIDE)
    requisition = await _locked(work, command)
    states.REQUISITION.apply(requisition.state, Action.ENDORSE)
    finished = await approvals.decide(
        work, DocumentKind.REQUISITION, requisition.id, StepAction.APPROVE, command.reason
    )
    _apply(work, requisition, Verb(requisition.id, None), Action.APPROVE if finished else Action.ENDORSE)
    if finished:
        requisition.approved_at = work.now
        work.emit(events.approved(requisition))
    return await _standing(work, requisition)


async def reject(work: Work, command: Verb) -> Standing:
    """Refuse a submitted requisition at the step that waits, and say why."""
    work.require(permissions.APPROVALS_DECIDE)
    requisition = await _locked(work, command)
    _apply(work, requisition, command, Action.REJECT)
    await approvals.decide(work, DocumentKind.REQUISITION, requisition.id, StepAction.REJECT, command.reason)
    return await _standing(work, requisition)


async def cancel(work: Work, command: Verb) -> Standing:
    """Call a draft or a submitted requisition off, and say why."""
    work.require(permissions.REQUISITIONS_CREATE)
    requisition = await _locked(work, command)
    _apply(work, requisition, command, Action.CANCEL)
    await approvals.withdraw(work, DocumentKind.REQUISITION, requisition.id)
    return await _standing(work, requisition)


async def close(work: Work, command: Verb) -> Standing:
    """Buy nothing more for a requisition; what is ordered may still come. REQUISITION_IN_SOURCING."""
    work.require(permissions.REQUISITIONS_CREATE)
    requisition = await _locked(work, command)
    await repository.lock_lines_of(await work.writing(), requisition)
    _apply(work, requisition, command, Action.CLOSE)
    sourcing = [line.position for line in requisition.lines if line.sourced]
    if sourcing:
        raise errors.in_sourcing(sourcing)
    work.emit(events.closed(requisition))
    return await _standing(work, requisition)


async def take_for_sourcing(work: Work, needs: Sequence[Need]) -> None:
    """For sourcing: an inquiry or auction is about so much of the caller's lines.

    FailedPrecondition REQUISITION_EXHAUSTED, REQUISITION_NOT_OPEN, REQUISITION_UNIT_UNFIT; NotFound
    REQUISITION_LINE_NOT_FOUND.
    """
    await move(work, needs, Move.TAKE_FOR_SOURCING)


async def take_anew_for_sourcing(work: Work, before: Sequence[Need], after: Sequence[Need]) -> None:
    """For sourcing: a revised draft gives back what it held and takes what it is about now, at once."""
    await lock(work, [*before, *after])  # all in one order: two revisions never wait for each other
    await move(work, before, Move.GIVE_BACK_SOURCING)
    await move(work, after, Move.TAKE_FOR_SOURCING)


async def give_back_sourcing(work: Work, needs: Sequence[Need]) -> None:
    """For sourcing: so much was sourced and not awarded; it is left to buy again."""
    await move(work, needs, Move.GIVE_BACK_SOURCING)


async def take_for_order(work: Work, needs: Sequence[Need], *, sourced: bool) -> None:
    """For orders: so much of the caller's lines goes on an order, out of what was sourced for it or of what is left."""
    await move(work, needs, Move.TAKE_SOURCED_FOR_ORDER if sourced else Move.TAKE_FOR_ORDER)


async def give_back_order(work: Work, needs: Sequence[Need]) -> None:
    """For orders: so much is on no order any more (rejected, cancelled, called off); it is left to buy again."""
    await move(work, needs, Move.GIVE_BACK_ORDER)


async def book_delivered(work: Work, needs: Sequence[Need]) -> None:
    """For deliveries: so much was accepted on site; negative for a return."""
    await move(work, needs, Move.BOOK_DELIVERED)


async def _locked(work: Work, command: Verb) -> Requisition:
    requisition = await repository.get_for_update(await work.writing(), work.principal, command.requisition_id)
    check_version(requisition, command.expected_version)
    return requisition


def _apply(work: Work, requisition: Requisition, command: Verb, action: Action) -> None:
    before = audit.fields(requisition, "state", "reason")
    requisition.state = states.REQUISITION.apply(requisition.state, action)
    requisition.reason = command.reason or requisition.reason
    touch(requisition, work)
    after = audit.fields(requisition, "state", "reason")
    work.audit(f"requisitions.{action}", "requisition", requisition.id, before, after)


def _sign(requisition: Requisition, work: Work) -> None:
    requisition.authors = sorted({*requisition.authors, work.principal.subject})


async def _standing(work: Work, requisition: Requisition) -> Standing:
    return Standing(requisition, await approvals.steps_of(work, DocumentKind.REQUISITION, requisition.id))


def check_lines(work: Work, lines: Sequence[Line]) -> None:
    """InvalidArgument TOTAL_TOO_LARGE or NEEDED_IN_THE_PAST, by line."""
    large = rules.too_large((line.quantity, line.estimated_price) for line in lines)
    past = [index for index, line in enumerate(lines) if line.needed_by < work.today]
    if large or past:
        raise errors.unfit_lines(large, past, work.today)


async def refuse_unknown_units(work: Work, lines: Sequence[Line]) -> None:
    """InvalidArgument MATERIAL_UNIT_UNKNOWN, by line."""
    async with work.reading() as session:
        unknown = await orders.unknown_units(session, [(line.material_code, line.unit) for line in lines])
    if unknown:
        raise order_errors.unknown_materials(
            [
                (index, line.material_code, line.unit)
                for index, line in enumerate(lines)
                if (line.material_code, line.unit) in unknown
            ]
        )


async def task_names(project_id: UUID, lines: Sequence[Line], projects: ProjectDirectory) -> dict[int, str]:
    """UID → name of the tasks that lines name; InvalidArgument WBS_TASK_UNKNOWN, by line."""
    uids = sorted({line.wbs_uid for line in lines if line.wbs_uid is not None})
    if not uids:
        return {}
    names = await projects.wbs_tasks(project_id, uids)
    unknown = [
        (index, line.wbs_uid)
        for index, line in enumerate(lines)
        if line.wbs_uid is not None and line.wbs_uid not in names
    ]
    if unknown:
        raise errors.unknown_tasks(unknown)
    return dict(names)


def _rows(requisition_id: UUID, lines: Sequence[Line], names: dict[int, str]) -> list[RequisitionLine]:
    return [
        RequisitionLine(
            requisition_id=requisition_id,
            position=position,
            material_code=line.material_code,
            unit=line.unit,
            specification=line.specification,
            quantity=line.quantity,
            needed_by=line.needed_by,
            cost_code=line.cost_code,
            wbs_uid=line.wbs_uid,
            wbs_name="" if line.wbs_uid is None else names[line.wbs_uid],
            estimated_price=line.estimated_price,
            amount=line_amount(line.quantity, line.estimated_price),
        )
        for position, line in enumerate(lines, start=1)
    ]


def _audited(requisition: Requisition) -> audit.Fields:
    names = ("position", "material_code", "unit", "quantity", "needed_by", "cost_code", "estimated_price")
    lines = [audit.fields(line, *names) for line in requisition.lines]
    return audit.fields(requisition, "number", "state", "total", "note") | {"lines": lines}
