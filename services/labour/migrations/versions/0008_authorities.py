"""Connections to authorities' platforms, and what is filed over them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Forward only: a mistake is mended by the next migration."""
    op.create_table(
        "authority_connections",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("app_id", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("fault_code", sa.Text(), nullable=False),
        sa.Column("barred_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("scope IN ('project', 'own')", name="authority_connections_scope"),
        sa.CheckConstraint("state IN ('active', 'suspended', 'barred')", name="authority_connections_state"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("project_id", "organisation_id", "authority", name="authority_connections_once"),
    )
    op.create_index(
        "authority_connections_one_for_all",
        "authority_connections",
        ["project_id", "authority"],
        unique=True,
        postgresql_where=sa.text("scope = 'project'"),
    )
    op.create_index(
        "authority_connections_organisation", "authority_connections", ["organisation_id", "id"], unique=False
    )
    op.create_table(
        "filing_queues",
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("wake", sa.Uuid(), nullable=False),
        sa.Column("wake_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["connection_id"], ["authority_connections.id"], name="filing_queues_connection"),
        sa.PrimaryKeyConstraint("connection_id"),
    )
    op.create_table(
        "filing_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("is_update", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("sent", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('project', 'company', 'subcontractor', 'team', 'worker', 'contract', 'training', 'entry_exit', 'attendance', 'payroll')",
            name="filing_requests_kind",
        ),
        sa.CheckConstraint(
            "state IN ('prepared', 'sent', 'unknown', 'pending', 'answered')", name="filing_requests_state"
        ),
        sa.ForeignKeyConstraint(["connection_id"], ["authority_connections.id"], name="filing_requests_connection"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "filing_requests_one_open",
        "filing_requests",
        ["connection_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'answered'"),
    )
    op.create_table(
        "filings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("connection_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("employer_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("object_key", sa.Text(), nullable=False),
        sa.Column("object_version", sa.Text(), nullable=False),
        sa.Column("parent_kind", sa.Text(), nullable=False),
        sa.Column("parent_key", sa.Text(), nullable=False),
        sa.Column("batch_key", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("alone", sa.Boolean(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("answer_code", sa.Text(), nullable=False),
        sa.Column("answer_text", sa.Text(), nullable=False),
        sa.Column("mend_by", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('project', 'company', 'subcontractor', 'team', 'worker', 'contract', 'training', 'entry_exit', 'attendance', 'payroll')",
            name="filings_kind",
        ),
        sa.CheckConstraint(
            "state IN ('queued', 'sending', 'pending', 'accepted', 'refused', 'superseded')", name="filings_state"
        ),
        sa.ForeignKeyConstraint(["connection_id"], ["authority_connections.id"], name="filings_connection"),
        sa.ForeignKeyConstraint(["request_id"], ["filing_requests.id"], name="filings_request"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("filings_employer", "filings", ["employer_id", "id"], unique=False)
    op.create_index("filings_of_object", "filings", ["connection_id", "kind", "object_key", "id"], unique=False)
    op.create_index("filings_of_request", "filings", ["request_id"], unique=False)
    op.create_index("filings_project", "filings", ["project_id", "id"], unique=False)
    op.create_index(
        "filings_waiting",
        "filings",
        ["connection_id", "kind", "occurred_at"],
        unique=False,
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_table(
        "filing_receipts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("filing_id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("request_code", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "verdict IN ('accepted', 'refused', 'pending', 'limited', 'barred', 'away', 'unknown', 'absent')",
            name="filing_receipts_verdict",
        ),
        sa.ForeignKeyConstraint(["filing_id"], ["filings.id"], name="filing_receipts_filing"),
        sa.ForeignKeyConstraint(["request_id"], ["filing_requests.id"], name="filing_receipts_request"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("filing_receipts_filing_id", "filing_receipts", ["filing_id", "id"], unique=False)
