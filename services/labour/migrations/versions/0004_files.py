"""Uploads."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Forward only: a mistake is mended by the next migration."""
    op.create_table(
        "files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("uploaded_by", sa.Text(), nullable=False),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="files_sha256"),
        sa.CheckConstraint("size > 0", name="files_size"),
        sa.CheckConstraint(
            "media_type IN ('application/pdf', 'image/jpeg', 'image/png', "
            "'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet')",
            name="files_media_type",
        ),
        sa.CheckConstraint("state IN ('unscanned', 'clean', 'infected')", name="files_state"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("organisation_id", "sha256", "name", name="files_once"),
    )
    op.create_index("files_content", "files", ["sha256"], unique=False)
    op.create_table(
        "file_shares",
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name="file_shares_file"),
        sa.PrimaryKeyConstraint("file_id", "organisation_id"),
    )
    op.create_index("file_shares_organisation", "file_shares", ["organisation_id", "file_id"], unique=False)
