"""What comes in and goes out about wage officers."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from chassis.http.schemas import In, Out
from chassis.values import Instant, Text

Phone = Annotated[str, Field(pattern=r"^\+?[0-9][0-9-]{4,19}$", examples=["0755-12345678"])]


class WageOfficerIn(In):
    """A wage officer (劳资专管员) of a project."""

    project_id: UUID
    name: Text = Field(examples=["李敏"])
    phone: Phone
    first_day: date | None = Field(default=None, description="Today when absent.")
    last_day: date | None = Field(default=None, description="Open when absent.")


class EndWageOfficerIn(In):
    """The end of a term."""

    last_day: date | None = Field(default=None, description="Today when absent.")


class WageOfficerOut(Out):
    """A wage officer, as the site's rights board (维权信息告示牌) names him."""

    id: UUID
    version: int
    project_id: UUID
    organisation_id: UUID
    name: str
    phone: str
    first_day: date
    last_day: date | None
    created_at: Instant
    updated_at: Instant
