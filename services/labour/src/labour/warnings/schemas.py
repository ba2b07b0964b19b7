"""What goes out about early warnings."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from pydantic import Field

from chassis.http.schemas import Out
from labour.warnings.models import EmployerWarning, Level


class ReasonOut(Out):
    """Why: a code, what it counts, and its figures."""

    code: str = Field(examples=["NO_DEPOSIT"])
    points: int
    figures: dict[str, Any] = Field(examples=[{"unsigned": 12, "lines": 40}])


class WarningOut(Out):
    """How an employer stands on a project from a day on (欠薪预警)."""

    id: UUID
    version: int
    project_id: UUID
    employer_id: UUID
    day: date
    warning_level: Level
    warning_score: int = Field(description="The points of the reasons added up.")
    grounds: list[ReasonOut]
    raised: list[str] = Field(description="Codes that are new since the row before.")
    lifted: list[str] = Field(description="Codes that are gone since the row before.")

    @classmethod
    def of(cls, row: EmployerWarning) -> WarningOut:
        """From the row."""
        return cls.model_validate(
            {**row.model_dump(), "grounds": row.reasons, "warning_level": row.level, "warning_score": row.score}
        )


class JudgedOut(Out):
    """How many employers were judged."""

    employers: int

    @classmethod
    def of(cls, employers: int) -> JudgedOut:
        """From the count."""
        return cls(employers=employers)
