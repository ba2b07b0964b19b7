"""What comes in and goes out about prices."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from chassis.http.schemas import Out, RowResult
from chassis.values import Instant, Price, Quantity, SignedAmount
from procurement.materials.schemas import refused
from procurement.prices.commands.compare import CheckedLine, PriceCheck, Trend
from procurement.prices.commands.publish import PublishReport
from procurement.prices.models import Publication, PublishedRow, Statistic
from procurement.prices.rules import Cell, PublishedPrice

Region = Annotated[str, Field(pattern=r"^[0-9]{6}$", examples=["440300"], description="Division code, GB/T 2260.")]
Month = Annotated[str, Field(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", examples=["2026-11"])]
MonthOut = Annotated[str, Field(examples=["2026-11"])]


def read_month(month: str) -> date:
    """`2026-11` → its first day."""
    return date.fromisoformat(f"{month}-01")


def month_text(month: date) -> str:
    """The first day of a month → `2026-11`."""
    return f"{month:%Y-%m}"


class PublicationOut(Out):
    """Price information of a region for a month; corrections are further editions."""

    id: UUID
    version: int
    region: Region
    month: MonthOut
    edition: int
    source: str = Field(examples=["深圳建设工程价格信息 2026年第11期"])
    valid_from: date
    prices: int = Field(description="How many prices this edition holds.")
    created_at: Instant

    @classmethod
    def of(cls, row: Publication) -> PublicationOut:
        """From the row."""
        return cls(
            id=row.id,
            version=row.version,
            region=row.region,
            month=month_text(row.month),
            edition=row.edition,
            source=row.source,
            valid_from=row.valid_from,
            prices=row.prices,
            created_at=row.created_at,
        )


class PublishOut(Out):
    """How a publication went, row by row; `publication_id` is empty when nothing was written."""

    dry_run: bool
    publication_id: str
    edition: int
    taken: int
    refused: int
    rows: list[RowResult]

    @classmethod
    def of(cls, report: PublishReport) -> PublishOut:
        """In the order of the file."""
        rows = [RowResult(row=one.row, status="created", external_id=one.code) for one in report.taken]
        rows += [refused(one) for one in report.refused]
        rows.sort(key=lambda row: row.row)
        made = report.publication
        return cls(
            dry_run=report.dry_run,
            publication_id="" if made is None else str(made.id),
            edition=0 if made is None else made.edition,
            taken=len(report.taken),
            refused=len(report.refused),
            rows=rows,
        )


class PublishedPriceOut(Out):
    """A published price per unit, in CNY."""

    id: UUID
    publication_id: UUID
    region: Region
    month: MonthOut
    material_code: str = Field(examples=["01090001"])
    unit: str = Field(examples=["t"])
    with_tax: Price
    without_tax: Price
    valid_from: date

    @classmethod
    def of(cls, row: PublishedRow) -> PublishedPriceOut:
        """From the row."""
        return cls(
            id=row.id,
            publication_id=row.publication_id,
            region=row.region,
            month=month_text(row.month),
            material_code=row.material_code,
            unit=row.unit,
            with_tax=row.with_tax,
            without_tax=row.without_tax,
            valid_from=row.valid_from,
        )


class ReferenceOut(Out):
    """A published price beside something else, per its unit, and where it is written."""

    region: Region
    month: MonthOut
    with_tax: Price
    without_tax: Price
    publication_id: UUID
    edition: int
    source: str

    @classmethod
    def of(cls, price: PublishedPrice) -> ReferenceOut:
        """From the answer of the use case."""
        return cls(
            region=price.region,
            month=month_text(price.month),
            with_tax=price.with_tax,
            without_tax=price.without_tax,
            publication_id=price.publication_id,
            edition=price.edition,
            source=price.source,
        )


class CellOut(Out):
    """What our buyers paid for one unit in a closed month, tax included, in CNY: at least 5 deals of 3 buyers."""

    month: MonthOut
    deals: int
    lower_quartile: Price
    median: Price
    upper_quartile: Price

    @classmethod
    def of(cls, month: date, cell: Cell | Statistic) -> CellOut:
        """From the answer of the use case or the row."""
        return cls(
            month=month_text(month),
            deals=cell.deals,
            lower_quartile=cell.lower_quartile,
            median=cell.median,
            upper_quartile=cell.upper_quartile,
        )


class StatisticOut(CellOut):
    """A cell of the statistics: a material in a city in a month."""

    id: UUID
    material_code: str = Field(examples=["01090001"])
    region: Region
    unit: str = Field(examples=["t"])

    @classmethod
    def of_row(cls, row: Statistic) -> StatisticOut:
        """From the row."""
        cell = CellOut.of(row.month, row)
        return cls(id=row.id, material_code=row.material_code, region=row.region, unit=row.unit, **cell.model_dump())


class TrendMonthOut(Out):
    """A month; null where nothing is published or nothing may be shown."""

    month: MonthOut
    published: ReferenceOut | None
    paid: CellOut | None


class TrendOut(Out):
    """A material in a region month by month, in one unit (empty when nothing is known)."""

    material_code: str
    region: Region
    unit: str
    months: list[TrendMonthOut]

    @classmethod
    def of(cls, trend: Trend) -> TrendOut:
        """From the answer of the use case."""
        months = [
            TrendMonthOut(
                month=month_text(one.month),
                published=None if one.published is None else ReferenceOut.of(one.published),
                paid=None if one.paid is None else CellOut.of(one.month, one.paid),
            )
            for one in trend.months
        ]
        asked = trend.asked
        return cls(material_code=asked.material_code, region=asked.region, unit=trend.unit or "", months=months)


class CheckedLineOut(Out):
    """A line's unit price beside both references, per the line's unit.

    `deviation_percent` is against the published price with tax; `code` says why something is missing:
    PRICE_NOT_PUBLISHED, UNITS_DO_NOT_CONVERT, CURRENCY_MISMATCH.
    """

    line_id: UUID
    position: int
    material_code: str
    unit: str
    quantity: Quantity
    unit_price: Price
    published: ReferenceOut | None
    deviation_percent: SignedAmount | None = Field(examples=["-2.35"])
    paid: CellOut | None
    paid_deviation_percent: SignedAmount | None = Field(examples=["1.20"], description="Against the median.")
    code: str = Field(examples=[""])

    @classmethod
    def of(cls, one: CheckedLine) -> CheckedLineOut:
        """From the answer of the use case."""
        line, paid = one.line, one.paid
        return cls(
            line_id=line.id,
            position=line.position,
            material_code=line.material_code,
            unit=line.unit,
            quantity=line.quantity,
            unit_price=line.unit_price,
            published=None if one.published is None else ReferenceOut.of(one.published),
            deviation_percent=one.deviation,
            paid=None if paid is None else CellOut.of(paid.month, paid.cell),
            paid_deviation_percent=one.paid_deviation,
            code=one.code,
        )


class PriceCheckOut(Out):
    """An order's prices on a day, as known then."""

    order_id: UUID
    region: str = Field(examples=["440300"])
    on: date
    lines: list[CheckedLineOut]

    @classmethod
    def of(cls, check: PriceCheck) -> PriceCheckOut:
        """From the answer of the use case."""
        lines = [CheckedLineOut.of(one) for one in check.lines]
        return cls(order_id=check.order.id, region=check.region, on=check.on, lines=lines)
