"""Table of saved filters."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from chassis.database import Row


class SavedFilter(Row, table=True):
    """The query parameters of a list (by its operationId) under a name of its owner's.

    `owner` is the member (subject) that keeps it; a `shared` one is read by everybody in the organisation.
    """

    __tablename__ = "saved_filters"
    __table_args__ = (
        UniqueConstraint("organisation_id", "owner", "listing", "name", name="saved_filters_name_taken"),
        Index("saved_filters_organisation", "organisation_id", "id"),
    )

    organisation_id: UUID
    owner: str
    listing: str
    name: str
    shared: bool
    query: dict[str, str] = Field(sa_type=JSONB)
