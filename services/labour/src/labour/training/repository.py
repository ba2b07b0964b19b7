"""The only SQL of training, and the reader of its rules. Every query of a caller starts from `visible_to`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis import replica
from chassis.clock import shanghai_day
from chassis.identity import Kind, Principal
from chassis.pages import Page, PageRequest, paginate
from chassis.replica import KnownProject
from chassis.work import Work
from labour.assignments.models import Assignment
from labour.assignments.repository import OVERSEEING
from labour.assignments.states import State as AssignmentState
from labour.codes import repository as codes
from labour.codes.models import Status
from labour.courses.models import ENTRY_LEVELS, Category, Course, Subject
from labour.sessions.models import Attendee, TrainingSession
from labour.sessions.states import State as SessionState
from labour.training import errors
from labour.training.models import (
    Duty,
    HoursRule,
    Requirement,
    RequirementKind,
    TrainingRules,
    WorkerDuty,
)
from labour.training.rules import DutyFrom, HourFacts, LevelHours, Trained, in_order
from labour.workers.models import Training, Worker

ACTIVITY = text("""
WITH days AS (
  SELECT worker_id, trained_on AS day FROM worker_trainings WHERE worker_id = ANY(:ids)
  UNION
  SELECT assignments.worker_id, worker_days.day
  FROM worker_days JOIN assignments ON assignments.id = worker_days.assignment_id
  WHERE assignments.worker_id = ANY(:ids)
), steps AS (
  SELECT worker_id, day, lag(day) OVER (PARTITION BY worker_id ORDER BY day) AS before FROM days
)
SELECT worker_id, max(day) AS last_on,
       max(day) FILTER (WHERE day > before + make_interval(months => :months)) AS restarted_on
FROM steps GROUP BY worker_id
""")
"""The last day with training or attendance of each worker, and the first one after the last long pause."""

PROJECT_STATE = text("""
SELECT a.employer_id,
       count(*) AS workers,
       count(*) FILTER (WHERE entry.missing_levels = '' AND entry.train_by >= :today) AS entry_complete,
       count(*) FILTER (WHERE yearly.done_hours < yearly.required_hours) AS short_of_year,
       count(*) FILTER (WHERE entry.raised_at IS NOT NULL OR yearly.raised_at IS NOT NULL) AS warned,
       count(*) FILTER (WHERE EXISTS (
         SELECT FROM training_attendees t
         JOIN training_sessions s ON s.id = t.session_id JOIN courses c ON c.id = s.course_id
         WHERE t.worker_id = a.worker_id AND t.passed AND c.subject = :smart)) AS smart_trained,
       count(*) FILTER (WHERE EXISTS (
         SELECT FROM skill_certificates k WHERE k.worker_id = a.worker_id AND k.state = 'valid'
         AND (k.valid_to IS NULL OR k.valid_to >= :today))) AS smart_certified
FROM assignments a
LEFT JOIN training_requirements entry ON entry.worker_id = a.worker_id AND entry.period = 'entry'
LEFT JOIN training_requirements yearly ON yearly.worker_id = a.worker_id AND yearly.period = :year
WHERE a.project_id = :project_id AND a.state <> 'left'
  AND (CAST(:employer_id AS uuid) IS NULL OR a.employer_id = CAST(:employer_id AS uuid))
GROUP BY a.employer_id ORDER BY a.employer_id
""")


@lru_cache(maxsize=1)
def training_rules() -> TrainingRules:
    """Required hours, warnings and skills, from `data/training-rules.json`; each rule names its source."""
    raw = json.loads(files("labour.training").joinpath("data", "training-rules.json").read_text(encoding="utf-8"))
    return TrainingRules(
        hours=tuple(_hours_rule(one) for one in raw["hours"]),
        whole_entry_courses=frozenset(raw["whole_entry"]["courses"]),
        year_end_warning=timedelta(days=raw["warnings"]["year_end_days"]),
        entry_lapse_warning=timedelta(days=raw["warnings"]["entry_lapse_days"]),
        credit_step=timedelta(minutes=raw["credit"]["step_minutes"]),
        skills=frozenset(raw["skills"]["codes"]),
        skills_source=raw["skills"]["source"],
    )


def _hours_rule(raw: Mapping[str, Any]) -> HoursRule:
    return HoursRule(
        city=raw["city"],
        entry={Category(level): Decimal(hours) for level, hours in raw["entry"].items()},
        yearly={Duty(duty): Decimal(hours) for duty, hours in raw["yearly"].items()},
        job_change=Decimal(raw["job_change"]),
        source=raw["source"],
        status=Status(raw["status"]),
        valid_from=date.fromisoformat(raw["valid_from"]),
        valid_to=date.fromisoformat(raw["valid_to"]) if raw["valid_to"] else None,
    )


@dataclass(frozen=True, slots=True)
class RequirementFilter:
    """Which requirements a list shows; None means all. `short`: hours or levels are missing."""

    year: int | None = None
    kind: RequirementKind | None = None
    project_id: UUID | None = None
    worker_id: UUID | None = None
    short: bool | None = None
    warned: bool | None = None


@dataclass(frozen=True, slots=True)
class EmployerState:
    """How many of an employer's workers on a project are trained; it names nobody."""

    employer_id: UUID
    workers: int
    entry_complete: int
    short_of_year: int
    warned: int
    smart_trained: int
    smart_certified: int


def visible_to(principal: Principal) -> ColumnElement[bool]:
    """An employer sees what its own workers need and nobody else's."""
    return col(Requirement.employer_id) == principal.organisation_id


async def page(
    session: AsyncSession, principal: Principal, wanted: RequirementFilter, request: PageRequest
) -> Page[Requirement]:
    """The requirements of the caller's workers, newest first."""
    statement = select(Requirement).where(visible_to(principal))
    for name in ("year", "kind", "worker_id"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(getattr(Requirement, name) == value)
    if wanted.project_id is not None:
        on_site = select(col(Assignment.worker_id)).where(
            col(Assignment.project_id) == wanted.project_id, col(Assignment.state) != AssignmentState.LEFT
        )
        statement = statement.where(col(Requirement.worker_id).in_(on_site))
    short = or_(col(Requirement.done_hours) < col(Requirement.required_hours), col(Requirement.missing_levels) != "")
    if wanted.short is not None:
        statement = statement.where(short if wanted.short else ~short)
    if wanted.warned is not None:
        raised = col(Requirement.raised_at)
        statement = statement.where(raised.is_not(None) if wanted.warned else raised.is_(None))
    return await paginate(session, statement, keys=(Requirement.id,), request=request, descending=True)


async def lock_workers(session: AsyncSession, worker_ids: Iterable[UUID]) -> None:
    """Two counts of one worker run one after the other; workers are locked before assignments, in one order."""
    statement = select(col(Worker.id)).where(col(Worker.id).in_(set(worker_ids))).order_by(col(Worker.id))
    await session.execute(statement.with_for_update(key_share=True))


async def requirements(session: AsyncSession, worker_ids: Iterable[UUID]) -> dict[UUID, dict[str, Requirement]]:
    """What stands of workers, by worker and period, as it is now."""
    found: dict[UUID, dict[str, Requirement]] = {}
    statement = select(Requirement).where(col(Requirement.worker_id).in_(set(worker_ids)))
    for row in await session.scalars(statement.execution_options(populate_existing=True)):
        found.setdefault(row.worker_id, {})[row.period] = row
    return found


async def to_count(session: AsyncSession, after: UUID | None, most: int) -> list[UUID]:
    """The next workers, by id, who are on a site or whose shortage is raised."""
    on_site = exists().where(col(Assignment.worker_id) == col(Worker.id), col(Assignment.state) != AssignmentState.LEFT)
    raised = exists().where(col(Requirement.worker_id) == col(Worker.id), col(Requirement.raised_at).is_not(None))
    statement = select(col(Worker.id)).where(or_(on_site, raised)).order_by(col(Worker.id)).limit(most)
    if after is not None:
        statement = statement.where(col(Worker.id) > after)
    return list(await session.scalars(statement))


async def facts(session: AsyncSession, worker_ids: Iterable[UUID], months: int) -> list[HourFacts]:
    """What is known of the training of workers, in the order of their ids."""
    ids = sorted(set(worker_ids))
    found = await session.scalars(select(Worker).where(col(Worker.id).in_(ids)).order_by(col(Worker.id)))
    active = {row.worker_id: row for row in await session.execute(ACTIVITY, {"ids": ids, "months": months})}
    places = await _places(session, ids)
    duties = await _duties(session, ids)
    taught = await _taught(session, ids)
    trained = await _trained(session, ids, taught)
    trade_of = codes.entry_rules().trade_of_work_type
    made: list[HourFacts] = []
    for worker in found:
        activity = active.get(worker.id)
        cities, special = places.get(worker.id, ([], False))
        made.append(
            HourFacts(
                worker_id=worker.id,
                employer_id=worker.employer_id,
                city=cities[-1] if cities else "*",
                special_trade=special or worker.work_type in trade_of,
                on_site=bool(cities),
                known_since=shanghai_day(worker.created_at),
                restarted_on=activity.restarted_on if activity else None,
                last_on=activity.last_on if activity else None,
                duties=in_order(duties.get(worker.id, ())),
                trained=tuple(trained.get(worker.id, ())),
                entry=tuple(
                    LevelHours(course.category, shanghai_day(taken.starts_at), hours, taken.project_id)
                    for hours, taken, course in taught.get(worker.id, ())
                    if course.category in ENTRY_LEVELS
                ),
            )
        )
    return made


async def _places(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, tuple[list[str], bool]]:
    """Cities of the projects on which workers are, oldest first, and whether one of them asks for a special trade."""
    rows = await session.execute(
        select(col(Assignment.worker_id), col(KnownProject.city), col(Assignment.special_trade))
        .outerjoin(KnownProject, col(KnownProject.project_id) == col(Assignment.project_id))
        .where(col(Assignment.worker_id).in_(ids), col(Assignment.state) != AssignmentState.LEFT)
        .order_by(col(Assignment.id))
    )
    found: dict[UUID, tuple[list[str], bool]] = {}
    for worker_id, city, trade in rows:
        cities, special = found.get(worker_id, ([], False))
        found[worker_id] = ([*cities, city or "*"], special or bool(trade))
    return found


async def _duties(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, list[DutyFrom]]:
    found: dict[UUID, list[DutyFrom]] = {}
    for row in await session.scalars(select(WorkerDuty).where(col(WorkerDuty.worker_id).in_(ids))):
        found.setdefault(row.worker_id, []).append(DutyFrom(row.since, row.duty, row.job_change))
    return found


Taught = dict[UUID, list[tuple[Decimal, TrainingSession, Course]]]


async def _taught(session: AsyncSession, ids: Sequence[UUID]) -> Taught:
    """By worker: hours that closed sessions credit, with session and course."""
    rows = await session.execute(
        select(Attendee, TrainingSession, Course)
        .join(TrainingSession, col(TrainingSession.id) == col(Attendee.session_id))
        .join(Course, col(Course.id) == col(TrainingSession.course_id))
        .where(
            col(Attendee.worker_id).in_(ids),
            col(Attendee.hours) > 0,
            col(TrainingSession.state) == SessionState.CLOSED,
            col(Course.subject) == Subject.SAFETY,
        )
    )
    found: Taught = {}
    for attendee, taken, course in rows:
        found.setdefault(attendee.worker_id, []).append((attendee.hours or Decimal(0), taken, course))
    return found


async def _trained(session: AsyncSession, ids: Sequence[UUID], taught: Taught) -> dict[UUID, list[Trained]]:
    """Every training on record; one that a session put there is marked, so that it is not told by the employer."""
    by_session = {
        (worker_id, shanghai_day(taken.starts_at), course.name)
        for worker_id, lessons in taught.items()
        for _, taken, course in lessons
    }
    found: dict[UUID, list[Trained]] = {}
    for row in await session.scalars(select(Training).where(col(Training.worker_id).in_(ids))):
        told = (row.worker_id, row.trained_on, row.course) in by_session
        found.setdefault(row.worker_id, []).append(Trained(row.trained_on, row.hours, row.course, told))
    return found


async def duty_of(session: AsyncSession, worker_id: UUID, since: date) -> WorkerDuty | None:
    """A worker's duty from this very day on."""
    found: WorkerDuty | None = await session.scalar(
        select(WorkerDuty).where(col(WorkerDuty.worker_id) == worker_id, col(WorkerDuty.since) == since)
    )
    return found


async def page_of_duties(session: AsyncSession, worker_id: UUID, request: PageRequest) -> Page[WorkerDuty]:
    """The duties of a worker, newest first; whose he is, the caller has asked before."""
    statement = select(WorkerDuty).where(col(WorkerDuty.worker_id) == worker_id)
    return await paginate(session, statement, keys=(WorkerDuty.since,), request=request, descending=True)


async def project_state(session: AsyncSession, work: Work, project_id: UUID) -> list[EmployerState]:
    """The training state of a project by employer: all for its overseers and the authority, else the caller's own.

    NotFound PROJECT_NOT_FOUND for who takes no part.
    """
    mine = work.principal.organisation_id
    sees_all = Kind.AUTHORITY in work.principal.kinds or await _takes_part(session, work, project_id, *OVERSEEING)
    if not sees_all and not await _takes_part(session, work, project_id):
        raise errors.project_not_found(project_id)
    values = {
        "project_id": project_id,
        "employer_id": None if sees_all else mine,
        "today": work.today,
        "year": str(work.today.year),
        "smart": Subject.SMART_CONSTRUCTION.value,
    }
    return [EmployerState(**row) for row in (await session.execute(PROJECT_STATE, values)).mappings()]


async def _takes_part(session: AsyncSession, work: Work, project_id: UUID, *roles: str) -> bool:
    projects = replica.takes_part(work.principal.organisation_id, work.today, *roles)
    known = select(col(KnownProject.project_id)).where(
        col(KnownProject.project_id) == project_id, col(KnownProject.project_id).in_(projects)
    )
    return await session.scalar(known) is not None
