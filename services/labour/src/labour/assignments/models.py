"""Tables of assignments, and the plain values that the gates look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from chassis.database import TIMESTAMPTZ, Row, one_of, text_enum
from labour.assignments.states import State
from labour.codes.models import RiskClass, Sex
from labour.health.rules import HealthFacts
from labour.training.rules import Level


class ExitKind(StrEnum):
    """How somebody left a project."""

    ORDINARY = "ordinary"
    FORCED = "forced"  # 清退
    PROJECT_ENDED = "project_ended"


class Assignment(Row, table=True):
    """A worker on a project, for the employer that sent him.

    `cleared_until` is the last day on which his papers hold without news (None: open); it is computed again whenever
    they change and every day, so that a swipe can be compared with it without reading them. `special_trade` is empty
    without one. `barred_on` is the day on which the general contractor sent him away (清退), until it readmits him.
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


class Lapse(SQLModel, table=True):
    """Days on which somebody's papers did not hold, as was known then, kept once they hold again.

    `Assignment.cleared_until` tells of the present; a swipe that comes late is compared with these, too.
    """

    __tablename__ = "assignment_lapses"
    __table_args__ = (
        ForeignKeyConstraint(["assignment_id"], ["assignments.id"], name="assignment_lapses_assignment"),
        CheckConstraint("last_day >= first_day", name="assignment_lapses_days"),
        Index("assignment_lapses_project", "project_id", "last_day"),
    )

    assignment_id: UUID = Field(primary_key=True)
    first_day: date = Field(primary_key=True)
    last_day: date
    project_id: UUID


@dataclass(frozen=True, slots=True)
class Agreement:
    """A labour contract or written agreement that counts on the project in question; open when `valid_to` is None."""

    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """A special-trade certificate (特种作业操作资格证)."""

    number: str
    trade: str
    valid_from: date
    valid_to: date
    status: str


@dataclass(frozen=True, slots=True)
class Listing:
    """The days on which an entry of the blacklist (黑名单) counts; open when `valid_to` is None."""

    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class WorkerFacts:
    """What is known of a worker when somebody stands at the gate.

    `missing` are the fields of the registration that are empty, `trained_on` is the last basic safety training.
    `data_until` is the last day with data that keeps this training alive: a training or attendance that came no more
    than the rule's months after the one before it. Attendance after a longer gap is none of it. `levels` are those of
    the entry training, with their hours for this project; looked at only where a rule asks for them.
    """

    sex: Sex
    birth_date: date
    work_type: str
    work_role: str
    missing: frozenset[str]
    agreements: tuple[Agreement, ...]
    trained_on: date | None
    data_until: date | None
    certificates: tuple[CertificateFacts, ...]
    health: tuple[HealthFacts, ...] = ()
    listed: tuple[Listing, ...] = ()
    levels: tuple[Level, ...] = ()


@dataclass(frozen=True, slots=True)
class Site:
    """Where he is to work: the project's city and the risk class of his work, and the trade he does there.

    `also` is a trade that the occasion demands (a machine to operate). `assigned` tells whether he stands on the
    project's list (None: not asked, he is about to), `on_leave` that he is on leave from it. `barred_on` is the day on
    which he was sent away from it.
    """

    city: str
    risk_class: RiskClass
    special_trade: str | None
    also: str | None = None
    assigned: bool | None = None
    on_leave: bool = False
    barred_on: date | None = None
