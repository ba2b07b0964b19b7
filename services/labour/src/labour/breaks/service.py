"""Use cases of break rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from chassis import audit
from chassis.ids import new_id
from chassis.pages import Page, PageRequest
from chassis.work import Work, touch
from labour import permissions
from labour.breaks import errors, repository
from labour.breaks.models import BreakRule
from labour.clients.projects import ProjectDirectory
from labour.devices.service import runs_attendance


@dataclass(frozen=True, slots=True)
class SetBreakRule:
    """From a day on, take `minutes` off who is on site longer than `beyond_minutes`; 0 minutes: take nothing off."""

    project_id: UUID
    valid_from: date
    beyond_minutes: int
    minutes: int
    reason: str


async def set_rule(work: Work, command: SetBreakRule, projects: ProjectDirectory) -> BreakRule:
    """A rule for the days to come; the one before ends on the eve. Only the general contractor sets it.

    InvalidArgument NOT_IN_FUTURE: no day that has begun is counted anew. AlreadyExists BREAK_RULE_LATER.
    """
    work.require(permissions.DEVICES_MANAGE)
    if command.valid_from <= work.today:
        raise errors.not_ahead()
    await runs_attendance(work, command.project_id, projects)
    session = await work.writing()
    await repository.one_at_a_time(session, command.project_id)
    before = await repository.latest(session, command.project_id)
    if before is not None and before.valid_from >= command.valid_from:
        raise errors.begins_before(before.valid_from)
    if before is not None:
        before.valid_to = command.valid_from - timedelta(days=1)
        touch(before, work)
        work.audit("break_rules.end", "break_rule", before.id, {"valid_to": None}, audit.fields(before, "valid_to"))
    rule = BreakRule(
        id=new_id(),
        version=1,
        created_at=work.now,
        updated_at=work.now,
        project_id=command.project_id,
        organisation_id=work.principal.organisation_id,
        valid_from=command.valid_from,
        beyond_minutes=command.beyond_minutes,
        minutes=command.minutes,
        reason=command.reason,
    )
    session.add(rule)
    after = audit.fields(rule, "project_id", "valid_from", "beyond_minutes", "minutes", "reason")
    work.audit("break_rules.set", "break_rule", rule.id, None, after)
    return rule


async def page(work: Work, project_id: UUID, request: PageRequest) -> Page[BreakRule]:
    """The break rules of a project in which the caller takes part, latest first."""
    work.require(permissions.ATTENDANCE_READ)
    async with work.reading() as session:
        return await repository.page(session, work.principal, work.today, project_id, request)
