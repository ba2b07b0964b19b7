"""What comes in and goes out about break rules."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from chassis.http.schemas import In, Out
from chassis.values import Instant, Text


class SetBreakRuleIn(In):
    """Take `minutes` of break off who is on site longer than `beyond_minutes`, from a day to come on."""

    project_id: UUID
    valid_from: date
    beyond_minutes: int = Field(ge=0, le=1440, examples=[360])
    minutes: int = Field(ge=0, le=480, examples=[60])
    reason: Text = Field(examples=["项目部规定:午休1小时不计工时"])

    @model_validator(mode="after")
    def _within(self) -> SetBreakRuleIn:
        # Else a longer presence would count less than a shorter one that loses nothing.
        if self.minutes > self.beyond_minutes:
            raise PydanticCustomError("BREAK_TOO_LONG", "the break is longer than the presence that it is taken from")
        return self


class BreakRuleOut(Out):
    """A break rule of a project; without `valid_to` it is open."""

    id: UUID
    version: int
    project_id: UUID
    organisation_id: UUID
    valid_from: date
    valid_to: date | None
    beyond_minutes: int
    minutes: int
    reason: str
    created_at: Instant
    updated_at: Instant
