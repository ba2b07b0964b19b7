"""REST door of projects: only translates."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import Aborted, AlreadyExists, FailedPrecondition, NotFound
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from chassis.values import Code
from project_mgmt.projects import rules, service
from project_mgmt.projects.codes import BuildingType, City, District, PartyRole
from project_mgmt.projects.rules import InvestmentKind
from project_mgmt.projects.schemas import (
    EndPartyIn,
    PartyIn,
    PartyOut,
    ProjectOut,
    ProjectSummary,
    RegisterProjectIn,
    SuspendProjectIn,
    UpdateProjectIn,
)
from project_mgmt.projects.service import AddParty, EndParty, MoveProject, RegisterProject, UpdateProject
from project_mgmt.projects.states import Action, State

router = APIRouter(prefix="/projects", tags=["projects"])

VERB_ERRORS = problems(NotFound, FailedPrecondition, Aborted)


class ProjectFilters(Filters):
    """Which projects to list."""

    state: State | None = None
    city: City | None = None
    district: District | None = None
    building_type: BuildingType | None = None
    investment_kind: InvestmentKind | None = None
    code: Code | None = None
    party_id: Annotated[UUID, Query(description="An organisation that is or was a party.")] | None = None


class PartyFilters(Filters):
    """Which parties to list."""

    organisation_id: UUID | None = None
    role: PartyRole | None = None
    on: Annotated[date, Query(description="Only those valid on this day.")] | None = None


@router.post(
    "",
    operation_id="registerProject",
    status_code=201,
    response_model=ProjectOut,
    responses=problems(AlreadyExists),
)
async def register(body: RegisterProjectIn, edge: EdgeDep) -> Response:
    """Register a planned project with its first parties; the code is unique in the caller's organisation."""
    command = RegisterProject(
        code=body.code,
        name_zh=body.name_zh,
        name_en=body.name_en or "",
        investment_kind=body.investment_kind,
        building_type=body.building_type,
        city=body.city,
        district=body.district,
        planned_start=body.planned_start,
        planned_finish=body.planned_finish,
        floor_area=body.floor_area,
        risk_class=body.risk_class,
        parties=[party.part() for party in body.parties],
    )
    return await edge.write(lambda work: service.register(work, command), ProjectOut.of, status=201)


@router.get("", operation_id="listProjects", response_model=PageOut[ProjectSummary], responses=problems())
async def list_projects(filters: Annotated[ProjectFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """The projects that the caller registered or takes part in, newest first, without their parties."""
    wanted = rules.ProjectFilters(**filters.model_dump())
    return await edge.page(lambda work: service.page(work, wanted, page), ProjectSummary.model_validate)


@router.get("/{project_id}", operation_id="getProject", response_model=ProjectOut, responses=problems(NotFound))
async def get(project_id: UUID, edge: EdgeDep) -> Response:
    """One project with its parties."""
    return await edge.read(lambda work: service.get(work, project_id), ProjectOut.of)


@router.patch("/{project_id}", operation_id="updateProject", response_model=ProjectOut, responses=VERB_ERRORS)
async def update(project_id: UUID, body: UpdateProjectIn, edge: EdgeDep) -> Response:
    """Change some fields of an open project; If-Match is required. The state changes through verbs only."""
    command = UpdateProject(project_id, edge.required_version, body.changes())
    return await edge.change(lambda work: service.update(work, command), ProjectOut.of)


@router.get(
    "/{project_id}/parties",
    operation_id="listParties",
    response_model=PageOut[PartyOut],
    responses=problems(NotFound),
)
async def list_parties(
    project_id: UUID, filters: Annotated[PartyFilters, Query()], page: PageDep, edge: EdgeDep
) -> Response:
    """The parties of a project, past and to come too, in the order in which they were added."""
    wanted = rules.PartyFilters(**filters.model_dump())
    return await edge.page(lambda work: service.party_page(work, project_id, wanted, page), PartyOut.of)


@router.post(
    "/{project_id}:add-party",
    operation_id="addParty",
    response_model=ProjectOut,
    responses=problems(NotFound, AlreadyExists, FailedPrecondition, Aborted),
)
async def add_party(project_id: UUID, body: PartyIn, edge: EdgeDep) -> Response:
    """Add a party to an open project."""
    command = AddParty(project_id, edge.expected_version, body.part())
    return await edge.write(lambda work: service.add_party(work, command), ProjectOut.of)


@router.post("/{project_id}:end-party", operation_id="endParty", response_model=ProjectOut, responses=VERB_ERRORS)
async def end_party(project_id: UUID, body: EndPartyIn, edge: EdgeDep) -> Response:
    """Set a party's last day; a project under construction keeps an owner and a general contractor."""
    command = EndParty(project_id, edge.expected_version, body.party_id, body.valid_to)
    return await edge.write(lambda work: service.end_party(work, command), ProjectOut.of)


@router.post("/{project_id}:activate", operation_id="activateProject", response_model=ProjectOut, responses=VERB_ERRORS)
async def activate(project_id: UUID, edge: EdgeDep) -> Response:
    """Begin construction; an owner and a general contractor must be among the present parties."""
    command = MoveProject(project_id, Action.ACTIVATE, edge.expected_version)
    return await edge.write(lambda work: service.move(work, command), ProjectOut.of)


@router.post("/{project_id}:suspend", operation_id="suspendProject", response_model=ProjectOut, responses=VERB_ERRORS)
async def suspend(project_id: UUID, body: SuspendProjectIn, edge: EdgeDep) -> Response:
    """Stop work and say why; no order may reserve budget meanwhile."""
    command = MoveProject(project_id, Action.SUSPEND, edge.expected_version, body.reason)
    return await edge.write(lambda work: service.move(work, command), ProjectOut.of)


@router.post("/{project_id}:resume", operation_id="resumeProject", response_model=ProjectOut, responses=VERB_ERRORS)
async def resume(project_id: UUID, edge: EdgeDep) -> Response:
    """Go on after a suspension."""
    command = MoveProject(project_id, Action.RESUME, edge.expected_version)
    return await edge.write(lambda work: service.move(work, command), ProjectOut.of)


@router.post("/{project_id}:complete", operation_id="completeProject", response_model=ProjectOut, responses=VERB_ERRORS)
async def complete(project_id: UUID, edge: EdgeDep) -> Response:
    """Construction is finished; the project's data stand from now on."""
    command = MoveProject(project_id, Action.COMPLETE, edge.expected_version)
    return await edge.write(lambda work: service.move(work, command), ProjectOut.of)


@router.post("/{project_id}:archive", operation_id="archiveProject", response_model=ProjectOut, responses=VERB_ERRORS)
async def archive(project_id: UUID, edge: EdgeDep) -> Response:
    """Put a completed project into the archive."""
    command = MoveProject(project_id, Action.ARCHIVE, edge.expected_version)
    return await edge.write(lambda work: service.move(work, command), ProjectOut.of)
