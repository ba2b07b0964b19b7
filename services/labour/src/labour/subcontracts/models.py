"""Tables of subcontracts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, UniqueConstraint
from sqlmodel import Field

from chassis.database import Row, one_of, text_enum
from labour.subcontracts.states import State


class Subcontract(Row, table=True):
    """Between the general contractor and a subcontractor of a project (national object ProjectSubContractor).

    `amount` includes tax. The qualification (资质) is the subcontractor's as shown for this contract (national object
    SubContractorCertifications); `file_id` is the scan of the contract.
    """

    __tablename__ = "subcontracts"
    __table_args__ = (
        UniqueConstraint("project_id", "contractor_id", "number", name="subcontracts_number_taken"),
        CheckConstraint(one_of("state", State), name="subcontracts_state"),
        CheckConstraint("amount >= 0", name="subcontracts_amount"),
        CheckConstraint("ends_on >= starts_on", name="subcontracts_days"),
        Index("subcontracts_contractor", "contractor_id", "id"),
        Index("subcontracts_subcontractor", "subcontractor_id", "id"),
    )

    project_id: UUID
    contractor_id: UUID
    subcontractor_id: UUID
    number: str
    scope: str
    amount: Decimal = Field(sa_type=Numeric(18, 2))
    currency: str
    starts_on: date
    ends_on: date | None = None
    qualification_number: str
    qualification_category: str
    qualification_valid_until: date
    state: State = Field(sa_type=text_enum(State))
    ended_on: date | None = None
    reason: str = ""
    file_id: UUID | None = None
