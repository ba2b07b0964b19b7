"""The only SQL of own codes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.identity import Principal
from chassis.ids import new_id
from chassis.pages import Page, PageRequest, paginate
from procurement.buyer_codes.models import BuyerCode
from procurement.buyer_codes.rules import OwnCode
from procurement.materials.models import Material


def visible_to(principal: Principal) -> ColumnElement[bool]:
    """Own codes are their owner's alone."""
    return col(BuyerCode.organisation_id) == principal.organisation_id


@dataclass(frozen=True, slots=True)
class BuyerCodeFilter:
    """Which own codes a list shows; None means all."""

    own_code: str | None = None
    material_code: str | None = None


async def page(
    session: AsyncSession, principal: Principal, wanted: BuyerCodeFilter, request: PageRequest
) -> Page[BuyerCode]:
    """The caller's codes in their order."""
    statement = select(BuyerCode).where(visible_to(principal))
    if wanted.own_code is not None:
        statement = statement.where(col(BuyerCode.own_code) == wanted.own_code)
    if wanted.material_code is not None:
        statement = statement.where(col(BuyerCode.material_code) == wanted.material_code)
    return await paginate(session, statement, keys=(BuyerCode.own_code,), request=request)


async def known_materials(session: AsyncSession, codes: Collection[str]) -> set[str]:
    """Which of these codes the catalogue has, retired or not: an old mapping stays true."""
    return set(await session.scalars(select(col(Material.code)).where(col(Material.code).in_(codes))))


async def labels(session: AsyncSession, principal: Principal, most: int) -> list[tuple[str, str]]:
    """(own code, its name or else the material's) of the caller's first `most` codes, in their order."""
    name = func.coalesce(func.nullif(col(BuyerCode.name), ""), col(Material.name_zh))
    rows = await session.execute(
        select(col(BuyerCode.own_code), name)
        .join(Material, col(Material.code) == col(BuyerCode.material_code))
        .where(visible_to(principal))
        .order_by(col(BuyerCode.own_code))
        .limit(most)
    )
    return [(code, text) for code, text in rows]


async def meanings(session: AsyncSession, principal: Principal, codes: Collection[str]) -> dict[str, str]:
    """Own code → material code, of those of these codes that are the caller's own."""
    rows = await session.execute(
        select(col(BuyerCode.own_code), col(BuyerCode.material_code)).where(
            visible_to(principal), col(BuyerCode.own_code).in_(codes)
        )
    )
    return {row.own_code: row.material_code for row in rows}


UPSERT = """
WITH given AS (
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) AS given (id, own_code, material_code, name)
), before AS (
    SELECT own_code, material_code, name FROM buyer_codes WHERE organisation_id = $5 AND own_code = ANY($2::text[])
), written AS (
    INSERT INTO buyer_codes AS old
        (id, version, created_at, updated_at, organisation_id, own_code, material_code, name)
    SELECT id, 1, $6, $6, $5, own_code, material_code, name FROM given
    ON CONFLICT (organisation_id, own_code) DO UPDATE
    SET version = old.version + 1, updated_at = $6, material_code = excluded.material_code, name = excluded.name
    WHERE (old.material_code, old.name) IS DISTINCT FROM (excluded.material_code, excluded.name)
    RETURNING old.id, old.own_code
)
SELECT written.id, written.own_code, before.material_code, before.name
FROM written LEFT JOIN before ON before.own_code = written.own_code
"""


async def upsert(
    connection: asyncpg.Connection[Any], organisation_id: UUID, rows: Sequence[OwnCode], now: datetime
) -> dict[str, tuple[UUID, dict[str, str] | None]]:
    """Write in bulk; answers for what changed own code → (id, what it meant before or None when it is new)."""
    written = await connection.fetch(
        UPSERT,
        [new_id() for _ in rows],
        [row.own_code for row in rows],
        [row.material_code for row in rows],
        [row.name for row in rows],
        organisation_id,
        now,
    )
    return {
        row["own_code"]: (
            row["id"],
            None if row["material_code"] is None else {"material_code": row["material_code"], "name": row["name"]},
        )
        for row in written
    }
