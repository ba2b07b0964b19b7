"""What comes in and goes out about wage accounts."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from chassis.http.schemas import In, Out
from chassis.values import Amount, Code, Instant, LongText, Percent, SignedAmount, Text
from labour.codes.models import Basis
from labour.wage_accounts.commands.guarantee import Lodging
from labour.wage_accounts.rules import GuaranteeBasis
from labour.wage_accounts.service import NewEntry, PlanAccount
from labour.wage_accounts.states import (
    ClockKind,
    ClockState,
    EntryKind,
    GuaranteeForm,
    GuaranteeState,
    ShareState,
    State,
)

AccountNumber = Annotated[str, Field(pattern=r"^[0-9]{8,32}$", examples=["4000027009200123456"])]
ShareDay = Annotated[int, Field(ge=1, le=28, description="Day of the month on which the owner's share is due.")]
PositiveAmount = Annotated[Amount, Field(gt=0, examples=["100000.00"])]


class PlanAccountIn(In):
    """A project's account that has to be opened."""

    project_id: UUID
    signed_on: date = Field(description="Day of the construction contract.", examples=["2026-11-02"])
    share_day: ShareDay = 10
    share_amount: PositiveAmount = Field(description="The owner's labour-cost share (人工费用) of a month, CNY.")

    def plan(self) -> PlanAccount:
        """As the use case takes it."""
        return PlanAccount(**self.model_dump())


class OpenAccountIn(In):
    """That the bank has opened it."""

    bank: Text = Field(examples=["中国工商银行深圳前海支行"])
    number: AccountNumber
    opened_on: date = Field(examples=["2026-11-20"])


class ShareIn(In):
    """Another amount and day of the owner's share."""

    share_day: ShareDay = 10
    share_amount: PositiveAmount


class DepositIn(In):
    """Money that has come."""

    amount: PositiveAmount
    bank_reference: Code = Field(description="The bank's number of the transfer.", examples=["ICBC-20261120-0001"])
    booked_on: date = Field(examples=["2026-11-20"])
    share_id: UUID | None = Field(default=None, description="The owner's share that it pays.", examples=[None])
    note: Annotated[str, Field(max_length=200)] = ""

    def entry(self) -> NewEntry:
        """As the use case takes it."""
        return NewEntry(
            EntryKind.DEPOSIT,
            self.amount,
            self.booked_on,
            share_id=self.share_id,
            bank_reference=self.bank_reference,
            note=self.note,
        )


class WageReasonIn(In):
    """Why."""

    reason: LongText = Field(examples=["公示期内有工人反映工资未结清"])


class GuaranteeIn(In):
    """What a wage guarantee is computed from."""

    account_id: UUID
    contract_amount: PositiveAmount
    percent: Percent = Field(description="As the authority has set it.", examples=["2.00"])
    clean_years: int = Field(default=0, ge=0, le=50, description="Whole years without arrears.")
    several_projects: bool = False

    def basis(self) -> GuaranteeBasis:
        """As the use case takes it."""
        return GuaranteeBasis(self.contract_amount, self.percent, self.clean_years, self.several_projects)


class LodgeIn(In):
    """What was lodged."""

    form: GuaranteeForm = GuaranteeForm.BANK_GUARANTEE
    document_number: Code = Field(examples=["BG-2026-001"])
    valid_to: date | None = Field(default=None, examples=["2027-12-31"])
    lodged_on: date = Field(examples=["2026-11-20"])

    def lodging(self) -> Lodging:
        """As the use case takes it."""
        return Lodging(self.form, self.document_number, self.valid_to, self.lodged_on)


class DrawIn(WageReasonIn):
    """What the authority has ordered to be paid from the guarantee."""

    amount: PositiveAmount
    ordered_on: date = Field(examples=["2026-11-20"])


class DoneIn(In):
    """The day on which it was done."""

    done_on: date = Field(examples=["2026-11-20"])


class WageAccountOut(Out):
    """A wage account; its number is masked."""

    id: UUID
    version: int
    project_id: UUID
    contractor_id: UUID
    name: str = Field(examples=["广东建工集团前海中心农民工工资专用账户"])
    state: State
    signed_on: date
    bank: str
    number_masked: str = Field(examples=["4000***********3456"])
    opened_on: date | None
    share_day: int
    share_amount: Amount
    balance: Amount
    notice_until: date | None
    reason: str
    created_at: Instant
    updated_at: Instant


class WageEntryOut(Out):
    """A movement of an account; positive came in."""

    id: UUID
    account_id: UUID
    position: int
    kind: EntryKind
    amount: SignedAmount
    balance: Amount
    subject_id: UUID | None
    share_id: UUID | None
    bank_reference: str
    booked_on: date
    note: str
    booked_at: Instant


class WageShareOut(Out):
    """An owner's labour-cost share."""

    id: UUID
    account_id: UUID
    project_id: UUID
    due_on: date
    amount: Amount
    paid: Amount
    state: ShareState


class WageClockOut(Out):
    """What has to be done by a day."""

    id: UUID
    account_id: UUID
    project_id: UUID
    subject_id: UUID
    kind: ClockKind
    state: ClockState
    due_on: date
    calendar: Basis | None = Field(
        description="How sure the calendar was of the day: its year announced, provisional, or only weekends known. "
        "Null where calendar days count."
    )
    met_on: date | None


class WageGuaranteeOut(Out):
    """A wage guarantee; `form` is empty until something is lodged."""

    id: UUID
    version: int
    account_id: UUID
    project_id: UUID
    contractor_id: UUID
    contract_amount: Amount
    percent: Percent
    clean_years: int
    several_projects: bool
    amount: Amount
    drawn: Amount
    form: str
    document_number: str
    valid_to: date | None
    state: GuaranteeState
    reason: str
