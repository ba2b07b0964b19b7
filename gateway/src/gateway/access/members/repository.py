"""The only SQL of members. Every query starts from `visible_to`."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.identity import Kind, Principal, Role
from chassis.pages import Page, PageRequest, paginate
from chassis.work import constraint_of
from gateway.access.members import errors
from gateway.access.members.models import Member
from gateway.access.members.states import State


def visible_to(principal: Principal) -> ColumnElement[bool]:
    """The operator sees all members, everybody else those of its own organisation."""
    if Kind.OPERATOR in principal.kinds:
        return true()
    return col(Member.organisation_id) == principal.organisation_id


async def add(session: AsyncSession, member: Member) -> None:
    """Write a new member; AlreadyExists EMAIL_TAKEN."""
    session.add(member)
    try:
        await session.flush()
    except IntegrityError as error:
        if constraint_of(error) == "members_email_taken":
            raise errors.email_taken() from None
        raise


async def get(session: AsyncSession, principal: Principal, member_id: UUID) -> Member:
    """The member; NotFound MEMBER_NOT_FOUND when the caller may not see it."""
    found = await session.scalar(select(Member).where(visible_to(principal), col(Member.id) == member_id))
    if found is None:
        raise errors.member_not_found(member_id)
    return found


async def own_for_update(session: AsyncSession, principal: Principal, member_id: UUID) -> Member:
    """A member of the caller's own organisation, locked; the operator changes nobody else's people either."""
    statement = select(Member).where(
        visible_to(principal),
        col(Member.organisation_id) == principal.organisation_id,
        col(Member.id) == member_id,
    )
    found = await session.scalar(statement.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise errors.member_not_found(member_id)
    return found


async def by_email(session: AsyncSession, principal: Principal, email: str) -> Member | None:
    """The member of the caller's own organisation with this address, locked."""
    statement = select(Member).where(
        visible_to(principal),
        col(Member.organisation_id) == principal.organisation_id,
        col(Member.email) == email,
    )
    found: Member | None = await session.scalar(statement.with_for_update())
    return found


async def administrators(session: AsyncSession, principal: Principal) -> int:
    """How many administrators the caller's organisation has; its row must be locked."""
    statement = (
        select(func.count())
        .select_from(Member)
        .where(
            visible_to(principal),
            col(Member.organisation_id) == principal.organisation_id,
            col(Member.state) == State.ACTIVE,
            col(Member.roles).contains([Role.ADMIN.value]),
        )
    )
    return await session.scalar(statement) or 0


@dataclass(frozen=True, slots=True)
class MemberFilter:
    """Which members a list shows; None means all."""

    organisation_id: UUID | None = None
    state: State | None = None
    role: Role | None = None
    email: str | None = None


async def page(session: AsyncSession, principal: Principal, wanted: MemberFilter, request: PageRequest) -> Page[Member]:
    """The members that the caller may see, newest first."""
    statement = select(Member).where(visible_to(principal))
    if wanted.organisation_id is not None:
        statement = statement.where(col(Member.organisation_id) == wanted.organisation_id)
    if wanted.state is not None:
        statement = statement.where(col(Member.state) == wanted.state)
    if wanted.role is not None:
        statement = statement.where(col(Member.roles).contains([wanted.role.value]))
    if wanted.email is not None:
        statement = statement.where(col(Member.email) == wanted.email.lower())
    return await paginate(session, statement, keys=(Member.id,), request=request, descending=True)
