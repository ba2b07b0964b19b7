"""What goes out about indicators; nothing comes in but facts."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pydantic import Field

from chassis.http.schemas import Out
from chassis.values import Instant, SignedAmount
from project_mgmt.indicators.commands.reconcile import Reconciliation
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


class DifferenceOut(Out):
    """Labour days of an employer on a day of which the two services do not say the same."""

    day: date
    employer_id: str = Field(validation_alias="detail")
    ours: SignedAmount
    theirs: SignedAmount
    difference: SignedAmount = Field(description="What we have too much; negative when facts are missing.")


class ReconciliationOut(Out):
    """Our labour days beside labour's own."""

    project_id: UUID
    day_from: date
    day_to: date
    equal: bool
    compared: int = Field(description="How many figures (employer and day) were compared.")
    ours: SignedAmount
    theirs: SignedAmount
    differences: list[DifferenceOut]
    as_of: Instant

    @classmethod
    def of(cls, found: Reconciliation) -> ReconciliationOut:
        """From the use case's answer."""
        return cls(
            project_id=found.project_id,
            day_from=found.day_from,
            day_to=found.day_to,
            equal=found.equal,
            compared=found.sums.compared,
            ours=found.sums.ours,
            theirs=found.sums.theirs,
            differences=[DifferenceOut.model_validate(one) for one in found.differences],
            as_of=found.as_of,
        )
