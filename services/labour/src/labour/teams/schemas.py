"""What comes in and goes out about teams."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from chassis.http.schemas import In, Out
from chassis.values import Instant
from labour.teams.states import State
from labour.workers.schemas import WorkType

MOST_MEMBERS = 200
Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]*$", examples=["钢筋一班"])]
Remark = Annotated[str, Field(max_length=2000, pattern=r"^[^\x00]*$", examples=["质量好,进度略慢"])]
WorkerIds = Annotated[list[UUID], Field(min_length=1, max_length=MOST_MEMBERS)]


Month = Annotated[str, Field(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", examples=["2026-11"])]


class TeamIn(In):
    """A team."""

    project_id: UUID
    name: Name
    work_type: WorkType


class AddMembersIn(In):
    """Workers who join."""

    worker_ids: WorkerIds
    first_day: date | None = Field(default=None, description="Today when absent.")


class RemoveMembersIn(In):
    """Workers who leave the team."""

    worker_ids: WorkerIds
    last_day: date | None = Field(default=None, description="Today when absent.")


class TransferMembersIn(In):
    """Workers who go over to another team of the employer."""

    worker_ids: WorkerIds
    to_team_id: UUID
    first_day: date | None = Field(default=None, description="Of belonging to the other team; today when absent.")


class AppointLeaderIn(In):
    """Who leads."""

    worker_id: UUID
    first_day: date | None = Field(default=None, description="Today when absent.")


class ReviewTeamIn(In):
    """A review."""

    month: Month
    score: int = Field(ge=0, le=100, examples=[90])
    remark: Remark = ""


class TeamOut(Out):
    """A team, who leads it now (null: nobody) and how many belong to it."""

    id: UUID
    version: int
    project_id: UUID
    employer_id: UUID
    name: str
    work_type: str
    state: State
    leader_worker_id: UUID | None
    members: int
    created_at: Instant
    updated_at: Instant


class MemberOut(Out):
    """A worker in a team, first and last day included; null is open."""

    team_id: UUID
    worker_id: UUID
    project_id: UUID
    first_day: date
    last_day: date | None


class LeaderOut(Out):
    """Who led a team, first and last day included; null is open."""

    team_id: UUID
    worker_id: UUID
    first_day: date
    last_day: date | None


class TeamReviewOut(Out):
    """A review of a team's work in a month."""

    id: UUID
    team_id: UUID
    reviewer_id: UUID
    month: Month
    score: int
    remark: str
    reviewed_at: Instant
