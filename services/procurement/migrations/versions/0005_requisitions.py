"""Requisitions, their approval, and the rules that a buyer sets."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Forward only: a mistake is mended by the next migration."""
    op.create_table(
        "approval_matrices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("document_kind", sa.Text(), nullable=False),
        sa.Column("bands", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "document_kind IN ('requisition', 'order', 'award', 'agreement', 'payment')", name="approval_matrices_kind"
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "approval_matrices_organisation", "approval_matrices", ["organisation_id", "document_kind", "id"], unique=False
    )
    op.create_table(
        "approval_steps",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("document_kind", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("document_number", sa.Text(), nullable=False),
        sa.Column("authors", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("matrix_ref", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_for", sa.Text(), nullable=True),
        sa.Column("delegation_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('approved', 'rejected')) = (decided_by IS NOT NULL AND decided_at IS NOT NULL)",
            name="approval_steps_decided",
        ),
        sa.CheckConstraint(
            "document_kind IN ('requisition', 'order', 'award', 'agreement', 'payment')", name="approval_steps_kind"
        ),
        sa.CheckConstraint("state IN ('waiting', 'approved', 'rejected', 'withdrawn')", name="approval_steps_state"),
        sa.CheckConstraint("NOT decided_by = ANY (authors)", name="approval_steps_not_by_an_author"),
        sa.CheckConstraint("NOT decided_for = ANY (authors)", name="approval_steps_not_for_an_author"),
        sa.CheckConstraint("cardinality(authors) > 0", name="approval_steps_authors"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("document_kind", "document_id", "position", name="approval_steps_position"),
    )
    op.create_index("approval_steps_organisation", "approval_steps", ["organisation_id", "id"], unique=False)
    op.create_table(
        "delegations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("from_subject", sa.Text(), nullable=False),
        sa.Column("to_subject", sa.Text(), nullable=False),
        sa.Column("roles", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("absent", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('granted', 'revoked')", name="delegations_state"),
        sa.CheckConstraint("cardinality(roles) > 0", name="delegations_roles"),
        sa.CheckConstraint("from_subject <> to_subject", name="delegations_two_people"),
        sa.CheckConstraint("valid_from <= valid_to", name="delegations_days"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("delegations_organisation", "delegations", ["organisation_id", "id"], unique=False)
    op.create_table(
        "organisation_rules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("material_prefix", sa.Text(), nullable=False),
        sa.Column("value", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('tolerance_percent', 'direct_limit', 'payment_days', 'retention_percent', 'overdue_percent_per_day')",
            name="organisation_rules_kind",
        ),
        sa.CheckConstraint(
            "material_prefix = '' OR kind = 'tolerance_percent'", name="organisation_rules_prefix_of_tolerance"
        ),
        sa.CheckConstraint("material_prefix ~ '^[0-9]{0,8}$'", name="organisation_rules_prefix"),
        sa.CheckConstraint("value >= 0", name="organisation_rules_value"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "organisation_rules_organisation", "organisation_rules", ["organisation_id", "kind", "id"], unique=False
    )
    op.create_table(
        "requisitions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("authors", postgresql.ARRAY(sa.String()), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'approved', 'closed', 'rejected', 'cancelled')", name="requisitions_state"
        ),
        sa.CheckConstraint("total >= 0", name="requisitions_total"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("organisation_id", "number", name="requisitions_number_taken"),
    )
    op.create_index("requisitions_organisation", "requisitions", ["organisation_id", "id"], unique=False)
    op.create_index("requisitions_project", "requisitions", ["project_id", "id"], unique=False)
    op.create_table(
        "requisition_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("requisition_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("material_code", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("specification", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("needed_by", sa.Date(), nullable=False),
        sa.Column("cost_code", sa.Text(), nullable=False),
        sa.Column("wbs_uid", sa.Integer(), nullable=True),
        sa.Column("wbs_name", sa.Text(), nullable=False),
        sa.Column("estimated_price", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("sourced", sa.Numeric(precision=18, scale=6), server_default=sa.text("0"), nullable=False),
        sa.Column("ordered", sa.Numeric(precision=18, scale=6), server_default=sa.text("0"), nullable=False),
        sa.Column("delivered", sa.Numeric(precision=18, scale=6), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("delivered >= 0", name="requisition_lines_delivered"),
        sa.CheckConstraint("estimated_price > 0", name="requisition_lines_price"),
        sa.CheckConstraint("ordered >= 0", name="requisition_lines_ordered"),
        sa.CheckConstraint("quantity > 0", name="requisition_lines_quantity"),
        sa.CheckConstraint("sourced + ordered <= quantity", name="requisition_lines_nothing_twice"),
        sa.CheckConstraint("sourced >= 0", name="requisition_lines_sourced"),
        sa.ForeignKeyConstraint(
            ["material_code", "unit"],
            ["material_units.material_code", "material_units.unit"],
            name="requisition_lines_material",
        ),
        sa.ForeignKeyConstraint(
            ["requisition_id"], ["requisitions.id"], name="requisition_lines_requisition", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("requisition_id", "position", name="requisition_lines_position"),
    )
    op.create_index(
        "requisition_lines_open",
        "requisition_lines",
        ["needed_by", "id"],
        unique=False,
        postgresql_where=sa.text("sourced + ordered < quantity"),
    )
    # What was decided by a rule or a matrix must stay readable: they are only added to.
    role = context.config.attributes["runtime_role"]
    for table in ("organisation_rules", "approval_matrices"):
        op.execute(f'REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM "{role}"')
