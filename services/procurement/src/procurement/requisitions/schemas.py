"""What comes in and goes out about requisitions."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from chassis.http.schemas import In, Out
from chassis.values import Amount, Code, Instant, LongText, Price, Quantity, QuantityOrZero
from procurement.approvals.schemas import StepOut
from procurement.orders.schemas import MaterialCode, Unit
from procurement.requisitions.models import Requisition, RequisitionLine
from procurement.requisitions.service import Imported, Standing
from procurement.requisitions.states import State


def _positive(value: Price) -> Price:
    if value <= 0:
        raise PydanticCustomError("OUT_OF_RANGE", "must be {relation} 0", {"relation": "greater than"})
    return value


EstimatedPrice = Annotated[Price, AfterValidator(_positive)]
"""What one unit will cost by the site's estimate, CNY with tax; approval goes by it, so it is not zero."""

Specification = Annotated[str, Field(max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$", examples=["HRB400E φ25"])]


class LineIn(In):
    """A position of a requisition."""

    material_code: MaterialCode
    unit: Unit
    specification: Specification = ""
    quantity: Quantity
    needed_by: date = Field(examples=["2099-01-01"])
    cost_code: Code = Field(examples=["01-STEEL"])
    wbs_uid: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = Field(
        default=None, description="Task of the project's work breakdown (UID of the schedule).", examples=[None]
    )
    estimated_price: EstimatedPrice


Lines = Annotated[list[LineIn], Field(min_length=1, max_length=500)]
Note = Annotated[str, Field(max_length=2000, pattern=r"^[^\x00]*$")]


class CreateRequisitionIn(In):
    """A new draft."""

    number: Code | None = Field(default=None, description="The organisation's own number; one is made when absent.")
    project_id: UUID
    note: Note = ""
    lines: Lines


class ReviseRequisitionIn(In):
    """All that may change in a draft."""

    note: Note = ""
    lines: Lines


class WhyIn(In):
    """Why."""

    reason: LongText = Field(examples=["The stock on site is enough until June."])


class RequisitionLineOut(Out):
    """A position and what has become of it."""

    id: UUID
    position: int
    material_code: str
    unit: str
    specification: str
    quantity: Quantity
    needed_by: date
    cost_code: str
    wbs_uid: int | None
    wbs_name: str
    estimated_price: Price
    amount: Amount
    sourced: QuantityOrZero = Field(description="In an inquiry or auction now.")
    ordered: QuantityOrZero = Field(description="On orders that stand.")
    delivered: QuantityOrZero
    left: QuantityOrZero = Field(description="Still to be bought: quantity − sourced − ordered.")


class OpenLineOut(RequisitionLineOut):
    """A line that is still to be bought, with its requisition."""

    requisition_id: UUID
    requisition_number: str
    project_id: UUID

    @classmethod
    def of(cls, line: RequisitionLine) -> OpenLineOut:
        """From the row and its requisition."""
        plain = RequisitionLineOut.model_validate(line).model_dump()
        return cls(
            **plain,
            requisition_id=line.requisition_id,
            requisition_number=line.requisition.number,
            project_id=line.requisition.project_id,
        )


class RequisitionSummary(Out):
    """A requisition without its lines."""

    id: UUID
    version: int
    number: str
    organisation_id: UUID
    project_id: UUID
    state: State
    total: Amount
    note: str
    reason: str
    created_by: str
    created_at: Instant
    updated_at: Instant
    approved_at: Instant | None

    @classmethod
    def of(cls, requisition: Requisition) -> RequisitionSummary:
        """From the row."""
        return cls.model_validate(requisition)


class RequisitionOut(RequisitionSummary):
    """A requisition with its lines and the steps of its approval."""

    lines: list[RequisitionLineOut]
    steps: list[StepOut]

    @classmethod
    def of_standing(cls, standing: Standing) -> RequisitionOut:
        """From the rows."""
        summary = RequisitionSummary.of(standing.requisition).model_dump()
        lines = [RequisitionLineOut.model_validate(line) for line in standing.requisition.lines]
        return cls(**summary, lines=lines, steps=[StepOut.of(step) for step in standing.steps])


class RequisitionImportOut(Out):
    """What a workbook has become: a draft, or after a dry run nothing."""

    dry_run: bool
    lines: int
    total: Amount
    requisition: RequisitionOut | None

    @classmethod
    def of(cls, found: Imported) -> RequisitionImportOut:
        """From what the file said and the draft."""
        draft = None if found.standing is None else RequisitionOut.of_standing(found.standing)
        return cls(dry_run=draft is None, lines=found.lines, total=found.total, requisition=draft)
