"""Tables of teams. Days are in Asia/Shanghai, first and last included; a last day of None is open."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from chassis.database import TIMESTAMPTZ, Row, one_of, text_enum
from labour.teams.states import State


class Team(Row, table=True):
    """A team of one employer on a project (national object TeamMaster)."""

    __tablename__ = "teams"
    __table_args__ = (
        Index(
            "teams_name_taken",
            "project_id",
            "employer_id",
            "name",
            unique=True,
            postgresql_where=text("state = 'active'"),
        ),
        CheckConstraint(one_of("state", State), name="teams_state"),
        Index("teams_employer", "employer_id", "id"),
        Index("teams_project", "project_id", "id"),
    )

    project_id: UUID
    employer_id: UUID
    name: str
    work_type: str
    state: State = Field(sa_type=text_enum(State))


class Leader(SQLModel, table=True):
    """Who leads a team (班组长), one at a time."""

    __tablename__ = "team_leaders"
    __table_args__ = (
        ForeignKeyConstraint(["team_id"], ["teams.id"], name="team_leaders_team"),
        ForeignKeyConstraint(["worker_id"], ["workers.id"], name="team_leaders_worker"),
        CheckConstraint("last_day >= first_day", name="team_leaders_days"),
        Index("team_leaders_one", "team_id", unique=True, postgresql_where=text("last_day IS NULL")),
    )

    team_id: UUID = Field(primary_key=True)
    first_day: date = Field(primary_key=True)
    worker_id: UUID
    last_day: date | None = None


class Member(SQLModel, table=True):
    """A worker in a team (national object TeamMember): in one team of a project at a time."""

    __tablename__ = "team_members"
    __table_args__ = (
        ForeignKeyConstraint(["team_id"], ["teams.id"], name="team_members_team"),
        ForeignKeyConstraint(["worker_id"], ["workers.id"], name="team_members_worker"),
        CheckConstraint("last_day >= first_day", name="team_members_days"),
        Index(
            "team_members_one_team", "project_id", "worker_id", unique=True, postgresql_where=text("last_day IS NULL")
        ),
        Index("team_members_worker_id", "worker_id", "project_id"),
    )

    team_id: UUID = Field(primary_key=True)
    worker_id: UUID = Field(primary_key=True)
    first_day: date = Field(primary_key=True)
    project_id: UUID
    last_day: date | None = None


class Review(SQLModel, table=True):
    """What an organisation thinks of a team's work in a month (national object TeamReview)."""

    __tablename__ = "team_reviews"
    __table_args__ = (
        UniqueConstraint("team_id", "reviewer_id", "month", name="team_reviews_once"),
        ForeignKeyConstraint(["team_id"], ["teams.id"], name="team_reviews_team"),
        CheckConstraint("score BETWEEN 0 AND 100", name="team_reviews_score"),
    )

    id: UUID = Field(primary_key=True)
    team_id: UUID
    reviewer_id: UUID
    month: date
    score: int
    remark: str
    reviewed_at: datetime = Field(sa_type=TIMESTAMPTZ)
