"""Tables of evidence."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, Numeric, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel

from chassis.database import TIMESTAMPTZ, one_of, text_enum
from labour.workers.models import Worker


class Link(StrEnum):
    """What has to match for a worker's month, in the order in which it comes about."""

    CONTRACT = "contract"
    REGISTRATION = "registration"
    ENTRY = "entry"
    ATTENDANCE = "attendance"
    SHEET = "sheet"
    SIGNATURE = "signature"
    PAYMENT = "payment"
    RECEIPT = "receipt"


class Status(StrEnum):
    """Whether everything matches."""

    COMPLETE = "complete"
    GAPS = "gaps"


class Responsible(StrEnum):
    """Who has to mend a gap."""

    EMPLOYER = "employer"
    GENERAL_CONTRACTOR = "general_contractor"
    WORKER = "worker"


class EvidenceMonth(SQLModel, table=True):
    """How the chain of a worker on a project stands for a month (its first day); computed, never entered.

    A month in which he neither went through a gate nor stands on a sheet has none: nothing has to match.

    `days` are worker days (工日) of the gates, `sheet_days` those of the sheet; `net` is owed, `paid` went out.
    """

    __tablename__ = "evidence_months"
    __table_args__: ClassVar = (
        CheckConstraint(one_of("status", Status), name="evidence_months_status"),
        CheckConstraint("(status = 'gaps') = (gaps > 0)", name="evidence_months_gaps"),
        Index("evidence_months_project", "project_id", "month", "worker_id"),
        Index("evidence_months_employer", "employer_id", "month", "worker_id"),
        Index("evidence_months_worker", "worker_id"),
    )

    project_id: UUID = Field(primary_key=True)
    worker_id: UUID = Field(primary_key=True)
    month: date = Field(primary_key=True)
    employer_id: UUID
    assignment_id: UUID | None = None
    status: Status = Field(sa_type=text_enum(Status))
    gaps: int
    due_on: date | None = None
    days: Decimal = Field(sa_type=Numeric(6, 2))
    sheet_days: Decimal = Field(sa_type=Numeric(6, 2))
    net: Decimal = Field(sa_type=Numeric(18, 2))
    paid: Decimal = Field(sa_type=Numeric(18, 2))
    computed_at: datetime = Field(sa_type=TIMESTAMPTZ)


class EvidenceGap(SQLModel, table=True):
    """A gap in a chain: which link, what is missing, who has to mend it and by when; `detail` are its figures."""

    __tablename__ = "evidence_gaps"
    __table_args__: ClassVar = (
        CheckConstraint(one_of("link", Link), name="evidence_gaps_link"),
        CheckConstraint(one_of("responsible", Responsible), name="evidence_gaps_responsible"),
        Index("evidence_gaps_project", "project_id", "due_on"),
        Index("evidence_gaps_employer", "employer_id", "due_on"),
    )

    project_id: UUID = Field(primary_key=True)
    worker_id: UUID = Field(primary_key=True)
    month: date = Field(primary_key=True)
    code: str = Field(primary_key=True)
    employer_id: UUID
    link: Link = Field(sa_type=text_enum(Link))
    responsible: Responsible = Field(sa_type=text_enum(Responsible))
    due_on: date
    detail: dict[str, Any] = Field(sa_type=JSONB)


class ChangedMonth(SQLModel, table=True):
    """Whose month on a project has changed, so that their chains are to be computed again.

    Written by triggers of the tables that a chain is made of, in the transaction of the change, in one row for a whole
    statement; only ever appended, so that a gate's batch neither waits for another nor is lost while the chains are
    being computed. A worker may stand in many of them: he is computed once.
    """

    __tablename__ = "evidence_changed_months"
    __table_args__: ClassVar = ()

    id: int = Field(sa_type=BigInteger, sa_column_args=(Identity(),), primary_key=True)
    project_id: UUID
    month: date
    worker_ids: list[UUID] = Field(sa_type=ARRAY(Uuid))


@dataclass(frozen=True, slots=True)
class Report:
    """An employer's month on a project with its people: chains, their gaps and who they are, by worker."""

    project_id: UUID
    employer_id: UUID
    month: date
    chains: list[EvidenceMonth]
    gaps: dict[UUID, list[EvidenceGap]]
    workers: dict[UUID, Worker]
