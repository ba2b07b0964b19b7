"""Tables of months."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from chassis.database import TIMESTAMPTZ


class LockedMonth(SQLModel, table=True):
    """A month of one employer's worker days on a project that payroll has closed; `month` is its first day."""

    __tablename__ = "locked_months"
    __table_args__ = (CheckConstraint("extract(day FROM month) = 1", name="locked_months_month"),)

    project_id: UUID = Field(primary_key=True)
    employer_id: UUID = Field(primary_key=True)
    month: date = Field(primary_key=True)
    locked_at: datetime = Field(sa_type=TIMESTAMPTZ)
