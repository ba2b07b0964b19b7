"""REST door of teams: only translates."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import Aborted, AlreadyExists, FailedPrecondition, NotFound, Unavailable
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from labour.clients import ProjectsDep
from labour.teams import service
from labour.teams.models import Review
from labour.teams.schemas import (
    AddMembersIn,
    AppointLeaderIn,
    LeaderOut,
    MemberOut,
    RemoveMembersIn,
    ReviewTeamIn,
    TeamIn,
    TeamOut,
    TeamReviewOut,
    TransferMembersIn,
)
from labour.teams.service import ChangeMembers, Leading, NewReview, NewTeam, TeamFilter, TeamView, Transfer
from labour.teams.states import State

router = APIRouter(prefix="/teams", tags=["teams"])
CHANGES = problems(NotFound, FailedPrecondition, Aborted)


class TeamFilters(Filters):
    """Which teams to list."""

    project_id: UUID | None = None
    employer_id: UUID | None = None
    state: State | None = None


def _review(review: Review) -> TeamReviewOut:
    return TeamReviewOut.model_validate(review.model_dump() | {"month": f"{review.month:%Y-%m}"})


def _out(view: TeamView) -> TeamOut:
    leader_id = view.leader.worker_id if view.leader else None
    return TeamOut.model_validate(view.team.model_dump() | {"leader_worker_id": leader_id, "members": view.members})


@router.post(
    "",
    operation_id="registerTeam",
    status_code=201,
    response_model=TeamOut,
    responses=problems(NotFound, AlreadyExists, FailedPrecondition, Unavailable),
)
async def register(body: TeamIn, edge: EdgeDep, projects: ProjectsDep) -> Response:
    """Register a team (班组) of the caller's organisation on a project."""
    command = NewTeam(body.project_id, body.name, body.work_type)
    return await edge.write(lambda work: service.register(work, command, projects), _out, status=201)


@router.get("", operation_id="listTeams", response_model=PageOut[TeamOut], responses=problems())
async def list_teams(filters: Annotated[TeamFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """The teams that the caller may see, newest first."""
    wanted = TeamFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page(work, wanted, page), _out)


@router.get("/{team_id}", operation_id="getTeam", response_model=TeamOut, responses=problems(NotFound))
async def get(team_id: UUID, edge: EdgeDep) -> Response:
    """One team."""
    return await edge.read(lambda work: service.get(work, team_id), _out)


@router.get(
    "/{team_id}/members",
    operation_id="listTeamMembers",
    response_model=PageOut[MemberOut],
    responses=problems(NotFound),
)
async def list_members(team_id: UUID, page: PageDep, edge: EdgeDep) -> Response:
    """Who belongs and belonged to a team, the latest first."""
    return await edge.page(lambda work: service.page_of_members(work, team_id, page), MemberOut.model_validate)


@router.get(
    "/{team_id}/leaders",
    operation_id="listTeamLeaders",
    response_model=PageOut[LeaderOut],
    responses=problems(NotFound),
)
async def list_leaders(team_id: UUID, page: PageDep, edge: EdgeDep) -> Response:
    """Who leads and led a team, the latest first."""
    return await edge.page(lambda work: service.page_of_leaders(work, team_id, page), LeaderOut.model_validate)


@router.get(
    "/{team_id}/reviews",
    operation_id="listTeamReviews",
    response_model=PageOut[TeamReviewOut],
    responses=problems(NotFound),
)
async def list_reviews(team_id: UUID, page: PageDep, edge: EdgeDep) -> Response:
    """The reviews of a team, newest first."""
    return await edge.page(lambda work: service.page_of_reviews(work, team_id, page), _review)


@router.post("/{team_id}:add-members", operation_id="addTeamMembers", response_model=TeamOut, responses=CHANGES)
async def add_members(team_id: UUID, body: AddMembersIn, edge: EdgeDep) -> Response:
    """Let workers of the project join; all of them, or none with a fault for each who may not."""
    command = ChangeMembers(team_id, edge.expected_version, body.worker_ids, body.first_day)
    return await edge.write(lambda work: service.add_members(work, command), _out)


@router.post("/{team_id}:remove-members", operation_id="removeTeamMembers", response_model=TeamOut, responses=CHANGES)
async def remove_members(team_id: UUID, body: RemoveMembersIn, edge: EdgeDep) -> Response:
    """Let members leave the team; they stay on the project."""
    command = ChangeMembers(team_id, edge.expected_version, body.worker_ids, body.last_day)
    return await edge.write(lambda work: service.remove_members(work, command), _out)


@router.post(
    "/{team_id}:transfer-members", operation_id="transferTeamMembers", response_model=TeamOut, responses=CHANGES
)
async def transfer_members(team_id: UUID, body: TransferMembersIn, edge: EdgeDep) -> Response:
    """Let members go over to another team of the employer, on this project or one to which they are assigned."""
    command = Transfer(team_id, edge.expected_version, body.to_team_id, body.worker_ids, body.first_day)
    return await edge.write(lambda work: service.transfer_members(work, command), _out)


@router.post("/{team_id}:appoint-leader", operation_id="appointTeamLeader", response_model=TeamOut, responses=CHANGES)
async def appoint_leader(team_id: UUID, body: AppointLeaderIn, edge: EdgeDep) -> Response:
    """Let a member lead the team (班组长); who led before leads until the day before."""
    command = Leading(team_id, edge.expected_version, body.worker_id, body.first_day)
    return await edge.write(lambda work: service.appoint_leader(work, command), _out)


@router.post("/{team_id}:dissolve", operation_id="dissolveTeam", response_model=TeamOut, responses=CHANGES)
async def dissolve(team_id: UUID, edge: EdgeDep) -> Response:
    """End a team; its members stay on the project."""
    return await edge.write(lambda work: service.dissolve(work, team_id, edge.expected_version), _out)


@router.post(
    "/{team_id}/reviews",
    operation_id="reviewTeam",
    status_code=201,
    response_model=TeamReviewOut,
    responses=problems(NotFound, AlreadyExists, FailedPrecondition),
)
async def review(team_id: UUID, body: ReviewTeamIn, edge: EdgeDep) -> Response:
    """Review a team's work in a month, as its employer or the general contractor."""
    command = NewReview(team_id, date.fromisoformat(f"{body.month}-01"), body.score, body.remark)
    return await edge.write(lambda work: service.review(work, command), _review, status=201)
