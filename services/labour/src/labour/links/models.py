"""Tables of links."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from chassis.database import TIMESTAMPTZ, Row, one_of, text_enum
from labour.links.states import CodeKind, Purpose, State


class Link(Row, table=True):
    """A way in for one worker and one purpose; `subject_id` is what it is about (a contract), None for the worker.

    `secret_hash` is the SHA-256 of 32 random bytes that nobody keeps. `checked_until` is the end of the session that
    the last identity check opened, `checked_code_id` the code that was given then. `failures` counts wrong answers.
    """

    __tablename__ = "links"
    __table_args__ = (
        UniqueConstraint("secret_hash", name="links_secret"),
        ForeignKeyConstraint(["worker_id"], ["workers.id"], name="links_worker"),
        CheckConstraint(one_of("purpose", Purpose), name="links_purpose"),
        CheckConstraint(one_of("state", State), name="links_state"),
        CheckConstraint("failures >= 0", name="links_failures"),
        Index(
            "links_one_active",
            "worker_id",
            "purpose",
            "subject_id",
            unique=True,
            postgresql_where=text("state = 'active'"),
            postgresql_nulls_not_distinct=True,
        ),
        Index("links_employer", "employer_id", "id"),
        Index("links_worker_id", "worker_id"),
    )

    employer_id: UUID
    worker_id: UUID
    purpose: Purpose = Field(sa_type=text_enum(Purpose))
    subject_id: UUID | None = None
    secret_hash: bytes = Field(sa_type=LargeBinary)
    state: State = Field(sa_type=text_enum(State))
    valid_until: datetime = Field(sa_type=TIMESTAMPTZ)
    checked_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
    checked_until: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
    checked_code_id: UUID | None = None
    failures: int = 0


class LinkCode(SQLModel, table=True):
    """A code that was sent to a phone. `mac` is an HMAC over it, `sent_to` the masked number, `phone` encrypted."""

    __tablename__ = "link_codes"
    __table_args__ = (
        ForeignKeyConstraint(["link_id"], ["links.id"], name="link_codes_link"),
        CheckConstraint(one_of("kind", CodeKind), name="link_codes_kind"),
        Index("link_codes_link_id", "link_id", "kind", "id"),
    )

    id: UUID = Field(primary_key=True)
    link_id: UUID
    kind: CodeKind = Field(sa_type=text_enum(CodeKind))
    mac: bytes = Field(sa_type=LargeBinary)
    sent_to: str
    phone: str
    sent_at: datetime = Field(sa_type=TIMESTAMPTZ)
    valid_until: datetime = Field(sa_type=TIMESTAMPTZ)
    used_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
