"""Use cases of wage officers, and the warning when an active project has none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from chassis import audit
from chassis.ids import new_id
from chassis.pages import Page, PageRequest
from chassis.work import Work, check_version, touch
from labour import permissions
from labour.clients.projects import ProjectDirectory
from labour.wage_officers import errors, events, repository
from labour.wage_officers.models import OfficerGap, WageOfficer
from labour.wage_officers.repository import OfficerFilter

__all__ = ["LOOK_JOB", "NewOfficer", "OfficerFilter", "appoint", "end", "get", "look", "page"]

LOOK_JOB = "wage-officers.look"
APPOINTS = "general_contractor"
AUDITED = ("project_id", "first_day", "last_day")
"""Without name and phone: an audit row holds no personal data."""


@dataclass(frozen=True, slots=True)
class NewOfficer:
    """Who looks after wages on a project, from the first to the last day; open when `last_day` is None."""

    project_id: UUID
    name: str
    phone: str
    first_day: date | None
    last_day: date | None


async def appoint(work: Work, command: NewOfficer, projects: ProjectDirectory) -> WageOfficer:
    """The general contractor, which project-mgmt is asked for, appoints a wage officer; a warning is lifted at once."""
    work.require(permissions.WAGE_OFFICERS_MANAGE)
    first_day = command.first_day or work.today
    if command.last_day is not None and command.last_day < first_day:
        raise errors.ends_before_it_begins()
    party = await projects.party(command.project_id, work.principal.organisation_id, work.today)
    if not party.roles:
        raise errors.project_not_found(command.project_id)
    if APPOINTS not in party.roles:
        raise errors.not_the_general_contractor(command.project_id)
    officer = WageOfficer(
        id=new_id(),
        version=1,
        created_at=work.now,
        updated_at=work.now,
        project_id=command.project_id,
        organisation_id=work.principal.organisation_id,
        name=command.name,
        phone=command.phone,
        first_day=first_day,
        last_day=command.last_day,
    )
    (await work.writing()).add(officer)
    work.audit("wage-officers.appoint", "wage_officer", officer.id, None, audit.fields(officer, *AUDITED))
    await _judge(work, command.project_id)
    return officer


async def end(work: Work, officer_id: UUID, expected_version: int | None, last_day: date | None) -> WageOfficer:
    """The term of a wage officer ends with a day (today when None); without another one the warning is raised."""
    work.require(permissions.WAGE_OFFICERS_MANAGE)
    session = await work.writing()
    officer = await repository.get(session, work.principal, work.today, officer_id, lock=True)
    if officer.organisation_id != work.principal.organisation_id:
        raise errors.officer_not_found(officer_id)
    check_version(officer, expected_version)
    if officer.last_day is not None and officer.last_day < work.today:
        raise errors.already_ended()
    day = last_day or work.today
    if day < officer.first_day:
        raise errors.ends_before_it_begins()
    before = audit.fields(officer, *AUDITED)
    officer.last_day = day
    touch(officer, work)
    work.audit("wage-officers.end", "wage_officer", officer.id, before, audit.fields(officer, *AUDITED))
    await _judge(work, officer.project_id)
    return officer


async def get(work: Work, officer_id: UUID) -> WageOfficer:
    """One visible wage officer."""
    work.require(permissions.WAGE_OFFICERS_READ)
    async with work.reading() as session:
        return await repository.get(session, work.principal, work.today, officer_id)


async def page(work: Work, wanted: OfficerFilter, request: PageRequest) -> Page[WageOfficer]:
    """The visible wage officers, newest first."""
    work.require(permissions.WAGE_OFFICERS_READ)
    async with work.reading() as session:
        return await repository.page(session, work.principal, work.today, wanted, request)


async def look(work: Work, _: dict[str, str]) -> None:
    """For the job: raise what is missing as of today, lift what is not; what was told stays silent."""
    work.require(permissions.WAGE_OFFICERS_CLOCK)
    await _judge(work)


async def _judge(work: Work, project_id: UUID | None = None) -> None:
    session = await work.writing()
    await repository.one_at_a_time(session)
    await session.flush()
    lacking = await repository.without(session, work.today, project_id)
    told = await repository.gaps(session, project_id)
    for project, contractor in lacking.items():
        gap = told.get(project)
        if gap is None:
            gap = OfficerGap(project_id=project, organisation_id=contractor, since=work.today, missing=False, version=0)
            session.add(gap)
        if not gap.missing:
            gap.organisation_id, gap.since = contractor, work.today
            _tell(work, gap, missing=True)
    for project, gap in told.items():
        if gap.missing and project not in lacking:
            _tell(work, gap, missing=False)


def _tell(work: Work, gap: OfficerGap, *, missing: bool) -> None:
    before = audit.fields(gap, "missing", "since")
    gap.missing = missing
    gap.version += 1
    verb = "wage-officers.warn" if missing else "wage-officers.lift"
    work.audit(verb, "project", gap.project_id, before, audit.fields(gap, "missing", "since"))
    work.emit(events.missing(gap))
