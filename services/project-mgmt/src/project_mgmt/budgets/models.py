"""Tables of budgets and commitments."""

# No postponed annotations here: SQLModel reads a Relationship's target from the annotation itself.

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, Numeric, PrimaryKeyConstraint, UniqueConstraint, text
from sqlmodel import Field, Relationship, SQLModel

from chassis.database import TIMESTAMPTZ, Row, one_of, text_enum
from project_mgmt.budgets.rules import Hold, Line
from project_mgmt.budgets.states import State

_CHILDREN: dict[str, Any] = {"lazy": "raise", "cascade": "all, delete-orphan", "passive_deletes": True}


class Budget(Row, table=True):
    """A project's budget 成本预算; its version counts the settings of amounts, not the commitments."""

    __tablename__ = "budgets"

    project_id: UUID = Field(foreign_key="projects.id", unique=True)
    currency: str

    lines: list["BudgetLine"] = Relationship(sa_relationship_kwargs=_CHILDREN | {"order_by": "BudgetLine.cost_code"})


class BudgetLine(SQLModel, table=True):
    """One cost code 成本科目. `overdrawn` is set by facts alone, so no reservation can pass the amount."""

    __tablename__ = "budget_lines"
    __table_args__ = (
        PrimaryKeyConstraint("budget_id", "cost_code", name="budget_lines_pkey"),
        CheckConstraint("amount >= 0", name="budget_lines_amount_not_negative"),
        CheckConstraint("reserved >= 0 AND confirmed >= 0", name="budget_lines_committed_not_negative"),
        CheckConstraint("overdrawn = (reserved + confirmed > amount)", name="budget_lines_overdrawn_true"),
    )

    budget_id: UUID = Field(foreign_key="budgets.id", ondelete="CASCADE")
    cost_code: str
    name: str
    amount: Decimal = Field(sa_type=Numeric(18, 2))
    reserved: Decimal = Field(sa_type=Numeric(18, 2))
    confirmed: Decimal = Field(sa_type=Numeric(18, 2))
    overdrawn: bool

    def line(self) -> Line:
        """The plain value that the rules work with."""
        return Line(self.cost_code, self.amount, self.reserved, self.confirmed)


class Commitment(Row, table=True):
    """What one order holds of a project's budget; one row per order, for ever.

    A row with a `change_id` is what a change of that order adds, held beside it until a fact merges or cancels it.
    `order_version` is that of the newest fact that was applied: facts come in any order, and the newest counts.
    """

    __tablename__ = "commitments"
    __table_args__ = (
        UniqueConstraint("order_id", "change_id", name="commitments_once", postgresql_nulls_not_distinct=True),
        Index("commitments_of_project", "project_id", "id"),
        CheckConstraint(one_of("state", State), name="commitments_state"),
        CheckConstraint("state <> 'reserved' OR expires_at IS NOT NULL", name="commitments_reservation_ends"),
    )

    project_id: UUID = Field(foreign_key="projects.id")
    order_id: UUID
    change_id: UUID | None = None
    order_version: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": text("0")})
    organisation_id: UUID
    state: State = Field(sa_type=text_enum(State))
    currency: str
    expires_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)

    lines: list["CommitmentLine"] = Relationship(
        sa_relationship_kwargs=_CHILDREN | {"order_by": "CommitmentLine.cost_code"}
    )

    def hold(self) -> Hold:
        """What it holds of the budget, as the rules see it."""
        return Hold(self.state, {line.cost_code: line.amount for line in self.lines})


class CommitmentLine(SQLModel, table=True):
    """An order's amount against one cost code."""

    __tablename__ = "commitment_lines"
    __table_args__ = (
        PrimaryKeyConstraint("commitment_id", "cost_code", name="commitment_lines_pkey"),
        CheckConstraint("amount >= 0", name="commitment_lines_amount_not_negative"),
    )

    commitment_id: UUID = Field(foreign_key="commitments.id", ondelete="CASCADE")
    cost_code: str
    amount: Decimal = Field(sa_type=Numeric(18, 2))
