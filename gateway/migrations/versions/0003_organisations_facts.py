"""Which version of an organisation has been told as a fact (the job tells of those that are here); groups."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Forward only: a mistake is mended by the next migration."""
    # The default stays: a gateway of before this version still registers organisations while the new one starts.
    op.add_column("organisations", sa.Column("told_version", sa.Integer(), server_default="0", nullable=False))
    op.add_column("organisations", sa.Column("parent_id", sa.Uuid(), nullable=True))
    op.create_table(
        "affiliations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=False),
        sa.Column("child_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('requested', 'confirmed', 'declined', 'withdrawn', 'ended')", name="affiliations_state"
        ),
        sa.CheckConstraint("parent_id <> child_id", name="affiliations_two"),
        sa.ForeignKeyConstraint(["child_id"], ["organisations.id"], name="affiliations_child"),
        sa.ForeignKeyConstraint(["parent_id"], ["organisations.id"], name="affiliations_parent"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("affiliations_of_child", "affiliations", ["child_id", "id"], unique=False)
    op.create_index(
        "affiliations_one_parent",
        "affiliations",
        ["child_id"],
        unique=True,
        postgresql_where=sa.text("state = 'confirmed'"),
    )
    op.create_index(
        "affiliations_open",
        "affiliations",
        ["parent_id", "child_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('requested', 'confirmed')"),
    )
