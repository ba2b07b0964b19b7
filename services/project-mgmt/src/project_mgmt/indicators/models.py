"""Tables of indicators: sums of facts, nothing else."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Numeric, PrimaryKeyConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from chassis.database import one_of, text_enum
from chassis.ids import new_id
from project_mgmt.indicators.rules import Measure


class IndicatorEntry(SQLModel, table=True):
    """The sum of all deltas for one figure.

    No foreign key to projects: a fact may not be refused because of the order in which facts come. No CHECK on the
    sign: a correction may come before what it corrects.
    """

    __tablename__ = "indicator_entries"
    __table_args__ = (
        PrimaryKeyConstraint("id", name="indicator_entries_pkey"),
        UniqueConstraint("project_id", "day", "measure", "unit", "detail", name="indicator_entries_figure"),
        CheckConstraint(one_of("measure", Measure), name="indicator_entries_measure"),
    )

    id: UUID = Field(default_factory=new_id)
    project_id: UUID
    day: date
    measure: Measure = Field(sa_type=text_enum(Measure))
    unit: str
    detail: str
    value: Decimal = Field(sa_type=Numeric(18, 2))


class IndicatorDay(SQLModel, table=True):
    """A view (so not among the service's tables): the entries summed by day, measure and unit."""

    __tablename__ = "indicator_days"

    project_id: UUID = Field(primary_key=True)
    day: date = Field(primary_key=True)
    measure: Measure = Field(sa_type=text_enum(Measure), primary_key=True)
    unit: str = Field(primary_key=True)
    value: Decimal = Field(sa_type=Numeric(18, 2))
