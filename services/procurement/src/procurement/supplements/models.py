"""Tables of supplemental agreements."""

# No postponed annotations here: SQLModel reads a Relationship's target from the annotation itself.

from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Numeric, UniqueConstraint, text
from sqlmodel import Field, Relationship, SQLModel

from chassis.database import TIMESTAMPTZ, Row, one_of, text_enum
from chassis.ids import new_id
from procurement.agreements.models import AMOUNT, QUANTITY
from procurement.agreements.states import PriceKind
from procurement.supplements.states import State

_CHILDREN: dict[str, Any] = {"lazy": "raise", "cascade": "all", "passive_deletes": True}


class Supplement(Row, table=True):
    """A supplemental agreement (补充协议); `number` counts those of the agreement from 1.

    What the agreement shall say as a whole, and what it said when this was drafted (`before_…`); members that do not
    change are the same on both sides. `reason` is the holder's, `answer` why it was declined or withdrawn. `adds` is
    by how much more can be called off at most, written at the submission; None before it, or when nothing bounds it.
    """

    __tablename__ = "agreement_supplements"
    __table_args__ = (
        ForeignKeyConstraint(["agreement_id"], ["agreements.id"], name="agreement_supplements_agreement"),
        UniqueConstraint("agreement_id", "number", name="agreement_supplements_number"),
        CheckConstraint(one_of("state", State), name="agreement_supplements_state"),
        CheckConstraint("soft_cap <= hard_cap", name="agreement_supplements_caps"),
        CheckConstraint(
            "state NOT IN ('proposed', 'signed', 'declined') OR proposed_at IS NOT NULL",
            name="agreement_supplements_proposed",
        ),
        Index(
            "agreement_supplements_one_open", "agreement_id",
            unique=True, postgresql_where=text("state IN ('draft', 'submitted', 'proposed')"),
        ),
    )  # fmt: skip

    agreement_id: UUID
    number: int
    state: State = Field(sa_type=text_enum(State))
    reason: str
    answer: str = ""
    valid_to: date
    before_valid_to: date
    soft_cap: Decimal | None = Field(default=None, sa_type=AMOUNT)
    hard_cap: Decimal | None = Field(default=None, sa_type=AMOUNT)
    before_soft_cap: Decimal | None = Field(default=None, sa_type=AMOUNT)
    before_hard_cap: Decimal | None = Field(default=None, sa_type=AMOUNT)
    adds: Decimal | None = Field(default=None, sa_type=AMOUNT)
    drafted_by: str
    proposed_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
    decided_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)

    items: list["SupplementItem"] = Relationship(
        sa_relationship_kwargs=_CHILDREN | {"order_by": "SupplementItem.position"}
    )
    entitlements: list["SupplementEntitlement"] = Relationship(
        sa_relationship_kwargs=_CHILDREN | {"order_by": "SupplementEntitlement.position"}
    )


class SupplementItem(SQLModel, table=True):
    """An item whose caps change, or (`is_new`) one that comes on top; `position` and `item_id` are the agreement's."""

    __tablename__ = "agreement_supplement_items"
    __table_args__: ClassVar = (
        ForeignKeyConstraint(
            ["supplement_id"], ["agreement_supplements.id"], ondelete="CASCADE", name="agreement_supplement_items_of"
        ),
        ForeignKeyConstraint(
            ["material_code", "unit"],
            ["material_units.material_code", "material_units.unit"],
            name="agreement_supplement_items_material",
        ),
        UniqueConstraint("supplement_id", "item_id", name="agreement_supplement_items_once"),
        CheckConstraint(one_of("price_kind", PriceKind), name="agreement_supplement_items_price_kind"),
        CheckConstraint("soft_cap <= hard_cap", name="agreement_supplement_items_caps"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    supplement_id: UUID
    position: int
    item_id: UUID
    is_new: bool
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
    before_soft_cap: Decimal | None = Field(default=None, sa_type=QUANTITY)
    before_hard_cap: Decimal | None = Field(default=None, sa_type=QUANTITY)


class SupplementEntitlement(SQLModel, table=True):
    """Who may call off more or less than before, or (`is_new`) for the first time."""

    __tablename__ = "agreement_supplement_entitlements"
    __table_args__: ClassVar = (
        ForeignKeyConstraint(
            ["supplement_id"], ["agreement_supplements.id"],
            ondelete="CASCADE", name="agreement_supplement_entitlements_of",
        ),
        UniqueConstraint(
            "supplement_id", "organisation_id", "project_id",
            name="agreement_supplement_entitlements_once", postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint("soft_cap <= hard_cap", name="agreement_supplement_entitlements_caps"),
    )  # fmt: skip

    id: UUID = Field(default_factory=new_id, primary_key=True)
    supplement_id: UUID
    position: int
    organisation_id: UUID
    project_id: UUID | None = None
    is_new: bool
    soft_cap: Decimal | None = Field(default=None, sa_type=AMOUNT)
    hard_cap: Decimal | None = Field(default=None, sa_type=AMOUNT)
    before_soft_cap: Decimal | None = Field(default=None, sa_type=AMOUNT)
    before_hard_cap: Decimal | None = Field(default=None, sa_type=AMOUNT)
