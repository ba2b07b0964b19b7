"""Tables of affiliations."""

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlmodel import Field

from chassis.database import Row, one_of, text_enum
from gateway.access.affiliations.states import State


class Affiliation(Row, table=True):
    """An organisation's place in a group of companies (集团): the parent asks, the child (成员单位) confirms.

    A child has one parent at a time; which one stands in its own row too, and goes out with its fact.
    """

    __tablename__ = "affiliations"
    __table_args__ = (
        ForeignKeyConstraint(["parent_id"], ["organisations.id"], name="affiliations_parent"),
        ForeignKeyConstraint(["child_id"], ["organisations.id"], name="affiliations_child"),
        CheckConstraint(one_of("state", State), name="affiliations_state"),
        CheckConstraint("parent_id <> child_id", name="affiliations_two"),
        Index(
            "affiliations_open",
            "parent_id",
            "child_id",
            unique=True,
            postgresql_where=text("state IN ('requested', 'confirmed')"),
        ),
        Index("affiliations_one_parent", "child_id", unique=True, postgresql_where=text("state = 'confirmed'")),
        Index("affiliations_of_child", "child_id", "id"),
    )

    parent_id: UUID
    child_id: UUID
    state: State = Field(sa_type=text_enum(State))
    reason: str = ""
