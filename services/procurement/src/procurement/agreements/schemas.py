"""What comes in and goes out about agreements."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from chassis.http.faults import fault
from chassis.http.schemas import In, Out
from chassis.values import Amount, Code, Currency, Instant, Percent, Price, Quantity, QuantityOrZero, Text
from procurement.agreements.commands.call_off import CallOffLineOf, CallOffOrder
from procurement.agreements.commands.caps import Level
from procurement.agreements.models import Agreement, CallOff
from procurement.agreements.rules import Formula
from procurement.agreements.service import Entitled, Item, Terms
from procurement.agreements.states import Kind, PriceKind, State
from procurement.orders.schemas import MaterialCode, Unit

Region = Annotated[str, Field(pattern=r"^[0-9]{6}$", examples=["440300"])]
"""National administrative division code (GB/T 2260)."""

ZERO_PERCENT, ZERO_PRICE = Decimal("0.00"), Decimal("0.000000")


class FormulaIn(In):
    """The published price (信息价) of a region and month, less a discount in percent or in money per unit.

    With `surcharge` the discount is put on top instead.
    """

    region: Region
    discount_percent: Percent = ZERO_PERCENT
    discount_amount: Price = ZERO_PRICE
    surcharge: bool = False

    @model_validator(mode="after")
    def _one_discount(self) -> Self:
        if self.discount_percent and self.discount_amount:
            raise fault("TWO_DISCOUNTS", zh="折扣只能按百分比或金额之一", en="Percent or amount, not both")
        return self


class ItemIn(In):
    """A material with a fixed price or a formula, tax included, and its caps by quantity."""

    material_code: MaterialCode
    unit: Unit
    unit_price: Price | None = Field(default=None, description="A fixed price, tax included (含税单价).")
    formula: FormulaIn | None = Field(default=None, examples=[None], description="Instead of a fixed price.")
    tax_percent: Percent | None = None
    tolerance_percent: Percent = Field(default=ZERO_PERCENT, description="Over-delivery that is taken, in percent.")
    soft_cap: Quantity | None = Field(default=None, description="Beyond it a call-off is warned of.")
    hard_cap: Quantity | None = Field(default=None, description="Beyond it a call-off is refused.")

    @model_validator(mode="after")
    def _one_price(self) -> Self:
        if (self.unit_price is None) == (self.formula is None):
            raise fault("ONE_PRICE", zh="固定单价与价格公式须且只能有一个", en="A fixed price or a formula is needed")
        demand_ordered(self.soft_cap, self.hard_cap)
        return self

    def plain(self) -> Item:
        """As the use case takes it."""
        return Item(
            self.material_code,
            self.unit,
            _formula(self.unit_price, self.formula),
            self.tax_percent,
            self.tolerance_percent,
            self.soft_cap,
            self.hard_cap,
        )


class EntitlementIn(In):
    """An organisation that may call off, for one project or for all of its projects, and its caps by amount."""

    organisation_id: UUID
    project_id: UUID | None = None
    whole_group: bool = Field(
        default=False,
        description="With the holder's own id: also every organisation that belongs to its group (集团) on the day of "
        "the call-off; without project and caps.",
    )
    soft_cap: Amount | None = None
    hard_cap: Amount | None = None

    @model_validator(mode="after")
    def _caps(self) -> Self:
        if self.whole_group and (self.project_id or self.soft_cap is not None or self.hard_cap is not None):
            raise fault("GROUP_WITHOUT_CAPS", zh="集团授权不能限定项目或金额", en="A group has no project and no caps")
        demand_ordered(self.soft_cap, self.hard_cap)
        return self

    def plain(self) -> Entitled:
        """As the use case takes it."""
        return Entitled(**self.model_dump())


class TermsIn(In):
    """All that may change in a draft."""

    name: Text = Field(examples=["2027年度钢材集中采购"])
    kind: Kind = Field(examples=["centralised"])
    valid_from: date
    valid_to: date
    soft_cap: Amount | None = Field(default=None, description="By amount, of all call-offs: warned of beyond it.")
    hard_cap: Amount | None = Field(default=None, description="By amount, of all call-offs: refused beyond it.")
    note: Annotated[str, Field(max_length=2000)] = ""
    items: Annotated[list[ItemIn], Field(min_length=1, max_length=500)]
    entitlements: Annotated[list[EntitlementIn], Field(min_length=1, max_length=500)]

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.valid_to < self.valid_from:
            raise fault("VALIDITY_REVERSED", zh="有效期止早于起", en="It ends before it begins")
        demand_ordered(self.soft_cap, self.hard_cap)
        demand_each_once(self.entitlements)
        return self

    def plain(self) -> Terms:
        """As the use case takes it."""
        return Terms(
            self.name,
            self.kind,
            self.valid_from,
            self.valid_to,
            self.soft_cap,
            self.hard_cap,
            self.note,
            tuple(item.plain() for item in self.items),
            tuple(one.plain() for one in self.entitlements),
        )


class CreateAgreementIn(TermsIn):
    """A new draft."""

    number: Code | None = Field(default=None, description="The holder's own number; one is made when absent.")
    supplier_id: UUID
    currency: Currency = "CNY"


class CallOffLineIn(In):
    """So much of an item; the agreement says the price."""

    item_id: UUID
    quantity: Quantity
    cost_code: Code = Field(examples=["01-STEEL"])
    needed_by: date | None = None


class CallOffOrderIn(In):
    """An order for one project."""

    project_id: UUID
    number: Code | None = None
    note: Annotated[str, Field(max_length=2000)] = ""
    lines: Annotated[list[CallOffLineIn], Field(min_length=1, max_length=500)]

    def plain(self) -> CallOffOrder:
        """As the use case takes it."""
        lines = tuple(CallOffLineOf(line.item_id, line.quantity, line.cost_code, line.needed_by) for line in self.lines)
        return CallOffOrder(self.project_id, self.number, self.note, lines)


class CallOffIn(In):
    """Orders that are called off together: all or none."""

    orders: Annotated[list[CallOffOrderIn], Field(min_length=1, max_length=100)]


class ItemOut(Out):
    """An item; `discount_…` below zero is a surcharge on the published price."""

    id: UUID
    position: int
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


class EntitlementOut(Out):
    """Who may call off, and how much."""

    organisation_id: UUID
    project_id: UUID | None
    whole_group: bool
    soft_cap: Amount | None
    hard_cap: Amount | None


class AgreementSummary(Out):
    """An agreement without its items."""

    id: UUID
    version: int
    number: str
    name: str
    kind: Kind
    holder_id: UUID
    supplier_id: UUID
    state: State
    currency: str
    valid_from: date
    valid_to: date
    soft_cap: Amount | None
    hard_cap: Amount | None
    note: str
    reason: str
    signed_at: datetime | None
    created_at: Instant
    updated_at: Instant

    @classmethod
    def summary(cls, agreement: Agreement) -> AgreementSummary:
        """From the row."""
        return cls.model_validate(agreement)


class AgreementOut(AgreementSummary):
    """An agreement with its items; an entitled organisation sees its own entitlements only."""

    items: list[ItemOut]
    entitlements: list[EntitlementOut]

    @classmethod
    def of(cls, agreement: Agreement) -> AgreementOut:
        """From the row with what belongs to it."""
        return cls.model_validate(agreement)


class LevelOut(Out):
    """A cap and what counts against it: an item's quantity, or an amount in the agreement's currency.

    `scope` is `item:1`, `agreement`, `organisation:…` or `organisation:…/project:…`; null where nothing is capped.
    """

    scope: str
    soft_cap: Decimal | None
    hard_cap: Decimal | None
    ordered: Decimal
    delivered: QuantityOrZero | None
    left: Decimal | None

    @classmethod
    def of(cls, level: Level) -> LevelOut:
        """From the plain value."""
        return cls(
            scope=level.cap.scope,
            soft_cap=level.cap.soft,
            hard_cap=level.cap.hard,
            ordered=level.ordered,
            delivered=level.delivered,
            left=level.left,
        )


class UsageOut(Out):
    """What is ordered, delivered and left."""

    levels: list[LevelOut]

    @classmethod
    def of(cls, levels: list[Level]) -> UsageOut:
        """From the plain values."""
        return cls(levels=[LevelOut.of(level) for level in levels])


class WarningOut(Out):
    """A soft cap that the call-off passed, and what is ordered with it."""

    scope: str
    soft_cap: str
    reached: str


class CallOffLineOut(Out):
    """How a price came about: the published price of a month less the discount, or fixed."""

    order_line_id: UUID
    item_id: UUID
    quantity: Quantity
    unit_price: Price
    price_kind: PriceKind
    region: str
    published_price: Price | None
    published_month: date | None
    published_source: str
    discount_percent: Decimal
    discount_amount: Decimal


class CallOffOut(Out):
    """An order that was called off, with the soft caps that it passed."""

    id: UUID
    version: int
    agreement_id: UUID
    order_id: UUID
    organisation_id: UUID
    project_id: UUID
    warnings: list[WarningOut]
    lines: list[CallOffLineOut]
    created_at: Instant

    @classmethod
    def of(cls, call_off: CallOff) -> CallOffOut:
        """From the row with its lines."""
        return cls.model_validate(call_off)


class CallOffsOut(Out):
    """The orders that were called off together."""

    call_offs: list[CallOffOut]

    @classmethod
    def of(cls, call_offs: list[CallOff]) -> CallOffsOut:
        """From the rows."""
        return cls(call_offs=[CallOffOut.of(one) for one in call_offs])


def _formula(unit_price: Decimal | None, given: FormulaIn | None) -> Formula:
    if given is None:
        return Formula(PriceKind.FIXED, unit_price, "", ZERO_PERCENT, ZERO_PRICE)
    percent, amount = given.discount_percent, given.discount_amount
    if given.surcharge:
        percent, amount = 0 - percent, 0 - amount  # not -x, which makes a zero a negative one
    return Formula(PriceKind.PUBLISHED, None, given.region, percent, amount)


def demand_ordered(soft: Decimal | None, hard: Decimal | None) -> None:
    """Refuse a soft cap above the hard one: SOFT_ABOVE_HARD."""
    if soft is not None and hard is not None and soft > hard:
        raise fault("SOFT_ABOVE_HARD", zh="预警上限不得高于强制上限", en="The soft cap lies above the hard one")


def demand_each_once(entitlements: list[EntitlementIn]) -> None:
    """Refuse two entitlements of one organisation and project: ENTITLED_TWICE."""
    whom = [(one.organisation_id, one.project_id, one.whole_group) for one in entitlements]
    if len(set(whom)) != len(whom):
        raise fault("ENTITLED_TWICE", zh="同一单位和项目重复授权", en="An organisation and project stand twice")
