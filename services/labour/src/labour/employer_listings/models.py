"""Tables of listed employers."""

# No postponed annotations here: SQLModel reads a Relationship's target from the annotation itself.

from datetime import date
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Numeric, UniqueConstraint, text
from sqlmodel import Field, Relationship, SQLModel

from chassis.database import Row, one_of, text_enum
from labour.employer_listings.states import RepaymentState, State


class EmployerListing(Row, table=True):
    """An employer on the list (national object SubContractorBlackList); `uscc` and `name` as they were when listed.

    It counts from `listed_from` to `ends_on`; `over_on` is the first day on which it does not count any more.
    `no_early_exit`: arrears came again. Nothing here is about a person.
    """

    __tablename__ = "employer_listings"
    __table_args__ = (
        CheckConstraint(one_of("state", State), name="employer_listings_state"),
        CheckConstraint("ends_on >= listed_from", name="employer_listings_days"),
        CheckConstraint("(state = 'listed') = (over_on IS NULL)", name="employer_listings_over"),
        Index("employer_listings_once", "employer_id", unique=True, postgresql_where=text("state = 'listed'")),
        Index("employer_listings_employer", "employer_id", "id"),
        Index("employer_listings_uscc", "uscc"),
    )

    employer_id: UUID
    uscc: str
    name: str
    listed_by: UUID
    state: State = Field(sa_type=text_enum(State))
    listed_from: date
    ends_on: date
    no_early_exit: bool
    over_on: date | None = None
    over_because: str = ""

    decisions: list["ListingDecision"] = Relationship(
        sa_relationship_kwargs={"lazy": "raise", "order_by": "ListingDecision.position"}
    )


class ListingDecision(SQLModel, table=True):
    """A decision of an authority (列入决定) that a listing rests on; written once."""

    __tablename__ = "employer_listing_decisions"
    __table_args__: ClassVar = (
        ForeignKeyConstraint(["listing_id"], ["employer_listings.id"], name="employer_listing_decisions_listing"),
        UniqueConstraint("listing_id", "source_document", name="employer_listing_decisions_once"),
        UniqueConstraint("listing_id", "position", name="employer_listing_decisions_position"),
    )

    id: UUID = Field(primary_key=True)
    listing_id: UUID
    position: int
    reason: str
    description: str
    source_document: str
    decided_on: date
    last_day: date
    decided_by: UUID


class Repayment(Row, table=True):
    """What a listed employer says that he has paid back (改正), with evidence and pledge (信用承诺书); CNY.

    `early_exit_from` is told with the acceptance; None when the law bars an early exit. Of a listing one at most is
    told or accepted.
    """

    __tablename__ = "employer_repayments"
    __table_args__ = (
        ForeignKeyConstraint(["listing_id"], ["employer_listings.id"], name="employer_repayments_listing"),
        CheckConstraint(one_of("state", RepaymentState), name="employer_repayments_state"),
        CheckConstraint("amount > 0 AND workers > 0", name="employer_repayments_figures"),
        CheckConstraint("early_exit_from IS NULL OR state IN ('accepted', 'void')", name="employer_repayments_exit"),
        Index(
            "employer_repayments_open",
            "listing_id",
            unique=True,
            postgresql_where=text("state IN ('told', 'accepted')"),
        ),
        Index("employer_repayments_listing_id", "listing_id", "id"),
    )

    listing_id: UUID
    employer_id: UUID
    authority_id: UUID
    state: RepaymentState = Field(sa_type=text_enum(RepaymentState))
    repaid_on: date
    amount: Decimal = Field(sa_type=Numeric(18, 2))
    workers: int
    note: str = ""
    evidence_file_id: UUID
    pledge_file_id: UUID | None = None
    answer: str = ""
    early_exit_from: date | None = None
