"""What comes in and goes out about payments."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from chassis.http.faults import fault
from chassis.http.schemas import In, Out
from chassis.values import Amount, Code, Instant, LongText, SignedAmount, Text
from procurement.payments.commands.prove import Result
from procurement.payments.models import Payment, PaymentItem
from procurement.payments.rules import Account, FileFormat
from procurement.payments.service import BankFile, Masked
from procurement.payments.states import ItemState, State
from procurement.values import Day

Note = Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")]
AccountNumber = Annotated[str, Field(pattern=r"^[0-9]{8,32}$", examples=["44201503300052598765"])]


def _positive(value: Decimal) -> Decimal:
    if value <= 0:
        raise fault("NOT_POSITIVE", zh="须大于零", en="must be above zero")
    return value


PositiveAmount = Annotated[Amount, AfterValidator(_positive)]


class DebtorIn(In):
    """The buyer's own account."""

    holder: Text = Field(examples=["中建三局集团有限公司"])
    bank: Text = Field(examples=["中国建设银行深圳分行"])
    number: AccountNumber

    def account(self) -> Account:
        """As the service takes it."""
        return Account(self.holder, self.bank, self.number)


class PaymentItemIn(In):
    """So much of a payable."""

    payable_id: UUID
    amount: PositiveAmount


def _payables_once(items: list[PaymentItemIn]) -> list[PaymentItemIn]:
    if len({item.payable_id for item in items}) != len(items):
        raise fault("PAYABLE_TWICE", zh="同一应付款重复", en="a payable stands in the list twice")
    return items


class PreparePaymentIn(In):
    """A payment order over several payables."""

    number: Code | None = Field(default=None, description="The buyer's own number; one is made when absent.")
    execute_on: Day = Field(description="The day on which the bank is to pay.", examples=["2026-12-15"])
    debtor: DebtorIn
    note: Note = ""
    items: Annotated[list[PaymentItemIn], Field(min_length=1, max_length=200), AfterValidator(_payables_once)]


class PaymentReasonIn(In):
    """Why."""

    reason: LongText = Field(examples=["金额与对账单不符"])


class ExportPaymentIn(In):
    """What the bank takes."""

    format: FileFormat = FileFormat.PAIN_001


class ResultIn(In):
    """What the bank did of an item: a reference and the day of payment, or a reason for its failure."""

    item_id: UUID
    bank_reference: Note = Field(default="", examples=["20261215-000123"])
    paid_on: Day | None = Field(default=None, examples=["2026-11-23"])
    file_id: UUID | None = Field(default=None, description="The bank's receipt (回单).")
    reason: Note = ""

    @model_validator(mode="after")
    def _proved_or_failed(self) -> ResultIn:
        executed = self.paid_on is not None
        if executed != bool(self.bank_reference) or executed == bool(self.reason):
            raise fault(
                "PROOF_OR_REASON",
                zh="须填写银行流水号和付款日,或填写失败原因",
                en="either bank_reference and paid_on are needed, or a reason for the failure",
            )
        return self

    def result(self) -> Result:
        """As the service takes it."""
        return Result(self.item_id, self.bank_reference, self.paid_on, self.file_id, self.reason)


def _items_once(results: list[ResultIn]) -> list[ResultIn]:
    if len({result.item_id for result in results}) != len(results):
        raise fault("ITEM_TWICE", zh="同一付款项重复", en="an item stands in the list twice")
    return results


class ProvePaymentIn(In):
    """What the bank did, of all items or of some."""

    results: Annotated[list[ResultIn], Field(min_length=1, max_length=200), AfterValidator(_items_once)]


class RecordRefundIn(In):
    """Money that a supplier paid back."""

    payable_id: UUID = Field(description="The credit, or the advance.")
    amount: PositiveAmount
    bank_reference: Text = Field(examples=["20261123-000777"])
    paid_on: Day = Field(examples=["2026-11-23"])
    file_id: UUID | None = Field(default=None, description="The bank's receipt (回单).")
    note: Note = ""


class PaidCostOut(Out):
    """By how much paid cost changed."""

    cost_code: str
    amount: SignedAmount


class PaymentItemOut(Out):
    """One item; the supplier's account number masked."""

    id: UUID
    position: int
    payable_id: UUID
    payable_number: str
    invoice_id: UUID | None
    project_id: UUID
    supplier_id: UUID
    amount: SignedAmount
    state: ItemState
    account_holder: str
    account_bank: str
    account_number_masked: str
    bank_reference: str
    paid_on: date | None
    file_id: UUID | None
    reason: str
    costs: list[PaidCostOut]


class PaymentSummary(Out):
    """A payment order without its items."""

    id: UUID
    version: int
    number: str
    state: State
    buyer_id: UUID
    refund: bool
    currency: str
    total: SignedAmount
    paid: SignedAmount
    execute_on: date
    debtor_holder: str
    debtor_bank: str
    note: str
    reason: str
    prepared_by: str
    approved_by: str
    approved_at: datetime | None
    created_at: Instant
    updated_at: Instant


class PaymentOut(PaymentSummary):
    """A payment order; account numbers masked."""

    debtor_account_masked: str
    items: list[PaymentItemOut]

    @classmethod
    def of(cls, found: Masked) -> PaymentOut:
        """From the rows and the masked numbers."""
        items = [_item(item, found.creditor_accounts[item.id]) for item in found.payment.items]
        head = PaymentSummary.model_validate(found.payment).model_dump()
        return cls(**head, debtor_account_masked=found.debtor_account, items=items)


def _item(item: PaymentItem, number: str) -> PaymentItemOut:
    named = {name: getattr(item, name) for name in PaymentItemOut.model_fields if name != "account_number_masked"}
    return PaymentItemOut.model_validate(named | {"account_number_masked": number})


class BankFileOut(Out):
    """The file for the bank, account numbers in clear."""

    payment_id: UUID
    name: str = Field(examples=["PAY-20261123-0A1B2C3D.xml"])
    media_type: str = Field(examples=["application/xml"])
    content: str

    @classmethod
    def of(cls, found: BankFile) -> BankFileOut:
        """With the id of its payment order."""
        payment: Payment = found.payment
        return cls(payment_id=payment.id, name=found.name, media_type=found.media_type, content=found.content)


class ReceiptOut(Out):
    """What a supplier is told of a payment to it."""

    id: UUID
    buyer_id: UUID
    supplier_id: UUID
    project_id: UUID
    payable_id: UUID
    payable_number: str
    invoice_id: UUID | None
    currency: str
    amount: SignedAmount
    paid_on: date
    bank_reference: str
    file_id: UUID | None = Field(description="The bank's receipt (回单).")
