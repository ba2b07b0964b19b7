"""What comes in and goes out about sourcing. A supplier sees neither other guests nor cost codes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from chassis.http.schemas import In, Out
from chassis.values import Code, Currency, Instant, LongText, Quantity, QuantityOrZero, Text
from procurement.orders.schemas import MaterialCode, Unit
from procurement.sourcing.commands.drafting import CreateSourcing, NewPart, NewSourcingLine
from procurement.sourcing.models import Question, Sourcing, SourcingLine
from procurement.sourcing.states import Kind, State

Specification = Annotated[str, Field(max_length=500)]
Note = Annotated[str, Field(max_length=2000)]


def _once(supplier_ids: list[UUID]) -> None:
    if len(set(supplier_ids)) < len(supplier_ids):
        raise PydanticCustomError("SUPPLIER_TWICE", "a supplier is invited once")


class PartIn(In):
    """What one project needs of a line."""

    project_id: UUID
    cost_code: Code = Field(examples=["01-STEEL"])
    needed_by: date | None = Field(default=None, description="The day on which it must be on site.")
    quantity: Quantity
    requisition_line_id: UUID | None = Field(default=None, description="The approved need that it serves.")


class SourcingLineIn(In):
    """A material; its quantity is the sum of its parts."""

    material_code: MaterialCode
    unit: Unit
    specification: Specification = Field(default="", examples=["HRB400E φ12"])
    parts: Annotated[list[PartIn], Field(min_length=1, max_length=100)]


class SourcingHeadIn(In):
    """What a draft says beside its lines."""

    title: Text = Field(examples=["Rebar, May 2027"])
    note: Note = ""
    currency: Currency = "CNY"
    deadline: Instant = Field(description="Offers are taken before this instant, by the server's clock.")
    show_rank: bool = Field(default=False, description="Losers are told their rank after the award.")
    supplier_ids: Annotated[list[UUID], Field(min_length=1, max_length=500)]

    @model_validator(mode="after")
    def _invited_once(self) -> Self:
        _once(self.supplier_ids)
        return self


class SourcingIn(SourcingHeadIn):
    """What a draft says."""

    lines: Annotated[list[SourcingLineIn], Field(min_length=1, max_length=500)]

    def plain(self) -> CreateSourcing:
        """As the use case takes it."""
        lines = tuple(
            NewSourcingLine(
                line.material_code,
                line.unit,
                line.specification,
                tuple(NewPart(*part.model_dump().values()) for part in line.parts),
            )
            for line in self.lines
        )
        return CreateSourcing(
            self.title, self.note, self.currency, self.deadline, self.show_rank, tuple(self.supplier_ids), lines
        )


class TakenIn(In):
    """So much of an approved requisition line."""

    requisition_line_id: UUID
    quantity: Quantity | None = Field(default=None, description="In the line's unit; all that is left when missing.")


class FromRequisitionsIn(SourcingHeadIn):
    """A new draft about needs of several sites, which are merged."""

    lines: Annotated[list[TakenIn], Field(min_length=1, max_length=500)]

    @model_validator(mode="after")
    def _taken_once(self) -> Self:
        if len({line.requisition_line_id for line in self.lines}) < len(self.lines):
            raise PydanticCustomError("LINE_TWICE", "a requisition line is named once")
        return self


class InviteIn(In):
    """Who else is asked."""

    supplier_ids: Annotated[list[UUID], Field(min_length=1, max_length=500)]

    @model_validator(mode="after")
    def _invited_once(self) -> Self:
        _once(self.supplier_ids)
        return self


class ExtendIn(In):
    """A later deadline."""

    deadline: Instant


class SourcingReasonIn(In):
    """Why."""

    reason: LongText = Field(examples=["The design has changed."])


class ExcludeIn(In):
    """Whose offer no longer counts, and why."""

    supplier_id: UUID
    reason: LongText = Field(examples=["Its licence has expired."])


class QuestionIn(In):
    """A supplier asks."""

    text: LongText = Field(examples=["May the bars come in 12 m lengths?"])


class AnswerIn(In):
    """The buyer answers, to all."""

    answer: LongText = Field(examples=["Yes."])


class PartOut(Out):
    """What one project needs of a line; shown to the buyer."""

    id: UUID
    project_id: UUID
    cost_code: str
    needed_by: date | None
    quantity: Quantity
    awarded: QuantityOrZero
    requisition_line_id: UUID | None


class SourcingLineOut(Out):
    """A material. `awarded` and `parts` are shown to the buyer alone; `needed_by` is the first day of all parts."""

    id: UUID
    position: int
    material_code: str
    unit: str
    specification: str
    quantity: Quantity
    needed_by: date | None
    awarded: QuantityOrZero | None
    parts: list[PartOut]


class GuestOut(Out):
    """An invited supplier; shown to the buyer, and each supplier its own."""

    supplier_id: UUID
    excluded: str


class SourcingSummary(Out):
    """A sourcing without its lines."""

    id: UUID
    version: int
    buyer_id: UUID
    kind: Kind
    state: State
    title: str
    note: str
    currency: str
    deadline: Instant
    show_rank: bool
    reason: str
    created_at: Instant
    updated_at: Instant
    published_at: datetime | None
    opened_at: datetime | None


class SourcingOut(SourcingSummary):
    """A sourcing with its lines, as its viewer may see it."""

    lines: list[SourcingLineOut]
    guests: list[GuestOut]

    @classmethod
    def seen_by(cls, sourcing: Sourcing, viewer: UUID) -> SourcingOut:
        """From the row, without what is the buyer's own when the viewer is not the buyer."""
        buys = sourcing.buyer_id == viewer
        return cls.model_construct(
            **SourcingSummary.model_validate(sourcing).model_dump(),
            lines=[_line(line, buys=buys) for line in sourcing.lines],
            guests=[GuestOut.model_validate(one) for one in sourcing.guests if buys or one.supplier_id == viewer],
        )


def _line(line: SourcingLine, *, buys: bool) -> SourcingLineOut:
    days = [part.needed_by for part in line.parts if part.needed_by is not None]
    return SourcingLineOut(
        id=line.id,
        position=line.position,
        material_code=line.material_code,
        unit=line.unit,
        specification=line.specification,
        quantity=line.quantity,
        needed_by=min(days, default=None),
        awarded=line.awarded if buys else None,
        parts=[PartOut.model_validate(part) for part in line.parts] if buys else [],
    )


class QuestionOut(Out):
    """A question; `own` tells a supplier which are its own, and nobody else whose they are."""

    id: UUID
    version: int
    sourcing_id: UUID
    text: str
    answer: str
    own: bool
    created_at: Instant
    answered_at: datetime | None

    @classmethod
    def seen_by(cls, question: Question, viewer: UUID) -> QuestionOut:
        """From the row."""
        return cls(own=question.supplier_id == viewer, **question.model_dump(exclude={"supplier_id", "updated_at"}))
