"""Tables of organisations."""

from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from chassis.database import Row, one_of, text_enum
from chassis.identity import Kind
from gateway.access.organisations.states import State

_KINDS = "ARRAY[" + ", ".join(f"'{kind.value}'" for kind in Kind) + "]::text[]"


class Organisation(Row, table=True):
    """A company or authority on the platform.

    `uscc` is its unified social credit code (统一社会信用代码). `requested_kinds` is what it asked for, `kinds`
    what the operator gave. `admin_secret` is the first administrator's initial password, sealed, until the admission
    moves it to the member's row. `parent_id` is the organisation to
    whose group it belongs. `synced_version` is the version that Keycloak holds, `told_version` the one that the
    newest fact carries.
    """

    __tablename__ = "organisations"
    __table_args__ = (
        CheckConstraint("uscc ~ '^[0-9A-Z]{18}$'", name="organisations_uscc"),
        CheckConstraint(one_of("state", State), name="organisations_state"),
        CheckConstraint(f"kinds <@ {_KINDS} AND requested_kinds <@ {_KINDS}", name="organisations_kinds"),
        CheckConstraint("state <> 'active' OR cardinality(kinds) > 0", name="organisations_active_kinds"),
        Index("organisations_uscc_taken", "uscc", unique=True, postgresql_where=text("state <> 'rejected'")),
    )

    name: str
    uscc: str
    state: State = Field(sa_type=text_enum(State))
    requested_kinds: list[str] = Field(sa_type=ARRAY(Text))
    kinds: list[str] = Field(sa_type=ARRAY(Text))
    reason: str = ""
    contact_name: str
    contact_email: str
    contact_phone: str
    admin_name: str
    admin_email: str
    admin_secret: str = ""
    parent_id: UUID | None = None
    synced_version: int = 0
    told_version: int = 0
