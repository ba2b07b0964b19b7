"""Use cases of teams. Who belongs to them changes in commands/membership.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from chassis import audit
from chassis.ids import new_id
from chassis.pages import Page, PageRequest
from chassis.work import Work
from labour import permissions
from labour.assignments import repository as assignments
from labour.assignments.commands.assign import admitted
from labour.clients.projects import ProjectDirectory
from labour.teams import errors, repository, states
from labour.teams.commands.membership import (
    ChangeMembers,
    Leading,
    TeamView,
    Transfer,
    add_members,
    appoint_leader,
    dissolve,
    left_project,
    remove_members,
    told,
    transfer_members,
    view,
)
from labour.teams.models import Leader, Member, Review, Team
from labour.teams.repository import TeamFilter
from labour.teams.states import Action

__all__ = [
    "ChangeMembers",
    "Leading",
    "NewReview",
    "NewTeam",
    "TeamFilter",
    "TeamView",
    "Transfer",
    "add_members",
    "appoint_leader",
    "dissolve",
    "get",
    "left_project",
    "page",
    "page_of_leaders",
    "page_of_members",
    "page_of_reviews",
    "register",
    "remove_members",
    "review",
    "transfer_members",
]


@dataclass(frozen=True, slots=True)
class NewTeam:
    """A team of the caller's organisation on a project."""

    project_id: UUID
    name: str
    work_type: str


@dataclass(frozen=True, slots=True)
class NewReview:
    """A score from 0 to 100 for a month, named by its first day."""

    team_id: UUID
    month: date
    score: int
    remark: str


async def register(work: Work, command: NewTeam, projects: ProjectDirectory) -> TeamView:
    """Register a team; project-mgmt is asked whether the employer brings workers there."""
    work.require(permissions.TEAMS_MANAGE)
    await admitted(projects, command.project_id, work.principal.organisation_id, work.today, entering=False)
    team = Team(
        id=new_id(),
        version=1,
        created_at=work.now,
        updated_at=work.now,
        project_id=command.project_id,
        employer_id=work.principal.organisation_id,
        name=command.name,
        work_type=command.work_type,
        state=states.TEAM.initial,
    )
    session = await work.writing()
    await repository.add(session, team)
    after = audit.fields(team, "project_id", "name", "work_type", "state")
    work.audit("teams.register", "team", team.id, None, after)
    return await told(work, team, "registered")


async def get(work: Work, team_id: UUID) -> TeamView:
    """One visible team."""
    work.require(permissions.TEAMS_READ)
    async with work.reading() as session:
        return await view(work, await repository.get(session, work.principal, work.today, team_id))


async def page(work: Work, wanted: TeamFilter, request: PageRequest) -> Page[TeamView]:
    """The visible teams, newest first."""
    work.require(permissions.TEAMS_READ)
    async with work.reading() as session:
        found = await repository.page(session, work.principal, work.today, wanted, request)
        ids = [one.id for one in found.items]
        leaders, counted = await repository.leaders_now(session, ids), await repository.counted(session, ids)
    return found.map(lambda one: TeamView(one, leaders.get(one.id), counted.get(one.id, 0)))


async def page_of_members(work: Work, team_id: UUID, request: PageRequest) -> Page[Member]:
    """Who belongs and belonged to a team, the latest first."""
    work.require(permissions.TEAMS_READ)
    async with work.reading() as session:
        await repository.get(session, work.principal, work.today, team_id)
        return await repository.page_of_members(session, work.principal, work.today, team_id, request)


async def page_of_leaders(work: Work, team_id: UUID, request: PageRequest) -> Page[Leader]:
    """Who leads and led a team, the latest first."""
    work.require(permissions.TEAMS_READ)
    async with work.reading() as session:
        await repository.get(session, work.principal, work.today, team_id)
        return await repository.page_of_leaders(session, work.principal, work.today, team_id, request)


async def page_of_reviews(work: Work, team_id: UUID, request: PageRequest) -> Page[Review]:
    """The reviews of a team, newest first."""
    work.require(permissions.TEAMS_READ)
    async with work.reading() as session:
        await repository.get(session, work.principal, work.today, team_id)
        return await repository.page_of_reviews(session, work.principal, work.today, team_id, request)


async def review(work: Work, command: NewReview) -> Review:
    """Its employer or the general contractor reviews a team, once a month."""
    work.require(permissions.TEAMS_REVIEW)
    if command.month > work.today:
        raise errors.in_future("/month")
    session = await work.writing()
    team = await repository.get(session, work.principal, work.today, command.team_id, lock=True)
    caller = work.principal.organisation_id
    if team.employer_id != caller and not await assignments.is_general_contractor(
        session, work.principal, team.project_id, work.today
    ):
        raise errors.not_a_reviewer(team.project_id)
    states.TEAM.apply(team.state, Action.REVIEW)
    found = Review(
        id=new_id(),
        team_id=team.id,
        reviewer_id=caller,
        month=command.month,
        score=command.score,
        remark=command.remark,
        reviewed_at=work.now,
    )
    await repository.add_review(session, found)
    work.audit("teams.review", "team", team.id, None, audit.fields(found, "month", "score", "remark"))
    return found
