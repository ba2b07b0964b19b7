"""REST door of prices: only translates."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field, model_validator

from chassis.errors import FailedPrecondition, NotFound, PayloadTooLarge, UnsupportedMediaType
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.faults import fault
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from chassis.http.uploads import download, upload
from chassis.tabular import CSV, XLSX
from chassis.values import Text
from procurement.materials.endpoints import WORKBOOK
from procurement.materials.exchange import FORMATS, XML, Format
from procurement.orders.schemas import MaterialCode, Unit
from procurement.prices import service
from procurement.prices.commands import compare, publish
from procurement.prices.commands.compare import AskTrend
from procurement.prices.commands.publish import PublishPrices
from procurement.prices.repository import PriceFilter, PublicationFilter, StatisticFilter
from procurement.prices.schemas import (
    Month,
    PriceCheckOut,
    PublicationOut,
    PublishedPriceOut,
    PublishOut,
    Region,
    StatisticOut,
    TrendOut,
    read_month,
)

router = APIRouter(tags=["prices"])

LARGEST_FILE = 2 * 1024 * 1024
EXAMPLE = "material_code,unit,price_with_tax,price_without_tax\n01090001,t,3950.00,3495.58\n"
XML_EXAMPLE = (
    "<MaterialExchange><Item><Code>01090001</Code><Unit>t</Unit><Price><WithTax>3950.00</WithTax>"
    "<WithoutTax>3495.58</WithoutTax></Price><Region>440300</Region></Item></MaterialExchange>"
)
FILES = {CSV: EXAMPLE, XLSX: WORKBOOK, XML: XML_EXAMPLE}
FIVE_YEARS = timedelta(days=5 * 366)
PUBLICATIONS = "/price-publications"


class Publishing(Filters):
    """Of what a file is the price information."""

    region: Region
    month: Month
    source: Annotated[Text, Field(examples=["深圳建设工程价格信息 2026年第11期"])]
    valid_from: Annotated[date, Field(description="The first of the month when absent.")] | None = None
    dry_run: Annotated[bool, Field(description="Check every row and write nothing.")] = False


class PublicationFilters(Filters):
    """Which publications to list."""

    region: Region | None = None
    month: Month | None = None


class PriceFilters(Filters):
    """Which published prices to list."""

    publication_id: UUID | None = None
    material_code: MaterialCode | None = None
    region: Region | None = None
    month: Month | None = None


class StatisticFilters(Filters):
    """Which statistics to list."""

    material_code: MaterialCode | None = None
    region: Region | None = None
    month: Month | None = None


class TrendFilters(Filters):
    """Whose trend, from which month to which (five years at most)."""

    material_code: MaterialCode
    region: Region
    first: Annotated[Month, Field(examples=["2026-06"])]
    last: Annotated[Month, Field(examples=["2026-11"])]
    unit: Unit | None = None

    @model_validator(mode="after")
    def _five_years_at_most(self) -> Self:
        if not read_month(self.first) <= read_month(self.last) <= read_month(self.first) + FIVE_YEARS:
            raise fault(
                "MONTHS_OUT_OF_RANGE", zh="须为先后顺序且不超过五年", en="first before last, five years at most"
            )
        return self


class Export(Filters):
    """Which publication to write into which kind of file."""

    publication_id: UUID
    format: Format = "csv"


def _month(month: str | None) -> date | None:
    return None if month is None else read_month(month)


@router.post(
    PUBLICATIONS,
    operation_id="publishPrices",
    response_model=PublishOut,
    responses=problems(PayloadTooLarge, UnsupportedMediaType),
    openapi_extra=upload({CSV: EXAMPLE, XLSX: WORKBOOK, XML: XML_EXAMPLE}),
    max_body_size=LARGEST_FILE,
)
async def publish_prices(asked: Annotated[Publishing, Query()], edge: EdgeDep) -> Response:
    """Take over the price information of a region for a month (CSV, XLSX, XML), row by row.

    A second file for the same region and month is a correction: the next edition, which stands beside the first.
    """
    content = await edge.body(limit=LARGEST_FILE, types=tuple(FILES))
    command = PublishPrices(
        asked.region,
        read_month(asked.month),
        asked.source,
        asked.valid_from,
        content,
        edge.media_type,
        asked.dry_run,
    )
    return await edge.write(lambda work: publish.publish(work, command), PublishOut.of)


@router.get(
    PUBLICATIONS, operation_id="listPricePublications", response_model=PageOut[PublicationOut], responses=problems()
)
async def list_publications(filters: Annotated[PublicationFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """What has been published, all editions, newest first."""
    wanted = PublicationFilter(filters.region, _month(filters.month))
    return await edge.page(lambda work: service.publications(work, wanted, page), PublicationOut.of)


@router.get(
    "/published-prices",
    operation_id="listPublishedPrices",
    response_model=PageOut[PublishedPriceOut],
    responses=problems(),
)
async def list_prices(filters: Annotated[PriceFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """Published prices of all editions, newest first."""
    wanted = PriceFilter(filters.publication_id, filters.material_code, filters.region, _month(filters.month))
    return await edge.page(lambda work: service.prices(work, wanted, page), PublishedPriceOut.of)


@router.get(
    "/published-prices:export",
    operation_id="exportPublishedPrices",
    response_class=Response,
    responses=problems(NotFound) | download(FILES),
)
async def export(filters: Annotated[Export, Query()], edge: EdgeDep) -> Response:
    """A publication as a file that the import takes again; no cell of it is a formula."""
    media_type = FORMATS[filters.format]
    return await edge.generate(
        lambda work: service.export(work, filters.publication_id, media_type),
        media_type=media_type,
        name=f"prices.{filters.format}",
    )


@router.get(
    "/price-statistics",
    operation_id="listPriceStatistics",
    response_model=PageOut[StatisticOut],
    responses=problems(),
)
async def list_statistics(filters: Annotated[StatisticFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """What buyers on this platform paid, per material, city and closed month; never fewer than 5 deals of 3 buyers."""
    wanted = StatisticFilter(filters.material_code, filters.region, _month(filters.month))
    return await edge.page(lambda work: service.statistics(work, wanted, page), StatisticOut.of_row)


@router.get(
    "/price-trend",
    operation_id="getPriceTrend",
    response_model=TrendOut,
    responses=problems(NotFound, FailedPrecondition),
)
async def trend(filters: Annotated[TrendFilters, Query()], edge: EdgeDep) -> Response:
    """Published price and what was paid, month by month, of a material in exactly this region."""
    asked = AskTrend(
        filters.material_code, filters.region, read_month(filters.first), read_month(filters.last), filters.unit
    )
    return await edge.read(lambda work: compare.trend(work, asked), TrendOut.of)


@router.get(
    "/orders/{order_id}/price-check",
    operation_id="checkOrderPrices",
    response_model=PriceCheckOut,
    responses=problems(NotFound),
)
async def price_check(order_id: UUID, edge: EdgeDep) -> Response:
    """Each line's unit price beside the published price on the order's day and beside what others paid."""
    return await edge.read(lambda work: compare.price_check(work, order_id), PriceCheckOut.of)
