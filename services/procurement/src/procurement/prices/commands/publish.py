"""Taking over price information."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from chassis import audit
from chassis.ids import new_id
from chassis.tabular.checking import RefusedRow
from chassis.work import Work
from procurement import permissions
from procurement.materials.service import Taken
from procurement.prices import events, repository, rules
from procurement.prices.models import Publication
from procurement.prices.rules import PriceRow


@dataclass(frozen=True, slots=True)
class PublishPrices:
    """A file of prices for a region and a month, the document in which they stand, and the day from which they count.

    `valid_from` is the first day of the month when None.
    """

    region: str
    month: date
    source: str
    valid_from: date | None
    content: bytes
    media_type: str
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class PublishReport:
    """Every row is in one of the two lists; no publication is made of no good row, nor by a dry run."""

    publication: Publication | None
    taken: tuple[Taken, ...]
    refused: tuple[RefusedRow, ...]
    dry_run: bool = False


async def publish(work: Work, command: PublishPrices) -> PublishReport:
    """Write the good rows as the next edition of this region and month; what was published before stays.

    Refused per row: codes and prices that are none, MATERIAL_NOT_FOUND, UNIT_UNKNOWN, REGION_DIFFERS.
    """
    work.require(permissions.PRICES_PUBLISH)
    good, refused = rules.read_prices(command.content, command.media_type, command.region)
    async with work.reading() as session:
        known = await repository.units_of(session, [row.material_code for row in good])
    unknown = rules.unknown_units(good, known)
    refused += [RefusedRow(row.row, row.material_code, (unknown[row.row],)) for row in good if row.row in unknown]
    rows = [row for row in good if row.row not in unknown]
    taken = tuple(Taken(row.row, row.material_code, "created") for row in rows)
    made = await _write(work, command, rows) if rows and not command.dry_run else None
    return PublishReport(made, taken, tuple(refused), command.dry_run)


async def _write(work: Work, command: PublishPrices, rows: list[PriceRow]) -> Publication:
    session = await work.writing()
    made = Publication(
        id=new_id(),
        created_at=work.now,
        updated_at=work.now,
        region=command.region,
        month=command.month,
        edition=await repository.next_edition(session, command.region, command.month),
        source=command.source,
        valid_from=command.valid_from or command.month,
        prices=len(rows),
    )
    session.add(made)
    await session.flush()
    await repository.insert_prices(await work.driver(), made, rows)
    after = audit.fields(made, "region", "month", "edition", "source", "valid_from", "prices")
    work.audit("prices.publish", "publication", made.id, None, after)
    work.emit(events.published(made, rows))
    return made
