"""Tables of break rules."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint

from chassis.database import Row


class BreakRule(Row, table=True):
    """From a day on a project takes `minutes` of break off who is on site longer than `beyond_minutes` (扣除休息)."""

    __tablename__ = "break_rules"
    __table_args__ = (
        UniqueConstraint("project_id", "valid_from", name="break_rules_once"),
        CheckConstraint("beyond_minutes >= minutes AND minutes >= 0", name="break_rules_minutes"),
        CheckConstraint("valid_to >= valid_from", name="break_rules_dates"),
    )

    project_id: UUID
    organisation_id: UUID
    valid_from: date
    valid_to: date | None = None
    beyond_minutes: int
    minutes: int
    reason: str
