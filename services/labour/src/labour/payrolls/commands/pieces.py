"""Piece records (计件): so much of a worker on a day, as the team leader has noted it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from chassis.errors import Violation, invalid
from chassis.ids import new_id
from chassis.work import Work
from labour import permissions
from labour.assignments import repository as assignments
from labour.payrolls import errors, repository, rules
from labour.payrolls.models import PieceRecord


@dataclass(frozen=True, slots=True)
class Pieces:
    """A quantity of a unit; negative takes back what was noted wrongly."""

    worker_id: UUID
    day: date
    quantity: Decimal
    unit: str
    note: str
    noted_by: str


async def record(work: Work, project_id: UUID, rows: Sequence[Pieces]) -> list[PieceRecord]:
    """Write piece records, all or none. InvalidArgument WORKER_NOT_ASSIGNED, IN_FUTURE at each row;
    FailedPrecondition MONTH_LOCKED when the payroll of a row's month is approved."""
    work.require(permissions.PIECES_RECORD)
    session = await work.writing()
    employer_id = work.principal.organisation_id
    months = sorted({rules.month_of(one.day)[0] for one in rows})
    for month in months:
        await repository.one_month_at_a_time(session, project_id, employer_id, month)
        if await repository.is_locked(session, project_id, employer_id, month):
            raise errors.month_locked(month)
    assigned = await assignments.on_project(session, project_id, [one.worker_id for one in rows])
    known = {worker_id for worker_id, one in assigned.items() if one.employer_id == employer_id}
    faults = []
    for index, one in enumerate(rows):
        if one.worker_id not in known:
            faults.append(
                Violation(
                    f"/records/{index}/worker_id",
                    "WORKER_NOT_ASSIGNED",
                    zh="该工人未分配到此项目。",
                    en="The worker is not assigned to this project.",
                )
            )
        if one.day > work.today:
            faults.append(
                Violation(
                    f"/records/{index}/day", "IN_FUTURE", zh="日期不能晚于今天。", en="The day lies in the future."
                )
            )
    if faults:
        raise invalid(*faults)
    made = [_row(work, project_id, one) for one in rows]
    await repository.add(session, *made)
    work.audit("pieces.record", "project", project_id, None, {"records": len(made)})
    return made


def _row(work: Work, project_id: UUID, given: Pieces) -> PieceRecord:
    return PieceRecord(
        id=new_id(),
        project_id=project_id,
        employer_id=work.principal.organisation_id,
        worker_id=given.worker_id,
        day=given.day,
        quantity=given.quantity,
        unit=given.unit,
        note=given.note,
        noted_by=given.noted_by,
        recorded_by=work.principal.subject,
        recorded_at=work.now,
    )
