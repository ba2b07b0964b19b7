"""Employers on the list for wage arrears, the decisions behind it, and what they tell as repaid."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Forward only: a mistake is mended by the next migration."""
    op.create_table(
        "employer_listings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("employer_id", sa.Uuid(), nullable=False),
        sa.Column("uscc", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("listed_by", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("listed_from", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("no_early_exit", sa.Boolean(), nullable=False),
        sa.Column("over_on", sa.Date(), nullable=True),
        sa.Column("over_because", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('listed', 'exited', 'lifted', 'ended')", name="employer_listings_state"),
        sa.CheckConstraint("ends_on >= listed_from", name="employer_listings_days"),
        sa.CheckConstraint("(state = 'listed') = (over_on IS NULL)", name="employer_listings_over"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "employer_listings_once",
        "employer_listings",
        ["employer_id"],
        unique=True,
        postgresql_where=sa.text("state = 'listed'"),
    )
    op.create_index("employer_listings_employer", "employer_listings", ["employer_id", "id"])
    op.create_index("employer_listings_uscc", "employer_listings", ["uscc"])
    op.create_table(
        "employer_listing_decisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("listing_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("source_document", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["listing_id"], ["employer_listings.id"], name="employer_listing_decisions_listing"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("listing_id", "source_document", name="employer_listing_decisions_once"),
        sa.UniqueConstraint("listing_id", "position", name="employer_listing_decisions_position"),
    )
    _repayments()


def _repayments() -> None:
    op.create_table(
        "employer_repayments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("listing_id", sa.Uuid(), nullable=False),
        sa.Column("employer_id", sa.Uuid(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("repaid_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.Numeric(18, 2), nullable=False),
        sa.Column("workers", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("evidence_file_id", sa.Uuid(), nullable=False),
        sa.Column("pledge_file_id", sa.Uuid(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("early_exit_from", sa.Date(), nullable=True),
        sa.CheckConstraint("state IN ('told', 'accepted', 'declined', 'void')", name="employer_repayments_state"),
        sa.CheckConstraint("amount > 0 AND workers > 0", name="employer_repayments_figures"),
        sa.CheckConstraint("early_exit_from IS NULL OR state IN ('accepted', 'void')", name="employer_repayments_exit"),
        sa.ForeignKeyConstraint(["listing_id"], ["employer_listings.id"], name="employer_repayments_listing"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "employer_repayments_open",
        "employer_repayments",
        ["listing_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('told', 'accepted')"),
    )
    op.create_index("employer_repayments_listing_id", "employer_repayments", ["listing_id", "id"])
