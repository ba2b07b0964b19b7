"""Tables of payments."""

# No postponed annotations here: SQLModel reads a Relationship's target from the annotation itself.

from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Numeric, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, Relationship, SQLModel

from chassis.database import TIMESTAMPTZ, Row, one_of, text_enum
from chassis.ids import new_id
from procurement.payments.states import ItemState, State

AMOUNT: Any = Numeric(18, 2)


class Payment(Row, table=True):
    """A payment order (付款单) of a buyer over several payables.

    `paid` is what the bank has executed; a refund (退款) is an order of its own whose amounts are negative. The debtor
    is the buyer's own account, its number sealed. Who prepared it may not approve it.
    """

    __tablename__ = "payments"
    __table_args__ = (
        UniqueConstraint("buyer_id", "number", name="payments_number_taken"),
        CheckConstraint(one_of("state", State), name="payments_state"),
        CheckConstraint("(total < 0) = refund", name="payments_refund"),
        CheckConstraint("total <> 0", name="payments_total"),
        CheckConstraint("abs(paid) <= abs(total)", name="payments_paid"),
        CheckConstraint("approved_by = '' OR approved_by <> prepared_by", name="payments_four_eyes"),
        Index("payments_buyer", "buyer_id", "id"),
    )

    number: str
    state: State = Field(sa_type=text_enum(State))
    buyer_id: UUID
    refund: bool = False
    currency: str
    total: Decimal = Field(sa_type=AMOUNT)
    paid: Decimal = Field(default=Decimal("0.00"), sa_type=AMOUNT)
    execute_on: date
    debtor_holder: str
    debtor_bank: str
    debtor_account: str
    note: str = ""
    reason: str = ""
    prepared_by: str
    approved_by: str = ""
    approved_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)

    items: list["PaymentItem"] = Relationship(
        sa_relationship_kwargs={"lazy": "raise", "order_by": "PaymentItem.position", "cascade": "all"}
    )


class PaymentItem(SQLModel, table=True):
    """So much of one payable; from the submission on with the supplier's account as it was then, its number sealed.

    `costs`: by how much paid cost changed per cost code when it was executed.
    """

    __tablename__ = "payment_items"
    __table_args__: ClassVar = (
        ForeignKeyConstraint(["payment_id"], ["payments.id"], name="payment_items_payment"),
        ForeignKeyConstraint(["payable_id"], ["payables.id"], name="payment_items_payable"),
        UniqueConstraint("payment_id", "payable_id", name="payment_items_once"),
        CheckConstraint(one_of("state", ItemState), name="payment_items_state"),
        CheckConstraint("amount <> 0", name="payment_items_amount"),
        CheckConstraint(
            "(state = 'executed') = (bank_reference <> '' AND paid_on IS NOT NULL)", name="payment_items_proof"
        ),
        Index("payment_items_payable", "payable_id"),
        Index("payment_items_receipts", "supplier_id", "id", postgresql_where=text("state = 'executed'")),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    payment_id: UUID
    position: int
    buyer_id: UUID
    payable_id: UUID
    payable_number: str
    invoice_id: UUID | None = None
    project_id: UUID
    supplier_id: UUID
    currency: str
    amount: Decimal = Field(sa_type=AMOUNT)
    state: ItemState = Field(sa_type=text_enum(ItemState))
    account_holder: str = ""
    account_bank: str = ""
    account_number: str = ""
    bank_reference: str = ""
    paid_on: date | None = None
    file_id: UUID | None = None
    reason: str = ""
    costs: list[dict[str, str]] = Field(default_factory=list, sa_type=JSONB)
