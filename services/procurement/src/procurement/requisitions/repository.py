"""The only SQL of requisitions. Every query on somebody's behalf starts from `visible_to`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import contains_eager, selectinload
from sqlmodel import col

from chassis import replica
from chassis.identity import Principal
from chassis.pages import Page, PageRequest, paginate
from chassis.replica import KnownProject
from chassis.work import constraint_of
from procurement.requisitions import errors
from procurement.requisitions.models import Requisition, RequisitionLine
from procurement.requisitions.rules import Counters
from procurement.requisitions.states import State


def visible_to(principal: Principal) -> ColumnElement[bool]:
    """What a site plans is its organisation's business."""
    return col(Requisition.organisation_id) == principal.organisation_id


async def takes_part(session: AsyncSession, principal: Principal, project_id: UUID, on: date) -> bool:
    """Whether the caller's organisation is a party of the project on a day."""
    parties = replica.takes_part(principal.organisation_id, on).subquery()
    return await session.scalar(select(parties).where(parties.c.project_id == project_id).limit(1)) is not None


@dataclass(frozen=True, slots=True)
class OwnProject:
    """A project in which the caller takes part."""

    id: UUID
    code: str
    name_zh: str
    name_en: str


async def projects(session: AsyncSession, principal: Principal, on: date) -> list[OwnProject]:
    """The caller's projects on a day, by code."""
    known = KnownProject
    rows = await session.execute(
        select(col(known.project_id), col(known.code), col(known.name_zh), col(known.name_en))
        .where(col(known.project_id).in_(replica.takes_part(principal.organisation_id, on)))
        .order_by(col(known.code), col(known.project_id))
    )
    return [OwnProject(*row) for row in rows]


async def cost_codes(session: AsyncSession, principal: Principal, project_id: UUID | None, most: int) -> list[str]:
    """The first `most` cost codes that the caller's requisitions (of a project) have named, in their order."""
    statement = (
        select(col(RequisitionLine.cost_code))
        .join(Requisition, col(Requisition.id) == col(RequisitionLine.requisition_id))
        .where(visible_to(principal))
    )
    if project_id is not None:
        statement = statement.where(col(Requisition.project_id) == project_id)
    found = await session.scalars(statement.distinct().order_by(col(RequisitionLine.cost_code)).limit(most))
    return list(found)


async def add(session: AsyncSession, requisition: Requisition) -> None:
    """Write a new one with its lines; AlreadyExists REQUISITION_NUMBER_TAKEN."""
    session.add(requisition)
    try:
        await session.flush()
    except IntegrityError as error:
        if constraint_of(error) == "requisitions_number_taken":
            raise errors.number_taken(requisition.number) from None
        raise


def _one(principal: Principal, requisition_id: UUID) -> Select[Any]:
    return (
        select(Requisition)
        .where(visible_to(principal), col(Requisition.id) == requisition_id)
        .options(selectinload(Requisition.lines))  # type: ignore[arg-type]
    )


async def get(session: AsyncSession, principal: Principal, requisition_id: UUID) -> Requisition:
    """With its lines; NotFound REQUISITION_NOT_FOUND when the caller may not see it."""
    found: Requisition | None = await session.scalar(_one(principal, requisition_id))
    if found is None:
        raise errors.requisition_not_found(requisition_id)
    return found


async def get_for_update(session: AsyncSession, principal: Principal, requisition_id: UUID) -> Requisition:
    """The same, locked until the end of the transaction and as it is now."""
    statement = _one(principal, requisition_id).with_for_update(of=Requisition)
    found: Requisition | None = await session.scalar(statement.execution_options(populate_existing=True))
    if found is None:
        raise errors.requisition_not_found(requisition_id)
    return found


async def lock_lines_of(session: AsyncSession, requisition: Requisition) -> None:
    """Lock the lines of a locked requisition, in the order of ids, and read them again as they are now."""
    await session.scalars(
        select(RequisitionLine)
        .where(col(RequisitionLine.requisition_id) == requisition.id)
        .order_by(col(RequisitionLine.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )


@dataclass(frozen=True, slots=True)
class RequisitionFilter:
    """Which requisitions a list shows; None means all."""

    project_id: UUID | None = None
    state: State | None = None
    number: str | None = None


async def page(
    session: AsyncSession, principal: Principal, wanted: RequisitionFilter, request: PageRequest
) -> Page[Requisition]:
    """The caller's requisitions without lines, newest first."""
    statement = select(Requisition).where(visible_to(principal))
    for name in ("project_id", "state", "number"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(getattr(Requisition, name) == value)
    return await paginate(session, statement, keys=(Requisition.id,), request=request, descending=True)


@dataclass(frozen=True, slots=True)
class LineFilter:
    """Which open lines a list shows; None means all. `material`: a branch of the catalogue; days are inclusive."""

    project_id: UUID | None = None
    material: str | None = None
    cost_code: str | None = None
    needed_from: date | None = None
    needed_to: date | None = None


async def open_lines(
    session: AsyncSession, principal: Principal, wanted: LineFilter, request: PageRequest
) -> Page[RequisitionLine]:
    """Lines of approved requisitions with something left to buy, over all projects, by the day they are needed."""
    line = RequisitionLine
    statement = (
        select(line)
        .join(Requisition, col(Requisition.id) == col(line.requisition_id))
        .where(
            visible_to(principal),
            col(Requisition.state) == State.APPROVED,
            col(line.sourced) + col(line.ordered) < col(line.quantity),
        )
        .options(contains_eager(line.requisition))  # type: ignore[arg-type]
    )
    if wanted.project_id is not None:
        statement = statement.where(col(Requisition.project_id) == wanted.project_id)
    if wanted.material is not None:
        statement = statement.where(col(line.material_code).startswith(wanted.material, autoescape=True))
    if wanted.cost_code is not None:
        statement = statement.where(col(line.cost_code) == wanted.cost_code)
    if wanted.needed_from is not None:
        statement = statement.where(col(line.needed_by) >= wanted.needed_from)
    if wanted.needed_to is not None:
        statement = statement.where(col(line.needed_by) <= wanted.needed_to)
    return await paginate(session, statement, keys=(line.needed_by, line.id), request=request)


async def lines_for_update(
    session: AsyncSession, principal: Principal, line_ids: Sequence[UUID]
) -> dict[UUID, RequisitionLine]:
    """Those of the caller's organisation with their requisitions, locked in the order of ids and as they are now."""
    found = await session.scalars(
        select(RequisitionLine)
        .join(Requisition, col(Requisition.id) == col(RequisitionLine.requisition_id))
        .where(visible_to(principal), col(RequisitionLine.id).in_(line_ids))
        .options(contains_eager(RequisitionLine.requisition))  # type: ignore[arg-type]
        .order_by(col(RequisitionLine.id))
        .with_for_update(of=RequisitionLine)
        .execution_options(populate_existing=True)
    )
    return {line.id: line for line in found}


@dataclass(frozen=True, slots=True)
class LockedLine:
    """A line whose counters nobody else can change now."""

    id: UUID
    requisition_id: UUID
    material_code: str
    unit: str
    counters: Counters


async def lock_lines(connection: asyncpg.Connection[Any], line_ids: Sequence[UUID]) -> dict[UUID, LockedLine]:
    """Lock lines, whoever's they are, in the order of ids: two awards that share lines never wait for each other."""
    rows = await connection.fetch(
        """
        SELECT id, requisition_id, material_code, unit, quantity, sourced, ordered, delivered
        FROM requisition_lines WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE
        """,
        line_ids,
    )
    return {
        row["id"]: LockedLine(
            row["id"],
            row["requisition_id"],
            row["material_code"],
            row["unit"],
            Counters(row["quantity"], row["sourced"], row["ordered"], row["delivered"]),
        )
        for row in rows
    }


@dataclass(frozen=True, slots=True)
class Holder:
    """The requisition that a locked line belongs to, as it is now."""

    number: str
    organisation_id: UUID
    state: State
    approved_at: datetime | None


async def holders(connection: asyncpg.Connection[Any], requisition_ids: Iterable[UUID]) -> dict[UUID, Holder]:
    """Read after the lines are locked: closing a requisition locks its lines too, so the state cannot change."""
    rows = await connection.fetch(
        "SELECT id, number, organisation_id, state, approved_at FROM requisitions WHERE id = ANY($1::uuid[])",
        list(requisition_ids),
    )
    return {
        row["id"]: Holder(row["number"], row["organisation_id"], State(row["state"]), row["approved_at"])
        for row in rows
    }


async def store_counters(connection: asyncpg.Connection[Any], counters: Mapping[UUID, Counters]) -> None:
    """Write the counters of locked lines in one statement."""
    await connection.execute(
        """
        UPDATE requisition_lines AS line
        SET sourced = given.sourced, ordered = given.ordered, delivered = given.delivered
        FROM unnest($1::uuid[], $2::numeric[], $3::numeric[], $4::numeric[])
            AS given (id, sourced, ordered, delivered)
        WHERE line.id = given.id
        """,
        list(counters),
        [one.sourced for one in counters.values()],
        [one.ordered for one in counters.values()],
        [one.delivered for one in counters.values()],
    )
