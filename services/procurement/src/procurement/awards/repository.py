"""The only SQL of awards. The buyer sees its awards; a supplier the lines that it has won, once all is decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload
from sqlalchemy.types import Boolean, Integer, Numeric, String, Uuid
from sqlmodel import col

from chassis.database import table_of
from chassis.hot import unnested
from chassis.identity import Principal
from chassis.pages import Page, PageRequest, paginate
from procurement.awards import errors
from procurement.awards.models import Award, AwardLine
from procurement.awards.rules import NewLine
from procurement.awards.states import State
from procurement.orders.models import Order


def visible_to(principal: Principal) -> ColumnElement[bool]:
    """The buyer sees what it has decided."""
    return col(Award.buyer_id) == principal.organisation_id


async def get(session: AsyncSession, principal: Principal, award_id: UUID) -> tuple[Award, list[UUID]]:
    """The award with its lines, and the ids of its orders; NotFound AWARD_NOT_FOUND."""
    statement = select(Award).where(visible_to(principal), col(Award.id) == award_id)
    found = await session.scalar(statement.options(selectinload(Award.lines)))  # type: ignore[arg-type]
    if found is None:
        raise errors.award_not_found(award_id)
    ordered = select(col(Order.id)).where(col(Order.origin_id) == award_id).order_by(col(Order.id))
    return found, list(await session.scalars(ordered))


async def get_for_update(session: AsyncSession, principal: Principal, award_id: UUID) -> Award:
    """The award with its lines, locked until the end of the transaction and as it is now."""
    statement = select(Award).where(visible_to(principal), col(Award.id) == award_id).with_for_update(of=Award)
    whole = statement.options(selectinload(Award.lines)).execution_options(populate_existing=True)  # type: ignore[arg-type]
    found: Award | None = await session.scalar(whole)
    if found is None:
        raise errors.award_not_found(award_id)
    return found


@dataclass(frozen=True, slots=True)
class AwardFilter:
    """Which awards a list shows; None means all."""

    sourcing_id: UUID | None = None
    state: State | None = None


async def page(session: AsyncSession, principal: Principal, wanted: AwardFilter, request: PageRequest) -> Page[Award]:
    """The caller's awards, newest first, without lines."""
    statement = select(Award).where(visible_to(principal))
    for name in ("sourcing_id", "state"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(getattr(Award, name) == value)
    return await paginate(session, statement, keys=(Award.id,), request=request, descending=True)


async def won(session: AsyncSession, principal: Principal, sourcing_id: UUID) -> Sequence[AwardLine]:
    """What the caller has won of a sourcing."""
    statement = (
        select(AwardLine)
        .join(Award, col(Award.id) == col(AwardLine.award_id))
        .where(
            col(AwardLine.supplier_id) == principal.organisation_id,
            col(Award.sourcing_id) == sourcing_id,
            col(Award.state) == State.APPROVED,
        )
        .order_by(col(AwardLine.award_id), col(AwardLine.position))
    )
    return list(await session.scalars(statement))


LINE_COLUMNS: dict[str, Any] = {
    "id": Uuid(),
    "award_id": Uuid(),
    "position": Integer(),
    "line_id": Uuid(),
    "offer_line_id": Uuid(),
    "supplier_id": Uuid(),
    "material_code": String(),
    "unit": String(),
    "quantity": Numeric(18, 6),
    "unit_price": Numeric(18, 6),
    "tax_percent": Numeric(5, 2),
    "lowest": Boolean(),
    "reason": String(),
}
_ROWS = unnested("line", **LINE_COLUMNS)
ADD_LINES = (
    table_of(AwardLine)
    .insert()
    .from_select(list(LINE_COLUMNS), select(*(_ROWS.c[name] for name in LINE_COLUMNS)), include_defaults=False)
)


async def add(session: AsyncSession, award: Award, lines: Sequence[NewLine]) -> None:
    """Write an award and, in one statement, its lines."""
    session.add(award)
    await session.flush()
    await session.execute(ADD_LINES, {f"line_{name}": [getattr(line, name) for line in lines] for name in LINE_COLUMNS})
