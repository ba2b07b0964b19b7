"""What comes in and goes out about records and the blacklist."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pydantic import Field, model_validator

from chassis.http.schemas import In, Out
from chassis.values import Instant, LongText, Text
from labour.codes.models import Sex
from labour.records.models import RecordKind
from labour.records.states import ListingState, RecordState
from labour.workers.schemas import DocumentNumber, IdCardType, Name, check_order


class RecordIn(In):
    """A good or bad record of one of the caller's workers."""

    worker_id: UUID
    kind: RecordKind
    occurred_on: date
    description: LongText = Field(examples=["高处作业未系安全带,经教育后改正"])
    source_document: Text = Field(examples=["安全检查通报 2026-11"])
    file_id: UUID | None = Field(default=None, description="Its scan, an upload of the caller's organisation.")


class ReasonIn(In):
    """Why a record is revoked or an entry lifted."""

    reason: LongText = Field(examples=["经复核,原认定有误"])


class RecordOut(Out):
    """A good or bad record."""

    id: UUID
    version: int
    worker_id: UUID
    employer_id: UUID
    kind: RecordKind
    state: RecordState
    occurred_on: date
    description: str
    source_document: str
    file_id: UUID | None
    revoked_because: str
    created_at: Instant


class ListingIn(In):
    """Whom an authority lists, by his document, and for how long; without `valid_to` until it is lifted."""

    name: Name
    id_card_type: IdCardType = "01"
    id_card_number: DocumentNumber
    sex: Sex | None = Field(default=None, description="Told by a resident identity card itself.")
    birth_date: date | None = Field(default=None, description="Told by a resident identity card itself.")
    reason: LongText = Field(examples=["伪造特种作业操作资格证"])
    source_document: Text = Field(examples=["深住建罚〔2026〕12号"])
    valid_from: date
    valid_to: date | None = None

    @model_validator(mode="after")
    def _ordered(self) -> ListingIn:
        check_order(self.valid_from, self.valid_to)
        return self


class BlacklistEntryOut(Out):
    """An entry as it is published: no number in clear, nothing of any employer."""

    id: UUID
    version: int
    listed_by: UUID
    state: ListingState
    name: str
    id_card_type: str
    id_card_number_masked: str = Field(validation_alias="number_masked", examples=["4403**********1234"])
    reason: str
    source_document: str
    valid_from: date
    valid_to: date | None
    lifted_on: date | None
    lifted_because: str
