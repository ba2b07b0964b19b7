"""Table of the rules that a buyer sets for itself, and the values that the data files hold."""

# No postponed annotations here: SQLModel reads a field's type from the annotation itself.

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric
from sqlmodel import Field

from chassis.database import Row, one_of, text_enum


class RuleKind(StrEnum):
    """What a rule is about. Percent is a plain number, limits are in CNY, tax included.

    When to pay and how much to withhold is agreed with the supplier: payment terms say it (`payables`), for one or for
    all. Rows of these two kinds from before stay readable; none is added.
    """

    TOLERANCE_PERCENT = "tolerance_percent"  # 超送容差, by branch of the catalogue
    DIRECT_LIMIT = "direct_limit"  # 直接采购限额, of one order
    PAYMENT_DAYS = "payment_days"  # 付款期限, from delivery; no longer set
    RETENTION_PERCENT = "retention_percent"  # 质量保证金, only its cap; no longer set
    PRICE_TOLERANCE_PERCENT = "price_tolerance_percent"  # 三单匹配价格容差, of an invoice's line above the agreed price
    OVERDUE_PERCENT_PER_DAY = "overdue_percent_per_day"  # 逾期利息, where the contract says nothing


SAID_BY_TERMS = frozenset({RuleKind.PAYMENT_DAYS, RuleKind.RETENTION_PERCENT})


class OrganisationRule(Row, table=True):
    """A rule that a buyer sets for itself from a day on. Only added to: a later row replaces it for later days."""

    __tablename__ = "organisation_rules"
    __table_args__ = (
        CheckConstraint(one_of("kind", RuleKind), name="organisation_rules_kind"),
        CheckConstraint("value >= 0", name="organisation_rules_value"),
        CheckConstraint("material_prefix ~ '^[0-9]{0,8}$'", name="organisation_rules_prefix"),
        CheckConstraint(
            "material_prefix = '' OR kind = 'tolerance_percent'", name="organisation_rules_prefix_of_tolerance"
        ),
        Index("organisation_rules_organisation", "organisation_id", "kind", "id"),
    )

    organisation_id: UUID
    kind: RuleKind = Field(sa_type=text_enum(RuleKind))
    material_prefix: str
    value: Decimal = Field(sa_type=Numeric(18, 2))
    valid_from: date
    source: str
    created_by: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as it is applied. `ref` is what a document keeps: the row's id, or `kind/prefix@day` of the platform's."""

    ref: str
    kind: RuleKind
    material_prefix: str
    value: Decimal
    valid_from: date
    source: str
    own: bool


@dataclass(frozen=True, slots=True)
class Cap:
    """The most that a rule of this kind may say, and who says so."""

    kind: RuleKind
    value: Decimal
    source: str
    valid_from: date


class Status(StrEnum):
    """How sure a rule of the data files is."""

    VERIFIED = "V"  # read in the law itself, or decided by the platform
    SECONDARY = "S"  # read in full on a secondary page
    BACKGROUND = "B"  # background knowledge, to be read again before it is relied on


class TaxKind(StrEnum):
    """How value-added tax (增值税) is reckoned."""

    GENERAL = "general"  # 一般计税
    SIMPLIFIED = "simplified"  # 简易计税


@dataclass(frozen=True, slots=True)
class TaxRate:
    """A rate of value-added tax in percent; `valid_to` is the last day, None while in force."""

    percent: Decimal
    kind: TaxKind
    name_zh: str
    name_en: str
    source: str
    status: Status
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class PriceSource:
    """Who publishes prices (信息价) for a region (division code)."""

    code: str
    region: str
    name_zh: str
    name_en: str
    publisher: str
    source: str
    status: Status
    valid_from: date


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """Holidays (name by day) and the weekend days that are worked (调休上班日) of one year.

    `provisional`: the State Council's notice is not out, so only the days that the decree itself fixes are here.
    """

    year: int
    provisional: bool
    holidays: Mapping[date, str]
    working_weekends: frozenset[date]
    source: str
    status: Status
    valid_from: date


Calendar = Mapping[int, CalendarYear]
"""The working-day calendar (工作日历) by year."""
