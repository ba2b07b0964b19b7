"""The only SQL of the catalogue. It is the platform's, so everybody who is signed in sees all of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.identity import Principal
from chassis.ids import new_id
from chassis.pages import Page, PageRequest, paginate
from procurement.materials import errors
from procurement.materials.models import Material
from procurement.materials.rules import CatalogueRow


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
    if not wanted.retired:
        statement = statement.where(col(Material.retired).is_(False))
    return await paginate(session, statement, keys=(Material.code,), request=request)


UPSERT = """
WITH given AS (
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::boolean[])
        AS given (id, code, name_zh, name_en, specification, retired)
), before AS (
    SELECT code FROM materials WHERE code = ANY($2::text[])
), written AS (
    INSERT INTO materials AS old (id, version, created_at, updated_at, code, name_zh, name_en, specification, retired)
    SELECT id, 1, $7, $7, code, name_zh, name_en, specification, retired FROM given
    ON CONFLICT (code) DO UPDATE
    SET version = old.version + 1, updated_at = $7, name_zh = excluded.name_zh, name_en = excluded.name_en,
        specification = excluded.specification, retired = excluded.retired
    WHERE (old.name_zh, old.name_en, old.specification, old.retired)
        IS DISTINCT FROM (excluded.name_zh, excluded.name_en, excluded.specification, excluded.retired)
    RETURNING old.id, old.code, old.version
)
SELECT written.id, written.code, before.code IS NULL AS created
FROM written LEFT JOIN before ON before.code = written.code
"""
ADD_UNITS = """
INSERT INTO material_units (id, material_code, unit)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[]) ON CONFLICT DO NOTHING RETURNING material_code
"""


async def upsert(
    connection: asyncpg.Connection[Any], rows: Sequence[CatalogueRow], now: datetime
) -> dict[str, tuple[str, Any]]:
    """Write rows in bulk; answers code → ("created" | "updated", id) for what changed.

    Units are only added: an order line may point to any of them.
    """
    written = await connection.fetch(
        UPSERT,
        [new_id() for _ in rows],
        [row.code for row in rows],
        [row.name_zh for row in rows],
        [row.name_en for row in rows],
        [row.specification for row in rows],
        [row.retired for row in rows],
        now,
    )
    outcome = {row["code"]: ("created" if row["created"] else "updated", row["id"]) for row in written}
    units = [(row.code, unit) for row in rows for unit in row.units]
    added = await connection.fetch(
        ADD_UNITS, [new_id() for _ in units], [code for code, _ in units], [unit for _, unit in units]
    )
    missing = {row["material_code"] for row in added} - outcome.keys()
    ids = await connection.fetch("SELECT code, id FROM materials WHERE code = ANY($1::text[])", list(missing))
    return outcome | {row["code"]: ("updated", row["id"]) for row in ids}
