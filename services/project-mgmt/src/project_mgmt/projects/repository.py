"""The only SQL about projects."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload
from sqlmodel import col

from chassis.identity import Kind, Principal
from chassis.pages import Page, PageRequest, paginate
from chassis.work import constraint_of
from project_mgmt.projects import errors
from project_mgmt.projects.models import Project, ProjectParty
from project_mgmt.projects.rules import (
    GENERAL_CONTRACTOR,
    STEERING_ROLES,
    PartyFilters,
    ProjectFilters,
    roles_of,
)


def visible_to(principal: Principal, today: date) -> ColumnElement[bool]:
    """Projects that the caller registered or plays, or once played, a part in; the authority sees all."""
    if _sees_all(principal):
        return col(Project.id).is_not(None)
    return or_(
        col(Project.organisation_id) == principal.organisation_id,
        _plays_part(principal, col(ProjectParty.valid_from) <= today),
    )


def steered_by(principal: Principal, today: date) -> ColumnElement[bool]:
    """Projects whose money the caller may see: registered by it, or it is or was a steering party; the
    authority sees all.
    """
    if _sees_all(principal):
        return col(Project.id).is_not(None)
    return or_(
        col(Project.organisation_id) == principal.organisation_id,
        _plays_part(
            principal,
            col(ProjectParty.valid_from) <= today,
            col(ProjectParty.role).in_(sorted(STEERING_ROLES)),
        ),
    )


def _sees_all(principal: Principal) -> bool:
    return principal.is_service or Kind.AUTHORITY in principal.kinds


def _plays_part(principal: Principal, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists(
        select(col(ProjectParty.id)).where(
            col(ProjectParty.project_id) == Project.id,
            col(ProjectParty.organisation_id) == principal.organisation_id,
            *conditions,
        )
    )


async def get(session: AsyncSession, principal: Principal, project_id: UUID, today: date) -> Project:
    """A project with its parties; NotFound when it is not visible."""
    return await _one(session, project_id, visible_to(principal, today))


async def get_steered(session: AsyncSession, principal: Principal, project_id: UUID, today: date) -> Project:
    """The same for those who may see its money."""
    return await _one(session, project_id, steered_by(principal, today))


async def get_managed(session: AsyncSession, principal: Principal, project_id: UUID, today: date) -> Project:
    """A project that the caller may change, locked until the commit; PermissionDenied when it may only read."""
    # Locked in a statement of its own: the row is what orders changes, its parties are read after the lock is held.
    await session.execute(select(col(Project.id)).where(col(Project.id) == project_id).with_for_update(key_share=True))
    project = await get(session, principal, project_id, today)
    demand_manager(project, principal, today)
    return project


def demand_manager(project: Project, principal: Principal, today: date) -> None:
    """PermissionDenied PROJECT_READ_ONLY unless the caller registered the project or is its general contractor."""
    if project.organisation_id == principal.organisation_id:
        return
    parts = [party.part() for party in project.parties]
    if GENERAL_CONTRACTOR not in roles_of(parts, principal.organisation_id, today):
        raise errors.project_read_only()


async def _one(session: AsyncSession, project_id: UUID, visible: ColumnElement[bool]) -> Project:
    statement = (
        select(Project)
        .where(col(Project.id) == project_id, visible)
        .options(selectinload(Project.parties))  # type: ignore[arg-type]
        .execution_options(populate_existing=True)
    )
    project = (await session.scalars(statement)).one_or_none()
    if project is None:
        raise errors.project_not_found(project_id)
    return project


async def page(
    session: AsyncSession, principal: Principal, filters: ProjectFilters, request: PageRequest, today: date
) -> Page[Project]:
    """The caller's projects, newest first."""
    statement: Select[Any] = select(Project).where(visible_to(principal, today))
    for name in ("state", "district", "city", "building_type", "investment_kind", "code"):
        value = getattr(filters, name)
        if value is not None:
            statement = statement.where(getattr(Project, name) == value)
    if filters.party_id is not None:
        plays = exists(
            select(col(ProjectParty.id)).where(
                col(ProjectParty.project_id) == Project.id, col(ProjectParty.organisation_id) == filters.party_id
            )
        )
        statement = statement.where(plays)
    return await paginate(session, statement, keys=(Project.id,), request=request, descending=True)


async def party_page(
    session: AsyncSession, project_id: UUID, filters: PartyFilters, request: PageRequest
) -> Page[ProjectParty]:
    """The parties of a project that the caller has been shown to see, in the order in which they were added."""
    statement: Select[Any] = select(ProjectParty).where(col(ProjectParty.project_id) == project_id)
    if filters.organisation_id is not None:
        statement = statement.where(col(ProjectParty.organisation_id) == filters.organisation_id)
    if filters.role is not None:
        statement = statement.where(col(ProjectParty.role) == filters.role)
    if filters.on is not None:
        statement = statement.where(
            col(ProjectParty.valid_from) <= filters.on,
            or_(col(ProjectParty.valid_to).is_(None), col(ProjectParty.valid_to) >= filters.on),
        )
    return await paginate(session, statement, keys=(ProjectParty.id,), request=request)


async def add(session: AsyncSession, project: Project) -> None:
    """Insert a project with its parties; AlreadyExists when the organisation has the code already."""
    session.add(project)
    try:
        await session.flush()
    except IntegrityError as error:
        if constraint_of(error) == "projects_code_once":
            raise errors.code_taken(project.code) from error
        raise


async def add_party(session: AsyncSession, project: Project, party: ProjectParty) -> None:
    """Insert one more party of a project that is locked by this transaction."""
    project.parties.append(party)
    await session.flush()
