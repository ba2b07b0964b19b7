"""Draft sheets: the month's from contracts, days and pieces, chunk after chunk; corrections and arrears by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from chassis import audit
from chassis.errors import Violation, invalid
from chassis.ids import new_id
from chassis.work import Work, touch
from labour import permissions
from labour.assignments.commands.assign import EMPLOYER_ROLES
from labour.assignments.repository import projects as known_projects
from labour.attendance.rules import NOTHING
from labour.clients.projects import ProjectDirectory
from labour.codes import repository as codes
from labour.codes.rules import EVERYWHERE, nearest
from labour.payrolls import errors, repository, rules, states
from labour.payrolls.models import Payroll, PayrollItem, PayrollLine
from labour.payrolls.service import AUDITED
from labour.payrolls.states import LOCKING, Action, Direction, Run, State
from labour.workers import repository as workers

FILL = "payrolls.fill"
PAYS = "general_contractor"
ONE = Decimal("1.000")


@dataclass(frozen=True, slots=True)
class NewPayroll:
    """A sheet to be drafted; `month` is any day of it."""

    project_id: UUID
    month: date
    cost_code: str


@dataclass(frozen=True, slots=True)
class Extra:
    """What one worker gets beside the month's sheet, CNY, and why."""

    worker_id: UUID
    amount: Decimal
    note: str


@dataclass(frozen=True, slots=True)
class Correction:
    """A run of its own for a sheet whose month is locked."""

    corrects_id: UUID
    run: Run
    lines: Sequence[Extra]


async def draft(work: Work, command: NewPayroll, projects: ProjectDirectory) -> Payroll:
    """Begin a month's sheet: its workers are cut into chunks, which a durable job fills one after the other.

    NotFound PROJECT_NOT_FOUND, FailedPrecondition GENERAL_CONTRACTOR_MISSING, AlreadyExists PAYROLL_EXISTS.
    """
    work.require(permissions.PAYROLLS_DRAFT)
    month, _ = rules.month_of(command.month)
    if month > work.today:
        raise errors.month_ahead()
    employer_id = work.principal.organisation_id
    project = await projects.project(command.project_id)
    if not project.roles_of(employer_id, work.today) & set(EMPLOYER_ROLES):
        raise errors.project_not_found(command.project_id)
    payers = [
        one for one in project.parts if one.role == PAYS and PAYS in project.roles_of(one.organisation_id, work.today)
    ]
    if not payers:
        raise errors.no_payer(command.project_id)
    payroll = Payroll(
        created_at=work.now,
        updated_at=work.now,
        project_id=command.project_id,
        employer_id=employer_id,
        contractor_id=payers[0].organisation_id,
        month=month,
        run=Run.REGULAR,
        cost_code=command.cost_code,
        state=states.PAYROLL.initial,
        drafted_by=work.principal.subject,
    )
    await repository.add(await work.writing(), payroll)
    await repository.cut(await work.driver(), payroll, rules.CHUNK)
    await work.enqueue(FILL, {"payroll_id": str(payroll.id)})
    work.audit("payrolls.draft", "payroll", payroll.id, None, audit.fields(payroll, *AUDITED))
    return payroll


async def fill(work: Work, payload: dict[str, str]) -> None:
    """Job: draft the lines of one chunk in this transaction, and leave the next to a job of its own.

    A process that dies in the middle leaves whole chunks behind; whoever takes the job goes on after them.
    """
    session = await work.writing()
    payroll = await repository.by_id(session, UUID(payload["payroll_id"]))
    if payroll.state is not State.DRAFTING:
        return
    _, last = rules.month_of(payroll.month)
    project = (await known_projects(session, [payroll.project_id])).get(payroll.project_id)
    [day_rule] = nearest(codes.worker_day_rules(), project.city if project else EVERYWHERE, work.today)
    hours = Decimal(day_rule.steps[0][0].seconds) / 3600
    if await repository.fill(await work.driver(), payroll, last, hours, work.now):
        await work.enqueue(FILL, payload)
        return
    payroll.state = states.PAYROLL.apply(payroll.state, Action.FILL)
    payroll.workers, payroll.gross, payroll.net = await repository.totals(session, payroll.id)
    touch(payroll, work)
    work.audit("payrolls.fill", "payroll", payroll.id, None, audit.fields(payroll, *AUDITED))


async def correct(work: Work, command: Correction) -> Payroll:
    """Draft a correction or arrears (补发) beside an approved sheet, never a change of it.

    FailedPrecondition PAYROLL_NOT_APPROVED; InvalidArgument WORKER_NOT_FOUND for who is none of the employer's.
    """
    work.require(permissions.PAYROLLS_DRAFT)
    session = await work.writing()
    corrected = await repository.get(session, work.principal, work.today, command.corrects_id)
    if corrected.employer_id != work.principal.organisation_id:
        raise errors.not_yours("correct")
    if corrected.run is not Run.REGULAR or corrected.state not in LOCKING:
        raise errors.not_locked(corrected.id)
    known = await workers.by_ids(session, corrected.employer_id, [one.worker_id for one in command.lines])
    unknown = [
        Violation(f"/lines/{index}/worker_id", "WORKER_NOT_FOUND", zh="未找到该工人。", en="There is no such worker.")
        for index, one in enumerate(command.lines)
        if one.worker_id not in known
    ]
    if unknown:
        raise invalid(*unknown)
    payroll = Payroll(
        created_at=work.now,
        updated_at=work.now,
        project_id=corrected.project_id,
        employer_id=corrected.employer_id,
        contractor_id=corrected.contractor_id,
        month=corrected.month,
        run=command.run,
        corrects_id=corrected.id,
        cost_code=corrected.cost_code,
        state=states.PAYROLL.apply(states.PAYROLL.initial, Action.FILL),
        workers=len(command.lines),
        gross=sum((one.amount for one in command.lines), Decimal("0.00")),
        net=sum((one.amount for one in command.lines), Decimal("0.00")),
        drafted_by=work.principal.subject,
    )
    await repository.add(session, payroll)
    lines = [_line(work, payroll, one, known[one.worker_id].name) for one in command.lines]
    await repository.add(session, *lines)
    await repository.add(
        session, *(_item(work, payroll.run, line, one) for line, one in zip(lines, command.lines, strict=True))
    )
    work.audit("payrolls.correct", "payroll", payroll.id, None, audit.fields(payroll, *AUDITED, "corrects_id"))
    return payroll


def _line(work: Work, payroll: Payroll, extra: Extra, name: str) -> PayrollLine:
    return PayrollLine(
        created_at=work.now,
        updated_at=work.now,
        payroll_id=payroll.id,
        project_id=payroll.project_id,
        employer_id=payroll.employer_id,
        contractor_id=payroll.contractor_id,
        worker_id=extra.worker_id,
        worker_name=name,
        month=payroll.month,
        days=NOTHING,
        hours=NOTHING,
        gross=extra.amount,
        deductions=Decimal("0.00"),
        net=extra.amount,
        state=states.LINE.initial,
    )


def _item(work: Work, run: Run, line: PayrollLine, extra: Extra) -> PayrollItem:
    return PayrollItem(
        id=new_id(),
        line_id=line.id,
        kind=run.value,
        direction=Direction.WAGE,
        quantity=ONE,
        rate=extra.amount,
        amount=extra.amount,
        note=extra.note,
        added_by=work.principal.subject,
    )
