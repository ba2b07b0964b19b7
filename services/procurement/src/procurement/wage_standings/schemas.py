"""What goes out about how suppliers stand with wages."""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import Field

from chassis.http.schemas import Out
from procurement.wage_standings.rules import Deal, Judged


class WageListingOut(Out):
    """On the list for wage arrears (失信联合惩戒名单), by decisions of an authority."""

    since: date
    until: date = Field(description="The last day on which it counts.")
    documents: list[str]


class WageStandingOut(Out):
    """How a supplier stands with its workers' wages, as labour says; figures only."""

    supplier_id: UUID
    as_of: date
    warning_level: str = Field(description="The worst early warning over its projects.", examples=["orange"])
    warned_since: date | None = Field(description="Since when this level stands.")
    warned: bool = Field(description="Whether the level is one at which a buyer should look twice.")
    outstanding_months: int = Field(description="Months of which wages are overdue.")
    oldest_outstanding_month: date | None
    listing: WageListingOut | None
    refuses: list[Literal["award", "agreement", "order", "supplement", "order_change"]] = Field(
        description="What is refused to it today."
    )

    @classmethod
    def of(cls, found: Judged) -> WageStandingOut:
        """From the use case's answer."""
        standing = found.standing
        return cls(
            supplier_id=standing.organisation_id,
            as_of=standing.as_of,
            warning_level=standing.level,
            warned_since=standing.warned_since,
            warned=found.warned,
            outstanding_months=standing.outstanding_months,
            oldest_outstanding_month=standing.oldest_month,
            listing=None if standing.listing is None else WageListingOut.model_validate(standing.listing),
            refuses=[Deal(one).value for one in found.refuses],
        )
