"""The only SQL of teams. Every query of a caller starts from `visible_to`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis import replica
from chassis.identity import Kind, Principal
from chassis.pages import Page, PageRequest, paginate
from chassis.work import constraint_of
from labour.assignments.repository import OVERSEEING
from labour.teams import errors
from labour.teams.models import Leader, Member, Review, Team
from labour.teams.states import State


def visible_to(principal: Principal, on: date) -> ColumnElement[bool]:
    """The employer's own; all of a project for its general contractor, owner and supervisor; the authority all."""
    if Kind.AUTHORITY in principal.kinds:
        return true()
    overseen = replica.takes_part(principal.organisation_id, on, *OVERSEEING)
    return or_(col(Team.employer_id) == principal.organisation_id, col(Team.project_id).in_(overseen))


@dataclass(frozen=True, slots=True)
class TeamFilter:
    """Which teams a list shows; None means all."""

    project_id: UUID | None = None
    employer_id: UUID | None = None
    state: State | None = None


async def get(session: AsyncSession, principal: Principal, on: date, team_id: UUID, *, lock: bool = False) -> Team:
    """The team, locked as it is now if asked so; NotFound TEAM_NOT_FOUND when it is not visible."""
    statement = select(Team).where(visible_to(principal, on), col(Team.id) == team_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    team = await session.scalar(statement)
    if team is None:
        raise errors.team_not_found(team_id)
    return team


async def page(
    session: AsyncSession, principal: Principal, on: date, wanted: TeamFilter, request: PageRequest
) -> Page[Team]:
    """The visible teams, newest first."""
    statement = select(Team).where(visible_to(principal, on))
    for name in ("project_id", "employer_id", "state"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(getattr(Team, name) == value)
    return await paginate(session, statement, keys=(Team.id,), request=request, descending=True)


async def add(session: AsyncSession, team: Team) -> None:
    """A new team; AlreadyExists TEAM_NAME_TAKEN."""
    session.add(team)
    await _flush(session, "teams_name_taken", errors.name_taken(team.name))


async def add_review(session: AsyncSession, review: Review) -> None:
    """A new review; AlreadyExists TEAM_REVIEWED."""
    session.add(review)
    await _flush(session, "team_reviews_once", errors.reviewed(review.month))


async def _flush(session: AsyncSession, constraint: str, refusal: Exception) -> None:
    try:
        await session.flush()
    except IntegrityError as error:
        if constraint_of(error) == constraint:
            raise refusal from None
        raise


async def members_now(session: AsyncSession, team_id: UUID) -> list[UUID]:
    """The workers who belong to a team, in the order of their ids."""
    statement = select(col(Member.worker_id)).where(col(Member.team_id) == team_id, col(Member.last_day).is_(None))
    return list(await session.scalars(statement.order_by(col(Member.worker_id))))


async def leaders_now(session: AsyncSession, team_ids: Iterable[UUID]) -> dict[UUID, Leader]:
    """Who leads which team."""
    statement = select(Leader).where(col(Leader.team_id).in_(set(team_ids)), col(Leader.last_day).is_(None))
    return {one.team_id: one for one in await session.scalars(statement)}


async def last_leader(session: AsyncSession, team_id: UUID) -> Leader | None:
    """Who began to lead last."""
    found: Leader | None = await session.scalar(
        select(Leader).where(col(Leader.team_id) == team_id).order_by(col(Leader.first_day).desc()).limit(1)
    )
    return found


async def counted(session: AsyncSession, team_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many members each team has now."""
    rows = await session.execute(
        select(col(Member.team_id), func.count())
        .where(col(Member.team_id).in_(set(team_ids)), col(Member.last_day).is_(None))
        .group_by(col(Member.team_id))
    )
    return {row[0]: row[1] for row in rows}


async def open_memberships(session: AsyncSession, project_id: UUID, worker_ids: Iterable[UUID]) -> dict[UUID, Member]:
    """The memberships of these workers on a project that have not ended, by worker."""
    statement = select(Member).where(
        col(Member.project_id) == project_id,
        col(Member.worker_id).in_(set(worker_ids)),
        col(Member.last_day).is_(None),
    )
    return {one.worker_id: one for one in await session.scalars(statement)}


async def last_days(session: AsyncSession, project_id: UUID, worker_ids: Iterable[UUID]) -> dict[UUID, date]:
    """The last day of the ended memberships of these workers on a project."""
    rows = await session.execute(
        select(col(Member.worker_id), func.max(col(Member.last_day)))
        .where(col(Member.project_id) == project_id, col(Member.worker_id).in_(set(worker_ids)))
        .group_by(col(Member.worker_id))
    )
    return {worker_id: last_day for worker_id, last_day in rows if last_day is not None}


async def locked(session: AsyncSession, team_ids: Iterable[UUID]) -> list[Team]:
    """Teams, locked in one order."""
    statement = select(Team).where(col(Team.id).in_(set(team_ids))).order_by(col(Team.id)).with_for_update()
    return list(await session.scalars(statement.execution_options(populate_existing=True)))


async def page_of_members(
    session: AsyncSession, principal: Principal, on: date, team_id: UUID, request: PageRequest
) -> Page[Member]:
    """Who belongs and belonged to a team, the latest first."""
    statement = _of_team(select(Member).join(Team, col(Team.id) == col(Member.team_id)), principal, on, team_id)
    keys = (Member.first_day, Member.worker_id)
    return await paginate(session, statement, keys=keys, request=request, descending=True)


async def page_of_leaders(
    session: AsyncSession, principal: Principal, on: date, team_id: UUID, request: PageRequest
) -> Page[Leader]:
    """Who leads and led a team, the latest first."""
    statement = _of_team(select(Leader).join(Team, col(Team.id) == col(Leader.team_id)), principal, on, team_id)
    return await paginate(session, statement, keys=(Leader.first_day,), request=request, descending=True)


async def page_of_reviews(
    session: AsyncSession, principal: Principal, on: date, team_id: UUID, request: PageRequest
) -> Page[Review]:
    """The reviews of a team, newest first."""
    statement = _of_team(select(Review).join(Team, col(Team.id) == col(Review.team_id)), principal, on, team_id)
    return await paginate(session, statement, keys=(Review.id,), request=request, descending=True)


def _of_team(statement: Select[Any], principal: Principal, on: date, team_id: UUID) -> Select[Any]:
    return statement.where(visible_to(principal, on), col(Team.id) == team_id)
