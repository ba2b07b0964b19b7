"""The only SQL of conversions. They are the platform's, so everybody who is signed in sees all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.identity import Principal
from chassis.pages import Page, PageRequest, paginate
from procurement.materials.models import Material
from procurement.units.models import EVERY_MATERIAL, UnitConversion
from procurement.units.rules import Factor


def visible_to(_: Principal) -> ColumnElement[bool]:
    """Everybody sees the conversions."""
    return true()


async def page(
    session: AsyncSession, principal: Principal, material_code: str | None, request: PageRequest
) -> Page[UnitConversion]:
    """The conversions of a material with those of every material, oldest first; all without a material."""
    statement = select(UnitConversion).where(visible_to(principal))
    if material_code is not None:
        statement = statement.where(col(UnitConversion.material_code).in_([material_code, EVERY_MATERIAL]))
    return await paginate(session, statement, keys=(UnitConversion.id,), request=request)


async def factors(session: AsyncSession, codes: Iterable[str]) -> dict[str, list[Factor]]:
    """All factors of each of these materials, those of every material among them, whenever they count."""
    wanted = set(codes)
    rows = await session.scalars(
        select(UnitConversion).where(
            or_(
                col(UnitConversion.material_code).in_(wanted),
                col(UnitConversion.material_code) == EVERY_MATERIAL,
            )
        )
    )
    common: list[Factor] = []
    found: dict[str, list[Factor]] = {code: [] for code in wanted}
    for row in rows:
        factor = Factor(row.from_unit, row.to_unit, Fraction(row.numerator, row.denominator), row.valid_from)
        (common if row.material_code == EVERY_MATERIAL else found[row.material_code]).append(factor)
    return {code: common + own for code, own in found.items()}


async def lock_materials(session: AsyncSession, codes: Sequence[str]) -> set[str]:
    """Which of these materials there are; nobody else adds factors to them until the transaction ends."""
    rows = await session.scalars(
        select(col(Material.code)).where(col(Material.code).in_(codes)).order_by(col(Material.code)).with_for_update()
    )
    return set(rows)


async def existing(session: AsyncSession, codes: Sequence[str]) -> set[str]:
    """Which of these materials there are."""
    return set(await session.scalars(select(col(Material.code)).where(col(Material.code).in_(codes))))
