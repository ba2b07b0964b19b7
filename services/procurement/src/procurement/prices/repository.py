"""The only SQL of prices. Publications and statistics are the platform's: whoever is signed in sees all of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import ColumnElement, Select, func, select, true
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.identity import Principal
from chassis.ids import new_id
from chassis.pages import Page, PageRequest, paginate
from procurement.materials.models import MaterialUnit
from procurement.orders.states import COMMITTED
from procurement.prices import errors
from procurement.prices.models import Publication, PublishedRow, Statistic
from procurement.prices.rules import Cell, Deal, PriceRow, PublishedPrice, regions


def visible_to(_: Principal) -> ColumnElement[bool]:
    """Everybody sees what is published."""
    return true()


@dataclass(frozen=True, slots=True)
class PublicationFilter:
    """Which publications a list shows; None means all."""

    region: str | None = None
    month: date | None = None


@dataclass(frozen=True, slots=True)
class PriceFilter:
    """Which published prices a list shows; None means all."""

    publication_id: UUID | None = None
    material_code: str | None = None
    region: str | None = None
    month: date | None = None


@dataclass(frozen=True, slots=True)
class StatisticFilter:
    """Which statistics a list shows: fixed cells only, by what they are a cell of."""

    material_code: str | None = None
    region: str | None = None
    month: date | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A question for a published price: on a day, and as it was known at an instant."""

    material_code: str
    region: str
    on: date
    known_by: datetime


def _narrowed(statement: Select[Any], table: Any, wanted: Any, names: Sequence[str]) -> Select[Any]:
    for name in names:
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(getattr(table, name) == value)
    return statement


async def publication(session: AsyncSession, principal: Principal, publication_id: UUID) -> Publication:
    """NotFound PUBLICATION_NOT_FOUND."""
    found = await session.scalar(
        select(Publication).where(visible_to(principal), col(Publication.id) == publication_id)
    )
    if found is None:
        raise errors.publication_not_found(publication_id)
    return found


async def publications(
    session: AsyncSession, principal: Principal, wanted: PublicationFilter, request: PageRequest
) -> Page[Publication]:
    """Publications, newest first."""
    statement = _narrowed(select(Publication).where(visible_to(principal)), Publication, wanted, ("region", "month"))
    return await paginate(session, statement, keys=(Publication.id,), request=request, descending=True)


async def prices(
    session: AsyncSession, principal: Principal, wanted: PriceFilter, request: PageRequest
) -> Page[PublishedRow]:
    """Published prices, newest first, all editions."""
    names = ("publication_id", "material_code", "region", "month")
    statement = _narrowed(select(PublishedRow).where(visible_to(principal)), PublishedRow, wanted, names)
    return await paginate(session, statement, keys=(PublishedRow.id,), request=request, descending=True)


async def all_prices(session: AsyncSession, principal: Principal, publication_id: UUID) -> list[PublishedRow]:
    """Every price of a publication, by material."""
    statement = select(PublishedRow).where(visible_to(principal), col(PublishedRow.publication_id) == publication_id)
    return list(await session.scalars(statement.order_by(col(PublishedRow.material_code))))


async def statistics(
    session: AsyncSession, principal: Principal, wanted: StatisticFilter, request: PageRequest
) -> Page[Statistic]:
    """Statistics by material, region and month."""
    names = ("material_code", "region", "month")
    statement = _narrowed(select(Statistic).where(visible_to(principal)), Statistic, wanted, names)
    keys = (Statistic.material_code, Statistic.region, Statistic.month)
    return await paginate(session, statement, keys=keys, request=request)


async def units_of(session: AsyncSession, codes: Sequence[str]) -> dict[str, set[str]]:
    """The units of these materials; a code that is missing has none in the catalogue."""
    found: dict[str, set[str]] = {}
    rows = await session.execute(
        select(col(MaterialUnit.material_code), col(MaterialUnit.unit)).where(
            col(MaterialUnit.material_code).in_(codes)
        )
    )
    for code, unit in rows:
        found.setdefault(code, set()).add(unit)
    return found


async def next_edition(session: AsyncSession, region: str, month: date) -> int:
    """The number of the next edition; whoever asks at the same time waits for this transaction."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"price-publication {region} {month}"))))
    newest = await session.scalar(
        select(func.max(Publication.edition)).where(col(Publication.region) == region, col(Publication.month) == month)
    )
    return (newest or 0) + 1


INSERT_PRICES = """
INSERT INTO published_prices
    (id, publication_id, region, month, material_code, unit, with_tax, without_tax, valid_from, known_at)
SELECT id, $6, $7, $8, material_code, unit, with_tax, without_tax, $9, $10
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::numeric[], $5::numeric[])
    AS given (id, material_code, unit, with_tax, without_tax)
"""


async def insert_prices(connection: asyncpg.Connection[Any], made: Publication, rows: Sequence[PriceRow]) -> None:
    """Write the prices of a new publication in bulk."""
    await connection.execute(
        INSERT_PRICES,
        [new_id() for _ in rows],
        [row.material_code for row in rows],
        [row.unit for row in rows],
        [row.with_tax for row in rows],
        [row.without_tax for row in rows],
        made.id,
        made.region,
        made.month,
        made.valid_from,
        made.created_at,
    )


PUBLISHED = """
SELECT asked.number, price.material_code, price.region, price.unit, price.with_tax, price.without_tax, price.month,
       price.valid_from, publication.id AS publication_id, publication.edition, publication.source
FROM unnest($1::integer[], $2::text[], $3::text[], $4::date[], $5::timestamptz[])
    AS asked (number, material_code, region, day, known_by)
CROSS JOIN LATERAL (
    SELECT * FROM published_prices AS one
    WHERE material_code = asked.material_code AND region = asked.region
      AND valid_from <= asked.day AND known_at <= asked.known_by
      AND NOT EXISTS (
        SELECT FROM published_prices AS correction
        WHERE correction.material_code = one.material_code AND correction.region = one.region
          AND correction.month = one.month AND correction.known_at <= asked.known_by
          AND (correction.known_at, correction.id) > (one.known_at, one.id)
      )
    ORDER BY valid_from DESC, month DESC LIMIT 1
) AS price
JOIN price_publications AS publication ON publication.id = price.publication_id
"""


PRICE_COLUMNS = tuple(one.name for one in fields(PublishedPrice))


async def published(connection: asyncpg.Connection[Any], asked: Sequence[Asked]) -> list[PublishedPrice | None]:
    """The answer to each question, in order: of the nearest division that has published one by then.

    Of each month the last edition that was known and names the material; of the months the last that has begun.
    """
    places = [(number, place) for number, one in enumerate(asked) for place in regions(one.region)]
    rows = await connection.fetch(
        PUBLISHED,
        [number for number, _ in places],
        [asked[number].material_code for number, _ in places],
        [place for _, place in places],
        [asked[number].on for number, _ in places],
        [asked[number].known_by for number, _ in places],
    )
    by_place = {
        (row["number"], row["region"]): PublishedPrice(**{name: row[name] for name in PRICE_COLUMNS}) for row in rows
    }
    found: list[PublishedPrice | None] = [None] * len(asked)
    for number, place in reversed(places):
        found[number] = by_place.get((number, place), found[number])
    return found


TREND = """
SELECT DISTINCT ON (price.month) price.month, price.material_code, price.region, price.unit, price.with_tax,
       price.without_tax, price.valid_from, publication.id AS publication_id, publication.edition, publication.source
FROM published_prices AS price JOIN price_publications AS publication ON publication.id = price.publication_id
WHERE price.material_code = $1 AND price.region = $2 AND price.month BETWEEN $3 AND $4
ORDER BY price.month, publication.edition DESC
"""


async def published_by_month(
    connection: asyncpg.Connection[Any], material_code: str, region: str, first: date, last: date
) -> dict[date, PublishedPrice]:
    """Month → the price of its last edition, for exactly this region."""
    rows = await connection.fetch(TREND, material_code, region, first, last)
    return {row["month"]: PublishedPrice(**dict(row)) for row in rows}


async def statistics_by_month(
    session: AsyncSession, material_code: str, region: str, first: date, last: date
) -> dict[date, Statistic]:
    """Month → the frozen cell, where there is one."""
    rows = await session.scalars(
        select(Statistic).where(
            col(Statistic.material_code) == material_code,
            col(Statistic.region) == region,
            col(Statistic.month).between(first, last),
        )
    )
    return {row.month: row for row in rows}


async def newest_statistics(
    session: AsyncSession, codes: Sequence[str], region: str, before: date
) -> dict[str, Statistic]:
    """Material → the newest frozen cell of a month before this one."""
    rows = await session.scalars(
        select(Statistic)
        .ext(distinct_on(col(Statistic.material_code)))
        .where(
            col(Statistic.material_code).in_(codes),
            col(Statistic.region) == region,
            col(Statistic.month) < before,
        )
        .order_by(col(Statistic.material_code), col(Statistic.month).desc())
    )
    return {row.material_code: row for row in rows}


OPEN_MONTHS = """
SELECT DISTINCT date_trunc('month', approved_at AT TIME ZONE 'Asia/Shanghai')::date AS month FROM orders
WHERE approved_at < $1 AND NOT EXISTS (
    SELECT FROM frozen_months
    WHERE frozen_months.month = date_trunc('month', approved_at AT TIME ZONE 'Asia/Shanghai')::date
)
ORDER BY month
"""


async def open_months(connection: asyncpg.Connection[Any], until: datetime) -> list[date]:
    """Months with approved orders before an instant whose statistics are not made yet."""
    return [row["month"] for row in await connection.fetch(OPEN_MONTHS, until)]


async def claim_month(connection: asyncpg.Connection[Any], month: date, now: datetime) -> bool:
    """Mark a month as frozen; False when somebody has done it before."""
    done: str = await connection.execute(
        "INSERT INTO frozen_months (month, frozen_at) VALUES ($1, $2) ON CONFLICT DO NOTHING", month, now
    )
    return done == "INSERT 0 1"


DEALS = """
SELECT line.material_code, project.city AS region, booked.buyer_id, booked.id AS order_id, line.unit, line.quantity,
       line.unit_price
FROM orders AS booked
JOIN order_lines AS line ON line.order_id = booked.id
JOIN known_projects AS project ON project.project_id = booked.project_id
WHERE booked.approved_at >= $1 AND booked.approved_at < $2 AND booked.state = ANY($3::text[])
  AND booked.currency = 'CNY' AND project.city ~ '^[0-9]{6}$'
ORDER BY line.material_code, project.city, booked.id, line.id
"""


async def deals(
    connection: asyncpg.Connection[Any], since: datetime, until: datetime
) -> AsyncIterator[tuple[str, str, list[Deal]]]:
    """(material, city, its deals) of the orders approved in a time and standing now, read piece by piece."""
    names = [state.value for state in COMMITTED]
    place: tuple[str, str] | None = None
    found: list[Deal] = []
    async for row in connection.cursor(DEALS, since, until, names, prefetch=1_000):
        here = (row["material_code"], row["region"])
        if place is not None and here != place:
            yield *place, found
            found = []
        place = here
        found.append(Deal(row["buyer_id"], row["order_id"], row["unit"], row["quantity"], row["unit_price"]))
    if place is not None:
        yield *place, found


INSERT_CELLS = """
INSERT INTO price_statistics
    (id, material_code, region, month, unit, deals, lower_quartile, median, upper_quartile)
SELECT id, material_code, region, $9, unit, deals, lower_quartile, median, upper_quartile
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::integer[], $6::numeric[], $7::numeric[], $8::numeric[])
    AS cell (id, material_code, region, unit, deals, lower_quartile, median, upper_quartile)
"""


async def insert_cells(
    connection: asyncpg.Connection[Any], month: date, cells: Sequence[tuple[str, str, Cell]]
) -> None:
    """Write the cells (material, region, statistics) of a month in bulk."""
    await connection.execute(
        INSERT_CELLS,
        [new_id() for _ in cells],
        [code for code, _, _ in cells],
        [region for _, region, _ in cells],
        [cell.unit for _, _, cell in cells],
        [cell.deals for _, _, cell in cells],
        [cell.lower_quartile for _, _, cell in cells],
        [cell.median for _, _, cell in cells],
        [cell.upper_quartile for _, _, cell in cells],
        month,
    )
