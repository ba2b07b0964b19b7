"""What comes in and goes out about awards."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from chassis.http.schemas import In, Out
from chassis.values import Amount, Instant, Percent, Price, Quantity
from procurement.awards.models import AwardLine
from procurement.awards.rules import NewLine
from procurement.awards.service import Given, Outcome
from procurement.awards.states import State

Note = Annotated[str, Field(max_length=2000)]


class AwardLineIn(In):
    """So much of an offered line; several offers may share a line. Say why when it is not the lowest landed price."""

    offer_line_id: UUID
    quantity: Quantity
    reason: Note = Field(default="", examples=["It delivers two weeks earlier."])


class AwardIn(In):
    """A decision on some or all lines of an opened sourcing."""

    sourcing_id: UUID
    note: Note = ""
    lines: Annotated[list[AwardLineIn], Field(min_length=1, max_length=2000)]


class AwardLineOut(Out):
    """So much of a line to one supplier, at its landed price (含税到场价)."""

    id: UUID
    position: int
    line_id: UUID
    offer_line_id: UUID
    supplier_id: UUID
    material_code: str
    unit: str
    quantity: Quantity
    unit_price: Price
    tax_percent: Percent | None
    lowest: bool
    reason: str

    @classmethod
    def of(cls, line: AwardLine | NewLine) -> AwardLineOut:
        """From a row, which was validated on its way in."""
        return cls.model_construct(**{name: getattr(line, name) for name in cls.model_fields})


class AwardSummary(Out):
    """An award without its lines."""

    id: UUID
    version: int
    sourcing_id: UUID
    buyer_id: UUID
    state: State
    note: str
    currency: str
    total: Amount
    created_at: Instant


class AwardOut(AwardSummary):
    """An award with its lines and the draft orders that it has become; none while it waits for approval."""

    lines: list[AwardLineOut]
    order_ids: list[UUID]

    @classmethod
    def of(cls, given: Given) -> AwardOut:
        """From the rows."""
        return cls.model_construct(
            **AwardSummary.model_validate(given.award).model_dump(),
            lines=[AwardLineOut.of(line) for line in given.lines],
            order_ids=list(given.order_ids),
        )


class WonLineOut(Out):
    """What the caller has won of a line."""

    line_id: UUID
    material_code: str
    unit: str
    quantity: Quantity
    unit_price: Price


class OutcomeOut(Out):
    """What a supplier is told after the award. `rank` is its place by total among the offers for all lines: null when
    the buyer does not show it, or the offer was for some lines only."""

    sourcing_id: UUID
    result: Literal["won", "lost", "not_offered"]
    rank: int | None
    won: list[WonLineOut]

    @classmethod
    def of(cls, outcome: Outcome) -> OutcomeOut:
        """From what is the supplier's own."""
        result: Literal["won", "lost", "not_offered"] = "won" if outcome.won else "lost"
        return cls(
            sourcing_id=outcome.sourcing_id,
            result=result if outcome.offered else "not_offered",
            rank=outcome.rank,
            won=[WonLineOut.model_validate(line) for line in outcome.won],
        )
