"""Tables of API clients."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from chassis.database import TIMESTAMPTZ, Row, one_of, text_enum
from chassis.identity import Role
from gateway.access.clients.states import State

_ROLES = "ARRAY[" + ", ".join(f"'{role.value}'" for role in Role) + "]::text[]"

PREFIX = "api-"
"""With which the client ids of API clients begin; no other client of the realm has it."""


class Client(Row, table=True):
    """A program that acts for an organisation with client credentials.

    `client_id` is its name in Keycloak. `secret` is a secret that Keycloak does not have yet, sealed.
    `last_used_at` is written by the edge every few seconds and changes no version. `synced_version` is the version
    that Keycloak holds.
    """

    __tablename__ = "clients"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name="clients_organisation"),
        UniqueConstraint("client_id", name="clients_client_id_taken"),
        CheckConstraint(one_of("state", State), name="clients_state"),
        CheckConstraint(f"roles <@ {_ROLES}", name="clients_roles"),
        CheckConstraint(f"client_id LIKE '{PREFIX}%'", name="clients_client_id"),
        Index("clients_organisation_id", "organisation_id", "id"),
    )

    organisation_id: UUID
    client_id: str
    name: str
    roles: list[str] = Field(sa_type=ARRAY(Text))
    state: State = Field(sa_type=text_enum(State))
    secret: str = ""
    created_by: str
    last_used_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
    synced_version: int = 0
