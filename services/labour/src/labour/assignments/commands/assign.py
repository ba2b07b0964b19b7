"""Assign workers to a project, up to 1,000 in a call, each judged by himself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from chassis import audit
from chassis.clock import shanghai_day
from chassis.crypto import Vault
from chassis.errors import Violation, invalid
from chassis.ids import new_id
from chassis.work import Work, touch
from labour import permissions
from labour.assignments import errors, events, repository, rules, states
from labour.assignments.commands.evidence import evidence_of
from labour.assignments.gates import Refusal
from labour.assignments.models import Assignment, Site, Stay, WorkerFacts
from labour.assignments.repository import Cleared
from labour.assignments.rules import stricter
from labour.assignments.states import Action, State
from labour.clients.projects import Project, ProjectDirectory
from labour.codes import repository as codes
from labour.codes.models import RiskClass
from labour.workers import errors as worker_errors
from labour.workers import repository as workers
from labour.workers.models import Worker

EMPLOYER_ROLES = (
    "general_contractor",
    "specialist_subcontractor",
    "labour_subcontractor",
    "equipment_subcontractor",
)
"""Roles in a project that bring workers; an equipment subcontractor brings his machines' operators."""

AUDITED = ("project_id", "worker_id", "state", "risk_class", "special_trade", "entered_at", "left_at")
OPEN_FOR_ASSIGNING = ("planned", "active")
OPEN_FOR_ENTRY = ("active",)


@dataclass(frozen=True, slots=True)
class WorkerToAssign:
    """A worker, the special trade that he does there (None: what his work type says) and the risk of his work."""

    worker_id: UUID
    special_trade: str | None
    risk_class: RiskClass | None


@dataclass(frozen=True, slots=True)
class AssignWorkers:
    """Workers for one project; with `enter_at` they enter at once, as of that instant."""

    project_id: UUID
    workers: Sequence[WorkerToAssign]
    enter_at: datetime | None


@dataclass(frozen=True, slots=True)
class Assigned:
    """An assignment and the worker behind it."""

    assignment: Assignment
    worker: Worker

    @property
    def version(self) -> int:
        """Of the assignment, for the entity tag."""
        return self.assignment.version


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row; `faults` say why it was refused."""

    row: int
    status: Literal["created", "updated", "unchanged", "refused"]
    assignment_id: UUID | None
    external_id: str = ""
    faults: Sequence[Violation] = ()
    refusals: Sequence[Refusal] = ()


async def admitted(
    projects: ProjectDirectory, project_id: UUID, employer_id: UUID, on: date, *, entering: bool
) -> Project:
    """Ask project-mgmt: the employer is a party that brings workers, and the project's state lets them in.

    Asked, not read from the replica: which rules hold at the gate depends on the project's city and risk class.
    """
    project = await projects.project(project_id)
    roles = project.roles_of(employer_id, on)
    if not roles:
        raise errors.project_not_found(project_id)
    if not roles & set(EMPLOYER_ROLES):
        raise errors.not_an_employer_there(project_id, roles, EMPLOYER_ROLES)
    wanted = OPEN_FOR_ENTRY if entering else OPEN_FOR_ASSIGNING
    if project.state not in wanted:
        raise errors.project_closed(project_id, project.state, wanted)
    return project


async def assign(work: Work, command: AssignWorkers, projects: ProjectDirectory, vault: Vault) -> list[Outcome]:
    """Assign each worker who passes every gate; the others are refused by themselves, with every reason."""
    work.require(permissions.ASSIGNMENTS_CREATE)
    if command.enter_at is not None and command.enter_at > work.now:
        raise errors.bad_instant("enter_at", "时间不能晚于现在。", "The instant lies in the future.", "IN_FUTURE")
    if command.enter_at is not None and command.enter_at < work.now - codes.swipe_limits().oldest:
        # Far enough back no rule is in force: an entry told late is one thing, an entry before the law another.
        raise errors.bad_instant(
            "enter_at", "时间过早,超出可补登的期限。", "It is older than what is still taken.", "TOO_OLD"
        )
    employer_id = work.principal.organisation_id
    day = shanghai_day(command.enter_at) if command.enter_at else work.today
    project = await admitted(projects, command.project_id, employer_id, day, entering=command.enter_at is not None)
    session = await work.writing()
    await repository.one_at_a_time(session, command.project_id, employer_id)
    ids = [row.worker_id for row in command.workers]
    people = await workers.by_ids(session, employer_id, ids, lock=True)
    known = await evidence_of(work, await work.driver(), people, vault, command.project_id, day)
    standing = await repository.on_project(session, command.project_id, ids, lock=True)
    batch = _Batch(work, command, project, day, standing)
    outcomes = [
        _with_external_id(batch.place(index, row, known[row.worker_id].facts), people[row.worker_id])
        if row.worker_id in people
        else _unknown(index, row.worker_id)
        for index, row in enumerate(command.workers)
    ]
    session.add_all(batch.created)
    await session.flush()  # an assignment stands before its first stay
    session.add_all(batch.stays)
    await repository.keep_lapses(await work.driver(), batch.cleared, day)
    if batch.stays:
        work.emit(events.entered(command.project_id, employer_id, batch.entered()))
    return outcomes


async def assign_one(work: Work, command: AssignWorkers, projects: ProjectDirectory, vault: Vault) -> Assigned:
    """Assign one worker; raises what keeps him out."""
    [outcome] = await assign(work, command, projects, vault)
    [row] = command.workers
    if outcome.refusals:
        raise errors.entry_refused(outcome.refusals)
    if outcome.assignment_id is None:
        raise invalid(*outcome.faults) if outcome.external_id else worker_errors.worker_not_found(row.worker_id)
    if outcome.status != "created":
        raise errors.already_assigned(outcome.assignment_id)
    session = await work.writing()
    people = await workers.by_ids(session, None, [row.worker_id])
    found = await repository.on_project(session, command.project_id, [row.worker_id])
    return Assigned(found[row.worker_id], people[row.worker_id])


@dataclass
class _Batch:
    """One call while its rows are judged: what stands, what comes new."""

    work: Work
    command: AssignWorkers
    project: Project
    day: date
    standing: dict[UUID, Assignment]
    created: list[Assignment] = field(default_factory=list)
    stays: list[Stay] = field(default_factory=list)
    cleared: list[Cleared] = field(default_factory=list)

    def place(self, index: int, row: WorkerToAssign, facts: WorkerFacts) -> Outcome:
        """Judge one row, and write what follows from it."""
        enter_at = self.command.enter_at
        assignment = self.standing.get(row.worker_id)
        if assignment is not None and (enter_at is None or assignment.state in (State.ENTERED, State.ON_LEAVE)):
            return Outcome(index, "unchanged", assignment.id)
        site = self._site(row, assignment)
        refused = rules.refusals(facts, site, self.day, codes.entry_rules())
        if refused:
            return _refused(index, refused)
        if enter_at and assignment and assignment.left_at and enter_at <= assignment.left_at:
            return _before_exit(index)
        before = None if assignment is None else audit.fields(assignment, "state", "entered_at", "left_at")
        assignment = self._row(row.worker_id, assignment)
        assignment.risk_class, assignment.special_trade = site.risk_class, site.special_trade or ""
        until = rules.cleared_until(facts, site, self.day, codes.entry_rules())
        self.cleared.append((assignment.id, assignment.project_id, assignment.cleared_until, until))
        assignment.cleared_until = until
        if enter_at is not None:
            self.stays.append(enter_stay(assignment, enter_at))
        verb = "assignments.create" if before is None else "assignments.enter"
        self.work.audit(verb, "assignment", assignment.id, before, audit.fields(assignment, *AUDITED))
        return Outcome(index, "created" if before is None else "updated", assignment.id)

    def _site(self, row: WorkerToAssign, assignment: Assignment | None) -> Site:
        risk = stricter(RiskClass(self.project.risk_class), row.risk_class or RiskClass.NORMAL)
        if assignment is not None:
            risk = stricter(risk, assignment.risk_class)
        trade = row.special_trade or (assignment.special_trade if assignment else "")
        barred_on = assignment.barred_on if assignment else None
        return Site(self.project.city, risk, trade or None, barred_on=barred_on)

    def entered(self) -> list[events.Mover]:
        """Who has entered through this call."""
        workers = {one.id: one.worker_id for one in self.standing.values()}
        return [(one.assignment_id, workers[one.assignment_id], one.entered_at) for one in self.stays]

    def _row(self, worker_id: UUID, assignment: Assignment | None) -> Assignment:
        if assignment is not None:
            touch(assignment, self.work)
            return assignment
        assignment = Assignment(
            id=new_id(),
            version=1,
            created_at=self.work.now,
            updated_at=self.work.now,
            project_id=self.command.project_id,
            worker_id=worker_id,
            employer_id=self.work.principal.organisation_id,
            state=states.ASSIGNMENT.initial,
            risk_class=RiskClass.NORMAL,
        )
        self.created.append(assignment)
        self.standing[worker_id] = assignment
        return assignment


def enter_stay(assignment: Assignment, at: datetime) -> Stay:
    """The state and the instant of an entry; answers its history row, to be added."""
    assignment.state = states.ASSIGNMENT.apply(assignment.state, Action.ENTER)
    assignment.entered_at, assignment.left_at, assignment.reason = at, None, ""
    return Stay(assignment_id=assignment.id, entered_at=at)


def _unknown(index: int, worker_id: UUID) -> Outcome:
    error = worker_errors.worker_not_found(worker_id)
    fault = Violation(f"/workers/{index}/worker_id", error.reason, error.zh, error.en)
    return Outcome(index, "refused", None, faults=[fault])


def _refused(index: int, refused: Sequence[Refusal]) -> Outcome:
    faults = [Violation(f"/workers/{index}/worker_id", one.code, one.zh, one.en) for one in refused]
    return Outcome(index, "refused", None, faults=faults, refusals=refused)


def _before_exit(index: int) -> Outcome:
    fault = Violation(
        "/enter_at", "DATES_BACKWARDS", "进场时间须晚于上次退场时间。", "It must lie after the last exit."
    )
    return Outcome(index, "refused", None, faults=[fault])


def _with_external_id(outcome: Outcome, worker: Worker) -> Outcome:
    return Outcome(
        outcome.row, outcome.status, outcome.assignment_id, worker.external_id, outcome.faults, outcome.refusals
    )
