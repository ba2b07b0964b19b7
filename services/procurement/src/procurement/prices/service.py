"""Use cases of prices: asking for them. Publishing, comparing and freezing stand in `commands/`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from chassis.clock import shanghai_day
from chassis.errors import FailedPrecondition
from chassis.pages import Page, PageRequest
from chassis.tabular import XLSX, write_csv, write_xlsx
from chassis.values import decimal_text
from chassis.work import Work
from procurement import permissions
from procurement.materials import exchange
from procurement.materials import repository as materials
from procurement.materials.exchange import Item
from procurement.prices import errors, repository, rules
from procurement.prices.models import Publication, PublishedRow, Statistic
from procurement.prices.repository import Asked, PriceFilter, PublicationFilter, StatisticFilter
from procurement.prices.rules import PublishedPrice
from procurement.units import service as units


async def published(work: Work, material_code: str, region: str, on: date) -> PublishedPrice | None:
    """The published price of a material on a day: of the region, or of the nearest division that contains it.

    As known now; for a day in the past as it was known at another instant ask `published_many`.
    """
    [found] = await published_many(work, [Asked(material_code, region, on, work.now)])
    return found


async def published_many(work: Work, asked: Sequence[Asked]) -> list[PublishedPrice | None]:
    """The answers to many such questions at once, in their order."""
    async with work.reading_driver() as connection:
        return await repository.published(connection, asked)


@dataclass(frozen=True, slots=True)
class Comparable:
    """What a bought or offered price is compared with: a material in a city (empty: nobody knows where), per a unit."""

    material_code: str
    city: str
    unit: str


async def with_tax(work: Work, asked: Sequence[Comparable], known_by: datetime) -> list[Decimal | None]:
    """Published prices in CNY, tax included, per the units asked for, as they were known at an instant, in the order of
    the questions; None where nothing is published, or in a unit that does not convert."""
    on = shanghai_day(known_by)
    places = sorted({(one.material_code, one.city) for one in asked if one.city})
    answers = await published_many(work, [Asked(code, city, on, known_by) for code, city in places])
    known = dict(zip(places, answers, strict=True))
    factors = await units.factors(work, {code for code, _ in places})
    found: list[Decimal | None] = []
    for one in asked:
        price = known.get((one.material_code, one.city))
        try:
            found.append(rules.in_unit(price, one.unit, factors[one.material_code], on).with_tax if price else None)
        except FailedPrecondition:  # UNITS_DO_NOT_CONVERT: there is nothing to compare with
            found.append(None)
    return found


async def price_in_unit(work: Work, material_code: str, region: str, on: date, unit: str) -> PublishedPrice:
    """The published price per a unit.

    NotFound MATERIAL_NOT_FOUND, PRICE_NOT_PUBLISHED; FailedPrecondition UNITS_DO_NOT_CONVERT.
    """
    work.require(permissions.PRICES_READ)
    async with work.reading() as session:
        await materials.get(session, work.principal, material_code)
    found = await published(work, material_code, region, on)
    if found is None:
        raise errors.not_published(material_code, region, on)
    factors = await units.factors(work, [material_code])
    return rules.in_unit(found, unit, factors[material_code], on)


async def publications(work: Work, wanted: PublicationFilter, request: PageRequest) -> Page[Publication]:
    """Publications with their editions, newest first."""
    work.require(permissions.PRICES_READ)
    async with work.reading() as session:
        return await repository.publications(session, work.principal, wanted, request)


async def prices(work: Work, wanted: PriceFilter, request: PageRequest) -> Page[PublishedRow]:
    """Published prices of all editions, newest first."""
    work.require(permissions.PRICES_READ)
    async with work.reading() as session:
        return await repository.prices(session, work.principal, wanted, request)


async def statistics(work: Work, wanted: StatisticFilter, request: PageRequest) -> Page[Statistic]:
    """Frozen statistics; a cell that would tell somebody apart is not there, like one without any deal."""
    work.require(permissions.PRICES_READ)
    async with work.reading() as session:
        return await repository.statistics(session, work.principal, wanted, request)


async def export(work: Work, publication_id: UUID, media_type: str) -> Iterable[bytes]:
    """A publication as a file that `publish` takes: CSV, XLSX or XML."""
    work.require(permissions.PRICES_READ)
    async with work.reading() as session:
        await repository.publication(session, work.principal, publication_id)
        found = await repository.all_prices(session, work.principal, publication_id)
        described = await materials.standing(session, [one.material_code for one in found])
    if media_type == exchange.XML:
        return exchange.write(
            Item(
                code=one.material_code,
                name_zh=described[one.material_code].name_zh,
                name_en=described[one.material_code].name_en,
                specification=described[one.material_code].specification,
                cost_type=described[one.material_code].cost_type.value,
                units=(one.unit,),
                price_with_tax=decimal_text(one.with_tax),
                price_without_tax=decimal_text(one.without_tax),
                region=one.region,
            )
            for one in found
        )
    rows = ((one.material_code, one.unit, one.with_tax, one.without_tax) for one in found)
    return write_xlsx(rules.COLUMNS, rows) if media_type == XLSX else write_csv(rules.COLUMNS, rows)
