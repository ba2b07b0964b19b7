"""initial."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from chassis.migrations import create_chassis_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Forward only: a mistake is mended by the next migration."""
    create_chassis_tables()
    op.create_table(
        "organisations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("uscc", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("requested_kinds", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("kinds", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("contact_name", sa.Text(), nullable=False),
        sa.Column("contact_email", sa.Text(), nullable=False),
        sa.Column("contact_phone", sa.Text(), nullable=False),
        sa.Column("admin_name", sa.Text(), nullable=False),
        sa.Column("admin_email", sa.Text(), nullable=False),
        sa.Column("admin_secret", sa.Text(), nullable=False),
        sa.Column("synced_version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kinds <@ ARRAY['owner', 'contractor', 'supervisor', 'labour_subcontractor', 'supplier', 'lessor', 'authority', 'operator']::text[] AND requested_kinds <@ ARRAY['owner', 'contractor', 'supervisor', 'labour_subcontractor', 'supplier', 'lessor', 'authority', 'operator']::text[]",
            name="organisations_kinds",
        ),
        sa.CheckConstraint("state <> 'active' OR cardinality(kinds) > 0", name="organisations_active_kinds"),
        sa.CheckConstraint("state IN ('pending', 'active', 'suspended', 'rejected')", name="organisations_state"),
        sa.CheckConstraint("uscc ~ '^[0-9A-Z]{18}$'", name="organisations_uscc"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "organisations_uscc_taken",
        "organisations",
        ["uscc"],
        unique=True,
        postgresql_where=sa.text("state <> 'rejected'"),
    )
    op.create_table(
        "clients",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("synced_version", sa.Integer(), nullable=False),
        sa.CheckConstraint("client_id LIKE 'api-%'", name="clients_client_id"),
        sa.CheckConstraint(
            "roles <@ ARRAY['admin', 'project_manager', 'cost_controller', 'buyer', 'approver', 'site_engineer', 'sales', 'labour_clerk', 'personal_data_officer', 'gate_device', 'fleet_manager', 'telematics', 'integrator', 'viewer']::text[]",
            name="clients_roles",
        ),
        sa.CheckConstraint("state IN ('active', 'revoked')", name="clients_state"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name="clients_organisation"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("client_id", name="clients_client_id_taken"),
    )
    op.create_index("clients_organisation_id", "clients", ["organisation_id", "id"], unique=False)
    op.create_table(
        "members",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("synced_version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "roles <@ ARRAY['admin', 'project_manager', 'cost_controller', 'buyer', 'approver', 'site_engineer', 'sales', 'labour_clerk', 'personal_data_officer', 'gate_device', 'fleet_manager', 'telematics', 'integrator', 'viewer']::text[]",
            name="members_roles",
        ),
        sa.CheckConstraint("state IN ('active', 'removed')", name="members_state"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisations.id"], name="members_organisation"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("email", name="members_email_taken"),
    )
    op.create_index("members_organisation_id", "members", ["organisation_id", "id"], unique=False)
