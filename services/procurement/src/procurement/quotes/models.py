"""Tables of quotes."""

# No postponed annotations here: SQLModel reads the columns' types from the annotations.

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel

from chassis.database import TIMESTAMPTZ
from chassis.ids import new_id


class Quote(SQLModel, table=True):
    """One version of a supplier's quote; only added, never changed. The newest one counts.

    `sealed` is the content under the sourcing's data key, None when this version withdraws (撤回) the quote. `digest`
    is the SHA-256 of the content, which holds a random salt: it proves to the supplier what was handed in, and tells
    nobody else anything.
    """

    __tablename__ = "quotes"
    __table_args__: ClassVar = (
        ForeignKeyConstraint(
            ["sourcing_id", "supplier_id"],
            ["sourcing_guests.sourcing_id", "sourcing_guests.supplier_id"],
            ondelete="CASCADE",
            name="quotes_guest",
        ),
        UniqueConstraint("sourcing_id", "supplier_id", "version", name="quotes_version"),
        CheckConstraint("(sealed IS NULL) = (digest IS NULL)", name="quotes_digest"),
        Index("quotes_supplier", "supplier_id", "id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    sourcing_id: UUID
    supplier_id: UUID
    version: int
    sealed: bytes | None = Field(default=None, sa_type=LargeBinary)
    digest: bytes | None = Field(default=None, sa_type=LargeBinary)
    submitted_by: str
    submitted_at: datetime = Field(sa_type=TIMESTAMPTZ)


class QuoteKey(SQLModel, table=True):
    """The data key of a sourcing's quotes, wrapped under a key that is not in the database."""

    __tablename__ = "quote_keys"
    __table_args__: ClassVar = (
        ForeignKeyConstraint(["sourcing_id"], ["sourcings.id"], ondelete="CASCADE", name="quote_keys_sourcing"),
    )

    sourcing_id: UUID = Field(primary_key=True)
    wrapped: str
