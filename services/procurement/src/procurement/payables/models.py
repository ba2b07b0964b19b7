"""Tables of payables."""

# No postponed annotations here: SQLModel reads a Relationship's target from the annotation itself.

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Numeric, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel

from chassis.database import Row, one_of, text_enum
from chassis.ids import new_id
from procurement.payables.states import BuyerKind, DueBy, Kind, State, TermsRule, Warned

AMOUNT: Any = Numeric(18, 2)
NONE = Decimal("0.00")


class PaymentTerms(Row, table=True):
    """What a buyer has agreed with a supplier, or with all of them when `supplier_id` is None (付款条件).

    Counts for payables raised on or after `valid_from`. `days` None: no term is agreed, only the law counts.
    `interest_percent` is the yearly rate for late payment, None when none is agreed. `retention_percent` is withheld
    for `retention_months` after acceptance (缺陷责任期). `small_firm` counts where the supplier's file says nothing.
    """

    __tablename__ = "payment_terms"
    __table_args__ = (
        UniqueConstraint(
            "buyer_id", "supplier_id", "valid_from", name="payment_terms_day_taken", postgresql_nulls_not_distinct=True
        ),
        CheckConstraint(one_of("rule", TermsRule), name="payment_terms_rule"),
        CheckConstraint(one_of("buyer_kind", BuyerKind), name="payment_terms_buyer_kind"),
        CheckConstraint("days BETWEEN 0 AND 365", name="payment_terms_days"),
        CheckConstraint("retention_percent BETWEEN 0 AND 100", name="payment_terms_retention"),
        CheckConstraint("retention_months BETWEEN 0 AND 120", name="payment_terms_months"),
        CheckConstraint("interest_percent BETWEEN 0 AND 100", name="payment_terms_interest"),
    )

    buyer_id: UUID
    supplier_id: UUID | None = None
    rule: TermsRule = Field(sa_type=text_enum(TermsRule))
    days: int | None = None
    buyer_kind: BuyerKind = Field(sa_type=text_enum(BuyerKind))
    small_firm: bool
    interest_percent: Decimal | None = Field(default=None, sa_type=Numeric(5, 2))
    retention_percent: Decimal = Field(sa_type=Numeric(5, 2))
    retention_months: int
    valid_from: date
    source: str


class Payable(Row, table=True):
    """What a buyer owes a supplier (应付账款); a credit is the other way round.

    `amount` = `paid` + `offset_amount` + `returned` + what is open, of which `in_payment` is bound in payment orders.
    `offset_amount` was settled by advances and credits (of a credit: what it settled), `returned` came back of an
    advance, `consumed` is what later invoices have taken of a paid one. `costs` add up to the amount, tax included.
    All that the rules said on the day it was raised is kept here: a later change of terms or law does not touch it.
    `late_amount_days` is the sum of amount × days late over what was settled late.
    """

    __tablename__ = "payables"
    __table_args__ = (
        UniqueConstraint("buyer_id", "number", name="payables_number_taken"),
        ForeignKeyConstraint(["parent_id"], ["payables.id"], name="payables_parent"),
        CheckConstraint(one_of("state", State), name="payables_state"),
        CheckConstraint(one_of("kind", Kind), name="payables_kind"),
        CheckConstraint(one_of("due_by", DueBy), name="payables_due_by"),
        CheckConstraint(one_of("buyer_kind", BuyerKind), name="payables_buyer_kind"),
        CheckConstraint(one_of("warned", Warned), name="payables_warned"),
        CheckConstraint("amount > 0", name="payables_amount"),
        CheckConstraint(
            "paid >= 0 AND offset_amount >= 0 AND returned >= 0 AND in_payment >= 0", name="payables_not_negative"
        ),
        CheckConstraint("paid + offset_amount + returned + in_payment <= amount", name="payables_never_overpaid"),
        CheckConstraint("consumed >= 0 AND consumed <= paid", name="payables_consumed"),
        CheckConstraint(
            "(state = 'settled') = (paid + offset_amount + returned = amount)",
            name="payables_settled_when_nothing_left",
        ),
        CheckConstraint("(kind = 'advance') = (invoice_id IS NULL)", name="payables_invoice"),
        CheckConstraint("(kind = 'retention') = (parent_id IS NOT NULL)", name="payables_retention_of"),
        Index(
            "payables_invoice_once", "invoice_id", "kind", unique=True, postgresql_where=text("invoice_id IS NOT NULL")
        ),
        Index("payables_buyer", "buyer_id", "id"),
        Index("payables_supplier", "supplier_id", "id"),
        Index("payables_between", "buyer_id", "supplier_id", "project_id", "state"),
    )

    number: str
    kind: Kind = Field(sa_type=text_enum(Kind))
    state: State = Field(sa_type=text_enum(State))
    buyer_id: UUID
    supplier_id: UUID
    project_id: UUID
    invoice_id: UUID | None = None
    parent_id: UUID | None = None
    order_ids: list[UUID] = Field(sa_type=ARRAY(Uuid))
    currency: str
    amount: Decimal = Field(sa_type=AMOUNT)
    paid: Decimal = Field(default=NONE, sa_type=AMOUNT)
    offset_amount: Decimal = Field(default=NONE, sa_type=AMOUNT)
    returned: Decimal = Field(default=NONE, sa_type=AMOUNT)
    in_payment: Decimal = Field(default=NONE, sa_type=AMOUNT)
    consumed: Decimal = Field(default=NONE, sa_type=AMOUNT)
    costs: list[dict[str, str]] = Field(sa_type=JSONB)
    delivered_on: date
    due_on: date
    due_by: DueBy = Field(sa_type=text_enum(DueBy))
    due_source: str
    due_by_contract: date | None = None
    due_by_law: date | None = None
    law_rule: str = ""
    terms_id: UUID | None = None
    small_firm: bool
    buyer_kind: BuyerKind = Field(sa_type=text_enum(BuyerKind))
    interest_percent: Decimal | None = Field(default=None, sa_type=Numeric(9, 6))
    interest_days: int | None = None
    interest_source: str = ""
    late_amount_days: Decimal = Field(default=NONE, sa_type=Numeric(24, 2))
    warned: Warned | None = Field(default=None, sa_type=text_enum(Warned))
    note: str = ""

    @property
    def open_amount(self) -> Decimal:
        """What is still owed, bound in a payment order or not."""
        return self.amount - self.paid - self.offset_amount - self.returned

    @property
    def available(self) -> Decimal:
        """What a new payment order may take, or an advance or credit settle."""
        return self.open_amount - self.in_payment

    @property
    def split(self) -> list[tuple[str, Decimal]]:
        """The costs as pairs, in their order."""
        return [(one["cost_code"], Decimal(one["amount"])) for one in self.costs]


class Offset(SQLModel, table=True):
    """So much of a payable was settled by an advance or a credit (冲抵)."""

    __tablename__ = "payable_offsets"
    __table_args__: ClassVar = (
        ForeignKeyConstraint(["payable_id"], ["payables.id"], name="payable_offsets_payable"),
        ForeignKeyConstraint(["fund_id"], ["payables.id"], name="payable_offsets_fund"),
        CheckConstraint("amount > 0", name="payable_offsets_amount"),
        Index("payable_offsets_of_payable", "payable_id"),
        Index("payable_offsets_of_fund", "fund_id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    payable_id: UUID
    fund_id: UUID
    amount: Decimal = Field(sa_type=AMOUNT)
    on_day: date
