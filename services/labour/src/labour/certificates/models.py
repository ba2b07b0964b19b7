"""Tables of certificates' notices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint
from sqlmodel import Field, SQLModel

from chassis.database import TIMESTAMPTZ


class CertificateNotice(SQLModel, table=True):
    """That the end of a certificate was told, so many days ahead (-1: it is over); once for each end."""

    __tablename__ = "certificate_notices"
    __table_args__ = (
        ForeignKeyConstraint(
            ["certificate_id"], ["worker_certificates.id"], name="certificate_notices_certificate", ondelete="CASCADE"
        ),
    )

    certificate_id: UUID = Field(primary_key=True)
    valid_to: date = Field(primary_key=True)
    days: int = Field(primary_key=True)
    told_at: datetime = Field(sa_type=TIMESTAMPTZ)


@dataclass(frozen=True, slots=True)
class Ending:
    """A certificate and its last day."""

    employer_id: UUID
    certificate_id: UUID
    worker_id: UUID
    valid_to: date
