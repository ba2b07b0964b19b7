"""The only SQL of the catalogue. It is the platform's, so everybody who is signed in sees all of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.identity import Principal
from chassis.ids import new_id
from chassis.pages import Page, PageRequest, paginate
from procurement.materials import errors
from procurement.materials.models import Branch, Material, MaterialUnit
from procurement.materials.rules import BranchRow, CatalogueRow, MaterialFields


def visible_to(_: Principal) -> ColumnElement[bool]:
    """Everybody sees the catalogue."""
    return true()


@dataclass(frozen=True, slots=True)
class MaterialFilter:
    """Which materials a list shows: a prefix of the code (its branch of the hierarchy), a part of name or
    specification, retired ones too."""

    code: str | None = None
    text: str | None = None
    retired: bool = False


@dataclass(frozen=True, slots=True)
class BranchFilter:
    """Which classes a list shows: those whose code begins so (a major class and what is below it); only majors."""

    code: str | None = None
    majors: bool = False


@dataclass(frozen=True, slots=True)
class Exported:
    """A material on its way into a file."""

    code: str
    fields: MaterialFields


async def get(session: AsyncSession, principal: Principal, code: str) -> Material:
    """NotFound MATERIAL_NOT_FOUND."""
    found = await session.scalar(select(Material).where(visible_to(principal), col(Material.code) == code))
    if found is None:
        raise errors.material_not_found(code)
    return found


async def page(
    session: AsyncSession, principal: Principal, wanted: MaterialFilter, request: PageRequest
) -> Page[Material]:
    """The catalogue by code."""
    return await paginate(session, _wanted(principal, wanted), keys=(Material.code,), request=request)


def _wanted(principal: Principal, wanted: MaterialFilter) -> Select[Any]:
    statement = select(Material).where(visible_to(principal))
    if wanted.code is not None:
        statement = statement.where(col(Material.code).startswith(wanted.code, autoescape=True))
    if wanted.text is not None:
        statement = statement.where(
            or_(
                *(
                    column.icontains(wanted.text, autoescape=True)
                    for column in (col(Material.name_zh), col(Material.name_en), col(Material.specification))
                )
            )
        )
    return statement if wanted.retired else statement.where(col(Material.retired).is_(False))


async def export(session: AsyncSession, principal: Principal, wanted: MaterialFilter) -> list[Exported]:
    """Everything that the list would show on all its pages, by code."""
    chosen = _wanted(principal, wanted).with_only_columns(col(Material.code))
    found = await _fields(session, col(Material.code).in_(chosen))
    return [Exported(code, fields) for code, fields in sorted(found.items())]


async def units(session: AsyncSession, principal: Principal) -> list[str]:
    """Every unit that a material of the catalogue is measured in."""
    statement = select(col(MaterialUnit.unit)).join(Material, col(Material.code) == col(MaterialUnit.material_code))
    found = await session.scalars(statement.where(visible_to(principal)).distinct().order_by(col(MaterialUnit.unit)))
    return list(found)


async def labels(session: AsyncSession, principal: Principal, most: int) -> list[tuple[str, str, str, str]]:
    """(code, name_zh, name_en, specification) of the first `most` materials that are not retired, by code."""
    shown = (col(Material.code), col(Material.name_zh), col(Material.name_en), col(Material.specification))
    rows = await session.execute(
        select(*shown)
        .where(visible_to(principal), col(Material.retired).is_(False))
        .order_by(col(Material.code))
        .limit(most)
    )
    return [(code, zh, en, specification) for code, zh, en, specification in rows]


async def standing(session: AsyncSession, codes: Sequence[str]) -> dict[str, MaterialFields]:
    """What the catalogue says of these codes now."""
    return await _fields(session, col(Material.code).in_(codes))


async def _fields(session: AsyncSession, condition: ColumnElement[bool]) -> dict[str, MaterialFields]:
    units = func.array_agg(col(MaterialUnit.unit))
    rows = await session.execute(
        select(
            col(Material.code),
            col(Material.name_zh),
            col(Material.name_en),
            col(Material.specification),
            col(Material.cost_type),
            col(Material.retired),
            units,
        )
        .outerjoin(MaterialUnit, col(MaterialUnit.material_code) == col(Material.code))
        .where(condition)
        .group_by(col(Material.id))
    )
    return {
        code: MaterialFields(zh, en, specification, cost_type, tuple(sorted(unit for unit in units if unit)), retired)
        for code, zh, en, specification, cost_type, retired, units in rows
    }


async def branches(
    session: AsyncSession, principal: Principal, wanted: BranchFilter, request: PageRequest
) -> Page[Branch]:
    """The classes by code."""
    statement = select(Branch).where(visible_to(principal))
    if wanted.code is not None:
        statement = statement.where(col(Branch.code).startswith(wanted.code, autoescape=True))
    if wanted.majors:
        statement = statement.where(func.length(col(Branch.code)) == 2)
    return await paginate(session, statement, keys=(Branch.code,), request=request)


async def standing_branches(session: AsyncSession, codes: Sequence[str]) -> dict[str, Branch]:
    """The classes of these codes."""
    found = await session.scalars(select(Branch).where(col(Branch.code).in_(codes)))
    return {branch.code: branch for branch in found}


UPSERT_BRANCHES = """
INSERT INTO material_branches AS old (id, version, created_at, updated_at, code, name_zh, name_en)
SELECT id, 1, $5, $5, code, name_zh, name_en
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) AS given (id, code, name_zh, name_en)
ON CONFLICT (code) DO UPDATE
SET version = old.version + 1, updated_at = $5, name_zh = excluded.name_zh, name_en = excluded.name_en
RETURNING id, code
"""


async def upsert_branches(
    connection: asyncpg.Connection[Any], rows: Sequence[BranchRow], now: datetime
) -> dict[str, UUID]:
    """Write classes in bulk; answers code → id."""
    written = await connection.fetch(
        UPSERT_BRANCHES,
        [new_id() for _ in rows],
        [row.code for row in rows],
        [row.name_zh for row in rows],
        [row.name_en for row in rows],
        now,
    )
    return {row["code"]: row["id"] for row in written}


UPSERT = """
INSERT INTO materials AS old
    (id, version, created_at, updated_at, code, name_zh, name_en, specification, cost_type, retired)
SELECT id, 1, $8, $8, code, name_zh, name_en, specification, cost_type, retired
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::boolean[])
    AS given (id, code, name_zh, name_en, specification, cost_type, retired)
ON CONFLICT (code) DO UPDATE
SET version = old.version + 1, updated_at = $8, name_zh = excluded.name_zh, name_en = excluded.name_en,
    specification = excluded.specification, cost_type = excluded.cost_type, retired = excluded.retired
RETURNING id, code
"""
ADD_UNITS = """
INSERT INTO material_units (id, material_code, unit)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[]) ON CONFLICT DO NOTHING
"""


async def upsert(connection: asyncpg.Connection[Any], rows: Sequence[CatalogueRow], now: datetime) -> dict[str, UUID]:
    """Write rows in bulk; answers code → id.

    Units are only added: an order line may point to any of them.
    """
    written = await connection.fetch(
        UPSERT,
        [new_id() for _ in rows],
        [row.code for row in rows],
        [row.fields.name_zh for row in rows],
        [row.fields.name_en for row in rows],
        [row.fields.specification for row in rows],
        [row.fields.cost_type.value for row in rows],
        [row.fields.retired for row in rows],
        now,
    )
    units = [(row.code, unit) for row in rows for unit in row.fields.units]
    await connection.execute(
        ADD_UNITS, [new_id() for _ in units], [code for code, _ in units], [unit for _, unit in units]
    )
    return {row["code"]: row["id"] for row in written}
