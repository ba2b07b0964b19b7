"""Tables of consents."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlmodel import Field

from chassis.database import TIMESTAMPTZ, Row, one_of, text_enum
from labour.consents.states import State


class Purpose(StrEnum):
    """For what a person's data is asked; each is consented to by itself (PIPL art 29)."""

    FACE_IMAGE = "face_image"  # 人脸照片
    BANK_ACCOUNT = "bank_account"  # 银行卡
    UPLOAD_TO_AUTHORITY = "upload_to_authority"  # 报送主管部门
    HEALTH_RECORD = "health_record"  # 体检证明
    LOCATION = "location"  # 手机打卡位置


class How(StrEnum):
    """How a consent was given: `paper_held` is a signed paper that the employer keeps and has not scanned yet."""

    PAPER_SCAN = "paper_scan"
    PAPER_HELD = "paper_held"
    LINK = "link"


class Consent(Row, table=True):
    """A worker's consent towards his employer: to which text, how, and when it was taken back.

    At most one per worker and purpose is `given`. `file_id` is the scan of the paper, `link_id` the one-time link.
    """

    __tablename__ = "consents"
    __table_args__ = (
        ForeignKeyConstraint(["worker_id"], ["workers.id"], name="consents_worker"),
        CheckConstraint(one_of("purpose", Purpose), name="consents_purpose"),
        CheckConstraint(one_of("how", How), name="consents_how"),
        CheckConstraint(one_of("state", State), name="consents_state"),
        CheckConstraint("how <> 'paper_held' OR (file_id IS NULL AND link_id IS NULL)", name="consents_evidence"),
        CheckConstraint("(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="consents_withdrawn"),
        Index("consents_standing", "worker_id", "purpose", unique=True, postgresql_where=text("state = 'given'")),
        Index("consents_worker_id", "worker_id", "id"),
    )

    worker_id: UUID
    employer_id: UUID
    purpose: Purpose = Field(sa_type=text_enum(Purpose))
    text_version: str
    how: How = Field(sa_type=text_enum(How))
    state: State = Field(sa_type=text_enum(State))
    given_on: date
    file_id: UUID | None = None
    link_id: UUID | None = None
    withdrawn_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
