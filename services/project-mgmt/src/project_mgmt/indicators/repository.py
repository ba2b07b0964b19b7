"""The only SQL of indicators. Facts are a bulk path: one statement for all figures of a fact (design rule 12)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.ids import new_id
from chassis.pages import Page, PageRequest, paginate
from project_mgmt.indicators.models import IndicatorDay, IndicatorEntry
from project_mgmt.indicators.rules import IndicatorFilters, Key, Measure, Total

_ADD = """
INSERT INTO indicator_entries AS entry (id, project_id, day, measure, unit, detail, value)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::date[], $4::text[], $5::text[], $6::text[], $7::numeric[])
ON CONFLICT (project_id, day, measure, unit, detail) DO UPDATE SET value = entry.value + excluded.value
"""


async def add(connection: asyncpg.Connection[Any], deltas: Mapping[Key, Decimal]) -> None:
    """Add deltas to their figures; `deltas` is in key order, so that two facts lock rows in the same order."""
    keys = list(deltas)
    await connection.execute(
        _ADD,
        [new_id() for _ in keys],
        [key.project_id for key in keys],
        [key.day for key in keys],
        [key.measure.value for key in keys],
        [key.unit for key in keys],
        [key.detail for key in keys],
        list(deltas.values()),
    )


def _narrowed(statement: Select[Any], table: Any, project_id: UUID, filters: IndicatorFilters) -> Select[Any]:
    statement = statement.where(table.project_id == project_id)
    if filters.day_from is not None:
        statement = statement.where(table.day >= filters.day_from)
    if filters.day_to is not None:
        statement = statement.where(table.day <= filters.day_to)
    if filters.measure is not None:
        statement = statement.where(table.measure == filters.measure)
    if filters.detail is not None:
        statement = statement.where(table.detail == filters.detail)
    return statement


async def page(
    session: AsyncSession, project_id: UUID, filters: IndicatorFilters, request: PageRequest
) -> Page[IndicatorEntry]:
    """The figures of a project whose money the caller has been shown to see, by day."""
    statement = _narrowed(select(IndicatorEntry), IndicatorEntry, project_id, filters)
    return await paginate(session, statement, keys=(IndicatorEntry.day, IndicatorEntry.id), request=request)


async def day_page(
    session: AsyncSession, project_id: UUID, filters: IndicatorFilters, request: PageRequest
) -> Page[IndicatorDay]:
    """The same summed by day, measure and unit."""
    statement = _narrowed(select(IndicatorDay), IndicatorDay, project_id, filters)
    keys = (IndicatorDay.day, IndicatorDay.measure, IndicatorDay.unit)
    return await paginate(session, statement, keys=keys, request=request)


async def totals(session: AsyncSession, project_id: UUID, filters: IndicatorFilters) -> list[Total]:
    """The sums over the days, by measure and unit."""
    table = IndicatorEntry
    groups = (col(table.measure), col(table.unit))
    sums = _narrowed(select(table), table, project_id, filters).with_only_columns(*groups, func.sum(col(table.value)))
    rows = await session.execute(sums.group_by(*groups).order_by(*groups))
    return [Total(measure, unit, value) for measure, unit, value in rows]


async def by_day_and_detail(
    session: AsyncSession, project_id: UUID, filters: IndicatorFilters, unit: str
) -> dict[tuple[date, str], Decimal]:
    """Every figure by day and detail, of a project whose money the caller has been shown to see."""
    table = IndicatorEntry
    figures = _narrowed(select(table), table, project_id, filters).with_only_columns(
        col(table.day), col(table.detail), col(table.value)
    )
    rows = await session.execute(figures.where(col(table.unit) == unit))
    return {(day, detail): value for day, detail, value in rows}


async def sums_by_detail(
    session: AsyncSession, project_id: UUID, measures: Sequence[Measure], unit: str
) -> list[tuple[Measure, str, Decimal]]:
    """(measure, detail, sum over all days) of a project whose money the caller has been shown to see."""
    table = IndicatorEntry
    groups = (col(table.measure), col(table.detail))
    rows = await session.execute(
        select(*groups, func.sum(col(table.value)))
        .where(col(table.project_id) == project_id, col(table.measure).in_(measures), col(table.unit) == unit)
        .group_by(*groups)
    )
    return [(measure, detail, value) for measure, detail, value in rows]
