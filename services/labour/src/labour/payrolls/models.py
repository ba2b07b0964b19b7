"""Tables of payrolls."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, Numeric, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from chassis.database import TIMESTAMPTZ, Row, one_of, text_enum
from labour.payrolls.states import Direction, LineState, Method, Run, State

AMOUNT: Any = Numeric(18, 2)
QUANTITY: Any = Numeric(18, 3)


class Payroll(Row, table=True):
    """A wage sheet (工资表) of an employer for a project and a month (its first day); CNY.

    `contractor_id` is the general contractor who checks it and pays on behalf (总包代发). `edition` counts the changes
    after a signature: a signature is of one edition. The sums are of all lines. `corrects_id` is the sheet whose month
    was locked. Who has checked it does not approve it.
    """

    __tablename__ = "payrolls"
    __table_args__ = (
        ForeignKeyConstraint(["corrects_id"], ["payrolls.id"], name="payrolls_corrects"),
        CheckConstraint(one_of("state", State), name="payrolls_state"),
        CheckConstraint(one_of("run", Run), name="payrolls_run"),
        CheckConstraint("(run = 'regular') = (corrects_id IS NULL)", name="payrolls_corrects_named"),
        CheckConstraint("extract(day FROM month) = 1", name="payrolls_month"),
        CheckConstraint("approved_by = '' OR approved_by <> checked_by", name="payrolls_four_eyes"),
        Index(
            "payrolls_regular_once",
            "employer_id",
            "project_id",
            "month",
            unique=True,
            postgresql_where=text("run = 'regular' AND state <> 'cancelled'"),
        ),
        Index("payrolls_employer", "employer_id", "id"),
        Index("payrolls_project", "project_id", "id"),
    )

    project_id: UUID
    employer_id: UUID
    contractor_id: UUID
    month: date
    run: Run = Field(sa_type=text_enum(Run))
    corrects_id: UUID | None = None
    cost_code: str
    state: State = Field(sa_type=text_enum(State))
    edition: int = 1
    workers: int = 0
    gross: Decimal = Field(default=Decimal("0.00"), sa_type=AMOUNT)
    net: Decimal = Field(default=Decimal("0.00"), sa_type=AMOUNT)
    reason: str = ""
    drafted_by: str
    checked_by: str = ""
    approved_by: str = ""
    approved_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)

    @property
    def is_back_pay(self) -> bool:
        """Arrears (补发), as the national standard calls them."""
        return self.run is Run.ARREARS


class PayrollChunk(SQLModel, table=True):
    """A part of the workers of a sheet that is being drafted; done with its lines, in one transaction."""

    __tablename__ = "payroll_chunks"
    __table_args__: ClassVar = (ForeignKeyConstraint(["payroll_id"], ["payrolls.id"], name="payroll_chunks_payroll"),)

    payroll_id: UUID = Field(primary_key=True)
    position: int = Field(primary_key=True)
    first_worker: UUID
    last_worker: UUID
    done_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)


class PayrollLine(Row, table=True):
    """A worker's wages on a sheet. `days` are worker days (工日), `hours` from first in to last out.

    `fault` says why it cannot be submitted: days or pieces that no contract in force covers. `below_minimum` warns
    that the deductions leave less than the local minimum wage. Rows are the ledger of art 15 and are never deleted.
    """

    __tablename__ = "payroll_lines"
    __table_args__ = (
        ForeignKeyConstraint(["payroll_id"], ["payrolls.id"], name="payroll_lines_payroll"),
        UniqueConstraint("payroll_id", "worker_id", name="payroll_lines_once"),
        CheckConstraint(one_of("state", LineState), name="payroll_lines_state"),
        CheckConstraint("net = gross - deductions AND net >= 0 AND deductions >= 0", name="payroll_lines_sums"),
        CheckConstraint("(state = 'paid') = (paid_on IS NOT NULL)", name="payroll_lines_paid"),
        Index("payroll_lines_worker", "worker_id", "id"),
        Index("payroll_lines_project", "project_id", "state"),
    )

    payroll_id: UUID
    project_id: UUID
    employer_id: UUID
    contractor_id: UUID
    worker_id: UUID
    worker_name: str
    month: date
    days: Decimal = Field(sa_type=Numeric(6, 2))
    hours: Decimal = Field(sa_type=Numeric(8, 2))
    gross: Decimal = Field(sa_type=AMOUNT)
    deductions: Decimal = Field(sa_type=AMOUNT)
    net: Decimal = Field(sa_type=AMOUNT)
    fault: str = ""
    below_minimum: bool = False
    state: LineState = Field(sa_type=text_enum(LineState))
    paid_on: date | None = None


class PayrollItem(SQLModel, table=True):
    """What a line consists of: the wage of each contract, allowances, deductions. `amount` is positive."""

    __tablename__ = "payroll_items"
    __table_args__: ClassVar = (
        ForeignKeyConstraint(["line_id"], ["payroll_lines.id"], name="payroll_items_line"),
        CheckConstraint(one_of("direction", Direction), name="payroll_items_direction"),
        CheckConstraint("amount >= 0", name="payroll_items_amount"),
        Index("payroll_items_line_id", "line_id", "id"),
    )

    id: UUID = Field(primary_key=True)
    line_id: UUID
    kind: str
    direction: Direction = Field(sa_type=text_enum(Direction))
    contract_id: UUID | None = None
    quantity: Decimal = Field(sa_type=QUANTITY)
    rate: Decimal = Field(sa_type=AMOUNT)
    amount: Decimal = Field(sa_type=AMOUNT)
    note: str = ""
    added_by: str = ""


class PayrollSignature(SQLModel, table=True):
    """A worker's signature under his line, and what stands behind it; `voided_at` when the sheet was changed after.

    `sha256` is `rules.content_hash` of what was signed. By link: the passed check; on paper: the scan (None once it
    is erased), who filed it, and why it was not signed by link.
    """

    __tablename__ = "payroll_signatures"
    __table_args__: ClassVar = (
        ForeignKeyConstraint(["line_id"], ["payroll_lines.id"], name="payroll_signatures_line"),
        ForeignKeyConstraint(["link_id"], ["links.id"], name="payroll_signatures_link"),
        ForeignKeyConstraint(["file_id"], ["files.id"], name="payroll_signatures_file"),
        CheckConstraint(one_of("method", Method), name="payroll_signatures_method"),
        CheckConstraint("(method = 'link') = (link_id IS NOT NULL)", name="payroll_signatures_by"),
        CheckConstraint("method = 'paper' OR file_id IS NULL", name="payroll_signatures_scan"),
        CheckConstraint("(voided_at IS NULL) = (void_reason = '')", name="payroll_signatures_void"),
        Index("payroll_signatures_one_valid", "line_id", unique=True, postgresql_where=text("voided_at IS NULL")),
        Index("payroll_signatures_of_line", "line_id", "id"),
    )

    id: UUID = Field(primary_key=True)
    line_id: UUID
    worker_id: UUID
    edition: int
    net: Decimal = Field(sa_type=AMOUNT)
    sha256: str
    method: Method = Field(sa_type=text_enum(Method))
    signed_at: datetime = Field(sa_type=TIMESTAMPTZ)
    signed_on: date
    link_id: UUID | None = None
    checked_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
    code_sent_to: str = ""
    code_sent_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
    address_hash: bytes | None = Field(default=None, sa_type=LargeBinary)
    user_agent: str = ""
    file_id: UUID | None = None
    filed_by: str = ""
    reason: str = ""
    voided_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
    void_reason: str = ""


class PayrollObjection(Row, table=True):
    """What a worker objects to in his line, and what he was answered; unanswered while `answered_at` is None."""

    __tablename__ = "payroll_objections"
    __table_args__ = (
        ForeignKeyConstraint(["line_id"], ["payroll_lines.id"], name="payroll_objections_line"),
        CheckConstraint(one_of("method", Method), name="payroll_objections_method"),
        CheckConstraint("(answered_at IS NULL) = (answer = '')", name="payroll_objections_answered"),
        Index("payroll_objections_one_open", "line_id", unique=True, postgresql_where=text("answered_at IS NULL")),
    )

    line_id: UUID
    worker_id: UUID
    method: Method = Field(sa_type=text_enum(Method))
    reason: str
    answer: str = ""
    adjusted: bool = False
    answered_by: str = ""
    answered_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)


class PieceRecord(SQLModel, table=True):
    """Pieces that a worker made on a day (计件); a mistake is taken back by a record of a negative quantity."""

    __tablename__ = "piece_records"
    __table_args__: ClassVar = (
        ForeignKeyConstraint(["worker_id"], ["workers.id"], name="piece_records_worker"),
        CheckConstraint("quantity <> 0", name="piece_records_quantity"),
        Index("piece_records_project", "project_id", "employer_id", "day"),
        Index("piece_records_employer", "employer_id", "id"),
    )

    id: UUID = Field(primary_key=True)
    project_id: UUID
    employer_id: UUID
    worker_id: UUID
    day: date
    quantity: Decimal = Field(sa_type=QUANTITY)
    unit: str
    note: str = ""
    noted_by: str
    recorded_by: str
    recorded_at: datetime = Field(sa_type=TIMESTAMPTZ)
