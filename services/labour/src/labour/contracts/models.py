"""Tables of contracts."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, Numeric, UniqueConstraint
from sqlmodel import Field, SQLModel

from chassis.database import TIMESTAMPTZ, Row, one_of, text_enum
from labour.contracts.states import Method, State, WageKind
from labour.workers.models import AgreementKind


class Contract(Row, table=True):
    """A contract of a worker with his employer, for one project or (`project_id` None) for all of the employer's.

    `wage_rate` is CNY for one `wage_unit` (工日, 月, or the unit of a piece); `pay_day` the day of the month on which
    wages are paid. `valid_to` None is open; `last_day` is the last day in truth, once it has ended or was terminated.
    `file_id` and `sha256` (hex) are the bytes that are shown and signed; empty until they are printed or scanned.
    `offered_by` is the member who signs for the employer by offering it. `follows_id` is what this one renews.
    """

    __tablename__ = "contracts"
    __table_args__ = (
        UniqueConstraint("employer_id", "number", name="contracts_number_taken"),
        ForeignKeyConstraint(["worker_id"], ["workers.id"], name="contracts_worker"),
        ForeignKeyConstraint(["follows_id"], ["contracts.id"], name="contracts_follows"),
        ForeignKeyConstraint(["file_id"], ["files.id"], name="contracts_file"),
        CheckConstraint(one_of("kind", AgreementKind), name="contracts_kind"),
        CheckConstraint(one_of("wage_kind", WageKind), name="contracts_wage_kind"),
        CheckConstraint(one_of("state", State), name="contracts_state"),
        CheckConstraint("wage_rate > 0", name="contracts_wage_rate"),
        CheckConstraint("pay_day BETWEEN 1 AND 31", name="contracts_pay_day"),
        CheckConstraint("valid_to >= valid_from", name="contracts_dates"),
        CheckConstraint("last_day >= valid_from", name="contracts_last_day"),
        CheckConstraint(
            "(state IN ('signed', 'ended', 'terminated')) = (signed_at IS NOT NULL)", name="contracts_signed"
        ),
        CheckConstraint("signed_at IS NULL OR sha256 ~ '^[0-9a-f]{64}$'", name="contracts_sha256"),
        Index("contracts_employer", "employer_id", "id"),
        Index("contracts_worker_id", "worker_id", "valid_from"),
        Index("contracts_project", "project_id", "id"),
    )

    employer_id: UUID
    worker_id: UUID
    project_id: UUID | None = None
    kind: AgreementKind = Field(sa_type=text_enum(AgreementKind))
    number: str
    duties: str
    valid_from: date
    valid_to: date | None = None
    wage_kind: WageKind = Field(sa_type=text_enum(WageKind))
    wage_rate: Decimal = Field(sa_type=Numeric(18, 2))
    wage_unit: str
    pay_day: int
    language: str
    state: State = Field(sa_type=text_enum(State))
    follows_id: UUID | None = None
    offered_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
    offered_by: str = ""
    file_id: UUID | None = None
    sha256: str = ""
    signed_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
    last_day: date | None = None
    reason: str = ""

    @property
    def binds_until(self) -> date | None:
        """The last day on which it binds, or has bound; None while it is open."""
        return self.last_day or self.valid_to


class Signature(SQLModel, table=True):
    """The evidence of a worker's signature (签署证据), one for each signed contract.

    `sha256` is of the exact bytes that were shown. By link: which check was passed when, to which masked number the
    code went, the client's address as an HMAC and its user agent. On paper: who filed the scan, and why.
    """

    __tablename__ = "contract_signatures"
    __table_args__ = (
        ForeignKeyConstraint(["contract_id"], ["contracts.id"], name="contract_signatures_contract"),
        ForeignKeyConstraint(["link_id"], ["links.id"], name="contract_signatures_link"),
        CheckConstraint(one_of("method", Method), name="contract_signatures_method"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="contract_signatures_sha256"),
        CheckConstraint("(method = 'link') = (link_id IS NOT NULL)", name="contract_signatures_by"),
    )

    contract_id: UUID = Field(primary_key=True)
    worker_id: UUID
    method: Method = Field(sa_type=text_enum(Method))
    signed_at: datetime = Field(sa_type=TIMESTAMPTZ)
    sha256: str
    link_id: UUID | None = None
    checked_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
    code_sent_to: str = ""
    code_sent_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
    address_hash: bytes | None = Field(default=None, sa_type=LargeBinary)
    user_agent: str = ""
    signed_on: date
    filed_by: str = ""
    reason: str = ""


class ContractWarning(SQLModel, table=True):
    """That a contract is about to end, or has ended with nothing to follow; `days_left` 0 is after the end."""

    __tablename__ = "contract_warnings"
    __table_args__ = (
        UniqueConstraint("contract_id", "days_left", name="contract_warnings_once"),
        ForeignKeyConstraint(["contract_id"], ["contracts.id"], name="contract_warnings_contract"),
        Index("contract_warnings_employer", "employer_id", "id"),
    )

    id: UUID = Field(primary_key=True)
    contract_id: UUID
    employer_id: UUID
    worker_id: UUID
    project_id: UUID | None = None
    ends_on: date
    days_left: int
    raised_at: datetime = Field(sa_type=TIMESTAMPTZ)
