"""What comes in and goes out about hours of training."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pydantic import Field

from chassis.http.schemas import In, Out
from chassis.values import Hours, Instant, LongText, Percent
from labour.codes.models import Status
from labour.courses.models import Category
from labour.training.models import Duty, RequirementKind


class DutyIn(In):
    """From which day on a worker does what."""

    since: date = Field(examples=["2026-11-01"])
    duty: Duty = Field(examples=["ordinary"])
    job_change: bool = Field(default=False, description="He comes to it from another job (转岗).")
    reason: LongText = Field(examples=["由木工转为架子工"])


class DutyOut(Out):
    """A duty on record."""

    id: UUID
    version: int
    worker_id: UUID
    since: date
    duty: Duty
    job_change: bool
    reason: str
    created_at: Instant


class RequirementOut(Out):
    """What a worker needs, has and lacks by when."""

    id: UUID
    version: int
    worker_id: UUID
    kind: RequirementKind
    year: int = Field(description="Of the last day to train in time.")
    required_hours: Hours
    done_hours: Hours
    missing_hours: Hours
    missing_levels: list[Category] = Field(description="Of the entry training.")
    train_by: date = Field(description="Last day to train in time; of a complete entry training its last valid day.")
    source: str
    raised_at: Instant | None = Field(description="Since when a shortage is raised.")
    updated_at: Instant


class HoursRuleOut(Out):
    """Required hours with their source."""

    city: str = Field(description="Division code, or `*` for every city without a rule of its own.")
    entry: dict[str, Hours]
    yearly: dict[str, Hours]
    job_change_hours: Hours
    source: str
    status: Status = Field(description="V verified, S second-hand, B practice.")
    valid_from: date
    valid_to: date | None


class LevelOut(Out):
    """One level of the entry training."""

    level: Category
    required_hours: Hours
    done_hours: Hours
    complete: bool


class EntryTrainingOut(Out):
    """The three levels of the entry training (三级安全教育); `missing` is empty when it is complete."""

    levels: list[LevelOut]
    complete: bool
    missing: list[Category]
    begins_on: date = Field(description="Hours before this day do not count: a year without data came between.")
    valid_until: date | None = Field(description="Last day on which it holds without training or attendance.")
    source: str


class EmployerStateOut(Out):
    """How many of an employer's workers on a project are trained, as last counted."""

    employer_id: UUID
    workers: int
    entry_complete: int
    short_of_year: int
    warned: int
    smart_trained: int = Field(description="Who passed a course of smart construction (智能建造).")
    smart_certified: int = Field(description="Who holds a valid skill certificate.")


class ProjectTrainingOut(Out):
    """The training state of a project; it names nobody. The sums are over the employers that are listed.

    A government-funded project of smart construction has its workers take part in that training (`smart_source`, §17);
    the plan names no share that would have to be reached, so none is demanded here.
    """

    project_id: UUID
    workers: int
    smart_trained: int
    smart_share: Percent = Field(description="`smart_trained` of `workers`.")
    smart_source: str
    employers: list[EmployerStateOut]
