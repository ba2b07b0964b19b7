"""What comes in and goes out about approval."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from chassis.http.schemas import In, Out
from chassis.identity import Role
from chassis.values import Amount, Instant, LongText
from procurement.approvals import rules
from procurement.approvals.models import ApprovalStep, DocumentKind
from procurement.approvals.rules import Matrix
from procurement.approvals.states import DelegationState, State

Subject = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[!-~]+$", examples=["8f2c0a4e-approver"])]
"""A member's id in the realm (`sub` of the token)."""


class BandIn(In):
    """Amounts up to and including `up_to` and the roles that they need."""

    up_to: Amount | None = Field(description="CNY with tax; null in the last band.", examples=[None])
    roles: Annotated[list[Role], Field(max_length=5, examples=[["approver"]])]


class SetMatrixIn(In):
    """An approval matrix from a day on."""

    document_kind: DocumentKind = Field(examples=["requisition"])
    bands: Annotated[list[BandIn], Field(min_length=1, max_length=10)]
    valid_from: date = Field(examples=["2099-01-01"])
    source: LongText = Field(description="The organisation's own decision.", examples=["公司授权手册 2026"])
    same_person: bool = Field(default=False, description="One person may decide several steps of a document.")


class BandOut(Out):
    """A band."""

    up_to: Amount | None
    roles: list[Role]


class MatrixRowOut(Out):
    """A matrix as the organisation has set it."""

    id: UUID
    version: int
    document_kind: DocumentKind
    bands: list[BandOut]
    valid_from: date
    source: str
    same_person: bool
    created_by: str
    created_at: Instant


class LimitOut(Out):
    """How much a role approves as the last one; null: without end."""

    role: Role
    up_to: Amount | None


class MatrixOut(Out):
    """The matrix that counts on a day; steps keep its `ref`."""

    ref: str
    bands: list[BandOut]
    limits: list[LimitOut]
    valid_from: date
    source: str
    same_person: bool

    @classmethod
    def of(cls, matrix: Matrix) -> MatrixOut:
        """With the limit of each role."""
        return cls(
            ref=matrix.ref,
            bands=[BandOut.model_validate(band) for band in matrix.bands],
            limits=[LimitOut(role=role, up_to=up_to) for role, up_to in rules.limits(matrix).items()],
            valid_from=matrix.valid_from,
            source=matrix.source,
            same_person=matrix.same_person,
        )


class StepOut(Out):
    """A decision that a document needs or has got."""

    id: UUID
    version: int
    document_kind: DocumentKind
    document_id: UUID
    document_number: str
    authors: list[str]
    amount: Amount | None = Field(description="CNY with tax; null: without end, or in another currency.")
    round: int = Field(description="A document that is submitted again begins another one.")
    position: int
    role: Role
    state: State
    matrix_ref: str
    same_person: bool = Field(description="Who has decided an earlier step may decide this one too.")
    decided_by: str | None
    decided_for: str | None = Field(description="For whom, when it was decided by delegation.")
    decided_at: Instant | None
    reason: str
    created_at: Instant

    @classmethod
    def of(cls, step: ApprovalStep) -> StepOut:
        """From the row."""
        return cls.model_validate(step)


class RemarkIn(In):
    """What the approver wants to add; may be empty."""

    remark: Annotated[str, Field(max_length=2000, pattern=r"^[^\x00]*$")] = ""


class DelegateIn(In):
    """Let somebody decide for the caller."""

    to_subject: Subject
    roles: Annotated[list[Role], Field(min_length=1, max_length=5, examples=[["approver"]])]
    valid_from: date = Field(examples=["2099-01-01"])
    valid_to: date = Field(description="Last day.", examples=["2099-01-31"])
    absent: bool = Field(default=False, description="The caller is away and decides nothing meanwhile.")
    reason: LongText = Field(examples=["年假"])


class DelegationOut(Out):
    """A delegation."""

    id: UUID
    version: int
    from_subject: str
    to_subject: str
    roles: list[Role]
    valid_from: date
    valid_to: date
    absent: bool
    reason: str
    state: DelegationState
    created_at: Instant
    updated_at: Instant
