"""Consents, records, the blacklist, erasure, and more of a worker."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Forward only: a mistake is mended by the next migration."""
    op.add_column("workers", sa.Column("politics", sa.Text(), server_default="", nullable=False))
    op.add_column("workers", sa.Column("has_insurance", sa.Boolean(), nullable=True))
    op.add_column("workers", sa.Column("health_record_until", sa.Date(), nullable=True))
    op.add_column("workers", sa.Column("photo_file_id", sa.Uuid(), nullable=True))
    op.add_column("workers", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    _consents()
    _records()
    _blacklist()
    _privacy()


def _consents() -> None:
    op.create_table(
        "consents",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("employer_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("text_version", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("link_id", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"], name="consents_worker"),
        sa.CheckConstraint(
            "purpose IN ('face_image', 'bank_account', 'upload_to_authority', 'health_record', 'location')",
            name="consents_purpose",
        ),
        sa.CheckConstraint("how IN ('paper_scan', 'paper_held', 'link')", name="consents_how"),
        sa.CheckConstraint("state IN ('given', 'replaced', 'withdrawn')", name="consents_state"),
        sa.CheckConstraint("how <> 'paper_held' OR (file_id IS NULL AND link_id IS NULL)", name="consents_evidence"),
        sa.CheckConstraint("(state = 'withdrawn') = (withdrawn_at IS NOT NULL)", name="consents_withdrawn"),
    )
    op.create_index(
        "consents_standing",
        "consents",
        ["worker_id", "purpose"],
        unique=True,
        postgresql_where=sa.text("state = 'given'"),
    )
    op.create_index("consents_worker_id", "consents", ["worker_id", "id"])


def _records() -> None:
    op.create_table(
        "conduct_records",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("employer_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("source_document", sa.Text(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("revoked_because", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"], name="conduct_records_worker"),
        sa.CheckConstraint("kind IN ('good', 'bad')", name="conduct_records_kind"),
        sa.CheckConstraint("state IN ('recorded', 'revoked')", name="conduct_records_state"),
    )
    op.create_index("conduct_records_employer", "conduct_records", ["employer_id", "id"])
    op.create_index("conduct_records_worker_id", "conduct_records", ["worker_id", "id"])


def _blacklist() -> None:
    op.create_table(
        "blacklist_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("listed_by", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("id_card_type", sa.Text(), nullable=False),
        sa.Column("number_masked", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("source_document", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("lifted_on", sa.Date(), nullable=True),
        sa.Column("lifted_because", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="blacklist_entries_person"),
        sa.CheckConstraint("state IN ('listed', 'lifted')", name="blacklist_entries_state"),
        sa.CheckConstraint("valid_to >= valid_from", name="blacklist_entries_dates"),
        sa.CheckConstraint("(state = 'lifted') = (lifted_on IS NOT NULL)", name="blacklist_entries_lifted"),
    )
    op.create_index("blacklist_entries_person_id", "blacklist_entries", ["person_id"])


def _privacy() -> None:
    op.create_table(
        "erasures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("employer_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("requested_on", sa.Date(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("erased", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("blocked", postgresql.JSONB(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"], name="erasures_worker"),
        sa.CheckConstraint("how IN ('paper', 'link')", name="erasures_how"),
        sa.CheckConstraint("state IN ('requested', 'blocked', 'erased', 'cancelled')", name="erasures_state"),
    )
    op.create_index(
        "erasures_one_open", "erasures", ["worker_id"], unique=True, postgresql_where=sa.text("state = 'blocked'")
    )
    op.create_index("erasures_employer", "erasures", ["employer_id", "id"])
    op.create_table(
        "wage_settlements",
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("settled_through", sa.Date(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("worker_id"),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"], name="wage_settlements_worker"),
    )
