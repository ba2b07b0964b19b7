"""Use cases of training: who needs how many hours, has and lacks them; warned in time by a durable job."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from chassis import audit
from chassis.ids import new_id
from chassis.pages import Page, PageRequest, decode_token, encode_token
from chassis.work import Work
from labour import permissions
from labour.codes import repository as codes
from labour.training import errors, events, repository, rules
from labour.training.models import Duty, HoursRule, Requirement, WorkerDuty
from labour.training.repository import EmployerState, RequirementFilter
from labour.training.rules import EntryTraining, HourFacts, Standing
from labour.workers import repository as workers

__all__ = [
    "COUNT",
    "EmployerState",
    "ProjectTraining",
    "RequirementFilter",
    "TellDuty",
    "count_from",
    "entry",
    "hours_rules",
    "page",
    "page_of_duties",
    "project_state",
    "recount",
    "tell_duty",
    "watch",
]

COUNT = "training.count"
CHUNK = 200
COUNTED = ("year", "required_hours", "done_hours", "missing_levels", "train_by", "source", "employer_id")
DUTY_FIELDS = ("since", "duty", "job_change", "reason")


@dataclass(frozen=True, slots=True)
class TellDuty:
    """From which day on a worker does what; `job_change` when he comes to it from another job."""

    worker_id: UUID
    since: date
    duty: Duty
    job_change: bool
    reason: str


@dataclass(frozen=True, slots=True)
class ProjectTraining:
    """The training state of a project, employer by employer, as far as the caller sees them."""

    project_id: UUID
    employers: list[EmployerState]
    smart_source: str

    @property
    def workers(self) -> int:
        """Of these employers."""
        return sum(one.workers for one in self.employers)

    @property
    def smart_trained(self) -> int:
        """Those of them who passed a course of smart construction."""
        return sum(one.smart_trained for one in self.employers)

    @property
    def smart_share(self) -> Decimal:
        """Of the workers, in percent; 0 of nobody."""
        return rules.percent(self.smart_trained, self.workers)


async def hours_rules(work: Work, request: PageRequest) -> Page[HoursRule]:
    """Required hours by city and validity, with their sources."""
    work.require(permissions.CODES_READ)
    rows = repository.training_rules().hours
    [start] = decode_token(request.token, [int]) if request.token else [0]
    start = max(0, start)
    end = start + request.size
    return Page(list(rows[start:end]), encode_token([end]) if end < len(rows) else "")


async def page(work: Work, wanted: RequirementFilter, request: PageRequest) -> Page[Requirement]:
    """What the caller's workers need, have and lack, as last counted."""
    work.require(permissions.TRAINING_READ)
    async with work.reading() as session:
        return await repository.page(session, work.principal, wanted, request)


async def entry(work: Work, worker_id: UUID, project_id: UUID | None) -> EntryTraining:
    """The three levels of one of the caller's workers today, on a project or on any."""
    work.require(permissions.TRAINING_READ)
    async with work.reading() as session:
        worker = await workers.get(session, work.principal, worker_id)
        [facts] = await repository.facts(session, [worker.id], _months())
    return rules.entry_training(facts, project_id, work.today, repository.training_rules(), _months())


async def project_state(work: Work, project_id: UUID) -> ProjectTraining:
    """The training state of a project in figures; it names nobody."""
    work.require(permissions.TRAINING_STATE_READ)
    async with work.reading() as session:
        employers = await repository.project_state(session, work, project_id)
    return ProjectTraining(project_id, employers, repository.training_rules().skills_source)


async def tell_duty(work: Work, command: TellDuty) -> WorkerDuty:
    """Put on record what a worker does from a day on; what he needs is counted anew. AlreadyExists DUTY_EXISTS."""
    work.require(permissions.WORKERS_REGISTER)
    session = await work.writing()
    worker = await workers.get(session, work.principal, command.worker_id, lock=True)
    if await repository.duty_of(session, worker.id, command.since) is not None:
        raise errors.duty_told(command.since)
    duty = WorkerDuty(
        id=new_id(),
        version=1,
        created_at=work.now,
        updated_at=work.now,
        worker_id=worker.id,
        since=command.since,
        duty=command.duty,
        job_change=command.job_change,
        reason=command.reason,
    )
    session.add(duty)
    work.audit("training.tell-duty", "worker", worker.id, None, audit.fields(duty, *DUTY_FIELDS))
    await session.flush()
    await recount(work, [worker.id])
    return duty


async def page_of_duties(work: Work, worker_id: UUID, request: PageRequest) -> Page[WorkerDuty]:
    """The duties of one of the caller's workers, newest first."""
    work.require(permissions.TRAINING_READ)
    async with work.reading() as session:
        worker = await workers.get(session, work.principal, worker_id)
        return await repository.page_of_duties(session, worker.id, request)


async def watch(work: Work, _: dict[str, str]) -> None:
    """A job: count everybody who is on a site anew, a chunk at a time."""
    await work.enqueue(COUNT, {"after": ""}, dedupe_key=COUNT)


async def count_from(work: Work, payload: dict[str, str]) -> None:
    """A job: count the next workers anew, and ask for those behind them."""
    after = UUID(payload["after"]) if payload["after"] else None
    session = await work.writing()
    ids = await repository.to_count(session, after, CHUNK)
    await recount(work, ids)
    if len(ids) == CHUNK:
        await work.enqueue(COUNT, {"after": str(ids[-1])})


async def recount(work: Work, worker_ids: Iterable[UUID]) -> None:
    """Count anew what workers need, have and lack, in the caller's transaction; raise and lift shortages.

    Of a year that is over the required hours stay as they were; hours of it that come late still count.
    """
    ids = list(worker_ids)
    session = await work.writing()
    await repository.lock_workers(session, ids)
    standing = await repository.requirements(session, ids)
    for facts in await repository.facts(session, ids, _months()):
        known = standing.get(facts.worker_id, {})
        years = {work.today.year, *(int(period) for period in known if period.isdigit())}
        years |= {one.day.year for one in facts.trained if one.by_session and one.day.year == work.today.year - 1}
        found = rules.standings(facts, years, work.today, repository.training_rules(), _months())
        for one in found:
            await _store(work, facts, known.get(one.period), one)


async def _store(work: Work, facts: HourFacts, row: Requirement | None, found: Standing) -> None:
    session = await work.writing()
    before = None if row is None else {name: getattr(row, name) for name in COUNTED}
    if row is None:
        row = Requirement(
            id=new_id(),
            version=0,
            created_at=work.now,
            updated_at=work.now,
            worker_id=facts.worker_id,
            period=found.period,
            kind=found.kind,
            **_values(facts, found),
        )
        session.add(row)
    over = found.period.isdigit() and found.year < work.today.year and before is not None
    for name, value in _values(facts, found).items():
        if not (over and name in ("required_hours", "source")):
            setattr(row, name, value)
    urgent = found.urgent and (not over or row.done_hours < row.required_hours)
    turned = urgent != (row.raised_at is not None)
    if before == {name: getattr(row, name) for name in COUNTED} and not turned:
        return
    row.version += 1
    row.updated_at = work.now
    if turned:
        _turn(work, row, urgent=urgent)


def _turn(work: Work, row: Requirement, *, urgent: bool) -> None:
    row.raised_at = work.now if urgent else None
    work.emit(events.raised(row) if urgent else events.lifted(row))
    verb = "training.raise-shortage" if urgent else "training.lift-shortage"
    work.audit(verb, "training_requirement", row.id, None, audit.fields(row, "period", "required_hours", "done_hours"))


def _values(facts: HourFacts, found: Standing) -> dict[str, Any]:
    return {
        "employer_id": facts.employer_id,
        "year": found.year,
        "required_hours": found.required,
        "done_hours": found.done,
        "missing_levels": ",".join(found.missing_levels),
        "train_by": found.train_by,
        "source": found.source,
    }


def _months() -> int:
    return codes.entry_rules().training_months_without_data
