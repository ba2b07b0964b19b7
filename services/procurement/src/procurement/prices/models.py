"""Tables of prices. Rows are added and never changed: what was computed with a price stays explained by it."""

from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Numeric, UniqueConstraint
from sqlmodel import Field, SQLModel

from chassis.database import TIMESTAMPTZ, Row
from chassis.ids import new_id

REGION = "region ~ '^[0-9]{6}$'"
FIRST_OF_MONTH = "extract(day FROM month) = 1"


class Publication(Row, table=True):
    """Price information (信息价) of a region for a month, as its source document says.

    `region` is a division code (GB/T 2260), `month` its first day. A correction is the next `edition` of the same
    region and month and need only hold what it corrects; the editions before it stay. Prices count from `valid_from`
    on.
    """

    __tablename__ = "price_publications"
    __table_args__ = (
        UniqueConstraint("region", "month", "edition", name="price_publications_edition"),
        CheckConstraint(REGION, name="price_publications_region"),
        CheckConstraint(FIRST_OF_MONTH, name="price_publications_month"),
        CheckConstraint("edition > 0", name="price_publications_edition_number"),
        CheckConstraint("source <> ''", name="price_publications_source"),
    )

    region: str
    month: date
    edition: int
    source: str
    valid_from: date
    prices: int


class PublishedRow(SQLModel, table=True):
    """The price of one unit of a material in a publication, in CNY, with tax (含税) and without (除税).

    Region, month, validity and the instant from which we knew stand here again, so that one index answers "the price on
    that day, as known then".
    """

    __tablename__ = "published_prices"
    __table_args__: ClassVar = (
        ForeignKeyConstraint(["publication_id"], ["price_publications.id"], name="published_prices_publication"),
        ForeignKeyConstraint(
            ["material_code", "unit"],
            ["material_units.material_code", "material_units.unit"],
            name="published_prices_material",
        ),
        UniqueConstraint("publication_id", "material_code", name="published_prices_once"),
        CheckConstraint("with_tax >= without_tax AND without_tax > 0", name="published_prices_positive"),
        Index("published_prices_on_day", "material_code", "region", "valid_from", "known_at"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    publication_id: UUID
    region: str
    month: date
    material_code: str
    unit: str
    with_tax: Decimal = Field(sa_type=Numeric(18, 6))
    without_tax: Decimal = Field(sa_type=Numeric(18, 6))
    valid_from: date
    known_at: datetime = Field(sa_type=TIMESTAMPTZ)


class Statistic(SQLModel, table=True):
    """What a material cost our buyers in a city in a closed month: anonymous, and frozen.

    A cell is here only when enough deals of enough buyers are in it (`rules.MIN_DEALS`, `rules.MIN_BUYERS`). Prices are
    per `unit`, with tax, in CNY.
    """

    __tablename__ = "price_statistics"
    __table_args__: ClassVar = (
        UniqueConstraint("material_code", "region", "month", name="price_statistics_cell"),
        CheckConstraint(REGION, name="price_statistics_region"),
        CheckConstraint(FIRST_OF_MONTH, name="price_statistics_month"),
        CheckConstraint("deals >= 5", name="price_statistics_deals"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    material_code: str
    region: str
    month: date
    unit: str
    deals: int
    lower_quartile: Decimal = Field(sa_type=Numeric(18, 6))
    median: Decimal = Field(sa_type=Numeric(18, 6))
    upper_quartile: Decimal = Field(sa_type=Numeric(18, 6))


class FrozenMonth(SQLModel, table=True):
    """A month whose statistics are made; they are made once."""

    __tablename__ = "frozen_months"
    __table_args__: ClassVar = (CheckConstraint(FIRST_OF_MONTH, name="frozen_months_month"),)

    month: date = Field(primary_key=True)
    frozen_at: datetime = Field(sa_type=TIMESTAMPTZ)
