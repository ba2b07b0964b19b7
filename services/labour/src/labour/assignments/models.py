"""Tables of assignments."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from chassis.database import TIMESTAMPTZ, Row, one_of, text_enum
from labour.assignments.states import State
from labour.codes.models import RiskClass


class ExitKind(StrEnum):
    """How somebody left a project."""

    ORDINARY = "ordinary"
    FORCED = "forced"  # 清退
    PROJECT_ENDED = "project_ended"


class Assignment(Row, table=True):
    """A worker on a project, for the employer that sent him.

    `cleared_until` is the last day on which his papers hold without news (None: open); it is computed again whenever
    they change, so that a swipe can be compared with it without reading them. `special_trade` is empty without one.
    `barred_on` is the day on which the general contractor sent him away (清退), until it readmits him.
    """

    __tablename__ = "assignments"
    __table_args__ = (
        UniqueConstraint("project_id", "worker_id", name="assignments_once"),
        ForeignKeyConstraint(["worker_id"], ["workers.id"], name="assignments_worker"),
        CheckConstraint(one_of("state", State), name="assignments_state"),
        CheckConstraint(one_of("risk_class", RiskClass), name="assignments_risk_class"),
        Index("assignments_employer", "employer_id", "id"),
        Index("assignments_project", "project_id", "id"),
        Index("assignments_worker_id", "worker_id"),
    )

    project_id: UUID
    worker_id: UUID
    employer_id: UUID
    state: State = Field(sa_type=text_enum(State))
    risk_class: RiskClass = Field(sa_type=text_enum(RiskClass))
    special_trade: str = ""
    cleared_until: date | None = None
    entered_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
    left_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
    reason: str = ""
    barred_on: date | None = None


class Stay(SQLModel, table=True):
    """From one entry to the next exit (national object EntryExitHistory); open while the worker belongs to the site.

    `ended_by` is the organisation that told the exit; None while open, and when the project's end closed it.
    """

    __tablename__ = "assignment_stays"
    __table_args__ = (
        ForeignKeyConstraint(["assignment_id"], ["assignments.id"], name="assignment_stays_assignment"),
        CheckConstraint("left_at >= entered_at", name="assignment_stays_instants"),
        CheckConstraint(f"exit_kind IS NULL OR {one_of('exit_kind', ExitKind)}", name="assignment_stays_exit_kind"),
        Index("assignment_stays_one_open", "assignment_id", unique=True, postgresql_where=text("left_at IS NULL")),
    )

    assignment_id: UUID = Field(primary_key=True)
    entered_at: datetime = Field(primary_key=True, sa_type=TIMESTAMPTZ)
    left_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
    exit_kind: ExitKind | None = Field(default=None, sa_type=text_enum(ExitKind))
    reason: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    ended_by: UUID | None = None


class Absence(SQLModel, table=True):
    """A leave (请假) within a stay, open until he returns or leaves; what a gate records meanwhile still counts."""

    __tablename__ = "assignment_absences"
    __table_args__ = (
        ForeignKeyConstraint(["assignment_id"], ["assignments.id"], name="assignment_absences_assignment"),
        CheckConstraint("ended_at >= began_at", name="assignment_absences_instants"),
        Index("assignment_absences_one_open", "assignment_id", unique=True, postgresql_where=text("ended_at IS NULL")),
    )

    assignment_id: UUID = Field(primary_key=True)
    began_at: datetime = Field(primary_key=True, sa_type=TIMESTAMPTZ)
    expected_back_on: date
    ended_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
    reason: str
