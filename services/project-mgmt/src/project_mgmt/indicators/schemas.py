"""What goes out about indicators; nothing comes in but facts."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from chassis.http.schemas import Out
from chassis.values import SignedAmount
from project_mgmt.indicators.models import IndicatorDay, IndicatorEntry
from project_mgmt.indicators.rules import Measure, Total

_UNIT = "A currency for accepted, invoiced and paid cost, `d` for labour days (工日), `h` for machine hours (台时)."


class IndicatorDayOut(Out):
    """A measure of a project on one day."""

    day: date
    measure: Measure
    unit: str = Field(description=_UNIT, examples=["CNY"])
    value: SignedAmount

    @classmethod
    def of(cls, row: IndicatorDay) -> IndicatorDayOut:
        """From the row."""
        return cls.model_validate(row)


class IndicatorOut(Out):
    """A measure of a project on one day for one cost code, employer or machine."""

    day: date
    measure: Measure
    unit: str = Field(description=_UNIT, examples=["CNY"])
    detail: str = Field(description="Cost code, employer's organisation id, or machine id.", examples=["01-STEEL"])
    value: SignedAmount

    @classmethod
    def of(cls, row: IndicatorEntry) -> IndicatorOut:
        """From the row."""
        return cls.model_validate(row)


class TotalOut(Out):
    """A sum over days."""

    measure: Measure
    unit: str = Field(description=_UNIT, examples=["CNY"])
    value: SignedAmount


class TotalsOut(Out):
    """The sums of a range of days; a measure of which no fact has spoken is not listed."""

    totals: list[TotalOut]

    @classmethod
    def of(cls, totals: list[Total]) -> TotalsOut:
        """From the repository's sums."""
        return cls(totals=[TotalOut.model_validate(total) for total in totals])
