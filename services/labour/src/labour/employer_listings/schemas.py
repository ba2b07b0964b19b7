"""What comes in and goes out about listed employers."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field, model_validator

from chassis.http.faults import fault
from chassis.http.schemas import In, Out
from chassis.values import Amount, Instant, LongText, Text
from labour.employer_listings.commands.repay import TellRepayment
from labour.employer_listings.rules import ListingRules
from labour.employer_listings.service import Decision, NewListing
from labour.employer_listings.states import RepaymentState, State

Uscc = Annotated[str, Field(pattern=r"^[0-9A-Z]{18}$", examples=["91440300MA5ABCDE1H"])]
Note = Annotated[str, Field(max_length=2000, pattern=r"^[^\x00]*$")]


class DecisionIn(In):
    """A decision of the authority (列入决定)."""

    reason: Annotated[str, Field(max_length=64)] = Field(examples=["OVER_CRIMINAL_THRESHOLD"])
    description: LongText = Field(
        description="Published: no names of persons.", examples=["拖欠32名农民工工资,责令限期支付后逾期未付"]
    )
    source_document: Text = Field(examples=["深人社监列〔2026〕8号"])
    decided_on: date

    def plain(self) -> Decision:
        """As the service takes it."""
        return Decision(self.reason, self.description, self.source_document, self.decided_on)


class EmployerListingIn(In):
    """Whom an authority lists: an organisation of the platform, by its id or by its code."""

    employer_id: UUID | None = None
    uscc: Uscc | None = Field(default=None, examples=[None])
    decision: DecisionIn

    @model_validator(mode="after")
    def _one_of_both(self) -> EmployerListingIn:
        if (self.employer_id is None) == (self.uscc is None):
            raise fault(
                "ONE_OF_BOTH",
                zh="employer_id 与 uscc 须填写其一",
                en="exactly one of employer_id and uscc is needed",
            )
        return self

    def plain(self) -> NewListing:
        """As the service takes it."""
        return NewListing(self.employer_id, self.uscc, self.decision.plain())


class AddDecisionIn(In):
    """A further decision on an employer who is listed."""

    decision: DecisionIn


class ListingReasonIn(In):
    """Why a listing is over before its day, or what the authority says of a repayment."""

    reason: LongText = Field(examples=["经复核,原列入决定撤销"])


class RepaymentIn(In):
    """What was paid, to how many workers, by which day; proof and pledge are uploads of the caller's organisation."""

    repaid_on: date
    amount: Amount = Field(gt=0, examples=["186400.00"])
    workers: Annotated[int, Field(ge=1, le=1_000_000)] = Field(examples=[32])
    note: Note = ""
    evidence_file_id: UUID
    pledge_file_id: UUID | None = Field(default=None, description="The written pledge (信用承诺书).")

    def plain(self, listing_id: UUID) -> TellRepayment:
        """As the service takes it."""
        return TellRepayment(listing_id=listing_id, **self.model_dump())


class DecisionOut(Out):
    """A decision that a listing rests on."""

    position: int
    reason: str
    description: str
    source_document: str
    decided_on: date
    last_day: date
    decided_by: UUID


class EmployerListingOut(Out):
    """An employer on the list, as it is published: nothing of a person, nothing of what he has told."""

    id: UUID
    version: int
    employer_id: UUID
    uscc: str
    name: str
    listed_by: UUID
    state: State
    listed_from: date
    ends_on: date = Field(description="The last day on which it counts.")
    no_early_exit: bool
    over_on: date | None = Field(description="The first day on which it does not count any more.")
    over_because: str
    decisions: list[DecisionOut]


class RepaymentOut(Out):
    """A repayment that a listed employer has told."""

    id: UUID
    version: int
    listing_id: UUID
    employer_id: UUID
    state: RepaymentState
    repaid_on: date
    amount: Amount
    workers: int
    note: str
    evidence_file_id: UUID
    pledge_file_id: UUID | None
    answer: str
    early_exit_from: date | None
    created_at: Instant


class ListingReasonOut(Out):
    """Why an employer may be listed."""

    code: str
    zh: str
    en: str
    source: str
    status: str


class ListingRulesOut(Out):
    """What the law says of the list from a day on; `sources` and `statuses` (V, S, B, P) go by clause."""

    valid_from: date
    valid_to: date | None
    source: str
    years: int
    early_exit_months: int
    pledge: bool
    extends: bool
    bars_early_exit: bool
    listing_reasons: list[ListingReasonOut]
    refuses: list[str]
    sources: dict[str, str]
    statuses: dict[str, str]

    @classmethod
    def of(cls, law: ListingRules) -> ListingRulesOut:
        """From the data."""
        return cls(
            valid_from=law.valid_from,
            valid_to=law.valid_to,
            source=law.source,
            years=law.years,
            early_exit_months=law.early_exit_months,
            pledge=law.pledge,
            extends=law.extends,
            bars_early_exit=law.bars_early_exit,
            listing_reasons=[ListingReasonOut.model_validate(one) for one in law.reasons.values()],
            refuses=sorted(law.refuses),
            sources=dict(law.sources),
            statuses=dict(law.statuses),
        )
