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
        "indicator_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("value", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.CheckConstraint(
            "measure IN ('accepted_cost', 'labour_days', 'machine_hours')", name="indicator_entries_measure"
        ),
        sa.PrimaryKeyConstraint("id", name="indicator_entries_pkey"),
        sa.UniqueConstraint("project_id", "day", "measure", "unit", "detail", name="indicator_entries_figure"),
    )
    op.create_table(
        "projects",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("investment_kind", sa.Text(), nullable=False),
        sa.Column("building_type", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("planned_start", sa.Date(), nullable=False),
        sa.Column("planned_finish", sa.Date(), nullable=False),
        sa.Column("floor_area", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("risk_class", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("suspension_reason", sa.Text(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("completed_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "investment_kind IN ('government', 'state_owned', 'private')", name="projects_investment_kind"
        ),
        sa.CheckConstraint("risk_class IN ('normal', 'hazardous')", name="projects_risk_class"),
        sa.CheckConstraint(
            "state IN ('planned', 'active', 'suspended', 'completed', 'archived')", name="projects_state"
        ),
        sa.CheckConstraint("completed_on IS NULL OR completed_on >= started_on", name="projects_completed_after_start"),
        sa.CheckConstraint("floor_area >= 0", name="projects_floor_area_not_negative"),
        sa.CheckConstraint("planned_finish >= planned_start", name="projects_dates_forward"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("organisation_id", "code", name="projects_code_once"),
    )
    op.create_table(
        "budgets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["projects.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("project_id"),
    )
    op.create_table(
        "commitments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state <> 'reserved' OR expires_at IS NOT NULL", name="commitments_reservation_ends"),
        sa.CheckConstraint(
            "state IN ('reserved', 'confirmed', 'released', 'lapsed', 'cancelled')", name="commitments_state"
        ),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["projects.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("order_id", name="commitments_order_once"),
    )
    op.create_index("commitments_of_project", "commitments", ["project_id", "id"], unique=False)
    op.create_table(
        "project_parties",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="project_parties_days_forward"),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["projects.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "project_parties_by_organisation", "project_parties", ["organisation_id", "project_id"], unique=False
    )
    op.create_index("project_parties_of_project", "project_parties", ["project_id", "id"], unique=False)
    op.create_table(
        "wbs_tasks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("uid", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("outline_number", sa.Text(), nullable=False),
        sa.Column("outline_level", sa.Integer(), nullable=False),
        sa.Column("wbs", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("start", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finish", sa.DateTime(timezone=True), nullable=True),
        sa.Column("duration_minutes", sa.Numeric(precision=14, scale=1), nullable=False),
        sa.Column("percent_complete", sa.Integer(), nullable=False),
        sa.Column("milestone", sa.Boolean(), nullable=False),
        sa.Column("summary", sa.Boolean(), nullable=False),
        sa.Column("predecessors", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("finish >= start", name="wbs_tasks_dates_forward"),
        sa.CheckConstraint("percent_complete BETWEEN 0 AND 100", name="wbs_tasks_percent"),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["projects.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("project_id", "uid", name="wbs_tasks_uid_once"),
    )
    op.create_index("wbs_tasks_in_order", "wbs_tasks", ["project_id", "position", "id"], unique=False)
    op.create_table(
        "budget_lines",
        sa.Column("budget_id", sa.Uuid(), nullable=False),
        sa.Column("cost_code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("reserved", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("confirmed", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("overdrawn", sa.Boolean(), nullable=False),
        sa.CheckConstraint("amount >= 0", name="budget_lines_amount_not_negative"),
        sa.CheckConstraint("overdrawn = (reserved + confirmed > amount)", name="budget_lines_overdrawn_true"),
        sa.CheckConstraint("reserved >= 0 AND confirmed >= 0", name="budget_lines_committed_not_negative"),
        sa.ForeignKeyConstraint(["budget_id"], ["budgets.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("budget_id", "cost_code", name="budget_lines_pkey"),
    )
    op.create_table(
        "commitment_lines",
        sa.Column("commitment_id", sa.Uuid(), nullable=False),
        sa.Column("cost_code", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.CheckConstraint("amount >= 0", name="commitment_lines_amount_not_negative"),
        sa.ForeignKeyConstraint(["commitment_id"], ["commitments.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("commitment_id", "cost_code", name="commitment_lines_pkey"),
    )
    op.execute(
        """
        CREATE VIEW indicator_days AS
        SELECT project_id, day, measure, unit, sum(value) AS value
        FROM indicator_entries GROUP BY project_id, day, measure, unit
        """
    )
