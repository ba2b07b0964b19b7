"""Tables of geofences."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, Numeric, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from chassis.database import TIMESTAMPTZ, Row

DEGREES: Any = Numeric(12, 6)
"""Degrees to a decimetre, and metres."""


class Geofence(Row, table=True):
    """An area of a project (电子围栏): a circle of `radius_m` around one point, or the polygon of its points.

    Points are (longitude, latitude) in degrees, WGS 84.
    """

    __tablename__ = "geofences"
    __table_args__ = (
        CheckConstraint(
            "CASE WHEN radius_m IS NULL THEN array_length(points, 1) >= 3 "
            "ELSE radius_m > 0 AND array_length(points, 1) = 1 END",
            name="geofences_shape",
        ),
        Index("geofences_project", "project_id", "id"),
    )

    project_id: UUID
    organisation_id: UUID
    name: str
    points: list[list[Decimal]] = Field(sa_type=ARRAY(DEGREES, dimensions=2))
    radius_m: Decimal | None = Field(default=None, sa_type=DEGREES)
    ended_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)


class SwipeLocation(SQLModel, table=True):
    """Where a phone was at a swipe (WGS 84), and the signals that it may be forged.

    `signals` follow from the swipe alone; `too_fast` from the worker's located swipes before it, and is worked out
    again whenever one arrives in between.
    """

    __tablename__ = "swipe_locations"
    __table_args__ = (Index("swipe_locations_worker", "worker_id", "at"),)

    device_id: UUID = Field(primary_key=True)
    sequence: int = Field(primary_key=True, sa_type=BigInteger)
    project_id: UUID
    worker_id: UUID
    employer_id: UUID
    at: datetime = Field(sa_type=TIMESTAMPTZ)
    lng: Decimal = Field(sa_type=DEGREES)
    lat: Decimal = Field(sa_type=DEGREES)
    accuracy_m: Decimal = Field(sa_type=DEGREES)
    signals: list[str] = Field(sa_type=ARRAY(Text))
    too_fast: bool = False
