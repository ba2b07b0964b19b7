"""Feeds of machine data, the units in them, and their counter readings."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Column, ForeignKey, Index, Numeric, UniqueConstraint
from sqlmodel import Field, SQLModel

from chassis.database import TIMESTAMPTZ, Row, one_of, text_enum


class MatchedBy(StrEnum):
    """How a unit of a feed was tied to a machine of the lessor."""

    MAPPING = "mapping"
    SERIAL_NUMBER = "serial_number"
    PIN = "pin"


class Feed(Row, table=True):
    """A source of AEMP pages of one lessor: a manufacturer's service or a tracker's."""

    __tablename__ = "telematics_feeds"
    __table_args__ = (
        UniqueConstraint("lessor_id", "name", name="telematics_feeds_name"),
        Index("telematics_feeds_lessor", "lessor_id", "id"),
    )

    lessor_id: UUID
    name: str


class Unit(Row, table=True):
    """A telematics unit as a feed names it. A machine counts by one unit at most.

    `replacements`: instants from which another control unit counts afresh. Position in WGS-84.
    """

    __tablename__ = "telematics_units"
    __table_args__ = (
        UniqueConstraint("feed_id", "equipment_id", name="telematics_units_equipment"),
        UniqueConstraint("machine_id", name="telematics_units_machine"),
        CheckConstraint("(machine_id IS NULL) = (matched_by IS NULL)", name="telematics_units_match_whole"),
        CheckConstraint(one_of("matched_by", MatchedBy), name="telematics_units_matched_by"),
        Index("telematics_units_feed", "feed_id", "id"),
        Index("telematics_units_lessor", "lessor_id", "id"),
    )

    feed_id: UUID = Field(sa_column_args=[ForeignKey("telematics_feeds.id")])
    lessor_id: UUID
    equipment_id: str
    oem_name: str | None = None
    model: str | None = None
    serial_number: str | None = None
    pin: str | None = None
    machine_id: UUID | None = Field(default=None, sa_column_args=[ForeignKey("machines.id")])
    matched_by: MatchedBy | None = Field(default=None, sa_type=text_enum(MatchedBy))
    latitude: Decimal | None = Field(default=None, sa_type=Numeric(9, 6))
    longitude: Decimal | None = Field(default=None, sa_type=Numeric(9, 6))
    replacements: list[datetime] = Field(default_factory=list, sa_column=Column(ARRAY(TIMESTAMPTZ), nullable=False))


class CounterReading(SQLModel, table=True):
    """Cumulative operating hours of a unit at an instant; `counted` is false where the counter had gone back."""

    __tablename__ = "telematics_readings"
    __table_args__ = (CheckConstraint("hours >= 0", name="telematics_readings_not_negative"),)

    unit_id: UUID = Field(primary_key=True, sa_column_args=[ForeignKey("telematics_units.id")])
    at: datetime = Field(primary_key=True, sa_type=TIMESTAMPTZ)
    hours: Decimal = Field(sa_type=Numeric(12, 2))
    counted: bool
    page_id: UUID
    received_at: datetime = Field(sa_type=TIMESTAMPTZ)
