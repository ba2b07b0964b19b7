"""Tables of early warnings."""

from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from chassis.database import Row, one_of, text_enum


class Level(StrEnum):
    """How near an employer's wages on a project are to being owed."""

    NONE = "none"
    YELLOW = "yellow"
    ORANGE = "orange"
    RED = "red"


class EmployerWarning(Row, table=True):
    """How an employer stands on a project from a day on, until the next row; a day without a change has none.

    `reasons` are codes with weight and figures; `raised` and `lifted` the codes that are new, and gone, since the row
    before.
    """

    __tablename__ = "employer_warnings"
    __table_args__ = (
        UniqueConstraint("project_id", "employer_id", "day", name="employer_warnings_once"),
        CheckConstraint(one_of("level", Level), name="employer_warnings_level"),
        CheckConstraint("score >= 0", name="employer_warnings_score"),
        Index("employer_warnings_employer", "employer_id", "day"),
    )

    project_id: UUID
    employer_id: UUID
    day: date
    level: Level = Field(sa_type=text_enum(Level))
    score: int
    reasons: list[dict[str, Any]] = Field(sa_type=JSONB)
    raised: list[str] = Field(sa_type=JSONB)
    lifted: list[str] = Field(sa_type=JSONB)
