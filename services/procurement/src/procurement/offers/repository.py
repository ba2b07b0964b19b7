"""The only SQL of offers. An offer is its buyer's to see; suppliers read their own quotes and bids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
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


async def offering(session: AsyncSession, principal: Principal, sourcing_id: UUID) -> list[UUID]:
    """Who offers to a sourcing of the caller."""
    offered = select(col(Offer.supplier_id)).where(visible_to(principal), col(Offer.sourcing_id) == sourcing_id)
    return list(await session.scalars(offered.distinct()))


async def suppliers_of(session: AsyncSession, principal: Principal, offer_line_ids: Sequence[UUID]) -> set[UUID]:
    """Whose offers to the caller these lines are."""
    lines = select(col(OfferLine.supplier_id)).join(Offer, col(Offer.id) == col(OfferLine.offer_id))
    found = await session.scalars(lines.where(visible_to(principal), col(OfferLine.id).in_(offer_line_ids)).distinct())
    return set(found)


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


COMPARED = """
SELECT position, material_code, unit, (
    SELECT min(project.city) FROM sourcing_parts AS part
    JOIN known_projects AS project ON project.project_id = part.project_id
    WHERE part.line_id = sourcing_lines.id HAVING count(DISTINCT project.city) = 1
) AS city
FROM sourcing_lines WHERE sourcing_id = $1 AND position > $2 ORDER BY position LIMIT $3
"""
COMPARE = """
WITH lines AS MATERIALIZED (
    SELECT id, position, material_code, unit, quantity, awarded
    FROM sourcing_lines WHERE sourcing_id = $1 AND position > $2 ORDER BY position LIMIT $3
), bought AS MATERIALIZED (
    SELECT wanted.material_code, wanted.unit, deal.unit_price, deal.created_at
    FROM (SELECT DISTINCT material_code, unit FROM lines) AS wanted
    CROSS JOIN LATERAL (
        SELECT line.unit_price, ordered.created_at
        FROM order_lines AS line
        CROSS JOIN LATERAL (
            SELECT buyer_id, state, created_at FROM orders WHERE id = line.order_id OFFSET 0
        ) AS ordered
        WHERE line.material_code = wanted.material_code AND line.unit = wanted.unit
          AND ordered.buyer_id = $4 AND ordered.state = ANY($5::text[])
        ORDER BY line.id DESC LIMIT 1
    ) AS deal
), told AS MATERIALIZED (
    SELECT ARRAY(SELECT supplier_id FROM offers WHERE sourcing_id = $1 AND buyer_id = $4) AS offering,
        ARRAY(SELECT supplier_id FROM sourcing_guests WHERE sourcing_id = $1 AND excluded <> '') AS excluded
)
SELECT item.position, row_to_json(item)::text AS json
FROM (
    SELECT lines.id AS line_id, lines.position, lines.material_code, lines.unit, lines.quantity::text,
        lines.awarded::text, published.price::text AS published_price, bought.unit_price::text AS last_price,
        replace(to_char(timezone('UTC', bought.created_at), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), '.000000Z', 'Z')
            AS last_at,
        coalesce(offered.cells, '[]') AS cells,
        ARRAY(SELECT one FROM unnest(told.offering) AS one WHERE one <> ALL(offered.by) ORDER BY one) AS missing
    FROM lines
    CROSS JOIN told
    LEFT JOIN unnest($6::int[], $7::numeric[]) AS published (position, price) ON published.position = lines.position
    LEFT JOIN bought ON bought.material_code = lines.material_code AND bought.unit = lines.unit
    CROSS JOIN LATERAL (
        SELECT json_agg(row_to_json(cell) ORDER BY cell.landed_price::numeric, cell.supplier_id) AS cells,
            coalesce(array_agg(cell.supplier_id), '{}') AS by
        FROM (
            SELECT id AS offer_line_id, supplier_id, material_code, alternative,
                counts AND row_number() OVER (PARTITION BY counts ORDER BY landed_price, supplier_id) = 1 AS lowest,
                excluded, unit_price::text, tax_percent::text, delivery_on, note, amount::text, freight::text,
                landed::text, landed_price::text
            FROM offer_lines
            CROSS JOIN LATERAL (SELECT supplier_id = ANY(told.excluded) AS excluded) AS judged
            CROSS JOIN LATERAL (SELECT NOT alternative AND NOT excluded AS counts) AS counted
            WHERE line_id = lines.id
        ) AS cell
    ) AS offered
) AS item
ORDER BY item.position
"""
# PostgreSQL writes the JSON of `ComparedLineOut`: 10,000 cells took Python half a second, and the event loop with it.
# MATERIALIZED, LATERAL and OFFSET 0 keep the plan when the tables have just been filled: without statistics the planner
# went through the deals once per line, or through all orders once per deal, and 10,000 cells took a second and more.


async def compared(
    connection: asyncpg.Connection[Any], sourcing_id: UUID, *, after: int, lines: int
) -> Sequence[asyncpg.Record]:
    """Position, material, unit and city of the lines after a position, for the prices published for them.

    `city` is where the line's projects stand; None when they stand in several, for then no published price is its own.
    For a sourcing that the caller has been found to be the buyer of.
    """
    return await connection.fetch(COMPARED, sourcing_id, after, lines)


async def compare(
    connection: asyncpg.Connection[Any],
    principal: Principal,
    sourcing_id: UUID,
    *,
    after: int,
    lines: int,
    published: Mapping[int, Decimal | None],
) -> list[tuple[int, str]]:
    """(position, JSON) of the lines after a position, each with its offers, cheapest first; one statement.

    `published` holds the published price by position. `lowest` is the lowest landed price that counts: no alternative,
    not excluded; the first supplier's of equal ones. For a sourcing that the caller has been found to be the buyer of.
    """
    asked = (sourcing_id, after, lines, principal.organisation_id, list(COMMITTED))
    rows = await connection.fetch(COMPARE, *asked, list(published), list(published.values()))
    return [(row["position"], row["json"]) for row in rows]


CHOICES = """
WITH counting AS MATERIALIZED (
    SELECT ARRAY(
        SELECT offer.id FROM offers AS offer
        JOIN sourcing_guests AS guest ON guest.sourcing_id = offer.sourcing_id AND guest.supplier_id = offer.supplier_id
        WHERE offer.sourcing_id = $1 AND offer.buyer_id = $2 AND guest.excluded = ''
          AND (offer.valid_until IS NULL OR offer.valid_until >= $4)
    ) AS offers
)
SELECT chosen.id, chosen.line_id, chosen.supplier_id, chosen.material_code, chosen.alternative, chosen.tax_percent,
    chosen.landed_price, asked.unit, lowest.price AS lowest
FROM counting
JOIN offer_lines AS chosen ON chosen.id = ANY($3::uuid[]) AND chosen.offer_id = ANY(counting.offers)
JOIN sourcing_lines AS asked ON asked.id = chosen.line_id
CROSS JOIN LATERAL (
    SELECT min(landed_price) AS price FROM offer_lines
    WHERE line_id = chosen.line_id AND NOT alternative AND offer_id = ANY(counting.offers)
) AS lowest
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
