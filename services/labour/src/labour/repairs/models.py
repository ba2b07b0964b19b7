"""Tables of repairs."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlmodel import Field

from chassis.database import TIMESTAMPTZ, Row, one_of, text_enum
from labour.repairs.states import State


class Repair(Row, table=True):
    """A swipe that was forgotten (补卡申请): beside the raw swipes, never among them.

    Who approves is another person than who proposed it (`proposed_by`, `decided_by` are subjects of tokens).
    """

    __tablename__ = "attendance_repairs"
    __table_args__ = (
        CheckConstraint("direction IN ('01', '02')", name="attendance_repairs_direction"),
        CheckConstraint(one_of("state", State), name="attendance_repairs_state"),
        CheckConstraint("state <> 'approved' OR decided_by <> proposed_by", name="attendance_repairs_two_persons"),
        ForeignKeyConstraint(["assignment_id"], ["assignments.id"], name="attendance_repairs_assignment"),
        Index(
            "attendance_repairs_once",
            "assignment_id",
            "at",
            "direction",
            unique=True,
            postgresql_where=text("state IN ('proposed', 'approved')"),
        ),
        Index("attendance_repairs_project", "project_id", "id"),
    )

    project_id: UUID
    employer_id: UUID
    worker_id: UUID
    assignment_id: UUID
    at: datetime = Field(sa_type=TIMESTAMPTZ)
    direction: str
    reason: str
    file_id: UUID | None = None
    state: State = Field(sa_type=text_enum(State))
    proposed_by: str
    proposer_id: UUID
    decided_by: str = ""
    decided_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
    decision_reason: str = ""
