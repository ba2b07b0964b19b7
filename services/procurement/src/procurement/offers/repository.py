"""The only SQL of offers. An offer is its buyer's to see; suppliers read their own quotes and bids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload
from sqlalchemy.types import Boolean, Date, Integer, Numeric, String, Uuid
from sqlmodel import col

from chassis.database import table_of
from chassis.hot import unnested
from chassis.identity import Principal
from chassis.pages import Page, PageRequest, paginate
from procurement.offers import errors
from procurement.offers.models import Offer, OfferLine
from procurement.orders.states import COMMITTED


def visible_to(principal: Principal) -> ColumnElement[bool]:
    """The buyer sees what was offered to it; there are offers only after the opening."""
    return col(Offer.buyer_id) == principal.organisation_id


@dataclass(frozen=True, slots=True)
class OfferFilter:
    """Which offers a list shows; None means all."""

    sourcing_id: UUID | None = None
    supplier_id: UUID | None = None


async def get(session: AsyncSession, principal: Principal, offer_id: UUID) -> Offer:
    """The offer with its lines; NotFound OFFER_NOT_FOUND."""
    statement = select(Offer).where(visible_to(principal), col(Offer.id) == offer_id)
    statement = statement.options(selectinload(Offer.lines))  # type: ignore[arg-type]
    found = await session.scalar(statement)
    if found is None:
        raise errors.offer_not_found(offer_id)
    return found


async def page(session: AsyncSession, principal: Principal, wanted: OfferFilter, request: PageRequest) -> Page[Offer]:
    """Offers to the caller, newest first, without lines."""
    statement = select(Offer).where(visible_to(principal))
    for name in ("sourcing_id", "supplier_id"):
        if getattr(wanted, name) is not None:
            statement = statement.where(col(getattr(Offer, name)) == getattr(wanted, name))
    return await paginate(session, statement, keys=(Offer.id,), request=request, descending=True)


LINE_COLUMNS: dict[str, Any] = {
    "id": Uuid(),
    "offer_id": Uuid(),
    "line_id": Uuid(),
    "supplier_id": Uuid(),
    "position": Integer(),
    "material_code": String(),
    "alternative": Boolean(),
    "unit_price": Numeric(18, 6),
    "tax_percent": Numeric(5, 2),
    "delivery_on": Date(),
    "note": String(),
    "amount": Numeric(18, 2),
    "freight": Numeric(18, 2),
    "landed": Numeric(18, 2),
    "landed_price": Numeric(18, 6),
}
_ROWS = unnested("line", **LINE_COLUMNS)
ADD_LINES = (
    table_of(OfferLine)
    .insert()
    .from_select(list(LINE_COLUMNS), select(*(_ROWS.c[name] for name in LINE_COLUMNS)), include_defaults=False)
)


async def add(session: AsyncSession, offers: Sequence[Offer], lines: Sequence[dict[str, Any]]) -> None:
    """Write offers and, in one statement, their lines."""
    session.add_all(offers)
    await session.flush()
    if lines:
        columns = {f"line_{name}": [line[name] for line in lines] for name in LINE_COLUMNS}
        await session.execute(ADD_LINES, columns)


COMPARE = """
WITH lines AS MATERIALIZED (
    SELECT id, position, material_code, unit, quantity, awarded, (
        SELECT min(project.city) FROM sourcing_parts AS part
        JOIN known_projects AS project ON project.project_id = part.project_id
        WHERE part.line_id = sourcing_lines.id HAVING count(DISTINCT project.city) = 1
    ) AS city
    FROM sourcing_lines WHERE sourcing_id = $1 AND position > $2 ORDER BY position LIMIT $3
), bought AS MATERIALIZED (
    SELECT wanted.material_code, wanted.unit, deal.unit_price, deal.created_at
    FROM (SELECT DISTINCT material_code, unit FROM lines) AS wanted
    CROSS JOIN LATERAL (
        SELECT line.unit_price, ordered.created_at
        FROM order_lines AS line JOIN orders AS ordered ON ordered.id = line.order_id
        WHERE line.material_code = wanted.material_code AND line.unit = wanted.unit
          AND ordered.buyer_id = $4 AND ordered.state = ANY($5::text[])
        ORDER BY line.id DESC LIMIT 1
    ) AS deal
)
SELECT lines.id, lines.position, lines.material_code, lines.unit, lines.quantity, lines.awarded, lines.city,
    bought.unit_price AS last_price, bought.created_at AS last_at,
    offered.id AS offer_line_id, offered.supplier_id, offered.material_code AS offered_code, offered.alternative,
    offered.unit_price, offered.tax_percent, offered.delivery_on, offered.note, offered.amount, offered.freight,
    offered.landed, offered.landed_price,
    offered.supplier_id = ANY(
        ARRAY(SELECT supplier_id FROM sourcing_guests WHERE sourcing_id = $1 AND excluded <> '')
    ) AS excluded
FROM lines
LEFT JOIN bought ON bought.material_code = lines.material_code AND bought.unit = lines.unit
LEFT JOIN LATERAL (SELECT * FROM offer_lines WHERE offer_lines.line_id = lines.id OFFSET 0) AS offered ON true
ORDER BY lines.position, offered.landed_price, offered.supplier_id
"""
# MATERIALIZED and OFFSET 0 keep the plan when the tables have just been filled: without statistics the planner went
# through the deals once per line, and 10,000 cells took longer than the statement may.


async def compare(
    connection: asyncpg.Connection[Any], principal: Principal, sourcing_id: UUID, *, after: int, lines: int
) -> Sequence[asyncpg.Record]:
    """Lines after a position, each as often as it is offered (once when it is not), cheapest first; one statement.

    `city` is where the line's projects stand; None when they stand in several, for then no published price is its own.
    For a sourcing that the caller has been found to be the buyer of.
    """
    return await connection.fetch(COMPARE, sourcing_id, after, lines, principal.organisation_id, list(COMMITTED))


async def suppliers(session: AsyncSession, principal: Principal, sourcing_id: UUID) -> Sequence[UUID]:
    """Who has offered anything."""
    statement = select(col(Offer.supplier_id)).where(visible_to(principal), col(Offer.sourcing_id) == sourcing_id)
    return list(await session.scalars(statement.order_by(col(Offer.supplier_id))))


CHOICES = """
WITH counting AS (
    SELECT line.id, line.line_id, line.supplier_id, line.material_code, line.alternative, line.tax_percent,
        line.landed_price
    FROM offer_lines AS line
    JOIN offers AS offer ON offer.id = line.offer_id
    JOIN sourcing_guests AS guest ON guest.sourcing_id = $1 AND guest.supplier_id = line.supplier_id
    WHERE offer.sourcing_id = $1 AND offer.buyer_id = $2 AND guest.excluded = ''
      AND (offer.valid_until IS NULL OR offer.valid_until >= $4)
)
SELECT chosen.*, asked.unit, lowest.price AS lowest
FROM counting AS chosen
JOIN sourcing_lines AS asked ON asked.id = chosen.line_id
LEFT JOIN (
    SELECT line_id, min(landed_price) AS price FROM counting WHERE NOT alternative GROUP BY line_id
) AS lowest ON lowest.line_id = chosen.line_id
WHERE chosen.id = ANY($3::uuid[])
"""


async def choices(
    connection: asyncpg.Connection[Any], principal: Principal, sourcing_id: UUID, ids: Sequence[UUID], today: date
) -> Sequence[asyncpg.Record]:
    """Which of these offer lines count today, each with the lowest landed price of its line; one statement."""
    return await connection.fetch(CHOICES, sourcing_id, principal.organisation_id, ids, today)


async def totals(session: AsyncSession, sourcing_id: UUID) -> Sequence[tuple[UUID, Any, bool]]:
    """For the outcome: (supplier, total, complete) of every offer, cheapest first; whoever asks shows its own alone."""
    rows = await session.execute(
        select(col(Offer.supplier_id), col(Offer.total), col(Offer.complete))
        .where(col(Offer.sourcing_id) == sourcing_id)
        .order_by(col(Offer.total), col(Offer.id))
    )
    return [(supplier, total, complete) for supplier, total, complete in rows]
