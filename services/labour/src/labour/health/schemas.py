"""What comes in and goes out about health records."""

from __future__ import annotations

from datetime import date
from typing import Self
from uuid import UUID

from pydantic import Field, model_validator

from chassis.http.faults import fault
from chassis.http.schemas import In, Out
from chassis.values import Instant


class HealthRecordIn(In):
    """A medical examination (体检)."""

    examined_on: date
    valid_to: date = Field(description="The last day on which its result counts.")
    fit: bool = Field(description="Whether he is fit for the work.")
    file_id: UUID | None = Field(default=None, description="The report, an upload of the caller's.")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.valid_to < self.examined_on:
            raise fault("DATES_BACKWARDS", zh="有效期早于体检日期", en="It ends before it begins")
        return self


class HealthRecordOut(Out):
    """A medical examination."""

    id: UUID
    version: int
    worker_id: UUID
    examined_on: date
    valid_to: date
    fit: bool
    file_id: UUID | None
    created_at: Instant
    updated_at: Instant
