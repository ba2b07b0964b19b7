"""Tables of agreements and of what was called off."""

# No postponed annotations here: SQLModel reads a Relationship's target from the annotation itself.

from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Index, Numeric, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, Relationship, SQLModel

from chassis.database import TIMESTAMPTZ, Row, one_of, text_enum
from chassis.ids import new_id
from procurement.agreements.states import Kind, PriceKind, State

AMOUNT = Numeric(18, 2)
QUANTITY = Numeric(18, 6)
_CHILDREN: dict[str, Any] = {"lazy": "raise", "cascade": "all, delete-orphan", "passive_deletes": True}


class Agreement(Row, table=True):
    """An agreement of a buyer, or of a group's head for several organisations, with a supplier.

    What is ordered and left is counted from the order lines themselves, under the lock of this row, so that it is
    right whatever becomes of the orders. Caps are None where nothing is capped. Who wrote it (`created_by`) or revised
    it (`revised_by`) does not approve it.
    """

    __tablename__ = "agreements"
    __table_args__ = (
        UniqueConstraint("holder_id", "number", name="agreements_number_taken"),
        CheckConstraint(one_of("state", State), name="agreements_state"),
        CheckConstraint(one_of("kind", Kind), name="agreements_kind"),
        CheckConstraint("valid_from <= valid_to", name="agreements_validity"),
        CheckConstraint("soft_cap <= hard_cap", name="agreements_caps"),
        Index("agreements_holder", "holder_id", "id"),
        Index("agreements_supplier", "supplier_id", "id"),
    )

    number: str
    name: str
    kind: Kind = Field(sa_type=text_enum(Kind))
    holder_id: UUID
    supplier_id: UUID
    state: State = Field(sa_type=text_enum(State))
    currency: str
    valid_from: date
    valid_to: date
    soft_cap: Decimal | None = Field(default=None, sa_type=AMOUNT)
    hard_cap: Decimal | None = Field(default=None, sa_type=AMOUNT)
    note: str = ""
    reason: str = ""
    created_by: str
    revised_by: list[str] = Field(
        default_factory=list, sa_column=Column(ARRAY(String), nullable=False, server_default=text("'{}'"))
    )
    signed_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
    signed_by: str = ""

    items: list["AgreementItem"] = Relationship(
        sa_relationship_kwargs=_CHILDREN | {"order_by": "AgreementItem.position"}
    )
    entitlements: list["Entitlement"] = Relationship(
        sa_relationship_kwargs=_CHILDREN | {"order_by": "Entitlement.position"}
    )


class AgreementItem(SQLModel, table=True):
    """A material with its price or price formula, tax included, and how much of it may be ordered."""

    __tablename__ = "agreement_items"
    __table_args__: ClassVar = (
        ForeignKeyConstraint(["agreement_id"], ["agreements.id"], ondelete="CASCADE", name="agreement_items_of"),
        ForeignKeyConstraint(
            ["material_code", "unit"],
            ["material_units.material_code", "material_units.unit"],
            name="agreement_items_material",
        ),
        UniqueConstraint("agreement_id", "position", name="agreement_items_position"),
        CheckConstraint(one_of("price_kind", PriceKind), name="agreement_items_price_kind"),
        CheckConstraint("(price_kind = 'fixed') = (unit_price IS NOT NULL)", name="agreement_items_fixed"),
        CheckConstraint("(price_kind = 'published') = (region <> '')", name="agreement_items_published"),
        CheckConstraint("discount_percent = 0 OR discount_amount = 0", name="agreement_items_one_discount"),
        CheckConstraint("tolerance_percent BETWEEN 0 AND 100", name="agreement_items_tolerance"),
        CheckConstraint("soft_cap <= hard_cap", name="agreement_items_caps"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    agreement_id: UUID
    position: int
    material_code: str
    unit: str
    price_kind: PriceKind = Field(sa_type=text_enum(PriceKind))
    unit_price: Decimal | None = Field(default=None, sa_type=QUANTITY)
    region: str
    discount_percent: Decimal = Field(sa_type=Numeric(5, 2))
    discount_amount: Decimal = Field(sa_type=QUANTITY)
    tax_percent: Decimal | None = Field(default=None, sa_type=Numeric(5, 2))
    tolerance_percent: Decimal = Field(sa_type=Numeric(5, 2))
    soft_cap: Decimal | None = Field(default=None, sa_type=QUANTITY)
    hard_cap: Decimal | None = Field(default=None, sa_type=QUANTITY)


class Entitlement(SQLModel, table=True):
    """Who may call off, for one project or (None) for all of its projects, and for how much.

    With `whole_group` the organisation is the head of a group of companies (集团), and so may each that belongs to it
    on the day of the call-off; such a one has no caps of its own, the agreement's hold.
    """

    __tablename__ = "agreement_entitlements"
    __table_args__: ClassVar = (
        ForeignKeyConstraint(["agreement_id"], ["agreements.id"], ondelete="CASCADE", name="agreement_entitlements_of"),
        UniqueConstraint(
            "agreement_id", "organisation_id", "project_id", "whole_group",
            name="agreement_entitlements_once", postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint("soft_cap <= hard_cap", name="agreement_entitlements_caps"),
        CheckConstraint(
            "NOT whole_group OR (project_id IS NULL AND soft_cap IS NULL AND hard_cap IS NULL)",
            name="agreement_entitlements_group",
        ),
        Index("agreement_entitlements_organisation", "organisation_id", "agreement_id"),
    )  # fmt: skip

    id: UUID = Field(default_factory=new_id, primary_key=True)
    agreement_id: UUID
    position: int
    organisation_id: UUID
    project_id: UUID | None = None
    whole_group: bool = False
    soft_cap: Decimal | None = Field(default=None, sa_type=AMOUNT)
    hard_cap: Decimal | None = Field(default=None, sa_type=AMOUNT)


class CallOff(Row, table=True):
    """One order that was called off (框架协议下单), and the soft caps that it passed."""

    __tablename__ = "call_offs"
    __table_args__ = (
        ForeignKeyConstraint(["agreement_id"], ["agreements.id"], name="call_offs_agreement"),
        ForeignKeyConstraint(["order_id"], ["orders.id"], name="call_offs_order"),
        UniqueConstraint("order_id", name="call_offs_once"),
        Index("call_offs_of_agreement", "agreement_id", "id"),
    )

    agreement_id: UUID
    order_id: UUID
    organisation_id: UUID
    project_id: UUID
    warnings: list[dict[str, str]] = Field(sa_type=JSONB)
    created_by: str

    lines: list["CallOffLine"] = Relationship(
        sa_relationship_kwargs={"lazy": "raise", "order_by": "CallOffLine.position", "cascade": "all"}
    )


class CallOffLine(SQLModel, table=True):
    """How the price of one order line came about; kept, because formula and published price move on."""

    __tablename__ = "call_off_lines"
    __table_args__: ClassVar = (
        ForeignKeyConstraint(["call_off_id"], ["call_offs.id"], ondelete="CASCADE", name="call_off_lines_of"),
        ForeignKeyConstraint(["item_id"], ["agreement_items.id"], name="call_off_lines_item"),
        UniqueConstraint("order_line_id", name="call_off_lines_once"),
        CheckConstraint("(price_kind = 'published') = (published_price IS NOT NULL)", name="call_off_lines_published"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    call_off_id: UUID
    position: int
    order_line_id: UUID
    item_id: UUID
    quantity: Decimal = Field(sa_type=QUANTITY)
    unit_price: Decimal = Field(sa_type=QUANTITY)
    price_kind: PriceKind = Field(sa_type=text_enum(PriceKind))
    region: str
    published_price: Decimal | None = Field(default=None, sa_type=QUANTITY)
    published_month: date | None = None
    published_source: str
    discount_percent: Decimal = Field(sa_type=Numeric(5, 2))
    discount_amount: Decimal = Field(sa_type=QUANTITY)
