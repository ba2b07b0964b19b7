"""What comes in and goes out about rules."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from chassis.http.schemas import In, Out
from chassis.values import Amount, Instant, LongText, Percent
from procurement.rulebook.models import CalendarYear, RuleKind, Status, TaxKind

Prefix = Annotated[str, Field(pattern=r"^[0-9]{0,8}$", examples=["0109"])]
"""A branch of the catalogue: the first digits of its codes; empty for all materials."""


class SetRuleIn(In):
    """A rule of the caller's organisation from a day on."""

    kind: RuleKind = Field(examples=["tolerance_percent"])
    material_prefix: Prefix = ""
    value: Amount = Field(description="Percent, days, or CNY with tax, as the kind says.", examples=["0.50"])
    valid_from: date = Field(examples=["2099-01-01"])
    source: LongText = Field(description="The organisation's own decision.", examples=["公司物资管理办法 2026-03"])


class RuleRowOut(Out):
    """A rule as the organisation has set it."""

    id: UUID
    version: int
    kind: RuleKind
    material_prefix: str
    value: Amount
    valid_from: date
    source: str
    created_by: str
    created_at: Instant


class RuleOut(Out):
    """The rule that counts on a day; documents keep its `ref`."""

    ref: str
    kind: RuleKind
    material_prefix: str
    value: Amount
    valid_from: date
    source: str
    own: bool = Field(description="False: the platform's, because the organisation has set none.")


class HolidayOut(Out):
    """A day off."""

    day: date
    name: str


class CalendarYearOut(Out):
    """The holidays of a year and the weekend days that are worked in exchange."""

    year: int
    provisional: bool = Field(description="The State Council's notice is not in it yet.")
    holidays: list[HolidayOut]
    working_weekends: list[date]
    source: str
    status: Status = Field(description="V verified, S secondary page, B background knowledge.")
    valid_from: date

    @classmethod
    def of(cls, year: CalendarYear) -> CalendarYearOut:
        """In the order of days."""
        return cls(
            year=year.year,
            provisional=year.provisional,
            holidays=[HolidayOut(day=day, name=name) for day, name in sorted(year.holidays.items())],
            working_weekends=sorted(year.working_weekends),
            source=year.source,
            status=year.status,
            valid_from=year.valid_from,
        )


class WorkingDayOut(Out):
    """The end of a period of working days."""

    from_day: date
    count: int
    day: date
    provisional: bool = Field(description="It lies in a year whose notice is not out: it may still move.")


class TaxRateOut(Out):
    """A rate of value-added tax."""

    percent: Percent
    kind: TaxKind
    name_zh: str
    name_en: str
    source: str
    status: Status = Field(description="V verified, S secondary page, B background knowledge.")
    valid_from: date
    valid_to: date | None


class PriceSourceOut(Out):
    """Who publishes prices for a region."""

    code: str
    region: str
    name_zh: str
    name_en: str
    publisher: str
    source: str
    status: Status = Field(description="V verified, S secondary page, B background knowledge.")
    valid_from: date
