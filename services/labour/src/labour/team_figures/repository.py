"""The only SQL of team figures. Every query of a caller starts from `visible_to` of attendance or of evidence.

Who belonged to which team is asked of each day by the history of members: a transfer in the middle of a month splits
it. Who belonged to none stands under no team, so that the teams of an employer add up to the employer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Date, and_, cast, distinct, func, literal, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from chassis.identity import Principal
from chassis.pages import Page, PageRequest
from labour.attendance.models import WorkerDay
from labour.attendance.repository import visible_to
from labour.attendance.rules import Marks
from labour.days.repository import page_of_rows
from labour.evidence import repository as evidence
from labour.evidence.models import EvidenceGap, EvidenceMonth, Status
from labour.teams.models import Member, Team

NO_TEAM = UUID(int=0)


@dataclass(frozen=True, slots=True)
class TeamFilter:
    """Which figures of a project; None means all. Days are in Asia/Shanghai, both included."""

    project_id: UUID
    employer_id: UUID | None = None
    team_id: UUID | None = None
    first_day: date | None = None
    last_day: date | None = None


class Group(NamedTuple):
    """A day, or the first day of a month; an employer; a team (NO_TEAM: those who belonged to none)."""

    period: date
    employer_id: UUID
    team_id: UUID


@dataclass(frozen=True, slots=True)
class Counted:
    """Members, those of them with attendance, and their worker days."""

    group: Group
    name: str
    members: int
    attended: int
    days: Decimal


@dataclass(frozen=True, slots=True)
class Standing:
    """How the chains of evidence of a team's people stand in a month."""

    employer_id: UUID
    team_id: UUID
    name: str
    complete: int
    with_gaps: int
    net: Decimal
    paid: Decimal
    gaps: dict[str, int]


async def page(
    session: AsyncSession, principal: Principal, on: date, wanted: TeamFilter, request: PageRequest, *, by_month: bool
) -> Page[Counted]:
    """What can be counted by SQL alone, the latest period first."""
    days = _days(principal, on, wanted, by_month).subquery()
    counted = (
        select(
            days.c.period,
            days.c.employer_id,
            days.c.team_id,
            func.count(distinct(days.c.worker_id)).label("attended"),
            func.sum(days.c.days).label("days"),
        )
        .group_by(days.c.period, days.c.employer_id, days.c.team_id)
        .subquery()
    )
    ends = _month_end(counted.c.period) if by_month else counted.c.period
    members = (
        select(func.count(distinct(col(Member.worker_id))))
        .where(
            col(Member.team_id) == counted.c.team_id,
            col(Member.first_day) <= ends,
            or_(col(Member.last_day).is_(None), col(Member.last_day) >= counted.c.period),
        )
        .scalar_subquery()
    )
    statement = select(counted, members.label("members"), func.coalesce(col(Team.name), "").label("name")).outerjoin(
        Team, col(Team.id) == counted.c.team_id
    )
    keys = (counted.c.period, counted.c.employer_id, counted.c.team_id)
    rows, token = await page_of_rows(session, statement, keys, request)
    found = [
        Counted(Group(row.period, row.employer_id, row.team_id), row.name, row.members, row.attended, row.days)
        for row in rows
    ]
    return Page(found, token)


async def marks(
    session: AsyncSession,
    principal: Principal,
    on: date,
    wanted: TeamFilter,
    groups: Collection[Group],
    *,
    by_month: bool,
) -> Iterator[tuple[Group, date, Marks, Marks]]:
    """(group, day, marks of the day, marks of the next day) of every worker day of these groups."""
    days = _days(principal, on, wanted, by_month).subquery()
    own, after = aliased(WorkerDay), aliased(WorkerDay)
    group = (days.c.period, days.c.employer_id, days.c.team_id)
    ours, next_day = (
        (own.day, own.first_in, own.last_in, own.first_out, own.last_out),
        (after.first_in, after.first_out),
    )
    columns: list[Any] = [*group, *ours, *next_day]
    rows = await session.execute(
        select(*columns)
        .join(own, and_(col(own.assignment_id) == days.c.assignment_id, col(own.day) == days.c.day))
        .outerjoin(after, and_(col(after.assignment_id) == col(own.assignment_id), col(after.day) == col(own.day) + 1))
        .where(tuple_(*group).in_([tuple(one) for one in groups]))
    )
    return ((Group(*row[:3]), row[3], Marks(*row[4:8]), Marks(first_in=row[8], first_out=row[9])) for row in rows)


async def standing(
    session: AsyncSession, principal: Principal, on: date, project_id: UUID, month: date
) -> list[Standing]:
    """Per visible employer and team: chains by status and gaps by code.

    A chain is a worker's month: it stands under the team to which he belonged last in it.
    """
    chains, gaps = _of_month(EvidenceMonth, project_id, month), _of_month(EvidenceGap, project_id, month)
    seen = chains.add_columns(
        col(EvidenceMonth.status), col(EvidenceMonth.net), col(EvidenceMonth.paid)
    ).where(evidence.visible_to(principal, on, EvidenceMonth)).subquery()  # fmt: skip
    count = func.count()
    rows = await session.execute(
        select(
            seen.c.employer_id, seen.c.team_id, func.coalesce(col(Team.name), ""),
            count.filter(seen.c.status == Status.COMPLETE), count.filter(seen.c.status == Status.GAPS),
            func.sum(seen.c.net), func.sum(seen.c.paid),
        )
        .outerjoin(Team, col(Team.id) == seen.c.team_id)
        .group_by(seen.c.employer_id, seen.c.team_id, col(Team.name))
        .order_by(seen.c.employer_id, seen.c.team_id)
    )  # fmt: skip
    named = gaps.add_columns(col(EvidenceGap.code)).where(evidence.visible_to(principal, on, EvidenceGap)).subquery()
    kinds = await session.execute(
        select(named.c.employer_id, named.c.team_id, named.c.code, count)
        .group_by(named.c.employer_id, named.c.team_id, named.c.code)
        .order_by(named.c.code)
    )
    by_group: dict[tuple[UUID, UUID], dict[str, int]] = {}
    for employer_id, team_id, code, number in kinds:
        by_group.setdefault((employer_id, team_id), {})[code] = number
    return [
        Standing(employer_id, team_id, name, complete, with_gaps, net, paid, by_group.get((employer_id, team_id), {}))
        for employer_id, team_id, name, complete, with_gaps, net, paid in rows
    ]


def _days(principal: Principal, on: date, wanted: TeamFilter, by_month: bool) -> Any:
    """The visible worker days of a project, each with its period and the team to which its worker belonged that day."""
    day = col(WorkerDay.day)
    period = cast(func.date_trunc("month", day), Date) if by_month else day
    team = func.coalesce(col(Member.team_id), literal(NO_TEAM))
    statement: Any = (
        select(
            period.label("period"), col(WorkerDay.employer_id), team.label("team_id"), col(WorkerDay.assignment_id),
            col(WorkerDay.worker_id), day, col(WorkerDay.days),
        )
        .outerjoin(
            Member,
            and_(
                col(Member.project_id) == col(WorkerDay.project_id),
                col(Member.worker_id) == col(WorkerDay.worker_id),
                col(Member.first_day) <= day,
                or_(col(Member.last_day).is_(None), col(Member.last_day) >= day),
            ),
        )
        .where(visible_to(principal, on, WorkerDay), col(WorkerDay.project_id) == wanted.project_id)
    )  # fmt: skip
    if wanted.employer_id is not None:
        statement = statement.where(col(WorkerDay.employer_id) == wanted.employer_id)
    if wanted.team_id is not None:
        statement = statement.where(team == wanted.team_id)
    if wanted.first_day is not None:
        statement = statement.where(day >= wanted.first_day)
    if wanted.last_day is not None:
        statement = statement.where(day <= wanted.last_day)
    return statement


def _of_month(table: type[EvidenceMonth] | type[EvidenceGap], project_id: UUID, month: date) -> Any:
    last = (
        select(col(Member.team_id))
        .where(
            col(Member.project_id) == col(table.project_id),
            col(Member.worker_id) == col(table.worker_id),
            col(Member.first_day) <= _month_end(literal(month)),
            or_(col(Member.last_day).is_(None), col(Member.last_day) >= month),
        )
        .order_by(col(Member.first_day).desc())
        .limit(1)
        .scalar_subquery()
    )
    team = func.coalesce(last, literal(NO_TEAM)).label("team_id")
    statement: Any = select(col(table.employer_id), team)
    return statement.where(col(table.project_id) == project_id, col(table.month) == month)


def _month_end(first: Any) -> ColumnElement[date]:
    return cast(cast(first, Date) + func.make_interval(0, 1, 0, -1), Date)
