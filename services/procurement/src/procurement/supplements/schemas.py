"""What comes in and goes out about supplemental agreements."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from chassis.http.faults import fault
from chassis.http.schemas import In, Out
from chassis.values import Amount, Instant, LongText, Percent, Price, Quantity
from procurement.agreements.schemas import EntitlementIn, ItemIn, demand_each_once, demand_ordered
from procurement.agreements.states import PriceKind
from procurement.supplements.models import Supplement
from procurement.supplements.service import DraftSupplement, Heights, ItemCaps
from procurement.supplements.states import State


class HeightsIn(In):
    """The caps of the whole agreement by amount; null where nothing shall be capped."""

    soft_cap: Amount | None
    hard_cap: Amount | None

    @model_validator(mode="after")
    def _caps(self) -> Self:
        demand_ordered(self.soft_cap, self.hard_cap)
        return self


class ItemCapsIn(In):
    """The caps that an item of the agreement shall have; null where nothing shall be capped."""

    item_id: UUID
    soft_cap: Quantity | None
    hard_cap: Quantity | None

    @model_validator(mode="after")
    def _caps(self) -> Self:
        demand_ordered(self.soft_cap, self.hard_cap)
        return self


class DraftSupplementIn(In):
    """What shall change in a signed agreement; what is absent stays."""

    reason: LongText = Field(examples=["三标段增加地下室,钢材用量增加。"])
    valid_to: date | None = Field(default=None, description="The new last day.", examples=[None])
    caps: HeightsIn | None = Field(default=None, description="By amount, of all call-offs.", examples=[None])
    item_caps: Annotated[list[ItemCapsIn], Field(max_length=500)] = Field(default_factory=list)
    items: Annotated[list[ItemIn], Field(max_length=500)] = Field(default_factory=list, description="Come on top.")
    entitlements: Annotated[list[EntitlementIn], Field(max_length=500)] = Field(
        default_factory=list, description="New caps of those who may call off, or others who may too."
    )

    @model_validator(mode="after")
    def _once(self) -> Self:
        demand_each_once(self.entitlements)
        if any(one.whole_group for one in self.entitlements):
            raise fault("GROUP_IN_SUPPLEMENT", zh="集团授权须在协议中约定", en="A group is entitled by the agreement")
        return self

    def plain(self, agreement_id: UUID, expected_version: int | None) -> DraftSupplement:
        """As the use case takes it."""
        return DraftSupplement(
            agreement_id,
            expected_version,
            self.reason,
            self.valid_to,
            None if self.caps is None else Heights(self.caps.soft_cap, self.caps.hard_cap),
            tuple(ItemCaps(one.item_id, one.soft_cap, one.hard_cap) for one in self.item_caps),
            tuple(item.plain() for item in self.items),
            tuple(one.plain() for one in self.entitlements),
        )


class SupplementItemOut(Out):
    """An item as it shall be, and its caps as they were; `is_new`: it comes on top."""

    item_id: UUID
    position: int
    is_new: bool
    material_code: str
    unit: str
    price_kind: PriceKind
    unit_price: Price | None
    region: str
    discount_percent: Decimal
    discount_amount: Decimal
    tax_percent: Percent | None
    tolerance_percent: Percent
    soft_cap: Quantity | None
    hard_cap: Quantity | None
    before_soft_cap: Quantity | None
    before_hard_cap: Quantity | None


class SupplementEntitlementOut(Out):
    """Who may call off how much, and how much it was before; `is_new`: for the first time."""

    organisation_id: UUID
    project_id: UUID | None
    is_new: bool
    soft_cap: Amount | None
    hard_cap: Amount | None
    before_soft_cap: Amount | None
    before_hard_cap: Amount | None


class SupplementOut(Out):
    """A supplemental agreement (补充协议): what the agreement shall say, and what it said before."""

    id: UUID
    version: int
    agreement_id: UUID
    number: int
    state: State
    reason: str
    answer: str
    valid_to: date
    before_valid_to: date
    soft_cap: Amount | None
    hard_cap: Amount | None
    before_soft_cap: Amount | None
    before_hard_cap: Amount | None
    items: list[SupplementItemOut]
    entitlements: list[SupplementEntitlementOut]
    proposed_at: datetime | None
    decided_at: datetime | None
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of(cls, supplement: Supplement) -> SupplementOut:
        """From the row with what belongs to it."""
        return cls.model_validate(supplement)
