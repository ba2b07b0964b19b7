"""What comes in and goes out about guarantees."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pydantic import Field

from chassis.http.schemas import In, Out
from chassis.values import Amount, Code, Currency, Instant, LongText, Text
from procurement.guarantees.states import Form, Kind, State
from procurement.values import Day


class RecordGuaranteeIn(In):
    """A guarantee that the caller's organisation has received."""

    kind: Kind = Field(examples=["performance"])
    form: Form = Field(examples=["bank_guarantee"])
    project_id: UUID
    applicant_id: UUID = Field(description="Whose obligation it secures: the supplier.")
    issuer: Text = Field(examples=["中国建设银行深圳市分行"])
    number: Code = Field(examples=["BG-2026-000815"])
    currency: Currency = "CNY"
    amount: Amount = Field(gt=0)
    valid_until: Day = Field(description="The last day of its validity.", examples=["2027-06-30"])
    file_id: UUID | None = Field(default=None, description="The scan.")


class ExtendGuaranteeIn(In):
    """The new last day."""

    valid_until: Day = Field(examples=["2027-12-31"])


class ReleaseGuaranteeIn(In):
    """Why it is given back."""

    reason: LongText = Field(examples=["供货全部验收合格"])


class ClaimGuaranteeIn(In):
    """How much is drawn, and why."""

    amount: Amount
    reason: LongText = Field(examples=["供应商逾期未供货"])


class GuaranteeOut(Out):
    """A guarantee."""

    id: UUID
    version: int
    kind: Kind
    form: Form
    state: State
    project_id: UUID
    beneficiary_id: UUID
    applicant_id: UUID
    issuer: str
    number: str
    currency: str
    amount: Amount
    claimed_amount: Amount
    valid_until: date
    alerted: int | None = Field(description="The narrowest alert given: 30, 7 or 1 days before the end.")
    file_id: UUID | None
    reason: str
    created_at: Instant
    updated_at: Instant
