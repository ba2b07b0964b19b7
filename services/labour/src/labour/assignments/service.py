"""Use cases of assignments. Assigning stands in commands/assign.py, the evidence of workers in commands/evidence.py."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from chassis import audit
from chassis.clock import shanghai_day
from chassis.crypto import Vault
from chassis.pages import Page, PageRequest
from chassis.work import Work, check_version, touch
from labour import permissions
from labour.assignments import errors, repository, rules, states
from labour.assignments.commands.assign import (
    Assigned,
    AssignWorkers,
    Outcome,
    WorkerToAssign,
    admitted,
    assign,
    assign_one,
    enter_stay,
)
from labour.assignments.commands.evidence import facts_of, refresh, site_of
from labour.assignments.models import Assignment, Stay
from labour.assignments.repository import AssignmentFilter
from labour.assignments.rules import CertificateFacts, Refusal, Site
from labour.assignments.states import Action, State
from labour.clients.projects import ProjectDirectory
from labour.codes import repository as codes
from labour.codes.models import RiskClass
from labour.workers import errors as worker_errors
from labour.workers import repository as workers

__all__ = [
    "AssignWorkers",
    "Assigned",
    "AssignmentFilter",
    "Move",
    "Outcome",
    "Verdict",
    "WorkerToAssign",
    "assign",
    "assign_one",
    "enter",
    "get",
    "leave",
    "page",
    "page_of_stays",
    "refresh",
    "verify_operator",
]

CLOCKS_DIFFER = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Move:
    """An entry or exit: when (None: now) and, of an exit, why."""

    assignment_id: UUID
    expected_version: int | None
    at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a worker may operate a machine: the reasons why not, or the certificate that covers it."""

    refusals: Sequence[Refusal]
    certificate: CertificateFacts | None


async def get(work: Work, assignment_id: UUID) -> Assigned:
    """One visible assignment with the worker's name and trade."""
    work.require(permissions.ASSIGNMENTS_READ)
    async with work.reading() as session:
        assignment = await repository.get(session, work.principal, work.today, assignment_id)
        found = await workers.by_ids(session, None, [assignment.worker_id])
    return Assigned(assignment, found[assignment.worker_id])


async def page(work: Work, wanted: AssignmentFilter, request: PageRequest) -> Page[Assigned]:
    """The visible assignments, newest first."""
    work.require(permissions.ASSIGNMENTS_READ)
    async with work.reading() as session:
        found = await repository.page(session, work.principal, work.today, wanted, request)
        people = await workers.by_ids(session, None, (one.worker_id for one in found.items))
    return found.map(lambda one: Assigned(one, people[one.worker_id]))


async def page_of_stays(work: Work, assignment_id: UUID, request: PageRequest) -> Page[Stay]:
    """The entries and exits of one assignment, newest first."""
    work.require(permissions.ASSIGNMENTS_READ)
    async with work.reading() as session:
        await repository.get(session, work.principal, work.today, assignment_id)
        return await repository.page_of_stays(session, work.principal, work.today, assignment_id, request)


async def enter(work: Work, command: Move, projects: ProjectDirectory, vault: Vault) -> Assigned:
    """Let a worker in, or in again: every gate is asked as of that day.

    FailedPrecondition ENTRY_REFUSED lists each gate that fails, with its source. Whether the employer is a party and
    the project runs, project-mgmt is asked before the write.
    """
    work.require(permissions.ASSIGNMENTS_MOVE)
    at = _instant(work, command.at)
    async with work.reading() as session:
        assignment = await repository.get(session, work.principal, work.today, command.assignment_id)
    check_version(assignment, command.expected_version)
    states.ASSIGNMENT.apply(assignment.state, Action.ENTER)
    day = shanghai_day(at)
    await admitted(projects, assignment.project_id, assignment.employer_id, day, entering=True)
    session = await work.writing()
    [facts] = (await facts_of(session, [assignment.worker_id], vault, lock=True)).values()
    assignment = await repository.get(session, work.principal, work.today, command.assignment_id, lock=True)
    check_version(assignment, command.expected_version)
    if assignment.left_at is not None and at <= assignment.left_at:
        raise _backwards("进场时间须晚于上次退场时间。", "An entry must lie after the last exit.")
    site = await site_of(session, assignment)
    refused = rules.refusals(facts, site, day, codes.entry_rules())
    if refused:
        raise errors.entry_refused(refused)
    before = audit.fields(assignment, "state", "entered_at", "left_at")
    session.add(enter_stay(assignment, at))
    assignment.cleared_until = rules.cleared_until(facts, site, day, codes.entry_rules())
    return await _moved(work, assignment, "assignments.enter", before)


async def leave(work: Work, command: Move) -> Assigned:
    """Let a worker leave the project (退场)."""
    work.require(permissions.ASSIGNMENTS_MOVE)
    at = _instant(work, command.at)
    session = await work.writing()
    assignment = await repository.get(session, work.principal, work.today, command.assignment_id, lock=True)
    check_version(assignment, command.expected_version)
    left = states.ASSIGNMENT.apply(assignment.state, Action.LEAVE)
    stay = await repository.open_stay(session, assignment.id)
    assert stay is not None  # noqa: S101 - entered and an open stay are written together
    if at < stay.entered_at:
        raise _backwards("退场时间早于进场时间。", "This exit lies before the entry.")
    before = audit.fields(assignment, "state", "entered_at", "left_at")
    stay.left_at = at
    assignment.state, assignment.left_at, assignment.reason = left, at, command.reason
    return await _moved(work, assignment, "assignments.leave", before)


async def verify_operator(
    work: Work, project_id: UUID, worker_id: UUID, special_trade: str, on: date | None, vault: Vault
) -> Verdict:
    """For another service: may this worker operate such a machine on this project on that day (None: today)?"""
    work.require(permissions.OPERATORS_VERIFY)
    entry_rules = codes.entry_rules()
    if special_trade not in entry_rules.special_trades:
        raise errors.unknown_trade(special_trade)
    day = on or work.today
    async with work.reading() as session:
        facts = (await facts_of(session, [worker_id], vault)).get(worker_id)
        if facts is None:
            raise worker_errors.worker_not_found(worker_id)
        assignment = (await repository.on_project(session, project_id, [worker_id])).get(worker_id)
        site = await site_of(session, assignment) if assignment else Site("*", RiskClass.NORMAL, None)
    refused = rules.refusals(facts, site, day, entry_rules)
    if assignment is None or assignment.state is State.LEFT:
        refused.insert(0, _not_assigned(entry_rules.registration.source))
    if special_trade not in rules.trades(facts.work_type, site, entry_rules):
        missing = rules.certificate(facts.certificates, special_trade, day, entry_rules)
        refused.extend([missing] if missing else [])
    return Verdict(refused, None if refused else rules.covering(facts.certificates, special_trade, day))


def _not_assigned(source: str) -> Refusal:
    return Refusal(
        "WORKER_NOT_ASSIGNED",
        "该工人未安排到本项目或已退场。",
        "The worker is not assigned to this project, or has left it.",
        source,
    )


def _instant(work: Work, at: datetime | None) -> datetime:
    if at is not None and at > work.now + CLOCKS_DIFFER:
        raise errors.bad_instant("at", "时间不能晚于现在。", "The instant lies in the future.", "IN_FUTURE")
    if at is not None and at < work.now - codes.swipe_limits().oldest:
        # Far enough back no rule is in force: an entry told late is one thing, an entry before the law another.
        raise errors.bad_instant(
            "at", "时间过早,超出可补登的期限。", "It is older than what is still taken.", "TOO_OLD"
        )
    return at or work.now


def _backwards(zh: str, en: str) -> Exception:
    return errors.bad_instant("at", zh, en, "DATES_BACKWARDS")


async def _moved(work: Work, assignment: Assignment, verb: str, before: audit.Fields) -> Assigned:
    session = await work.writing()
    touch(assignment, work)
    after = audit.fields(assignment, "state", "entered_at", "left_at", "reason")
    work.audit(verb, "assignment", assignment.id, before, after)
    found = await workers.by_ids(session, None, [assignment.worker_id])
    return Assigned(assignment, found[assignment.worker_id])
