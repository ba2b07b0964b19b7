"""Table of guarantees."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, UniqueConstraint
from sqlmodel import Field

from chassis.database import Row, one_of, text_enum
from procurement.guarantees.states import Form, Kind, State


class Guarantee(Row, table=True):
    """A guarantee (保函) of `issuer` to the beneficiary for what the applicant owes it, valid through a day.

    `alerted` is the narrowest alert (30, 7 or 1 days) that was given for this `valid_until`.
    """

    __tablename__ = "guarantees"
    __table_args__ = (
        UniqueConstraint("beneficiary_id", "issuer", "number", name="guarantees_number_taken"),
        CheckConstraint(one_of("state", State), name="guarantees_state"),
        CheckConstraint(one_of("kind", Kind), name="guarantees_kind"),
        CheckConstraint(one_of("form", Form), name="guarantees_form"),
        CheckConstraint("amount > 0", name="guarantees_amount"),
        CheckConstraint("claimed_amount >= 0 AND claimed_amount <= amount", name="guarantees_claimed"),
        CheckConstraint("(state = 'claimed') = (claimed_amount > 0)", name="guarantees_claimed_amount"),
        Index("guarantees_applicant", "applicant_id", "id"),
        Index("guarantees_end", "beneficiary_id", "valid_until"),
    )

    kind: Kind = Field(sa_type=text_enum(Kind))
    form: Form = Field(sa_type=text_enum(Form))
    state: State = Field(sa_type=text_enum(State))
    project_id: UUID
    beneficiary_id: UUID
    applicant_id: UUID
    issuer: str
    number: str
    currency: str
    amount: Decimal = Field(sa_type=Numeric(18, 2))
    claimed_amount: Decimal = Field(default=Decimal("0.00"), sa_type=Numeric(18, 2))
    valid_until: date
    alerted: int | None = None
    file_id: UUID | None = None
    reason: str = ""
