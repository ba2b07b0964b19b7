"""Tables of payouts."""

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Numeric, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from chassis.database import Row, one_of, text_enum
from labour.payouts.states import Cause, PayeeState, RowState, State

AMOUNT: Any = Numeric(18, 2)


class Payout(Row, table=True):
    """A payout (代发批次) from a wage account; CNY. `total` is taken from the account with the approval, and what fails
    goes back. Who prepared it does not approve it."""

    __tablename__ = "payouts"
    __table_args__ = (
        ForeignKeyConstraint(["account_id"], ["wage_accounts.id"], name="payouts_account"),
        CheckConstraint(one_of("state", State), name="payouts_state"),
        CheckConstraint("total > 0 AND paid >= 0 AND paid <= total", name="payouts_amounts"),
        CheckConstraint("approved_by = '' OR approved_by <> prepared_by", name="payouts_four_eyes"),
        UniqueConstraint("contractor_id", "number", name="payouts_number_taken"),
        Index("payouts_contractor", "contractor_id", "id"),
        Index("payouts_project", "project_id", "id"),
    )

    account_id: UUID
    project_id: UUID
    contractor_id: UUID
    number: str
    state: State = Field(sa_type=text_enum(State))
    execute_on: date
    transfers: int
    total: Decimal = Field(sa_type=AMOUNT)
    paid: Decimal = Field(default=Decimal("0.00"), sa_type=AMOUNT)
    reason: str = ""
    prepared_by: str
    approved_by: str = ""


class PayoutRow(SQLModel, table=True):
    """One transfer: a payroll line to the card that the payee had when the payout was prepared, its number encrypted.

    Of a line there is one transfer at most that waits or was paid: nothing is paid twice.
    """

    __tablename__ = "payout_rows"
    __table_args__: ClassVar = (
        ForeignKeyConstraint(["payout_id"], ["payouts.id"], name="payout_rows_payout"),
        ForeignKeyConstraint(["line_id"], ["payroll_lines.id"], name="payout_rows_line"),
        UniqueConstraint("payout_id", "position", name="payout_rows_position"),
        CheckConstraint(one_of("state", RowState), name="payout_rows_state"),
        CheckConstraint("amount > 0", name="payout_rows_amount"),
        CheckConstraint("(state = 'paid') = (bank_reference <> '' AND paid_on IS NOT NULL)", name="payout_rows_proof"),
        Index(
            "payout_rows_line_once",
            "line_id",
            unique=True,
            postgresql_where=text("state IN ('pending', 'paid')"),
        ),
    )

    id: UUID = Field(primary_key=True)
    payout_id: UUID
    position: int
    line_id: UUID
    payroll_id: UUID
    worker_id: UUID
    amount: Decimal = Field(sa_type=AMOUNT)
    payee_name: str
    card: str
    card_masked: str
    bank_code: str
    state: RowState = Field(sa_type=text_enum(RowState))
    bank_reference: str = ""
    paid_on: date | None = None
    reason: str = ""


class Payee(Row, table=True):
    """That the wages of a worker go to another card than the registered one, or to an heir, with the evidence for it.

    The employer proposes it, the general contractor confirms it; then it counts for his payouts of that worker.
    `file_id` is the evidence; None once it is erased.
    """

    __tablename__ = "payees"
    __table_args__ = (
        ForeignKeyConstraint(["worker_id"], ["workers.id"], name="payees_worker"),
        ForeignKeyConstraint(["file_id"], ["files.id"], name="payees_file"),
        CheckConstraint(one_of("cause", Cause), name="payees_cause"),
        CheckConstraint(one_of("state", PayeeState), name="payees_state"),
        Index(
            "payees_one_in_force",
            "worker_id",
            "contractor_id",
            unique=True,
            postgresql_where=text("state = 'confirmed'"),
        ),
        Index("payees_employer", "employer_id", "id"),
        Index("payees_contractor", "contractor_id", "id"),
    )

    line_id: UUID
    worker_id: UUID
    project_id: UUID
    employer_id: UUID
    contractor_id: UUID
    cause: Cause = Field(sa_type=text_enum(Cause))
    name: str
    card: str
    card_masked: str
    bank_code: str
    file_id: UUID | None
    state: PayeeState = Field(sa_type=text_enum(PayeeState))
    reason: str
    proposed_by: str
    decided_by: str = ""
