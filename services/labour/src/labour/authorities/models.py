"""Tables of connections to authorities' platforms."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from chassis.database import TIMESTAMPTZ, Row, one_of, text_enum
from labour.authorities.states import State


class Scope(StrEnum):
    """Whose people are filed: everybody's on the project (the general contractor's connection), or one's own."""

    PROJECT = "project"
    OWN = "own"


class Connection(Row, table=True):
    """An organisation's access to a platform for one project; `secret` is encrypted.

    Under scope `project` the people of employers with an active connection of their own are left to those.
    `fault_code` and `barred_at` say why the authority turned us away.
    """

    __tablename__ = "authority_connections"
    __table_args__ = (
        UniqueConstraint("project_id", "organisation_id", "authority", name="authority_connections_once"),
        CheckConstraint(one_of("scope", Scope), name="authority_connections_scope"),
        CheckConstraint(one_of("state", State), name="authority_connections_state"),
        Index(
            "authority_connections_one_for_all",
            "project_id",
            "authority",
            unique=True,
            postgresql_where=text("scope = 'project'"),
        ),
        Index("authority_connections_organisation", "organisation_id", "id"),
    )

    project_id: UUID
    organisation_id: UUID
    authority: str
    scope: Scope = Field(sa_type=text_enum(Scope))
    app_id: str
    secret: str
    state: State = Field(sa_type=text_enum(State))
    fault_code: str = ""
    barred_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
