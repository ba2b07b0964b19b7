"""The only SQL of sourcing. Every query starts from `visible_to`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload
from sqlmodel import col

from chassis import replica
from chassis.identity import Principal
from chassis.pages import Page, PageRequest, paginate
from chassis.work import Work
from procurement.materials.models import MaterialUnit
from procurement.sourcing import errors
from procurement.sourcing.models import Guest, Question, Sourcing, SourcingLine
from procurement.sourcing.states import Kind, State


def visible_to(principal: Principal) -> ColumnElement[bool]:
    """The buyer sees its own; an invited supplier sees what has been published."""
    me = principal.organisation_id
    invited = exists().where(col(Guest.sourcing_id) == col(Sourcing.id), col(Guest.supplier_id) == me)
    return or_(col(Sourcing.buyer_id) == me, col(Sourcing.published_at).is_not(None) & invited)


def open_to(principal: Principal) -> ColumnElement[bool]:
    """For work lists: published sourcings from which the caller, a guest, may still offer something."""
    welcome = exists().where(
        col(Guest.sourcing_id) == col(Sourcing.id),
        col(Guest.supplier_id) == principal.organisation_id,
        col(Guest.excluded) == "",
    )
    return and_(visible_to(principal), welcome, col(Sourcing.state) == State.PUBLISHED)


def run_by(principal: Principal, state: State) -> ColumnElement[bool]:
    """For work lists: the caller's own sourcings in a state."""
    own = col(Sourcing.buyer_id) == principal.organisation_id
    return and_(visible_to(principal), own, col(Sourcing.state) == state)


@dataclass(frozen=True, slots=True)
class SourcingFilter:
    """Which sourcings a list shows; None means all."""

    kind: Kind | None = None
    state: State | None = None
    buyer_id: UUID | None = None


def _whole(statement: Select[Sourcing]) -> Select[Sourcing]:
    lines = selectinload(Sourcing.lines).selectinload(SourcingLine.parts)  # type: ignore[arg-type]
    return statement.options(lines, selectinload(Sourcing.guests))  # type: ignore[arg-type]


def _one(principal: Principal, sourcing_id: UUID) -> Select[Sourcing]:
    return select(Sourcing).where(visible_to(principal), col(Sourcing.id) == sourcing_id)


async def get(session: AsyncSession, principal: Principal, sourcing_id: UUID) -> Sourcing:
    """The sourcing with lines and guests; NotFound SOURCING_NOT_FOUND when the caller may not see it."""
    found = await session.scalar(_whole(_one(principal, sourcing_id)))
    if found is None:
        raise errors.sourcing_not_found(sourcing_id)
    return found


async def head(session: AsyncSession, principal: Principal, sourcing_id: UUID, *, shared: bool = False) -> Sourcing:
    """The same without lines and guests; `shared` locks it against a change of state, not against its like."""
    statement = _one(principal, sourcing_id)
    if shared:
        statement = statement.with_for_update(of=Sourcing, read=True).execution_options(populate_existing=True)
    found = await session.scalar(statement)
    if found is None:
        raise errors.sourcing_not_found(sourcing_id)
    return found


async def get_for_update(
    session: AsyncSession, principal: Principal, sourcing_id: UUID, *, whole: bool = True
) -> Sourcing:
    """The buyer's own, with lines and guests when `whole`, locked until the end of the transaction and as it is now."""
    own = _one(principal, sourcing_id).where(col(Sourcing.buyer_id) == principal.organisation_id)
    statement = (_whole(own) if whole else own).with_for_update(of=Sourcing).execution_options(populate_existing=True)
    found = await session.scalar(statement)
    if found is None:
        raise errors.sourcing_not_found(sourcing_id)
    return found


async def due(session: AsyncSession, sourcing_id: UUID) -> Sourcing | None:
    """For a job: the sourcing, whole and locked; None when it is gone."""
    statement = _whole(select(Sourcing).where(col(Sourcing.id) == sourcing_id)).with_for_update(of=Sourcing)
    return await session.scalar(statement.execution_options(populate_existing=True))


async def page(
    session: AsyncSession, principal: Principal, wanted: SourcingFilter, request: PageRequest
) -> Page[Sourcing]:
    """The caller's sourcings, newest first, without lines."""
    statement = select(Sourcing).where(visible_to(principal))
    for name in ("kind", "state", "buyer_id"):
        if getattr(wanted, name) is not None:
            statement = statement.where(col(getattr(Sourcing, name)) == getattr(wanted, name))
    return await paginate(session, statement, keys=(Sourcing.id,), request=request, descending=True)


async def own_guest(session: AsyncSession, principal: Principal, sourcing_id: UUID) -> Guest | None:
    """The caller's invitation, if it is a guest; locked, so that one supplier's changes come one after the other."""
    return await session.scalar(
        select(Guest)
        .where(col(Guest.sourcing_id) == sourcing_id, col(Guest.supplier_id) == principal.organisation_id)
        .with_for_update()
    )


async def unknown_units(session: AsyncSession, wanted: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
    """Which of these (material code, unit) pairs the catalogue does not have."""
    unit = MaterialUnit
    rows = await session.execute(
        select(col(unit.material_code), col(unit.unit)).where(col(unit.material_code).in_({code for code, _ in wanted}))
    )
    return set(wanted) - {(code, name) for code, name in rows}


async def projects(session: AsyncSession, work: Work) -> set[UUID]:
    """The projects in which the caller takes part today."""
    return set(await session.scalars(replica.takes_part(work.principal.organisation_id, work.today)))


async def questions(
    session: AsyncSession, principal: Principal, sourcing_id: UUID, request: PageRequest
) -> Page[Question]:
    """What was asked: the buyer sees all, a supplier those that are answered and its own."""
    sourcing = await head(session, principal, sourcing_id)
    me = principal.organisation_id
    statement = select(Question).where(col(Question.sourcing_id) == sourcing.id)
    if sourcing.buyer_id != me:
        statement = statement.where(or_(col(Question.answered_at).is_not(None), col(Question.supplier_id) == me))
    return await paginate(session, statement, keys=(Question.id,), request=request)


async def question(session: AsyncSession, sourcing: Sourcing, question_id: UUID) -> Question:
    """A question of a sourcing that the caller holds; NotFound QUESTION_NOT_FOUND."""
    found = await session.scalar(
        select(Question)
        .where(col(Question.id) == question_id, col(Question.sourcing_id) == sourcing.id)
        .with_for_update()
    )
    if found is None:
        raise errors.question_not_found(question_id)
    return found


AWARD_LINES = """
UPDATE sourcing_lines AS line SET awarded = line.awarded + given.quantity
FROM unnest($1::uuid[], $2::numeric[]) AS given (id, quantity) WHERE line.id = given.id
"""
HOLD_LINES = """
UPDATE sourcing_lines AS line SET held = line.held + given.quantity
FROM unnest($1::uuid[], $2::numeric[]) AS given (id, quantity) WHERE line.id = given.id
"""
AWARD_PARTS = """
UPDATE sourcing_parts AS part SET awarded = part.awarded + given.quantity
FROM unnest($1::uuid[], $2::numeric[]) AS given (id, quantity) WHERE part.id = given.id
"""


LEFT = "SELECT EXISTS (SELECT FROM sourcing_lines WHERE sourcing_id = $1 AND awarded < quantity)"
PARTS = """
SELECT part.id, part.line_id, part.project_id, part.cost_code, part.needed_by, part.requisition_line_id,
    part.quantity - part.awarded AS left, line.held
FROM sourcing_parts AS part JOIN sourcing_lines AS line ON line.id = part.line_id
WHERE line.sourcing_id = $1 AND part.line_id = ANY($2::uuid[]) AND part.awarded < part.quantity
ORDER BY part.line_id, part.needed_by NULLS LAST, part.position
"""


async def parts_left(
    connection: asyncpg.Connection[Any], sourcing: Sourcing, line_ids: Sequence[UUID]
) -> Sequence[asyncpg.Record]:
    """What is left to award on these lines of a locked sourcing, the most urgent need first."""
    return await connection.fetch(PARTS, sourcing.id, line_ids)


async def hold(connection: asyncpg.Connection[Any], lines: Mapping[UUID, Decimal]) -> None:
    """Hold quantities of lines of a locked sourcing for an award that waits; negative ones are let go again."""
    await connection.execute(HOLD_LINES, list(lines), list(lines.values()))


async def award(
    connection: asyncpg.Connection[Any],
    sourcing: Sourcing,
    lines: Mapping[UUID, Decimal],
    parts: Mapping[UUID, Decimal],
) -> bool:
    """Book awarded quantities on lines and parts of a locked sourcing, CHECKs hold the bounds; whether some is left."""
    await connection.execute(AWARD_LINES, list(lines), list(lines.values()))
    await connection.execute(AWARD_PARTS, list(parts), list(parts.values()))
    return bool(await connection.fetchval(LEFT, sourcing.id))
