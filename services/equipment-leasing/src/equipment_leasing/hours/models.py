"""Operating hours as they were published."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric
from sqlmodel import Field, SQLModel

from chassis.database import TIMESTAMPTZ


class DayHours(SQLModel, table=True):
    """Operating hours of a machine on a project on a day (Asia/Shanghai), as published."""

    __tablename__ = "machine_hours"
    __table_args__ = (
        CheckConstraint("hours >= 0", name="machine_hours_not_negative"),
        Index("machine_hours_newest", "day", "project_id", "machine_id"),
        Index("machine_hours_project", "project_id", "day", "machine_id"),
        Index("machine_hours_lessor", "lessor_id", "day", "project_id", "machine_id"),
    )

    machine_id: UUID = Field(primary_key=True, sa_column_args=[ForeignKey("machines.id")])
    project_id: UUID = Field(primary_key=True)
    day: date = Field(primary_key=True)
    lessor_id: UUID
    hours: Decimal = Field(sa_type=Numeric(12, 2))
    updated_at: datetime = Field(sa_type=TIMESTAMPTZ)
