"""Tables of approval."""

# No postponed annotations here: SQLModel reads a field's type from the annotation itself.

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, Numeric, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from chassis.database import TIMESTAMPTZ, Row, one_of, text_enum
from chassis.identity import Role
from procurement.approvals.states import DelegationState, State


class DocumentKind(StrEnum):
    """What is approved by amount."""

    REQUISITION = "requisition"
    ORDER = "order"
    AWARD = "award"
    AGREEMENT = "agreement"
    SUPPLEMENT = "supplement"
    CHANGE = "change"
    PAYMENT = "payment"


class ApprovalMatrix(Row, table=True):
    """An organisation's approval matrix (审批权限表) for one kind of document from a day on.

    Only added to: a later row replaces it for documents that are submitted later. `bands`: [{up_to, roles}], the
    amounts in CNY with tax, rising, the last one open (null). `same_person`: one person may decide several steps.
    """

    __tablename__ = "approval_matrices"
    __table_args__ = (
        CheckConstraint(one_of("document_kind", DocumentKind), name="approval_matrices_kind"),
        Index("approval_matrices_organisation", "organisation_id", "document_kind", "id"),
    )

    organisation_id: UUID
    document_kind: DocumentKind = Field(sa_type=text_enum(DocumentKind))
    bands: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    valid_from: date
    source: str
    same_person: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    created_by: str


class ApprovalStep(Row, table=True):
    """One decision that a document needs: by which role, and then by whom, for whom, when and why.

    `matrix_ref` names the matrix that asked for it, so a later matrix does not touch it; `authors` are those who wrote
    the document and may not decide. `amount` is in CNY with tax, None when nothing bounds it or it is in another
    currency. A document that is submitted again begins another `round`.
    """

    __tablename__ = "approval_steps"
    __table_args__ = (
        UniqueConstraint("document_kind", "document_id", "round", "position", name="approval_steps_position"),
        CheckConstraint(one_of("document_kind", DocumentKind), name="approval_steps_kind"),
        CheckConstraint(one_of("state", State), name="approval_steps_state"),
        CheckConstraint(
            "(state IN ('approved', 'rejected')) = (decided_by IS NOT NULL AND decided_at IS NOT NULL)",
            name="approval_steps_decided",
        ),
        CheckConstraint("cardinality(authors) > 0", name="approval_steps_authors"),
        CheckConstraint("NOT decided_by = ANY (authors)", name="approval_steps_not_by_an_author"),
        CheckConstraint("NOT decided_for = ANY (authors)", name="approval_steps_not_for_an_author"),
        Index("approval_steps_organisation", "organisation_id", "id"),
    )

    organisation_id: UUID
    document_kind: DocumentKind = Field(sa_type=text_enum(DocumentKind))
    document_id: UUID
    document_number: str
    authors: list[str] = Field(sa_column=Column(ARRAY(String), nullable=False))
    amount: Decimal | None = Field(sa_type=Numeric(18, 2))
    round: int = Field(default=1, sa_column_kwargs={"server_default": text("1")})
    position: int
    role: Role = Field(sa_type=text_enum(Role))
    matrix_ref: str
    same_person: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    state: State = Field(sa_type=text_enum(State))
    decided_by: str | None = None
    decided_for: str | None = None
    delegation_id: UUID | None = None
    decided_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
    reason: str = ""


class Delegation(Row, table=True):
    """Somebody lets somebody else of the organisation decide for them (授权委托), from the first to the last day.

    `absent`: they are away (缺勤) and decide nothing themselves meanwhile.
    """

    __tablename__ = "delegations"
    __table_args__ = (
        CheckConstraint(one_of("state", DelegationState), name="delegations_state"),
        CheckConstraint("from_subject <> to_subject", name="delegations_two_people"),
        CheckConstraint("valid_from <= valid_to", name="delegations_days"),
        CheckConstraint("cardinality(roles) > 0", name="delegations_roles"),
        Index("delegations_organisation", "organisation_id", "id"),
    )

    organisation_id: UUID
    from_subject: str
    to_subject: str
    roles: list[str] = Field(sa_column=Column(ARRAY(String), nullable=False))
    valid_from: date
    valid_to: date
    absent: bool
    reason: str
    state: DelegationState = Field(sa_type=text_enum(DelegationState))
