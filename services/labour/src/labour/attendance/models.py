"""Tables of attendance."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, Numeric, text
from sqlmodel import Field, SQLModel

from chassis.database import TIMESTAMPTZ


class Swipe(SQLModel, table=True):
    """One pass of a gate (national object WorkerAttendance), known by the device's own sequence number.

    A bulk table: no surrogate key and no foreign keys, whose checks would cost each row a lookup; the batch locks the
    device and the assignments that it writes for, and neither is ever deleted. Partitioned by the month of `at`: each
    partition holds device and sequence once, and `attendance.record` that no two do (docs/decisions/0018).

    `papers_lapsed` tells that the worker's papers did not cover that day: somebody let him pass, and that must be seen
    rather than lost. `counted` is false for what came after its month was locked.
    """

    __tablename__ = "gate_swipes"
    __table_args__ = (
        CheckConstraint("direction IN ('01', '02')", name="swipes_direction"),
        CheckConstraint("sequence >= 0", name="swipes_sequence"),
        Index("gate_swipes_project", "project_id", "at"),
        {"postgresql_partition_by": "RANGE (at)"},
    )

    device_id: UUID = Field(primary_key=True)
    sequence: int = Field(primary_key=True, sa_type=BigInteger)
    project_id: UUID
    assignment_id: UUID
    worker_id: UUID
    employer_id: UUID
    at: datetime = Field(sa_type=TIMESTAMPTZ)
    direction: str
    attend_type: str
    papers_lapsed: bool
    received_at: datetime = Field(sa_type=TIMESTAMPTZ)
    counted: bool = Field(default=True, sa_column_kwargs={"server_default": text("true")})


class WorkerDay(SQLModel, table=True):
    """A worker's work day on a project: four instants and the worker days (工日) that they count (see rules.py).

    A bulk table without foreign keys, like swipes. Half of each page stays free: a batch changes whole pages of rows
    at once, again and again on one day, and with room beside them no index has to be touched (HOT).
    """

    __tablename__ = "worker_days"
    __table_args__ = (
        CheckConstraint("days BETWEEN 0 AND 1", name="worker_days_days"),
        Index("worker_days_project", "project_id", "day"),
        {"postgresql_with": {"fillfactor": 50}},
    )

    assignment_id: UUID = Field(primary_key=True)
    day: date = Field(primary_key=True)
    project_id: UUID
    worker_id: UUID
    employer_id: UUID
    first_in: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
    last_in: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
    first_out: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
    last_out: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
    days: Decimal = Field(sa_type=Numeric(4, 2))
