"""Tables of training sessions."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Numeric
from sqlmodel import Field, SQLModel

from chassis.database import TIMESTAMPTZ, Row, one_of, text_enum
from labour.sessions.states import State


class Audience(StrEnum):
    """Whose workers may be enrolled: the organiser's, those of the project, everybody's (a training base's session)."""

    OWN = "own"
    PROJECT = "project"
    EVERYBODY = "everybody"


class TrainingSession(Row, table=True):
    """When and where a course is taught, by whom, and for how many hours (学时)."""

    __tablename__ = "training_sessions"
    __table_args__ = (
        ForeignKeyConstraint(["course_id"], ["courses.id"], name="training_sessions_course"),
        CheckConstraint(one_of("audience", Audience), name="training_sessions_audience"),
        CheckConstraint(one_of("state", State), name="training_sessions_state"),
        CheckConstraint("ends_at > starts_at", name="training_sessions_instants"),
        CheckConstraint("hours > 0", name="training_sessions_hours"),
        CheckConstraint("(audience = 'project') <= (project_id IS NOT NULL)", name="training_sessions_project_named"),
        Index("training_sessions_organisation", "organisation_id", "id"),
        Index("training_sessions_project", "project_id", "id"),
        Index("training_sessions_audience_id", "audience", "id"),
    )

    course_id: UUID
    organisation_id: UUID
    project_id: UUID | None = None
    audience: Audience = Field(sa_type=text_enum(Audience))
    place: str
    trainer: str
    starts_at: datetime = Field(sa_type=TIMESTAMPTZ)
    ends_at: datetime = Field(sa_type=TIMESTAMPTZ)
    hours: Decimal = Field(sa_type=Numeric(12, 2))
    state: State = Field(sa_type=text_enum(State))
    reason: str = ""


class Attendee(SQLModel, table=True):
    """A worker in a session: enrolled, there from when to when, with which score.

    `passed` and `hours` are None until the session is closed; `hours` are what he is credited with, 0 for who was not
    there or failed.
    """

    __tablename__ = "training_attendees"
    __table_args__ = (
        ForeignKeyConstraint(["session_id"], ["training_sessions.id"], name="training_attendees_session"),
        ForeignKeyConstraint(["worker_id"], ["workers.id"], name="training_attendees_worker"),
        CheckConstraint("checked_out_at > checked_in_at", name="training_attendees_instants"),
        CheckConstraint("score BETWEEN 0 AND 100", name="training_attendees_score"),
        Index("training_attendees_worker_id", "worker_id"),
    )

    session_id: UUID = Field(primary_key=True)
    worker_id: UUID = Field(primary_key=True)
    employer_id: UUID
    enrolled_at: datetime = Field(sa_type=TIMESTAMPTZ)
    checked_in_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
    checked_out_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
    score: Decimal | None = Field(default=None, sa_type=Numeric(6, 2))
    passed: bool | None = None
    hours: Decimal | None = Field(default=None, sa_type=Numeric(12, 2))
