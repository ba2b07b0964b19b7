"""What comes in and goes out about workers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, ValidationError, WithJsonSchema, model_validator

from chassis.errors import Violation
from chassis.http.faults import fault, pointer, violation
from chassis.http.schemas import FieldFault, In, Out, RowResult
from chassis.values import Code, Hours, Instant, LongText, Text
from labour.codes.models import Sex
from labour.codes.schemas import known, known_or_empty, named
from labour.consents.models import Purpose
from labour.consents.schemas import ConsentIn
from labour.workers.models import AgreementKind
from labour.workers.rules import (
    AgreementTerms,
    CertificateRecord,
    Registration,
    TrainingRecord,
)

MOST_ROWS = 1000

IdCardType = Annotated[str, AfterValidator(known("id_card_type")), Field(examples=["01"])]
WorkType = Annotated[str, AfterValidator(known("work_type")), Field(examples=["020"])]
WorkRole = Annotated[str, AfterValidator(known("work_role")), Field(examples=["20"])]
Trade = Annotated[str, AfterValidator(known("special_trades")), Field(examples=["建筑电工"])]
CertificateStatus = Annotated[str, AfterValidator(known("certificate_status")), Field(examples=["1"])]
TrainingType = Annotated[str, AfterValidator(known("training_type")), Field(examples=["003001"])]
Phone = Annotated[str, Field(pattern=r"^(\+?[0-9][0-9-]{4,19})?$", examples=["13800138000"])]
BankCard = Annotated[str, Field(pattern=r"^([0-9]{8,32})?$", examples=["6222020200112233445"])]
BankCode = Annotated[str, Field(pattern=r"^[0-9A-Za-z]{0,16}$", examples=["102"])]
DocumentNumber = Annotated[str, Field(min_length=5, max_length=20, examples=["11010519491231002X"])]
Told = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
Nation = Annotated[Told, AfterValidator(named("nation")), Field(examples=["汉族"])]
Politics = Annotated[str, AfterValidator(known_or_empty("politics_type")), Field(examples=["13"])]
FilterText = Annotated[str, Field(max_length=64, pattern=r"^[^\x00-\x1f\x7f]*$")]
"""What a list is filtered by."""

Name = Annotated[str, Field(min_length=1, max_length=50, pattern=r"^[^\x00-\x1f\x7f]+$", examples=["张伟"])]


class AgreementIn(In):
    """A labour contract or written agreement; without `valid_to` it is open."""

    kind: AgreementKind
    number: Text = Field(examples=["LD-2026-0001"])
    valid_from: date
    valid_to: date | None = None

    @model_validator(mode="after")
    def _ordered(self) -> AgreementIn:
        check_order(self.valid_from, self.valid_to)
        return self

    def terms(self) -> AgreementTerms:
        """As the service takes it."""
        return AgreementTerms(self.kind.value, self.number, self.valid_from, self.valid_to)


class TrainingIn(In):
    """A safety training that took place."""

    trained_on: date
    hours: Hours = Field(examples=["16.00"])
    course: Text = Field(examples=["三级安全教育"])
    training_type: TrainingType = "003001"

    @model_validator(mode="after")
    def _took_time(self) -> TrainingIn:
        if self.hours == 0:
            raise fault("OUT_OF_RANGE", zh="培训学时须大于 0", en="the hours must be greater than 0")
        return self

    def record(self) -> TrainingRecord:
        """As the service takes it."""
        return TrainingRecord(self.trained_on, self.hours, self.course, self.training_type)


class CertificateIn(In):
    """A special-trade certificate (特种作业操作资格证)."""

    number: Code = Field(examples=["T440300202600001"])
    trade: Trade
    valid_from: date
    valid_to: date
    status: CertificateStatus = "1"

    @model_validator(mode="after")
    def _ordered(self) -> CertificateIn:
        check_order(self.valid_from, self.valid_to)
        return self

    def record(self) -> CertificateRecord:
        """As the service takes it."""
        return CertificateRecord(self.number, self.trade, self.valid_from, self.valid_to, self.status)


class WorkerIn(In):
    """One worker as his employer registers him; names follow the national object ProjectWorker."""

    external_id: Code = Field(description="The employer's own id of this worker.", examples=["W-0001"])
    name: Name
    id_card_type: IdCardType = "01"
    id_card_number: DocumentNumber
    sex: Sex | None = Field(default=None, description="Told by a resident identity card itself.")
    birth_date: date | None = Field(default=None, description="Told by a resident identity card itself.")
    work_type: WorkType
    work_role: WorkRole = "20"
    is_team_leader: bool = False
    nation: Nation = Field(default="", examples=["汉族"], description="Name or code of the table nation.")
    address: Told = Field(default="", examples=["广东省深圳市福田区"])
    cell_phone: Phone = ""
    grant_org: Told = Field(default="", examples=["深圳市公安局福田分局"])
    payroll_bank_card_number: BankCard = ""
    payroll_bank_code: BankCode = ""
    urgent_contact: Told = Field(default="", examples=["李梅 13900139000"])
    politics: Politics = ""
    has_insurance: bool | None = None
    health_record_until: date | None = Field(
        default=None, description="Last day of the health record that he holds; not what it says. Needs a consent."
    )
    consents: Annotated[tuple[ConsentIn, ...], Field(max_length=10)] = Field(
        default=(), description="Bank card and health record need the person's separate consent."
    )
    agreement: AgreementIn | None = None
    training: TrainingIn | None = Field(default=None, description="The last basic safety training.")
    certificates: Annotated[tuple[CertificateIn, ...], Field(max_length=20)] = ()

    def registration(self) -> Registration:
        """As the service takes it."""
        return Registration(
            external_id=self.external_id,
            name=self.name,
            id_card_type=self.id_card_type,
            id_card_number=self.id_card_number,
            sex=self.sex,
            birth_date=self.birth_date,
            work_type=self.work_type,
            work_role=self.work_role,
            is_team_leader=self.is_team_leader,
            nation=self.nation,
            address=self.address,
            cell_phone=self.cell_phone,
            grant_org=self.grant_org,
            payroll_bank_card=self.payroll_bank_card_number,
            payroll_bank_code=self.payroll_bank_code,
            urgent_contact=self.urgent_contact,
            agreement=self.agreement.terms() if self.agreement else None,
            training=self.training.record() if self.training else None,
            certificates=tuple(certificate.record() for certificate in self.certificates),
            politics=self.politics,
            has_insurance=self.has_insurance,
            health_record_until=self.health_record_until,
            consents=tuple(consent.given() for consent in self.consents),
        )


Rows = Annotated[
    list[Any],
    Field(min_length=1, max_length=MOST_ROWS),
    WithJsonSchema(
        {
            "type": "array",
            "minItems": 1,
            "maxItems": MOST_ROWS,
            "items": {"$ref": "#/components/schemas/WorkerIn"},
        }
    ),
]
"""Rows that are judged one by one, so that a bad one does not take the others with it."""


class WorkerBatchIn(In):
    """Up to 1,000 workers; each row like the body of registerWorker."""

    workers: Rows


def read_rows(rows: Sequence[Any]) -> list[Registration | list[Violation]]:
    """Each row as a registration, or its faults with pointers into the body."""
    return [_read_row(row, index) for index, row in enumerate(rows)]


def _read_row(row: Any, index: int) -> Registration | list[Violation]:
    try:
        return WorkerIn.model_validate(row).registration()
    except ValidationError as refused:
        prefix = pointer(("workers", index))
        faults = [violation(error, row) for error in refused.errors(include_url=False, include_input=False)]
        return [Violation(prefix + one.pointer, one.code, one.zh, one.en) for one in faults]


def field_fault(one: Violation) -> FieldFault:
    """A fault of a row as it goes out, in both languages."""
    return FieldFault(pointer=one.pointer, code=one.code, detail=one.zh, details={"zh-CN": one.zh, "en": one.en})


class WorkerBatchOut(Out):
    """What became of each row, in the order of the request."""

    created: int
    updated: int
    unchanged: int
    refused: int
    results: list[RowResult]


class ChangeWorkerIn(In):
    """What may change of a worker; what is absent stays."""

    name: Name | None = None
    work_type: WorkType | None = None
    work_role: WorkRole | None = None
    is_team_leader: bool | None = None
    nation: Nation | None = None
    address: Told | None = None
    cell_phone: Phone | None = None
    grant_org: Told | None = None
    payroll_bank_card_number: BankCard | None = None
    payroll_bank_code: BankCode | None = None
    urgent_contact: Told | None = None
    politics: Politics | None = None
    has_insurance: bool | None = None
    health_record_until: date | None = Field(default=None, description="Needs a consent.")
    agreement: AgreementIn | None = None


class UnmaskIn(In):
    """Why the numbers are needed in clear; it stands in the audit."""

    reason: LongText = Field(examples=["核对工资代发账户"])


class AgreementOut(Out):
    """The contract or agreement on record; `kind` is empty without one."""

    kind: Literal["", "labour_contract", "work_agreement"]
    number: str
    valid_from: date | None
    valid_to: date | None


class CertificateOut(Out):
    """A certificate on record."""

    id: UUID
    version: int
    worker_id: UUID
    number: str
    trade: str
    valid_from: date
    valid_to: date
    status: str


class TrainingOut(Out):
    """A training on record."""

    id: UUID
    version: int
    worker_id: UUID
    trained_on: date
    hours: Hours
    course: str
    training_type: str


class WorkerOut(Out):
    """A worker as his employer sees him. Numbers are masked; of the birth date only the age in years is shown."""

    id: UUID
    version: int
    external_id: str
    employer_id: UUID
    name: str
    id_card_type: str
    id_card_number_masked: str = Field(examples=["4403**********1234"])
    sex: Sex
    age: int | None = Field(description="Completed years; null once the birth date is erased.")
    work_type: str
    work_role: str
    is_team_leader: bool
    nation: str
    address: str
    cell_phone_masked: str = Field(examples=["1*********0"])
    grant_org: str
    payroll_bank_card_masked: str = Field(examples=["6222***********3445"])
    payroll_bank_code: str
    urgent_contact_masked: str = Field(examples=["李梅 1*********0"])
    politics: str = Field(description="Code of politics_type; empty when not told.")
    has_insurance: bool | None
    health_record_until: date | None
    has_photo: bool = Field(description="Whether there is a head image; its own route shows it.")
    consent_missing: list[Purpose] = Field(
        description="Of these purposes data is on record without a consent that stands: ask the person."
    )
    agreement: AgreementOut
    created_at: Instant
    updated_at: Instant


class UnmaskedOut(Out):
    """The numbers in clear."""

    id: UUID
    id_card_type: str
    id_card_number: str
    birth_date: date
    cell_phone: str
    payroll_bank_card_number: str
    urgent_contact: str


def check_order(first: date, last: date | None) -> None:
    """Fault DATES_BACKWARDS when a last day lies before the first."""
    if last is not None and last < first:
        raise fault("DATES_BACKWARDS", zh="截止日期早于起始日期", en="the last day is before the first")
