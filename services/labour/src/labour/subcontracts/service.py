"""Use cases of subcontracts."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from chassis import audit
from chassis.files import service as files
from chassis.ids import new_id
from chassis.pages import Page, PageRequest
from chassis.work import Work, check_version, touch
from labour import permissions
from labour.clients.projects import ProjectDirectory
from labour.employer_listings import service as employer_listings
from labour.subcontracts import errors, events, repository, states
from labour.subcontracts.models import Subcontract
from labour.subcontracts.repository import SubcontractFilter
from labour.subcontracts.states import Action

__all__ = [
    "Qualification",
    "SubcontractFilter",
    "Terms",
    "Verb",
    "activate",
    "change",
    "end",
    "get",
    "page",
    "record",
    "renew_qualification",
]

CONTRACTOR = "general_contractor"
SUBCONTRACTORS = frozenset({"specialist_subcontractor", "labour_subcontractor", "equipment_subcontractor"})
AUDITED = (
    "number", "scope", "amount", "currency", "starts_on", "ends_on", "qualification_number", "qualification_category",
    "qualification_valid_until", "state", "ended_on", "reason", "file_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Qualification:
    """The subcontractor's qualification (资质): its number, category and last day."""

    number: str
    category: str
    valid_until: date


@dataclass(frozen=True, slots=True)
class Terms:
    """What the two sides have agreed; `ends_on` None is open, `file_id` None without a scan."""

    project_id: UUID
    subcontractor_id: UUID
    number: str
    scope: str
    amount: Decimal
    currency: str
    starts_on: date
    ends_on: date | None
    file_id: UUID | None


@dataclass(frozen=True, slots=True)
class Verb:
    """An action on a subcontract, and the version that the caller saw."""

    subcontract_id: UUID
    expected_version: int | None


async def record(work: Work, terms: Terms, qualification: Qualification, projects: ProjectDirectory) -> Subcontract:
    """Put a draft on record; project-mgmt is asked for the roles of both sides in the project."""
    work.require(permissions.SUBCONTRACTS_MANAGE)
    _in_order(terms.starts_on, terms.ends_on, "/ends_on")
    await _parties(work, terms.project_id, terms.subcontractor_id, projects)
    row = Subcontract(
        id=new_id(),
        version=1,
        created_at=work.now,
        updated_at=work.now,
        contractor_id=work.principal.organisation_id,
        state=states.SUBCONTRACT.initial,
        qualification_number=qualification.number,
        qualification_category=qualification.category,
        qualification_valid_until=qualification.valid_until,
        **asdict(terms),
    )
    await _attach(work, row)
    await repository.save(await work.writing(), row)
    work.audit("subcontracts.record", "subcontract", row.id, None, audit.fields(row, *AUDITED))
    work.emit(events.changed(row, "recorded"))
    return row


async def get(work: Work, subcontract_id: UUID) -> Subcontract:
    """One visible subcontract."""
    work.require(permissions.SUBCONTRACTS_READ)
    async with work.reading() as session:
        return await repository.get(session, work.principal, work.today, subcontract_id)


async def page(work: Work, wanted: SubcontractFilter, request: PageRequest) -> Page[Subcontract]:
    """The visible subcontracts, newest first."""
    work.require(permissions.SUBCONTRACTS_READ)
    async with work.reading() as session:
        return await repository.page(session, work.principal, work.today, wanted, request)


async def change(work: Work, command: Verb, values: dict[str, object]) -> Subcontract:
    """Change the terms of a draft; project and other side stay."""
    work.require(permissions.SUBCONTRACTS_MANAGE)
    row = await _own(work, command)
    before = audit.fields(row, *AUDITED)
    row.state = states.SUBCONTRACT.apply(row.state, Action.CHANGE)
    for name, value in values.items():
        setattr(row, name, value)
    _in_order(row.starts_on, row.ends_on, "/ends_on")
    await _attach(work, row)
    return await _changed(work, row, Action.CHANGE, before)


async def renew_qualification(work: Work, command: Verb, qualification: Qualification) -> Subcontract:
    """The subcontractor has shown a qualification that is new or prolonged."""
    work.require(permissions.SUBCONTRACTS_MANAGE)
    row = await _own(work, command)
    before = audit.fields(row, *AUDITED)
    row.state = states.SUBCONTRACT.apply(row.state, Action.RENEW_QUALIFICATION)
    row.qualification_number, row.qualification_category = qualification.number, qualification.category
    row.qualification_valid_until = qualification.valid_until
    return await _changed(work, row, Action.RENEW_QUALIFICATION, before)


async def activate(work: Work, command: Verb, projects: ProjectDirectory) -> Subcontract:
    """Let a draft count: both sides are parties of the project today, the qualification is valid, and no authority has
    listed the subcontractor for wage arrears (SUBCONTRACTOR_LISTED)."""
    work.require(permissions.SUBCONTRACTS_MANAGE)
    async with work.reading() as session:
        seen = await repository.get(session, work.principal, work.today, command.subcontract_id)
    if seen.contractor_id != work.principal.organisation_id:
        raise errors.not_yours()
    states.SUBCONTRACT.apply(seen.state, Action.ACTIVATE)
    await _parties(work, seen.project_id, seen.subcontractor_id, projects)
    row = await _own(work, command)
    before = audit.fields(row, *AUDITED)
    row.state = states.SUBCONTRACT.apply(row.state, Action.ACTIVATE)
    if row.qualification_valid_until < work.today:
        raise errors.not_qualified(row.qualification_valid_until)
    listing = await employer_listings.refusing(work, row.subcontractor_id, employer_listings.SUBCONTRACT)
    if listing is not None:
        raise errors.listed(listing.id, listing.ends_on)
    return await _changed(work, row, Action.ACTIVATE, before)


async def end(work: Work, command: Verb, ended_on: date | None, reason: str) -> Subcontract:
    """The work is done, or the contract is given up: its last day (today when None) and why."""
    work.require(permissions.SUBCONTRACTS_MANAGE)
    day = ended_on or work.today
    if day > work.today:
        raise errors.in_future("/ended_on")
    row = await _own(work, command)
    before = audit.fields(row, *AUDITED)
    row.state = states.SUBCONTRACT.apply(row.state, Action.END)
    _in_order(row.starts_on, day, "/ended_on")
    row.ended_on, row.reason = day, reason
    return await _changed(work, row, Action.END, before)


async def _parties(work: Work, project_id: UUID, subcontractor_id: UUID, projects: ProjectDirectory) -> None:
    project = await projects.project(project_id)
    own = project.roles_of(work.principal.organisation_id, work.today)
    if not own:
        raise errors.project_not_found(project_id)
    if CONTRACTOR not in own:
        raise errors.not_the_general_contractor(project_id)
    if not project.roles_of(subcontractor_id, work.today) & SUBCONTRACTORS:
        raise errors.not_a_subcontractor(subcontractor_id)


async def _own(work: Work, command: Verb) -> Subcontract:
    session = await work.writing()
    row = await repository.get(session, work.principal, work.today, command.subcontract_id, lock=True)
    if row.contractor_id != work.principal.organisation_id:
        raise errors.not_yours()
    check_version(row, command.expected_version)
    return row


async def _attach(work: Work, row: Subcontract) -> None:
    if row.file_id is not None:
        await files.attach(work, [row.file_id], share_with=[row.subcontractor_id], pointers=["/file_id"])


async def _changed(work: Work, row: Subcontract, action: Action, before: audit.Fields) -> Subcontract:
    touch(row, work)
    await repository.save(await work.writing(), row)
    verb = f"subcontracts.{action.value.replace('_', '-')}"
    work.audit(verb, "subcontract", row.id, before, audit.fields(row, *AUDITED))
    work.emit(events.changed(row, action.value))
    return row


def _in_order(first: date, last: date | None, pointer: str) -> None:
    if last is not None and last < first:
        raise errors.ends_before_it_starts(pointer)
