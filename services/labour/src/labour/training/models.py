"""Tables of hours that somebody needs and has, and the plain values of the rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Numeric, UniqueConstraint, text
from sqlmodel import Field

from chassis.database import TIMESTAMPTZ, Row, one_of, text_enum
from labour.codes.models import Status
from labour.courses.models import Category


class Duty(StrEnum):
    """What somebody answers for, which decides his hours of a year (建教[1997]83号)."""

    ORDINARY = "ordinary"  # 一般工人
    SPECIAL_TRADE = "special_trade"  # 特种作业人员
    SAFETY_OFFICER = "safety_officer"  # 专职安全管理人员
    MANAGER = "manager"  # 法定代表人、项目经理


class RequirementKind(StrEnum):
    """Which duty to train a row is about."""

    ENTRY = "entry"
    YEARLY = "yearly"
    JOB_CHANGE = "job_change"


@dataclass(frozen=True, slots=True)
class HoursRule:
    """Required hours of a city (`*`: every city without a rule of its own) while the rule is in force."""

    city: str
    entry: Mapping[Category, Decimal]
    yearly: Mapping[Duty, Decimal]
    job_change: Decimal
    source: str
    status: Status
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class TrainingRules:
    """Everything that decides who needs how many hours by when."""

    hours: tuple[HoursRule, ...]
    whole_entry_courses: frozenset[str]
    year_end_warning: timedelta
    entry_lapse_warning: timedelta
    credit_step: timedelta
    skills: frozenset[str]
    skills_source: str


class WorkerDuty(Row, table=True):
    """From which day on a worker does what; `job_change` when he came from another job (转岗)."""

    __tablename__ = "training_duties"
    __table_args__ = (
        UniqueConstraint("worker_id", "since", name="training_duties_once"),
        ForeignKeyConstraint(["worker_id"], ["workers.id"], name="training_duties_worker"),
        CheckConstraint(one_of("duty", Duty), name="training_duties_duty"),
    )

    worker_id: UUID
    since: date
    duty: Duty = Field(sa_type=text_enum(Duty))
    job_change: bool
    reason: str


class Requirement(Row, table=True):
    """What somebody needs, has and lacks: of a year, for entry to site, after a job change.

    `period` keeps the rows of a worker apart: the year, `entry`, or the day of the job change. `train_by` is the last
    day to train in time; of a complete entry training the last day on which it holds without news. `missing_levels`
    are entry levels, parted by commas. A shortage is raised while `raised_at` is set.
    """

    __tablename__ = "training_requirements"
    __table_args__ = (
        UniqueConstraint("worker_id", "period", name="training_requirements_once"),
        ForeignKeyConstraint(["worker_id"], ["workers.id"], name="training_requirements_worker"),
        CheckConstraint(one_of("kind", RequirementKind), name="training_requirements_kind"),
        CheckConstraint("required_hours >= 0 AND done_hours >= 0", name="training_requirements_hours"),
        Index("training_requirements_employer", "employer_id", "id"),
        Index("training_requirements_raised", "worker_id", postgresql_where=text("raised_at IS NOT NULL")),
    )

    worker_id: UUID
    employer_id: UUID
    period: str
    kind: RequirementKind = Field(sa_type=text_enum(RequirementKind))
    year: int
    required_hours: Decimal = Field(sa_type=Numeric(12, 2))
    done_hours: Decimal = Field(sa_type=Numeric(12, 2))
    missing_levels: str = ""
    train_by: date
    source: str
    raised_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
