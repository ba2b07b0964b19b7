"""The only SQL of papers that list people: what stands on a wage sheet and on a roster, in a few statements each.

Whether the caller may have it is decided before: by the payroll or line that his own slice has found for him, and for a
roster by `visible_to` of assignments.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.identity import Principal
from labour.assignments.models import Assignment, Stay
from labour.assignments.repository import visible_to
from labour.payouts.models import Payee
from labour.payouts.states import PayeeState
from labour.payrolls.models import Payroll, PayrollItem, PayrollLine, PayrollSignature
from labour.teams.models import Member, Team
from labour.training.models import Requirement, RequirementKind
from labour.workers.models import Person, Training, Worker


@dataclass(frozen=True, slots=True)
class Wage:
    """A line of a sheet with all that a paper says of it; `signature` is the one that counts."""

    line: PayrollLine
    worker: Worker
    person: Person
    items: Sequence[PayrollItem]
    signature: PayrollSignature | None
    payee: Payee | None


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A worker on a project with all that a roster says of him."""

    assignment: Assignment
    worker: Worker
    person: Person
    team: str
    first_entered_at: datetime | None
    trained_on: date | None
    entry: Requirement | None


async def one_snapshot(session: AsyncSession) -> None:
    """All statements of a session that has not begun see the same instant: a paper's sums and hashes fit its lines."""
    await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


async def wages(session: AsyncSession, payroll: Payroll, line_ids: Collection[UUID] | None = None) -> list[Wage]:
    """The lines of a payroll, or these of them, in the order in which they were drafted."""
    wanted = [col(PayrollLine.payroll_id) == payroll.id]
    if line_ids is not None:
        wanted.append(col(PayrollLine.id).in_(set(line_ids)))
    valid = and_(col(PayrollSignature.line_id) == col(PayrollLine.id), col(PayrollSignature.voided_at).is_(None))
    in_force = and_(
        col(Payee.worker_id) == col(PayrollLine.worker_id),
        col(Payee.contractor_id) == col(PayrollLine.contractor_id),
        col(Payee.state) == PayeeState.CONFIRMED,
    )
    found = await session.execute(
        select(PayrollLine, Worker, Person, PayrollSignature, Payee)
        .join(Worker, col(Worker.id) == col(PayrollLine.worker_id))
        .join(Person, col(Person.id) == col(Worker.person_id))
        .outerjoin(PayrollSignature, valid)
        .outerjoin(Payee, in_force)
        .where(*wanted)
        .order_by(col(PayrollLine.id))
    )
    rows = list(found)
    items: dict[UUID, list[PayrollItem]] = {row[0].id: [] for row in rows}
    told = select(PayrollItem).join(PayrollLine, col(PayrollLine.id) == col(PayrollItem.line_id)).where(*wanted)
    for item in await session.scalars(told.order_by(col(PayrollItem.id))):
        items[item.line_id].append(item)
    return [
        Wage(line, worker, person, items[line.id], signature, payee) for line, worker, person, signature, payee in rows
    ]


async def roster(
    session: AsyncSession, principal: Principal, on: date, project_id: UUID, employer_id: UUID
) -> list[Enrolled]:
    """Everybody whom an employer has brought to a project, as far as the caller may see it, by external_id."""
    team = (
        select(col(Team.name))
        .join(Member, col(Member.team_id) == col(Team.id))
        .where(col(Member.worker_id) == col(Assignment.worker_id), col(Member.project_id) == project_id)
        .order_by(col(Member.last_day).is_(None).desc(), col(Member.first_day).desc())
        .limit(1)
        .scalar_subquery()
    )
    entered = (
        select(func.min(col(Stay.entered_at))).where(col(Stay.assignment_id) == col(Assignment.id)).scalar_subquery()
    )
    trained = (
        select(func.max(col(Training.trained_on))).where(col(Training.worker_id) == col(Worker.id)).scalar_subquery()
    )
    entry = and_(col(Requirement.worker_id) == col(Worker.id), col(Requirement.period) == RequirementKind.ENTRY.value)
    found = await session.execute(
        select(Assignment, Worker, Person, func.coalesce(team, ""), entered, trained, Requirement)
        .join(Worker, col(Worker.id) == col(Assignment.worker_id))
        .join(Person, col(Person.id) == col(Worker.person_id))
        .outerjoin(Requirement, entry)
        .where(
            visible_to(principal, on),
            col(Assignment.project_id) == project_id,
            col(Assignment.employer_id) == employer_id,
        )
        .order_by(col(Worker.external_id), col(Assignment.id))
    )
    return [Enrolled(*row) for row in found]
