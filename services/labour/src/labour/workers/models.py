"""Tables of workers."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, Numeric, UniqueConstraint
from sqlmodel import Field, SQLModel

from chassis.database import TIMESTAMPTZ, Row, one_of, text_enum
from labour.codes.models import Sex


class AgreementKind(StrEnum):
    """On what paper somebody works: a labour contract (劳动合同) or a written agreement (书面用工协议)."""

    LABOUR_CONTRACT = "labour_contract"
    WORK_AGREEMENT = "work_agreement"


class Person(SQLModel, table=True):
    """A human being, once on the platform, whoever employs him.

    This row and its id never leave the service: an employer must not learn that another one knows the same person.
    `id_index` is the blind index over document type and number; `id_number` is encrypted.
    """

    __tablename__ = "people"
    __table_args__ = (UniqueConstraint("id_index", name="people_once"),)

    id: UUID = Field(primary_key=True)
    id_card_type: str
    id_index: bytes = Field(sa_type=LargeBinary)
    id_number: str
    created_at: datetime = Field(sa_type=TIMESTAMPTZ)


class Worker(Row, table=True):
    """A person's employment with one employer: what the API calls a worker (national object ProjectWorker).

    All that an employer knows or sends stands here, so that another employer's row says nothing about it.
    `birth_date` and `payroll_bank_card` are encrypted: with sex and the visible digits a clear birth date would give
    the identity number away. Empty texts mean "not told". `fingerprint` is an HMAC of the row last sent in a batch.
    Of health only the last day of a health record (体检证明) is kept, not what it says. With `erased_at` the row is a
    tombstone.
    """

    __tablename__ = "workers"
    __table_args__ = (
        UniqueConstraint("employer_id", "person_id", name="workers_person_once"),
        UniqueConstraint("employer_id", "external_id", name="workers_external_id_taken"),
        ForeignKeyConstraint(["person_id"], ["people.id"], name="workers_person"),
        CheckConstraint(one_of("sex", Sex), name="workers_sex"),
        CheckConstraint(f"agreement_kind = '' OR {one_of('agreement_kind', AgreementKind)}", name="workers_agreement"),
        CheckConstraint("agreement_to >= agreement_from", name="workers_agreement_dates"),
        Index("workers_employer", "employer_id", "id"),
        Index("workers_person_id", "person_id"),
    )

    employer_id: UUID
    person_id: UUID
    external_id: str
    name: str
    sex: Sex = Field(sa_type=text_enum(Sex))
    birth_date: str
    work_type: str
    work_role: str
    is_team_leader: bool = False
    nation: str = ""
    address: str = ""
    cell_phone: str = ""
    grant_org: str = ""
    payroll_bank_card: str = ""
    payroll_bank_code: str = ""
    urgent_contact: str = ""
    agreement_kind: str = ""
    agreement_number: str = ""
    agreement_from: date | None = None
    agreement_to: date | None = None
    politics: str = Field(default="", sa_column_kwargs={"server_default": ""})
    has_insurance: bool | None = None
    health_record_until: date | None = None
    photo_file_id: UUID | None = None
    fingerprint: bytes | None = Field(default=None, sa_type=LargeBinary)
    erased_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)


class Certificate(Row, table=True):
    """A special-trade certificate (national object PersonalCertifications) as an employer has seen it."""

    __tablename__ = "worker_certificates"
    __table_args__ = (
        UniqueConstraint("worker_id", "number", name="worker_certificates_number_taken"),
        ForeignKeyConstraint(["worker_id"], ["workers.id"], name="worker_certificates_worker"),
        CheckConstraint("valid_to >= valid_from", name="worker_certificates_dates"),
    )

    worker_id: UUID
    number: str
    trade: str
    valid_from: date
    valid_to: date
    status: str


class Training(Row, table=True):
    """A safety training (national object ProjectTraining)."""

    __tablename__ = "worker_trainings"
    __table_args__ = (
        UniqueConstraint("worker_id", "trained_on", "course", name="worker_trainings_once"),
        ForeignKeyConstraint(["worker_id"], ["workers.id"], name="worker_trainings_worker"),
        CheckConstraint("hours > 0", name="worker_trainings_hours"),
    )

    worker_id: UUID
    trained_on: date
    hours: Decimal = Field(sa_type=Numeric(12, 2))
    course: str
    training_type: str
