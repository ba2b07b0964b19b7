"""Tables of records and of the blacklist."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index
from sqlmodel import Field

from chassis.database import Row, one_of, text_enum
from labour.records.states import ListingState, RecordState


class RecordKind(StrEnum):
    """Whether a record speaks for or against somebody."""

    GOOD = "good"  # 良好记录
    BAD = "bad"  # 不良记录


class ConductRecord(Row, table=True):
    """What an employer keeps of a worker's conduct (national objects WorkerGoodRecords, WorkerBadRecords).

    `source_document` names the paper that it rests on, `file_id` is its scan. Seen by that employer and the authority.
    """

    __tablename__ = "conduct_records"
    __table_args__ = (
        ForeignKeyConstraint(["worker_id"], ["workers.id"], name="conduct_records_worker"),
        CheckConstraint(one_of("kind", RecordKind), name="conduct_records_kind"),
        CheckConstraint(one_of("state", RecordState), name="conduct_records_state"),
        Index("conduct_records_employer", "employer_id", "id"),
        Index("conduct_records_worker_id", "worker_id", "id"),
    )

    worker_id: UUID
    employer_id: UUID
    kind: RecordKind = Field(sa_type=text_enum(RecordKind))
    state: RecordState = Field(sa_type=text_enum(RecordState))
    occurred_on: date
    description: str
    source_document: str
    file_id: UUID | None = None
    revoked_because: str = ""


class BlacklistEntry(Row, table=True):
    """A person whom an authority has listed (national object WorkerBlackList), for whoever employs him.

    `valid_to` is the last day, None without one; `lifted_on` the first day on which it does not count any more.
    `person_id` never leaves the service; `number_masked` is what the publication shows of the identity number.
    """

    __tablename__ = "blacklist_entries"
    __table_args__ = (
        ForeignKeyConstraint(["person_id"], ["people.id"], name="blacklist_entries_person"),
        CheckConstraint(one_of("state", ListingState), name="blacklist_entries_state"),
        CheckConstraint("valid_to >= valid_from", name="blacklist_entries_dates"),
        CheckConstraint("(state = 'lifted') = (lifted_on IS NOT NULL)", name="blacklist_entries_lifted"),
        Index("blacklist_entries_person_id", "person_id"),
    )

    person_id: UUID
    listed_by: UUID
    state: ListingState = Field(sa_type=text_enum(ListingState))
    name: str
    id_card_type: str
    number_masked: str
    reason: str
    source_document: str
    valid_from: date
    valid_to: date | None = None
    lifted_on: date | None = None
    lifted_because: str = ""
