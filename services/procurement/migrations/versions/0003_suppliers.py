"""suppliers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Forward only: a mistake is mended by the next migration."""
    op.create_table(
        "supplier_files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("buyer_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=True),
        sa.Column("uscc", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("small_firm", sa.Boolean(), nullable=False),
        sa.Column("kinds", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("contacts", postgresql.JSONB(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("account_holder", sa.Text(), nullable=False),
        sa.Column("account_bank", sa.Text(), nullable=False),
        sa.Column("account_number", sa.Text(), nullable=False),
        sa.Column("account_index", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("(account_number = '') = (account_index IS NULL)", name="supplier_files_account"),
        sa.CheckConstraint("(state = 'invited') = (supplier_id IS NULL)", name="supplier_files_bound"),
        sa.CheckConstraint(
            "(state IN ('suspended', 'blacklisted')) = (until IS NOT NULL AND reason <> '')",
            name="supplier_files_barred",
        ),
        sa.CheckConstraint("state IN ('invited', 'active', 'suspended', 'blacklisted')", name="supplier_files_state"),
        sa.CheckConstraint("uscc ~ '^[0-9A-Z]{18}$'", name="supplier_files_uscc"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("buyer_id", "supplier_id", name="supplier_files_supplier_once"),
        sa.UniqueConstraint("buyer_id", "uscc", name="supplier_files_uscc_taken"),
    )
    op.create_index("supplier_files_account_index", "supplier_files", ["buyer_id", "account_index"], unique=False)
    op.create_index("supplier_files_supplier", "supplier_files", ["supplier_id", "id"], unique=False)
    op.create_table(
        "supplier_policies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("buyer_id", sa.Uuid(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("file_required", sa.Boolean(), nullable=False),
        sa.Column("warning_days", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.CheckConstraint("warning_days BETWEEN 0 AND 365", name="supplier_policies_warning"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("buyer_id", "valid_from", name="supplier_policies_day_taken"),
    )
    op.create_table(
        "supplier_invitations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("supplier_file_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("redeemed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("octet_length(token_hash) = 32", name="supplier_invitations_hash"),
        sa.ForeignKeyConstraint(["supplier_file_id"], ["supplier_files.id"], name="supplier_invitations_file"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash", name="supplier_invitations_token"),
    )
    op.create_index(
        "supplier_invitations_open",
        "supplier_invitations",
        ["supplier_file_id"],
        unique=True,
        postgresql_where=sa.text("redeemed_at IS NULL AND replaced_at IS NULL"),
    )
    op.create_table(
        "supplier_licences",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("supplier_file_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("obligatory", sa.Boolean(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("warned_for", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('business_licence', 'construction_qualification', 'safety_production', 'production_licence', 'compulsory_certification', 'quality_system', 'other')",
            name="supplier_licences_kind",
        ),
        sa.CheckConstraint("valid_until >= valid_from", name="supplier_licences_dates"),
        sa.ForeignKeyConstraint(["supplier_file_id"], ["supplier_files.id"], name="supplier_licences_file"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("supplier_file_id", "kind", "number", name="supplier_licences_once"),
    )
    op.create_index("supplier_licences_end", "supplier_licences", ["valid_until"], unique=False)
