"""The only SQL of days. Every query of a caller starts from `visible_to` of attendance."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, extract, func, literal, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from chassis import replica
from chassis.identity import Principal
from chassis.pages import Page, PageRequest, decode_token, encode_token, paginate
from labour.assignments.models import Assignment
from labour.assignments.states import State as AssignmentState
from labour.attendance.models import Swipe, WorkerDay
from labour.attendance.repository import AttendanceFilter, visible_to
from labour.attendance.rules import Break
from labour.breaks.models import BreakRule
from labour.months.models import LockedMonth
from labour.repairs.models import Repair
from labour.repairs.states import State as RepairState
from labour.workers.models import Worker

ONE_DAY, TWO_DAYS = timedelta(days=1), timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Passed:
    """A swipe as a day sees it: raw (of a device, by its number) or an approved repair."""

    at: datetime
    direction: str
    device_id: UUID | None
    sequence: int | None
    repair_id: UUID | None
    counted: bool = True


@dataclass(frozen=True, slots=True)
class Pair:
    """Two worker days of one person whose spans overlap; `other` is of another project or employment."""

    own: WorkerDay
    other: WorkerDay


@dataclass(frozen=True, slots=True)
class EmployerDay:
    """What an employer's people counted on a day of a project."""

    day: date
    employer_id: UUID
    workers: int
    days: Decimal


@dataclass(frozen=True, slots=True)
class Cell:
    """How many passed a device in an hour of a day, in and out."""

    device_id: UUID
    hour: int
    ins: int
    outs: int


async def page_of_worker_days(
    session: AsyncSession, principal: Principal, on: date, wanted: AttendanceFilter, request: PageRequest
) -> Page[WorkerDay]:
    """The visible worker days of a project, newest first."""
    statement = select(WorkerDay).where(
        visible_to(principal, on, WorkerDay), col(WorkerDay.project_id) == wanted.project_id
    )
    for name in ("employer_id", "worker_id"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(getattr(WorkerDay, name) == value)
    if wanted.first_day is not None:
        statement = statement.where(col(WorkerDay.day) >= wanted.first_day)
    if wanted.last_day is not None:
        statement = statement.where(col(WorkerDay.day) <= wanted.last_day)
    keys = (WorkerDay.day, WorkerDay.assignment_id)
    return await paginate(session, statement, keys=keys, request=request, descending=True)


async def assigned_by_employer(
    session: AsyncSession, principal: Principal, on: date, project_id: UUID
) -> dict[UUID, int]:
    """How many workers of each employer belong to the project."""
    rows = await session.execute(
        select(col(Assignment.employer_id), func.count())
        .where(
            visible_to(principal, on, Assignment),
            col(Assignment.project_id) == project_id,
            col(Assignment.state) != AssignmentState.LEFT,
        )
        .group_by(col(Assignment.employer_id))
    )
    return {row[0]: row[1] for row in rows}


async def last_marks(
    session: AsyncSession, principal: Principal, on: date, project_id: UUID, since: date
) -> list[tuple[UUID, datetime | None, datetime | None]]:
    """(employer, last in, last out) since a day of each worker who has entered the project."""
    rows = await session.execute(
        select(col(WorkerDay.employer_id), func.max(col(WorkerDay.last_in)), func.max(col(WorkerDay.last_out)))
        .join(Assignment, col(Assignment.id) == col(WorkerDay.assignment_id))
        .where(
            visible_to(principal, on, WorkerDay),
            col(WorkerDay.project_id) == project_id,
            col(WorkerDay.day) >= since,
            col(Assignment.state) == AssignmentState.ENTERED,
        )
        .group_by(col(WorkerDay.assignment_id), col(WorkerDay.employer_id))
    )
    return [(employer_id, last_in, last_out) for employer_id, last_in, last_out in rows]


async def project_city(session: AsyncSession, project_id: UUID) -> str | None:
    """The city whose rules apply, or None while the project is not known here."""
    known = await replica.project(session, project_id)
    return known.city if known else None


async def employers_seen(
    session: AsyncSession, principal: Principal, on: date, project_id: UUID, employer_ids: Collection[UUID]
) -> set[UUID]:
    """Whose people on a project the caller may see, among these."""
    statement = (
        select(col(Assignment.employer_id))
        .where(
            visible_to(principal, on, Assignment),
            col(Assignment.project_id) == project_id,
            col(Assignment.employer_id).in_(employer_ids),
        )
        .distinct()
    )
    return set(await session.scalars(statement))


async def worker_day(
    session: AsyncSession, principal: Principal, on: date, assignment_id: UUID, day: date
) -> WorkerDay | None:
    """One visible worker day; None when nothing was recorded that day, or it is not visible."""
    found: WorkerDay | None = await session.scalar(
        select(WorkerDay).where(
            visible_to(principal, on, WorkerDay),
            col(WorkerDay.assignment_id) == assignment_id,
            col(WorkerDay.day) == day,
        )
    )
    return found


async def breaks(session: AsyncSession, project_id: UUID) -> list[Break]:
    """The break rules of a project."""
    rows = await session.scalars(select(BreakRule).where(col(BreakRule.project_id) == project_id))
    return [
        Break(one.valid_from, one.valid_to, timedelta(minutes=one.beyond_minutes), timedelta(minutes=one.minutes))
        for one in rows
    ]


async def is_locked(session: AsyncSession, day: WorkerDay) -> bool:
    """Whether payroll has closed the month of a worker day."""
    key = (day.project_id, day.employer_id, day.day.replace(day=1))
    return await session.get(LockedMonth, key) is not None


async def passed(
    session: AsyncSession, project_id: UUID, assignment_ids: Collection[UUID], first: datetime, end: datetime
) -> dict[UUID, list[Passed]]:
    """Raw swipes and approved repairs of these assignments in a span, by assignment, in the order of time."""
    raw = await session.scalars(
        select(Swipe).where(
            col(Swipe.project_id) == project_id,
            col(Swipe.at) >= first,
            col(Swipe.at) < end,
            col(Swipe.assignment_id).in_(assignment_ids),
        )
    )
    repairs = await session.scalars(
        select(Repair).where(
            col(Repair.assignment_id).in_(assignment_ids),
            col(Repair.at) >= first,
            col(Repair.at) < end,
            col(Repair.state) == RepairState.APPROVED,
        )
    )
    found: dict[UUID, list[Passed]] = {}
    for swipe in raw:
        one = Passed(swipe.at, swipe.direction, swipe.device_id, swipe.sequence, None, swipe.counted)
        found.setdefault(swipe.assignment_id, []).append(one)
    for repair in repairs:
        found.setdefault(repair.assignment_id, []).append(Passed(repair.at, repair.direction, None, None, repair.id))
    return {key: sorted(some, key=lambda one: one.at) for key, some in found.items()}


async def page_of_direction_errors(
    session: AsyncSession,
    principal: Principal,
    on: date,
    wanted: AttendanceFilter,
    span: tuple[datetime, datetime],
    request: PageRequest,
) -> Page[Swipe]:
    """Visible swipes of a span with the direction of the swipe before, and no approved repair between; latest first.

    The swipe before is looked for within the two days before the span.
    """
    crew, order = col(Swipe.assignment_id), (col(Swipe.at), col(Swipe.device_id), col(Swipe.sequence))
    ordered = select(
        Swipe,
        func.lag(col(Swipe.direction)).over(partition_by=crew, order_by=order).label("direction_before"),
        func.lag(col(Swipe.at)).over(partition_by=crew, order_by=order).label("at_before"),
    ).where(
        visible_to(principal, on, Swipe),
        col(Swipe.project_id) == wanted.project_id,
        col(Swipe.at) >= span[0] - TWO_DAYS,
        col(Swipe.at) < span[1],
    )
    for name in ("employer_id", "worker_id"):
        value = getattr(wanted, name)
        if value is not None:
            ordered = ordered.where(getattr(Swipe, name) == value)
    rows = ordered.subquery()
    swipe = aliased(Swipe, rows)
    mended = select(literal(1)).where(
        col(Repair.assignment_id) == rows.c.assignment_id,
        col(Repair.state) == RepairState.APPROVED,
        col(Repair.direction) != rows.c.direction,
        col(Repair.at).between(rows.c.at_before, rows.c.at),
    )
    statement = select(swipe).where(rows.c.direction == rows.c.direction_before, rows.c.at >= span[0], ~mended.exists())
    keys = (swipe.at, swipe.device_id, swipe.sequence)
    return await paginate(session, statement, keys=keys, request=request, descending=True)


async def page_of_overlaps(
    session: AsyncSession, principal: Principal, on: date, wanted: AttendanceFilter, request: PageRequest
) -> Page[Pair]:
    """Worker days of a project whose span overlaps one of the same person elsewhere, latest first.

    The caller sees a pair only if both days are visible to him: that a man works for somebody else as well is nobody's
    business but of those who see both.
    """
    own, other = aliased(WorkerDay), aliased(WorkerDay)
    worker, same = aliased(Worker), aliased(Worker)
    there = aliased(Assignment)
    statement = (
        select(own, other)
        .join(worker, col(worker.id) == col(own.worker_id))
        .join(same, col(same.person_id) == col(worker.person_id))
        .join(there, and_(col(there.worker_id) == col(same.id), col(there.id) != col(own.assignment_id)))
        .join(
            other,
            and_(
                col(other.assignment_id) == col(there.id),
                col(other.day).between(col(own.day) - 1, col(own.day) + 1),
            ),
        )
        .where(
            visible_to(principal, on, own),
            visible_to(principal, on, other),
            col(own.project_id) == wanted.project_id,
            _starts(own) <= _ends(other),
            _starts(other) <= _ends(own),
        )
    )
    if wanted.first_day is not None:
        statement = statement.where(col(own.day) >= wanted.first_day)
    if wanted.last_day is not None:
        statement = statement.where(col(own.day) <= wanted.last_day)
    keys = (own.day, own.assignment_id, other.assignment_id, other.day)
    rows, token = await _rows(session, statement, keys, request)
    return Page([Pair(row[0], row[1]) for row in rows], token)


def _starts(day: Any) -> Any:
    return func.coalesce(day.first_in, day.first_out)


def _ends(day: Any) -> Any:
    # A shift that its day has not closed ends within a day: a candidate, until its swipes are looked at.
    is_open = or_(day.last_out.is_(None), day.last_in > day.last_out)
    return case((is_open, day.last_in + ONE_DAY), else_=day.last_out)


async def page_of_employer_days(
    session: AsyncSession, principal: Principal, on: date, wanted: AttendanceFilter, request: PageRequest
) -> Page[EmployerDay]:
    """Workers with attendance and worker days, by day and employer, latest day first."""
    counted = (
        select(
            col(WorkerDay.day),
            col(WorkerDay.employer_id),
            func.count().label("workers"),
            func.sum(col(WorkerDay.days)).label("days"),
        )
        .where(visible_to(principal, on, WorkerDay), col(WorkerDay.project_id) == wanted.project_id)
        .group_by(col(WorkerDay.day), col(WorkerDay.employer_id))
    )
    if wanted.employer_id is not None:
        counted = counted.where(col(WorkerDay.employer_id) == wanted.employer_id)
    if wanted.first_day is not None:
        counted = counted.where(col(WorkerDay.day) >= wanted.first_day)
    if wanted.last_day is not None:
        counted = counted.where(col(WorkerDay.day) <= wanted.last_day)
    table = counted.subquery()
    rows, token = await _rows(session, select(table), (table.c.day, table.c.employer_id), request)
    return Page([EmployerDay(row.day, row.employer_id, row.workers, row.days) for row in rows], token)


async def employer_days(
    session: AsyncSession, principal: Principal, on: date, project_id: UUID, first: date, last: date
) -> list[EmployerDay]:
    """What employers' people counted on each day from a first to a last one; days that count nothing are left out."""
    rows = await session.execute(
        select(col(WorkerDay.day), col(WorkerDay.employer_id), func.count(), func.sum(col(WorkerDay.days)))
        .where(
            visible_to(principal, on, WorkerDay),
            col(WorkerDay.project_id) == project_id,
            col(WorkerDay.day).between(first, last),
            col(WorkerDay.days) != 0,
        )
        .group_by(col(WorkerDay.day), col(WorkerDay.employer_id))
        .order_by(col(WorkerDay.day), col(WorkerDay.employer_id))
    )
    return [EmployerDay(*row) for row in rows]


async def _rows(
    session: AsyncSession, statement: Any, keys: Sequence[Any], request: PageRequest
) -> tuple[list[Any], str]:
    """A page of rows that are no entity, descending by `keys`, and the token of the next one."""
    if request.token:
        values = decode_token(request.token, [key.type.python_type for key in keys])
        after = tuple_(*[literal(value, key.type) for value, key in zip(values, keys, strict=True)])
        statement = statement.where(tuple_(*keys) < after)
    statement = statement.add_columns(*[key.label(f"key_{place}") for place, key in enumerate(keys)])
    rows: list[Any] = list(
        await session.execute(statement.order_by(*[key.desc() for key in keys]).limit(request.size + 1))
    )
    more = len(rows) > request.size
    rows = rows[: request.size]
    return rows, encode_token([rows[-1][-len(keys) + place] for place in range(len(keys))]) if more else ""


async def heat(
    session: AsyncSession, principal: Principal, on: date, project_id: UUID, span: tuple[datetime, datetime]
) -> list[Cell]:
    """Visible passes of a span by device and hour since its begin."""
    hour = func.floor(extract("epoch", col(Swipe.at) - span[0]) / 3600)
    rows = await session.execute(
        select(
            col(Swipe.device_id),
            hour.label("hour"),
            func.count().filter(col(Swipe.direction) == "01"),
            func.count().filter(col(Swipe.direction) == "02"),
        )
        .where(
            visible_to(principal, on, Swipe),
            col(Swipe.project_id) == project_id,
            col(Swipe.at) >= span[0],
            col(Swipe.at) < span[1],
        )
        .group_by(col(Swipe.device_id), hour)
        .order_by(col(Swipe.device_id), hour)
    )
    return [Cell(device_id, int(hour), ins, outs) for device_id, hour, ins, outs in rows]
