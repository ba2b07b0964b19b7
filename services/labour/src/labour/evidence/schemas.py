"""What goes out about evidence."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from pydantic import Field

from chassis.http.schemas import Out
from chassis.values import Amount, Instant
from labour.evidence.models import EvidenceGap, Link, Responsible, Status
from labour.evidence.repository import Totals
from labour.evidence.service import Shown


class GapOut(Out):
    """A gap: which link, what is missing, who has to mend it and by when."""

    project_id: UUID
    worker_id: UUID
    employer_id: UUID
    month: date = Field(description="The first day of the month.")
    chain_link: Link
    code: str = Field(examples=["SIGNATURE_MISSING"])
    responsible: Responsible
    mend_until: date
    detail: dict[str, Any] = Field(
        description="Its figures, e.g. days that no contract covers; `calendar` where the day may still change."
    )


class EvidenceMonthOut(Out):
    """How the chain of a worker on a project stands for a month (证据链)."""

    project_id: UUID
    worker_id: UUID
    employer_id: UUID
    assignment_id: UUID | None
    month: date = Field(description="The first day of the month.")
    status: Status
    gaps: int
    mend_until: date | None = Field(description="When the first gap must be closed.")
    days: str = Field(description="Worker days of the gates.", examples=["21.50"])
    sheet_days: str = Field(description="Worker days of the sheet.", examples=["21.50"])
    net: Amount = Field(description="Owed, CNY.")
    paid: Amount = Field(description="Paid, CNY.")
    computed_at: Instant

    @classmethod
    def of(cls, row: Any) -> EvidenceMonthOut:
        """From the row."""
        return cls.model_validate(
            {
                **row.model_dump(),
                "mend_until": row.due_on,
                "days": str(row.days),
                "sheet_days": str(row.sheet_days),
            }
        )


class EvidenceOut(Out):
    """One chain with its gaps, and which links are whole."""

    chain: EvidenceMonthOut
    links: dict[Link, bool] = Field(description="Whether each link is whole, in the order in which it comes about.")
    gaps: list[GapOut]

    @classmethod
    def of(cls, shown: Shown) -> EvidenceOut:
        """From the chain."""
        broken = {gap.link for gap in shown.gaps}
        return cls(
            chain=EvidenceMonthOut.of(shown.month),
            links={link: link not in broken for link in Link},
            gaps=[gap_out(gap) for gap in shown.gaps],
        )


class TotalsRow(Out):
    """An employer's month on a project."""

    employer_id: UUID
    complete: int = Field(description="Chains without a gap.")
    with_gaps: int
    net: Amount
    paid: Amount
    gaps: dict[str, int] = Field(description="Gaps by code.", examples=[{"SHEET_MISSING": 3}])


class TotalsOut(Out):
    """A month of a project, per employer."""

    employers: list[TotalsRow]

    @classmethod
    def of(cls, found: list[Totals]) -> TotalsOut:
        """From the sums."""
        return cls(employers=[TotalsRow.model_validate(one) for one in found])


class RecomputedOut(Out):
    """How many months were computed from nothing but their rows."""

    months: int

    @classmethod
    def of(cls, months: int) -> RecomputedOut:
        """From the count."""
        return cls(months=months)


def gap_out(row: EvidenceGap) -> GapOut:
    """From the row."""
    return GapOut.model_validate({**row.model_dump(), "chain_link": row.link, "mend_until": row.due_on})
