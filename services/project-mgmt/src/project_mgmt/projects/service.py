"""Use cases of projects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from chassis import audit
from chassis.pages import Page, PageRequest
from chassis.work import Work, check_version, touch
from project_mgmt import permissions
from project_mgmt.projects import codes, errors, events, repository, rules, states
from project_mgmt.projects.models import Project, ProjectParty
from project_mgmt.projects.rules import InvestmentKind, Part, PartyFilters, ProjectFilters, RiskClass
from project_mgmt.projects.states import Action, State

MAX_PARTIES = 500
_AUDITED = (
    "code",
    "name_zh",
    "name_en",
    "investment_kind",
    "building_type",
    "city",
    "district",
    "planned_start",
    "planned_finish",
    "floor_area",
    "risk_class",
    "state",
    "suspension_reason",
    "started_on",
    "completed_on",
)
_PARTY_AUDITED = ("organisation_id", "role", "valid_from", "valid_to")
_DONE = {
    Action.ACTIVATE: "activated",
    Action.SUSPEND: "suspended",
    Action.RESUME: "resumed",
    Action.COMPLETE: "completed",
    Action.ARCHIVE: "archived",
}


@dataclass(frozen=True, slots=True)
class RegisterProject:
    """A new project with its first parties."""

    code: str
    name_zh: str
    name_en: str
    investment_kind: InvestmentKind
    building_type: str
    city: str
    district: str
    planned_start: date
    planned_finish: date
    floor_area: Decimal
    risk_class: RiskClass
    parties: Sequence[Part]


@dataclass(frozen=True, slots=True)
class UpdateProject:
    """New values for some of a project's own fields, by field name."""

    project_id: UUID
    expected_version: int | None
    changes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class MoveProject:
    """A verb that changes the state. `reason` belongs to a suspension."""

    project_id: UUID
    action: Action
    expected_version: int | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AddParty:
    """One more party."""

    project_id: UUID
    expected_version: int | None
    part: Part


@dataclass(frozen=True, slots=True)
class EndParty:
    """The last day of a party's part."""

    project_id: UUID
    expected_version: int | None
    party_id: UUID
    valid_to: date


@dataclass(frozen=True, slots=True)
class Standing:
    """The roles of one organisation in a project on one day, and the project's state."""

    roles: Sequence[str]
    state: State


async def register(work: Work, command: RegisterProject) -> Project:
    """A project begins, planned, registered by the caller's organisation."""
    work.require(permissions.PROJECTS_REGISTER)
    session = await work.writing()
    project = Project(
        organisation_id=work.principal.organisation_id,
        code=command.code,
        name_zh=command.name_zh,
        name_en=command.name_en,
        investment_kind=command.investment_kind,
        building_type=command.building_type,
        city=command.city,
        district=command.district,
        planned_start=command.planned_start,
        planned_finish=command.planned_finish,
        floor_area=command.floor_area,
        risk_class=command.risk_class,
        state=states.PROJECT.initial,
        created_at=work.now,
        updated_at=work.now,
        parties=[],
    )
    for part in command.parties:
        _demand_single(_parts(project), part)
        project.parties.append(_party(work, project.id, part))
    await repository.add(session, project)
    work.audit("projects.register", "project", project.id, None, _project_fields(project))
    work.emit(events.changed(project, "registered"))
    return project


async def get(work: Work, project_id: UUID) -> Project:
    """One project with its parties."""
    work.require(permissions.PROJECTS_READ)
    async with work.reading() as session:
        return await repository.get(session, work.principal, project_id, work.today)


async def standing(work: Work, project_id: UUID, organisation_id: UUID, on: date) -> Standing:
    """For another service: what an organisation is in a project on a day; no roles when it is no party."""
    project = await get(work, project_id)
    return Standing(rules.roles_of(_parts(project), organisation_id, on), project.state)


async def page(work: Work, filters: ProjectFilters, request: PageRequest) -> Page[Project]:
    """The caller's projects."""
    work.require(permissions.PROJECTS_READ)
    async with work.reading() as session:
        return await repository.page(session, work.principal, filters, request, work.today)


async def party_page(work: Work, project_id: UUID, filters: PartyFilters, request: PageRequest) -> Page[ProjectParty]:
    """The parties of one project."""
    work.require(permissions.PROJECTS_READ)
    async with work.reading() as session:
        project = await repository.get(session, work.principal, project_id, work.today)
        return await repository.party_page(session, project.id, filters, request)


async def update(work: Work, command: UpdateProject) -> Project:
    """Change a project's own fields while it is open."""
    project = await _managed(work, command.project_id, command.expected_version)
    states.demand_open(project.state)
    changes = {name: value for name, value in command.changes.items() if getattr(project, name) != value}
    if not changes:
        return project  # nothing to tell anybody
    before = audit.fields(project, *changes)
    for name, value in changes.items():
        setattr(project, name, value)
    if project.planned_finish < project.planned_start:
        raise errors.dates_backwards(project.planned_start, project.planned_finish)
    if not codes.district_in_city(project.district, project.city):
        raise errors.district_of_other_city(project.city, project.district)
    touch(project, work)
    work.audit("projects.update", "project", project.id, before, audit.fields(project, *changes))
    work.emit(events.changed(project, "updated"))
    return project


async def move(work: Work, command: MoveProject) -> Project:
    """Activate, suspend, resume, complete or archive."""
    project = await _managed(work, command.project_id, command.expected_version)
    states.PROJECT.apply(project.state, command.action)  # the state's refusal comes before that of the parties
    if command.action in (Action.ACTIVATE, Action.RESUME):
        missing = rules.missing_roles(_parts(project), work.today)
        if missing:
            raise errors.roles_missing(missing, command.action)
    names = ("state", "suspension_reason", "started_on", "completed_on")
    before = audit.fields(project, *names)
    project.state = states.PROJECT.apply(project.state, command.action)
    project.suspension_reason = command.reason
    if command.action is Action.ACTIVATE:
        project.started_on = work.today
    if command.action is Action.COMPLETE:
        project.completed_on = work.today
    touch(project, work)
    work.audit(f"projects.{command.action}", "project", project.id, before, audit.fields(project, *names))
    work.emit(events.changed(project, _DONE[command.action]))
    return project


async def add_party(work: Work, command: AddParty) -> Project:
    """One more party of an open project."""
    project = await _managed(work, command.project_id, command.expected_version)
    states.demand_open(project.state)
    if len(project.parties) >= MAX_PARTIES:
        raise errors.too_many_parties(MAX_PARTIES)
    _demand_single(_parts(project), command.part)
    session = await work.writing()
    party = _party(work, project.id, command.part)
    await repository.add_party(session, project, party)
    touch(project, work)
    work.audit("projects.add-party", "project", project.id, None, _party_fields(party))
    work.emit(events.changed(project, "party-added"))
    return project


async def end_party(work: Work, command: EndParty) -> Project:
    """The party's part ends; a project under construction keeps an owner and a general contractor."""
    project = await _managed(work, command.project_id, command.expected_version)
    states.demand_open(project.state)
    party = next((one for one in project.parties if one.id == command.party_id), None)
    if party is None:
        raise errors.party_not_found(command.party_id)
    if party.valid_to is not None and party.valid_to < work.today:
        raise errors.party_ended(party.valid_to)
    if command.valid_to < party.valid_from:
        raise errors.end_before_start(party.valid_from)
    before = _party_fields(party)
    party.valid_to = command.valid_to
    if project.state in (State.ACTIVE, State.SUSPENDED):
        day = max(work.today, command.valid_to + timedelta(days=1))
        missing = rules.missing_roles(_parts(project), day)
        if missing:
            raise errors.roles_missing(missing, "end-party")
    touch(party, work)
    touch(project, work)
    work.audit("projects.end-party", "project", project.id, before, _party_fields(party))
    work.emit(events.changed(project, "party-ended"))
    return project


async def _managed(work: Work, project_id: UUID, expected_version: int | None) -> Project:
    work.require(permissions.PROJECTS_CHANGE)
    session = await work.writing()
    project = await repository.get_managed(session, work.principal, project_id, work.today)
    check_version(project, expected_version)
    return project


def _parts(project: Project) -> list[Part]:
    return [party.part() for party in project.parties]


def _demand_single(parts: Sequence[Part], new: Part) -> None:
    other = rules.double(parts, new)
    if other is not None:
        raise errors.party_doubled(other.role, other.valid_from, other.valid_to)


def _party(work: Work, project_id: UUID, part: Part) -> ProjectParty:
    return ProjectParty(
        project_id=project_id,
        organisation_id=part.organisation_id,
        role=part.role,
        valid_from=part.valid_from,
        valid_to=part.valid_to,
        created_at=work.now,
        updated_at=work.now,
    )


def _project_fields(project: Project) -> audit.Fields:
    return {
        **audit.fields(project, *_AUDITED),
        "parties": [_party_fields(party) for party in project.parties],
    }


def _party_fields(party: ProjectParty) -> audit.Fields:
    return {"party_id": str(party.id), **audit.fields(party, *_PARTY_AUDITED)}
