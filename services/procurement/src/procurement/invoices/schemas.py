"""What comes in and goes out about invoices."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from chassis.http.schemas import In, Out
from chassis.values import Amount, Currency, FinePrice, Instant, LongText, Percent, SignedAmount, SignedQuantity
from procurement.invoices.models import Invoice
from procurement.invoices.states import Kind, Reason, State
from procurement.values import Uscc

Number = Annotated[str, Field(pattern=r"^[0-9]{20}$", examples=["26952000000012345678"])]
"""Number of a fully digitalised e-invoice (数电发票): year, region, channel, serial."""


class InvoiceLineIn(In):
    """A line as printed; exactly one of the three ids says what it bills or takes back."""

    order_line_id: UUID | None = None
    statement_line_id: UUID | None = Field(default=None, description="A line that both sides have agreed to.")
    corrects_line_id: UUID | None = Field(default=None, description="A line of the blue invoice; red ones only.")
    quantity: SignedQuantity = Field(examples=["98.000000"])
    unit_price: FinePrice = Field(description="Without tax (不含税单价).", examples=["3495.5752212389381"])
    net: SignedAmount = Field(examples=["342566.37"])
    tax_percent: Percent = Field(examples=["13.00"])
    tax: SignedAmount = Field(examples=["44533.63"])
    gross: SignedAmount = Field(examples=["387100.00"])


class EnterInvoiceIn(In):
    """An invoice as printed; a red one (红字发票) names the blue one and is negative."""

    number: Number
    corrects_id: UUID | None = None
    seller_uscc: Uscc
    buyer_uscc: Uscc
    issue_date: date = Field(examples=["2026-11-23"])
    currency: Currency = "CNY"
    net: SignedAmount = Field(examples=["342566.37"])
    tax: SignedAmount = Field(examples=["44533.63"])
    gross: SignedAmount = Field(examples=["387100.00"])
    lines: Annotated[list[InvoiceLineIn], Field(min_length=1, max_length=500)]


class InvoiceReasonIn(In):
    """Why."""

    reason: LongText = Field(examples=["The price of November was raised by letter of 3 November."])


class ApproveInvoiceIn(In):
    """Why an invoice is approved that does not match; empty for one that does."""

    reason: Annotated[str, Field(max_length=2000)] = ""


class InvoiceLineOut(Out):
    """A line as printed, with the price that it was compared with and why it does not match."""

    id: UUID
    position: int
    order_id: UUID
    order_line_id: UUID
    statement_line_id: UUID | None
    corrects_line_id: UUID | None
    material_code: str
    unit: str
    cost_code: str
    quantity: SignedQuantity
    unit_price: FinePrice
    net: SignedAmount
    tax_percent: Percent
    tax: SignedAmount
    gross: SignedAmount
    expected_price: FinePrice = Field(description="Agreed unit price, tax included.")
    reasons: list[Reason]


class InvoiceSummary(Out):
    """An invoice without its lines."""

    id: UUID
    version: int
    number: str
    kind: Kind
    corrects_id: UUID | None
    project_id: UUID
    buyer_id: UUID
    supplier_id: UUID
    seller_uscc: str
    buyer_uscc: str
    issue_date: date
    currency: str
    net: SignedAmount
    tax: SignedAmount
    gross: SignedAmount
    state: State
    reasons: list[Reason]
    tolerance_percent: Amount = Field(description="How far prices might exceed the agreed ones.", examples=["0.00"])
    tolerance_ref: str = Field(description="The rule that says so.", examples=["price_tolerance_percent/@2021-12-01"])
    reason: str
    created_at: Instant
    updated_at: Instant
    approved_at: datetime | None


class InvoiceOut(InvoiceSummary):
    """An invoice with its lines."""

    lines: list[InvoiceLineOut]

    @classmethod
    def of(cls, invoice: Invoice) -> InvoiceOut:
        """From the row."""
        return cls.model_validate(invoice)


class CreditDueOut(Out):
    """A line of an invoice that a red one has to take back in part, because goods went back."""

    line_id: UUID
    invoice_id: UUID
    number: str
    project_id: UUID
    buyer_id: UUID
    supplier_id: UUID
    order_id: UUID
    order_line_id: UUID
    material_code: str
    unit: str
    quantity: SignedQuantity = Field(description="How much has to be taken back.", examples=["2.000000"])
