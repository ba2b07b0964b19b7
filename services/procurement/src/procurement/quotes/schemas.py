"""What comes in and goes out about quotes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from chassis.http.schemas import In, Out
from chassis.values import Amount, Instant, Percent, Price
from procurement.orders.schemas import MaterialCode
from procurement.quotes.models import Quote
from procurement.quotes.rules import Content

Note = Annotated[str, Field(max_length=2000, pattern=r"^[^\x00]*$")]


class QuotedLineIn(In):
    """An offer for one line; `material_code` only when another material is offered (替代品)."""

    line_id: UUID
    material_code: MaterialCode | None = None
    unit_price: Price = Field(description="Tax included (含税单价).")
    tax_percent: Percent = Field(examples=["13.00"])
    delivery_on: date = Field(description="The day on which all of it can be on site.")
    note: Note = ""


class TermsIn(In):
    """What is said of a quote as a whole."""

    freight: Amount = Field(default=Decimal("0.00"), description="For all lines together, tax included (运费).")
    valid_until: date


class QuoteIn(TermsIn):
    """A quote for some or all lines of an inquiry."""

    sourcing_id: UUID
    note: Note = ""
    lines: Annotated[list[QuotedLineIn], Field(min_length=1, max_length=500)]


class ReceiptOut(Out):
    """What was handed in and when, without its content: this answer is kept, and prices are not kept in clear.

    `digest`: SHA-256 of the content with its salt, as `getQuote` shows both; empty when this version withdraws.
    """

    id: UUID
    sourcing_id: UUID
    version: int
    withdrawn: bool
    digest: str
    submitted_at: Instant

    @classmethod
    def of(cls, quote: Quote) -> ReceiptOut:
        """From the row."""
        return cls(**_receipt(quote))


class QuoteImportOut(Out):
    """The receipt of a workbook, None after a dry run. Nothing of its content: this answer is kept."""

    dry_run: bool
    receipt: ReceiptOut | None

    @classmethod
    def of(cls, quote: Quote | None) -> QuoteImportOut:
        """From the row."""
        return cls(dry_run=quote is None, receipt=None if quote is None else ReceiptOut.of(quote))


class QuotedLineOut(Out):
    """An offer for one line."""

    line_id: UUID
    material_code: str | None
    unit_price: Price
    tax_percent: Percent
    delivery_on: date
    note: str


class ContentOut(Out):
    """What was offered. `salt` with it gives the digest of the receipt."""

    freight: Amount
    valid_until: date
    note: str
    lines: list[QuotedLineOut]
    salt: str


class QuoteOut(ReceiptOut):
    """A version of the caller's own quote; no content when it withdraws."""

    content: ContentOut | None

    @classmethod
    def opened(cls, found: tuple[Quote, Content | None, str]) -> QuoteOut:
        """From the row and what its seal held."""
        quote, content, salt = found
        if content is None:
            return cls(content=None, **_receipt(quote))
        lines = [QuotedLineOut.model_validate(line) for line in content.lines]
        shown = ContentOut(
            freight=content.freight, valid_until=content.valid_until, note=content.note, lines=lines, salt=salt
        )
        return cls(content=shown, **_receipt(quote))


def _receipt(quote: Quote) -> dict[str, object]:
    return {
        "id": quote.id,
        "sourcing_id": quote.sourcing_id,
        "version": quote.version,
        "withdrawn": quote.sealed is None,
        "digest": "" if quote.digest is None else quote.digest.hex(),
        "submitted_at": quote.submitted_at,
    }
