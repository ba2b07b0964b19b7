"""Tables of wage officers."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from chassis.database import Row


class WageOfficer(Row, table=True):
    """Who looks after wages on a project for its general contractor (保障农民工工资支付条例 art 28).

    Name and phone stand on the rights board (维权信息告示牌) of the site. `last_day` is None while it is open.
    """

    __tablename__ = "wage_officers"
    __table_args__ = (
        CheckConstraint("last_day >= first_day", name="wage_officers_days"),
        Index("wage_officers_project", "project_id", "id"),
    )

    project_id: UUID
    organisation_id: UUID
    name: str
    phone: str
    first_day: date
    last_day: date | None = None


class OfficerGap(SQLModel, table=True):
    """Whether an active project lacks a wage officer, as it was told last; `since` is the day that saw it first."""

    __tablename__ = "wage_officer_gaps"

    project_id: UUID = Field(primary_key=True)
    organisation_id: UUID
    since: date
    missing: bool
    version: int
