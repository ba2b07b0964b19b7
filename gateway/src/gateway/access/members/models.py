"""Tables of members."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from chassis.database import Row, one_of, text_enum
from chassis.identity import Role
from gateway.access.members.states import State

_ROLES = "ARRAY[" + ", ".join(f"'{role.value}'" for role in Role) + "]::text[]"


class Member(Row, table=True):
    """A person's account in one organisation.

    `email` is the user name. It is unique on the platform, because whoever makes an account knows its first password:
    an account must never serve a second organisation. `subject` is the user's id in Keycloak, empty until it is there.
    `secret` is a password that Keycloak does not have yet, sealed. `synced_version` is the version that Keycloak holds.
    """

    __tablename__ = "members"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name="members_organisation"),
        UniqueConstraint("email", name="members_email_taken"),
        CheckConstraint(one_of("state", State), name="members_state"),
        CheckConstraint(f"roles <@ {_ROLES}", name="members_roles"),
        Index("members_organisation_id", "organisation_id", "id"),
    )

    organisation_id: UUID
    email: str
    name: str
    roles: list[str] = Field(sa_type=ARRAY(Text))
    state: State = Field(sa_type=text_enum(State))
    subject: str = ""
    secret: str = ""
    synced_version: int = 0
