"""What comes in and goes out about subcontracts."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from chassis.http.schemas import In, Out
from chassis.values import Amount, Currency, Instant, LongText, Text
from labour.subcontracts.service import Qualification, Terms
from labour.subcontracts.states import State

Reason = Annotated[str, Field(max_length=2000, pattern=r"^[^\x00]*$", examples=["完工"])]


class QualificationIn(In):
    """The subcontractor's qualification (资质)."""

    number: Text = Field(examples=["D344000001"])
    category: Text = Field(examples=["施工劳务"])
    valid_until: date

    def qualification(self) -> Qualification:
        """As a command."""
        return Qualification(self.number, self.category, self.valid_until)


class SubcontractIn(In):
    """A subcontract between the caller, general contractor of the project, and a subcontractor."""

    project_id: UUID
    subcontractor_id: UUID
    number: Text = Field(examples=["FB-2026-001"])
    scope: LongText = Field(examples=["主体结构劳务"])
    amount: Amount = Field(description="Tax included.")
    currency: Currency = "CNY"
    starts_on: date
    ends_on: date | None = Field(default=None, description="Open when absent.")
    qualification: QualificationIn
    file_id: UUID | None = Field(default=None, description="The scan of the contract, an upload of the caller's.")

    def terms(self) -> Terms:
        """As a command."""
        return Terms(**self.model_dump(exclude={"qualification"}))


class ChangeSubcontractIn(In):
    """New terms of a draft; what is absent or null stays."""

    number: Text | None = None
    scope: LongText | None = None
    amount: Amount | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    file_id: UUID | None = None


class EndSubcontractIn(In):
    """The end of a subcontract."""

    ended_on: date | None = Field(default=None, description="Today when absent.")
    reason: Reason = ""


class SubcontractOut(Out):
    """A subcontract."""

    id: UUID
    version: int
    project_id: UUID
    contractor_id: UUID
    subcontractor_id: UUID
    number: str
    scope: str
    amount: Amount
    currency: str
    starts_on: date
    ends_on: date | None
    qualification_number: str
    qualification_category: str
    qualification_valid_until: date
    state: State
    ended_on: date | None
    reason: str
    file_id: UUID | None
    created_at: Instant
    updated_at: Instant
