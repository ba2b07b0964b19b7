"""What comes in and goes out about payouts."""

from __future__ import annotations

from base64 import b64encode
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from chassis.http.schemas import In, Out
from chassis.values import Amount, Code, Instant, LongText, Text
from labour.payouts.commands.payees import NewPayee
from labour.payouts.service import BankFile, Prepare, Prepared
from labour.payouts.states import Cause, PayeeState, RowState, State

MOST_PAYROLLS = 100


class PayoutIn(In):
    """A payout of approved wages."""

    account_id: UUID
    number: Code | None = Field(default=None, description="The contractor's own number; one is made when absent.")
    execute_on: date = Field(description="The day on which the bank shall pay.", examples=["2026-11-25"])
    payroll_ids: Annotated[list[UUID], Field(max_length=MOST_PAYROLLS)] = Field(
        default_factory=list, description="All of the project's when empty."
    )

    def command(self) -> Prepare:
        """As the use case takes it."""
        return Prepare(**self.model_dump())


class PayoutReasonIn(In):
    """Why."""

    reason: LongText = Field(examples=["银行系统维护"])


class ExportPayoutIn(In):
    """In which format."""

    format: Literal["csv", "xlsx"] = "csv"


class PayeeIn(In):
    """To whom the wages of a line's worker go from now on."""

    line_id: UUID
    cause: Cause = Cause.LOST_CARD
    name: Text = Field(examples=["张伟"])
    card: Annotated[str, Field(pattern=r"^[0-9]{8,32}$", examples=["6222020200119988776"])]
    bank_code: Annotated[str, Field(max_length=14, pattern=r"^[0-9]*$", examples=["102"])] = ""
    file_id: UUID = Field(description="The evidence: report of loss, death certificate and proof of inheritance.")
    reason: LongText = Field(examples=["工资卡遗失,已在银行挂失补办"])

    def payee(self) -> NewPayee:
        """As the use case takes it."""
        return NewPayee(**self.model_dump())


class PayoutOut(Out):
    """A payout without its transfers."""

    id: UUID
    version: int
    account_id: UUID
    project_id: UUID
    contractor_id: UUID
    number: str
    state: State
    execute_on: date
    transfers: int
    total: Amount
    paid: Amount
    reason: str
    created_at: Instant
    updated_at: Instant


class PreparedOut(PayoutOut):
    """A payout that was prepared, and the lines that were left out, each to be mended before the next."""

    without_card: list[UUID] = Field(description="Their worker has no card on record.")
    consent_withdrawn: list[UUID] = Field(
        description="Their worker has withdrawn the consent to the use of his card: ask him anew, or register the "
        "account that he names as payee. The wage is owed all the same."
    )

    @classmethod
    def of(cls, prepared: Prepared) -> PreparedOut:
        """From the use case."""
        left_out = {
            "without_card": list(prepared.without_card),
            "consent_withdrawn": list(prepared.consent_withdrawn),
        }
        return cls.model_validate({**prepared.payout.model_dump(), **left_out})


class PayoutRowOut(Out):
    """A transfer; its card number is masked."""

    id: UUID
    position: int
    line_id: UUID
    payroll_id: UUID
    worker_id: UUID
    amount: Amount
    payee_name: str
    card_masked: str = Field(examples=["6222***********3445"])
    bank_code: str
    state: RowState
    bank_reference: str
    paid_on: date | None
    reason: str


class BankFileOut(Out):
    """The file for the bank; account numbers stand in it in clear."""

    version: int
    payout_id: UUID
    name: str = Field(examples=["PO-20261125-0A1B2C3D.csv"])
    media_type: str = Field(examples=["text/csv"])
    content: str = Field(description="Base64.", examples=["77u/"])
    sha256: str

    @classmethod
    def of(cls, file: BankFile) -> BankFileOut:
        """From the use case."""
        return cls(
            version=file.version,
            payout_id=file.payout.id,
            name=file.name,
            media_type=file.media_type,
            content=b64encode(file.content).decode(),
            sha256=file.sha256,
        )


class PayeeOut(Out):
    """A payee change; its card number is masked."""

    id: UUID
    version: int
    line_id: UUID
    worker_id: UUID
    project_id: UUID
    employer_id: UUID
    contractor_id: UUID
    cause: Cause
    name: str
    card_masked: str = Field(examples=["6222***********8776"])
    bank_code: str
    file_id: UUID | None
    state: PayeeState
    reason: str
    created_at: Instant
