"""Tables of health records."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, UniqueConstraint

from chassis.database import Row


class HealthRecord(Row, table=True):
    """A medical examination: when, how long its result counts, whether he is fit; no findings are kept.

    `file_id` is the report, an upload of the employer that nobody else sees.
    """

    __tablename__ = "health_records"
    __table_args__ = (
        UniqueConstraint("worker_id", "examined_on", name="health_records_once"),
        ForeignKeyConstraint(["worker_id"], ["workers.id"], name="health_records_worker"),
        CheckConstraint("valid_to >= examined_on", name="health_records_days"),
    )

    worker_id: UUID
    examined_on: date
    valid_to: date
    fit: bool
    file_id: UUID | None = None
