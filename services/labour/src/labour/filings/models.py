"""Tables of filings."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, text
from sqlmodel import Field, SQLModel

from chassis.database import TIMESTAMPTZ, Row, one_of, text_enum
from labour.clients.authorities import Kind, Verdict
from labour.filings.states import RequestState, State


class Filing(Row, table=True):
    """One version of one object on its way to a platform, or there.

    `object_key` and `object_version` say which; `parent_kind` and `parent_key` what must be there first. `batch_key`
    binds what may go in one request. `alone`: it was in a request that was refused as a whole, so it is tried by
    itself. `number` is what the platform calls the object. Answers are kept without what is personal in them.
    """

    __tablename__ = "filings"
    __table_args__ = (
        ForeignKeyConstraint(["connection_id"], ["authority_connections.id"], name="filings_connection"),
        ForeignKeyConstraint(["request_id"], ["filing_requests.id"], name="filings_request"),
        CheckConstraint(one_of("kind", Kind), name="filings_kind"),
        CheckConstraint(one_of("state", State), name="filings_state"),
        Index("filings_waiting", "connection_id", "kind", "occurred_at", postgresql_where=text("state = 'queued'")),
        Index("filings_of_object", "connection_id", "kind", "object_key", "id"),
        Index("filings_of_request", "request_id"),
        Index("filings_employer", "employer_id", "id"),
        Index("filings_project", "project_id", "id"),
        Index("filings_worker", "worker_id", "id"),
    )

    connection_id: UUID
    project_id: UUID
    employer_id: UUID
    worker_id: UUID | None = None
    kind: Kind = Field(sa_type=text_enum(Kind))
    object_key: str
    object_version: str
    parent_kind: str = ""
    parent_key: str = ""
    batch_key: str = ""
    occurred_at: datetime = Field(sa_type=TIMESTAMPTZ)
    state: State = Field(sa_type=text_enum(State))
    alone: bool = False
    attempts: int = 0
    request_id: UUID | None = None
    answer_code: str = ""
    answer_text: str = ""
    mend_by: str = ""
    number: str = ""
    answered_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)


class FilingRequest(SQLModel, table=True):
    """What went to a platform in one call; a connection has one that is not answered, at most.

    `due_at` is when the next step is due; `asked` how often its receipt was asked for; `serial` the platform's name
    for it. `sent` is an HMAC over the body that went out: it proves what was sent, and does not tell it.
    """

    __tablename__ = "filing_requests"
    __table_args__ = (
        ForeignKeyConstraint(["connection_id"], ["authority_connections.id"], name="filing_requests_connection"),
        CheckConstraint(one_of("kind", Kind), name="filing_requests_kind"),
        CheckConstraint(one_of("state", RequestState), name="filing_requests_state"),
        Index("filing_requests_one_open", "connection_id", unique=True, postgresql_where=text("state <> 'answered'")),
    )

    id: UUID = Field(primary_key=True)
    connection_id: UUID
    kind: Kind = Field(sa_type=text_enum(Kind))
    is_update: bool
    state: RequestState = Field(sa_type=text_enum(RequestState))
    prepared_at: datetime = Field(sa_type=TIMESTAMPTZ)
    begun_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
    due_at: datetime = Field(sa_type=TIMESTAMPTZ)
    asked: int = 0
    serial: str = ""
    sent: bytes | None = Field(default=None, sa_type=LargeBinary)


class FilingReceipt(SQLModel, table=True):
    """What a platform said about a filing, each time (回执). `request_code` is the name under which it can be asked."""

    __tablename__ = "filing_receipts"
    __table_args__ = (
        ForeignKeyConstraint(["filing_id"], ["filings.id"], name="filing_receipts_filing"),
        ForeignKeyConstraint(["request_id"], ["filing_requests.id"], name="filing_receipts_request"),
        CheckConstraint(one_of("verdict", Verdict), name="filing_receipts_verdict"),
        Index("filing_receipts_filing_id", "filing_id", "id"),
    )

    id: UUID = Field(primary_key=True)
    filing_id: UUID
    request_id: UUID
    at: datetime = Field(sa_type=TIMESTAMPTZ)
    request_code: str
    verdict: Verdict = Field(sa_type=text_enum(Verdict))
    code: str
    text: str


class FilingQueue(SQLModel, table=True):
    """When a connection's queue moves next.

    `wake` names the one job that may move it, so that however many are enqueued one goes on. `not_before` holds the
    pace that the platform bears; `failures` counts calls in a row that found nobody there.
    """

    __tablename__ = "filing_queues"
    __table_args__ = (
        ForeignKeyConstraint(["connection_id"], ["authority_connections.id"], name="filing_queues_connection"),
    )

    connection_id: UUID = Field(primary_key=True)
    wake: UUID
    wake_at: datetime = Field(sa_type=TIMESTAMPTZ)
    not_before: datetime = Field(sa_type=TIMESTAMPTZ)
    failures: int = 0
