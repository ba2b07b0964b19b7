"""Use cases of conversions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from chassis import audit
from chassis.errors import Violation
from chassis.pages import Page, PageRequest
from chassis.tabular import CSV
from chassis.tabular.checking import RefusedRow
from chassis.values import QUANTITY_SCALE
from chassis.work import Work
from procurement import permissions
from procurement.materials import repository as materials
from procurement.materials.service import ImportReport, Taken
from procurement.units import errors, repository, rules
from procurement.units.models import UnitConversion
from procurement.units.rules import ConversionRow, Factor


@dataclass(frozen=True, slots=True)
class Converted:
    """A quantity in another unit, six places, half up, and the exact factor from one unit to the other."""

    quantity: Decimal
    unit: str
    ratio: Fraction


async def convert(work: Work, material_code: str, quantity: Decimal, from_unit: str, to_unit: str) -> Converted:
    """A quantity of a material in another unit, as of today. FailedPrecondition UNITS_DO_NOT_CONVERT."""
    work.require(permissions.MATERIALS_READ)
    async with work.reading() as session:
        await materials.get(session, work.principal, material_code)
        factors = (await repository.factors(session, [material_code]))[material_code]
    factor = rules.ratio(from_unit, to_unit, factors, work.today)
    return Converted(rules.rounded(Fraction(quantity) * factor, QUANTITY_SCALE), to_unit, factor)


async def page(work: Work, material_code: str | None, request: PageRequest) -> Page[UnitConversion]:
    """The conversions that count for a material, or all."""
    work.require(permissions.MATERIALS_READ)
    async with work.reading() as session:
        return await repository.page(session, work.principal, material_code, request)


async def factors(work: Work, codes: Iterable[str]) -> dict[str, list[Factor]]:
    """For other aggregates: all factors of each of these materials."""
    async with work.reading() as session:
        return await repository.factors(session, codes)


async def import_conversions(
    work: Work, content: bytes, media_type: str = CSV, *, dry_run: bool = False
) -> ImportReport:
    """Add conversions (CSV, XLSX) of materials, row by row; with `dry_run` nothing is written.

    What stands is never changed. Refused per row: UNITS_ARE_THE_SAME, MATERIAL_NOT_FOUND, CONVERSION_STANDS (another
    factor counts from that day) and CONVERSION_KNOWN_OTHERWISE (a second way between two units could differ).
    """
    work.require(permissions.MATERIALS_IMPORT)
    good, refused = rules.read_conversions(content, media_type)
    codes = sorted({row.material_code for row in good})
    if dry_run:
        async with work.reading() as session:
            known, standing = await repository.existing(session, codes), await repository.factors(session, codes)
    else:
        session = await work.writing()
        known, standing = await repository.lock_materials(session, codes), await repository.factors(session, codes)
    taken = []
    for row in good:
        status, fault = _judged(row, known, standing[row.material_code])
        if fault is not None:
            refused.append(RefusedRow(row.row, row.material_code, (fault,)))
            continue
        taken.append(Taken(row.row, row.material_code, status))
        if status == "created":
            standing[row.material_code].append(row.factor)
            if not dry_run:
                session.add(_recorded(work, row))
    return ImportReport(tuple(taken), tuple(refused), dry_run)


def _judged(row: ConversionRow, known: set[str], standing: list[Factor]) -> tuple[str, Violation | None]:
    """created, unchanged, or why not."""
    if row.factor.from_unit == row.factor.to_unit:
        return "", errors.SAME_UNIT
    if row.material_code not in known:
        return "", errors.UNKNOWN
    if row.factor in standing:
        return "unchanged", None
    if any((one.pair, one.valid_from) == (row.factor.pair, row.factor.valid_from) for one in standing):
        return "", errors.STANDS
    if rules.adds_nothing(row.factor, standing):
        return "", errors.ADDS_NOTHING
    return "created", None


def _recorded(work: Work, row: ConversionRow) -> UnitConversion:
    made = UnitConversion(
        created_at=work.now,
        updated_at=work.now,
        material_code=row.material_code,
        from_unit=row.factor.from_unit,
        to_unit=row.factor.to_unit,
        numerator=row.numerator,
        denominator=row.denominator,
        source=row.source,
        valid_from=row.factor.valid_from,
    )
    after = audit.fields(
        made, "material_code", "from_unit", "to_unit", "numerator", "denominator", "source", "valid_from"
    )
    work.audit("units.created", "unit-conversion", made.id, None, after)
    return made
