"""Who leads and who belongs to a team. Assignments are locked before teams, teams in the order of their ids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from chassis.errors import Violation, invalid
from chassis.work import Work, check_version, touch
from labour import permissions
from labour.assignments import repository as assignments
from labour.assignments.states import State as AssignmentState
from labour.teams import errors, events, repository, rules, states
from labour.teams.models import Leader, Member, Team
from labour.teams.states import Action


@dataclass(frozen=True, slots=True)
class TeamView:
    """A team, who leads it now and how many belong to it."""

    team: Team
    leader: Leader | None
    members: int

    @property
    def version(self) -> int:
        """Of the team, for the entity tag."""
        return self.team.version


@dataclass(frozen=True, slots=True)
class ChangeMembers:
    """Workers who join from a day on, or leave with it as their last."""

    team_id: UUID
    expected_version: int | None
    worker_ids: Sequence[UUID]
    day: date | None


@dataclass(frozen=True, slots=True)
class Transfer:
    """Workers who belong to another team of the employer from a day on, on the same project or another."""

    team_id: UUID
    expected_version: int | None
    to_team_id: UUID
    worker_ids: Sequence[UUID]
    day: date | None


@dataclass(frozen=True, slots=True)
class Leading:
    """Who leads a team from a day on."""

    team_id: UUID
    expected_version: int | None
    worker_id: UUID
    day: date | None


async def add_members(work: Work, command: ChangeMembers) -> TeamView:
    """Workers join; each fault points at its worker, and none joins when there is one."""
    work.require(permissions.TEAMS_MANAGE)
    day = _day(work, command.day, "/first_day")
    known = await _own(work, command.team_id)
    await _join_check(work, known, command.worker_ids, day, {})
    team = await _locked(work, command.team_id, command.expected_version, Action.ADD_MEMBERS)
    await _join(work, team, command.worker_ids, day)
    return await _changed(work, team, "add-members", "members-added", command.worker_ids, day)


async def remove_members(work: Work, command: ChangeMembers) -> TeamView:
    """Workers leave the team with the end of a day; they stay on the project."""
    work.require(permissions.TEAMS_MANAGE)
    day = _day(work, command.day, "/last_day")
    team = await _locked(work, command.team_id, command.expected_version, Action.REMOVE_MEMBERS)
    await _part(work, team, command.worker_ids, day)
    return await _changed(work, team, "remove-members", "members-removed", command.worker_ids, day)


async def transfer_members(work: Work, command: Transfer) -> TeamView:
    """Workers go over to another team; on another project they have to be assigned there. Answers the old team."""
    work.require(permissions.TEAMS_MANAGE)
    day = _day(work, command.day, "/first_day")
    source, target = await _own(work, command.team_id), await _own(work, command.to_team_id)
    if source.id == target.id:
        raise errors.other_employer()
    going = set(command.worker_ids) if source.project_id == target.project_id else set()
    await _join_check(work, target, command.worker_ids, day, {source.id: going})
    session = await work.writing()
    await repository.locked(session, [source.id, target.id])
    source = await _locked(work, command.team_id, command.expected_version, Action.REMOVE_MEMBERS)
    target = await _locked(work, command.to_team_id, None, Action.ADD_MEMBERS)
    await _part(work, source, command.worker_ids, day - rules.ONE_DAY)
    await session.flush()  # one team at a time: the old membership ends first
    await _join(work, target, command.worker_ids, day)
    await _changed(work, target, "transfer-in", "members-added", command.worker_ids, day)
    return await _changed(work, source, "transfer-out", "members-removed", command.worker_ids, day)


async def appoint_leader(work: Work, command: Leading) -> TeamView:
    """A member leads from a day on; who led before leads until the day before."""
    work.require(permissions.TEAMS_MANAGE)
    day = _day(work, command.day, "/first_day")
    team = await _locked(work, command.team_id, command.expected_version, Action.APPOINT_LEADER)
    session = await work.writing()
    standing = await repository.open_memberships(session, team.project_id, [command.worker_id])
    member = standing.get(command.worker_id)
    if member is None or member.team_id != team.id:
        raise invalid(errors.not_a_member("/worker_id"))
    last = await repository.last_leader(session, team.id)
    if day < member.first_day or (last is not None and day < (last.last_day or last.first_day)):
        raise invalid(errors.backwards("/first_day"))
    if last is not None and last.last_day is None:
        if last.worker_id == command.worker_id:
            return await view(work, team)
        await _end(work, last, day - rules.ONE_DAY)
        await session.flush()
    elif last is not None and day == last.last_day:
        raise invalid(errors.backwards("/first_day"))
    session.add(Leader(team_id=team.id, first_day=day, worker_id=command.worker_id))
    return await _changed(work, team, "appoint-leader", "leader-appointed", [command.worker_id], day)


async def dissolve(work: Work, team_id: UUID, expected_version: int | None) -> TeamView:
    """A team ends today, with all memberships in it."""
    work.require(permissions.TEAMS_MANAGE)
    team = await _locked(work, team_id, expected_version, Action.DISSOLVE)
    session = await work.writing()
    members = await repository.members_now(session, team.id)
    await _part(work, team, members, work.today)
    team.state = states.TEAM.apply(team.state, Action.DISSOLVE)
    return await _changed(work, team, "dissolve", "dissolved", members, work.today)


async def left_project(work: Work, project_id: UUID, last_days: Mapping[UUID, date]) -> None:
    """Workers have left a project, each with his last day there: they leave their teams on it, too."""
    session = await work.writing()
    standing = await repository.open_memberships(session, project_id, last_days)
    for team in await repository.locked(session, (one.team_id for one in standing.values())):
        gone = [one for one in standing.values() if one.team_id == team.id]
        for member in gone:
            await _leave(work, team, member, last_days[member.worker_id])
        await _changed(work, team, "leave-project", "members-left", [one.worker_id for one in gone], None)


async def view(work: Work, team: Team) -> TeamView:
    """A team as it is answered."""
    async with work.reading() as session:
        leaders = await repository.leaders_now(session, [team.id])
        counted = await repository.counted(session, [team.id])
    return TeamView(team, leaders.get(team.id), counted.get(team.id, 0))


async def told(work: Work, team: Team, change: str) -> TeamView:
    """Tell the fact of a team as it is now."""
    session = await work.writing()
    await session.flush()
    leader = (await repository.leaders_now(session, [team.id])).get(team.id)
    members = await repository.members_now(session, team.id)
    work.emit(events.changed(team, change, leader.worker_id if leader else None, members))
    return TeamView(team, leader, len(members))


def _day(work: Work, day: date | None, pointer: str) -> date:
    if day is not None and day > work.today:
        raise errors.in_future(pointer)
    return day or work.today


async def _own(work: Work, team_id: UUID) -> Team:
    session = await work.writing()
    team = await repository.get(session, work.principal, work.today, team_id)
    if team.employer_id != work.principal.organisation_id:
        raise errors.team_not_found(team_id)
    return team


async def _locked(work: Work, team_id: UUID, expected_version: int | None, action: Action) -> Team:
    session = await work.writing()
    team = await repository.get(session, work.principal, work.today, team_id, lock=True)
    if team.employer_id != work.principal.organisation_id:
        raise errors.team_not_found(team_id)
    check_version(team, expected_version)
    states.TEAM.apply(team.state, action)
    return team


async def _join_check(
    work: Work, team: Team, worker_ids: Sequence[UUID], day: date, leaving: Mapping[UUID, set[UUID]]
) -> None:
    """Lock the workers' assignments and say who may not join; `leaving` are those who leave a team for it."""
    session = await work.writing()
    found = await assignments.on_project(session, team.project_id, worker_ids, lock=True)
    assigned = {
        worker_id
        for worker_id, one in found.items()
        if one.employer_id == team.employer_id and one.state is not AssignmentState.LEFT
    }
    standing = await repository.open_memberships(session, team.project_id, worker_ids)
    elsewhere = {
        worker_id: one for worker_id, one in standing.items() if worker_id not in leaving.get(one.team_id, set())
    }
    ended = await repository.last_days(session, team.project_id, worker_ids)
    _refuse(rules.joining(worker_ids, day, assigned, elsewhere, ended))


async def _join(work: Work, team: Team, worker_ids: Sequence[UUID], day: date) -> None:
    (await work.writing()).add_all(
        Member(team_id=team.id, worker_id=worker_id, first_day=day, project_id=team.project_id)
        for worker_id in worker_ids
    )


async def _part(work: Work, team: Team, worker_ids: Sequence[UUID], last_day: date) -> None:
    session = await work.writing()
    standing = await repository.open_memberships(session, team.project_id, worker_ids)
    _refuse(rules.leaving(worker_ids, team.id, last_day, standing))
    for worker_id in worker_ids:
        await _leave(work, team, standing[worker_id], last_day)


async def _leave(work: Work, team: Team, member: Member, last_day: date) -> None:
    session = await work.writing()
    leader = (await repository.leaders_now(session, [team.id])).get(team.id)
    if leader is not None and leader.worker_id == member.worker_id:
        await _end(work, leader, last_day)
    await _end(work, member, last_day)


async def _end(work: Work, row: Member | Leader, last_day: date) -> None:
    if rules.never_began(row, last_day):
        await (await work.writing()).delete(row)
    else:
        row.last_day = last_day


def _refuse(faults: Sequence[Violation]) -> None:
    if faults:
        raise invalid(*faults)


async def _changed(
    work: Work, team: Team, verb: str, change: str, worker_ids: Sequence[UUID], day: date | None
) -> TeamView:
    touch(team, work)
    after = {
        "state": team.state.value,
        "worker_ids": [str(one) for one in worker_ids],
        "day": day.isoformat() if day else None,
    }
    work.audit(f"teams.{verb}", "team", team.id, None, after)
    return await told(work, team, change)
