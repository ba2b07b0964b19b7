"""Table of the work breakdown."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, Numeric, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from chassis.database import TIMESTAMPTZ, Row


class WbsTask(Row, table=True):
    """A task of a project's schedule; `uid` is the file's key, `retired_at` is set when the file dropped it."""

    __tablename__ = "wbs_tasks"
    __table_args__ = (
        UniqueConstraint("project_id", "uid", name="wbs_tasks_uid_once"),
        Index("wbs_tasks_in_order", "project_id", "position", "id"),
        CheckConstraint("finish >= start", name="wbs_tasks_dates_forward"),
        CheckConstraint("percent_complete BETWEEN 0 AND 100", name="wbs_tasks_percent"),
    )

    project_id: UUID = Field(foreign_key="projects.id")
    uid: int
    position: int
    outline_number: str
    outline_level: int
    wbs: str
    name: str
    start: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
    finish: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
    duration_minutes: Decimal = Field(sa_type=Numeric(14, 1))
    percent_complete: int
    milestone: bool
    summary: bool
    predecessors: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    retired_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
