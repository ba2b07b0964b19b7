"""What the teams slice refuses for, beside INVALID_STATE."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from chassis.errors import AlreadyExists, FailedPrecondition, InvalidArgument, NotFound, Violation, invalid


def team_not_found(team_id: UUID) -> NotFound:
    """No such team, or not one that the caller may see or lead."""
    return NotFound(
        "TEAM_NOT_FOUND", zh="未找到该班组。", en="There is no such team.", metadata={"team_id": str(team_id)}
    )


def name_taken(name: str) -> AlreadyExists:
    """The employer has an active team of this name on the project."""
    return AlreadyExists(
        "TEAM_NAME_TAKEN",
        zh=f"本单位在该项目已有名为 {name} 的班组。",
        en=f"There is a team named {name} on this project already.",
        metadata={"name": name},
    )


def reviewed(month: date) -> AlreadyExists:
    """The organisation has reviewed the team for this month."""
    return AlreadyExists(
        "TEAM_REVIEWED",
        zh=f"本单位已评价该班组 {month:%Y-%m} 的工作。",
        en=f"This organisation has reviewed the team for {month:%Y-%m} already.",
        metadata={"month": f"{month:%Y-%m}"},
    )


def not_a_reviewer(project_id: UUID) -> FailedPrecondition:
    """Teams are reviewed by their employer and by the general contractor."""
    return FailedPrecondition(
        "NOT_A_REVIEWER",
        zh="只有班组所属单位和总承包单位可以评价班组。",
        en="Only its employer and the general contractor review a team.",
        metadata={"project_id": str(project_id)},
    )


def other_employer() -> InvalidArgument:
    """A transfer between teams of two employers would be a new employment."""
    return invalid(
        Violation(
            "/to_team_id",
            "OTHER_TEAM_NEEDED",
            "须为本单位的另一个班组。",
            "It must be another team of the same employer.",
        )
    )


def not_assigned(place: int) -> Violation:
    """The worker is not this employer's, or not on the project."""
    return Violation(
        f"/worker_ids/{place}",
        "WORKER_NOT_ASSIGNED",
        "该工人不存在或未安排到班组所在项目。",
        "There is no such worker, or he is not assigned to the team's project.",
    )


def in_a_team(place: int, team_id: UUID) -> Violation:
    """A worker belongs to one team of a project at a time."""
    return Violation(
        f"/worker_ids/{place}",
        "IN_A_TEAM",
        f"该工人已在本项目的班组 {team_id} 中,请使用调动。",
        f"The worker is in team {team_id} of this project; transfer him.",
    )


def not_a_member(pointer: str) -> Violation:
    """The worker does not belong to the team."""
    return Violation(pointer, "NOT_A_MEMBER", "该工人不是本班组成员。", "The worker is no member of this team.")


def backwards(pointer: str) -> Violation:
    """The day lies before what is on record."""
    return Violation(
        pointer,
        "DATES_BACKWARDS",
        "日期早于已登记的班组记录。",
        "The day lies before what is on record of him.",
    )


def in_future(pointer: str) -> InvalidArgument:
    """What has not happened cannot be recorded."""
    return invalid(Violation(pointer, "IN_FUTURE", "日期不能晚于今天。", "The day lies in the future."))


def twice(place: int) -> Violation:
    """A worker named twice in one call."""
    return Violation(f"/worker_ids/{place}", "REPEATED", "工人重复。", "The worker is named twice.")
