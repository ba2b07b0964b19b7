"""Subcontracts, wage officers, teams, leave and exits, health records, notices of certificates."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Forward only: a mistake is mended by the next migration."""
    op.create_table(
        "subcontracts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("contractor_id", sa.Uuid(), nullable=False),
        sa.Column("subcontractor_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("qualification_number", sa.Text(), nullable=False),
        sa.Column("qualification_category", sa.Text(), nullable=False),
        sa.Column("qualification_valid_until", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("state IN ('draft', 'active', 'ended')", name="subcontracts_state"),
        sa.CheckConstraint("amount >= 0", name="subcontracts_amount"),
        sa.CheckConstraint("ends_on >= starts_on", name="subcontracts_days"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("project_id", "contractor_id", "number", name="subcontracts_number_taken"),
    )
    op.create_index("subcontracts_contractor", "subcontracts", ["contractor_id", "id"], unique=False)
    op.create_index("subcontracts_subcontractor", "subcontracts", ["subcontractor_id", "id"], unique=False)
    op.create_table(
        "teams",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("employer_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("work_type", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('active', 'dissolved')", name="teams_state"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("teams_employer", "teams", ["employer_id", "id"], unique=False)
    op.create_index(
        "teams_name_taken",
        "teams",
        ["project_id", "employer_id", "name"],
        unique=True,
        postgresql_where=sa.text("state = 'active'"),
    )
    op.create_index("teams_project", "teams", ["project_id", "id"], unique=False)
    op.create_table(
        "wage_officer_gaps",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("missing", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("project_id"),
    )
    op.create_table(
        "wage_officers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.CheckConstraint("last_day >= first_day", name="wage_officers_days"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("wage_officers_project", "wage_officers", ["project_id", "id"], unique=False)
    op.create_table(
        "team_reviews",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("score BETWEEN 0 AND 100", name="team_reviews_score"),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name="team_reviews_team"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("team_id", "reviewer_id", "month", name="team_reviews_once"),
    )
    op.create_table(
        "health_records",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("examined_on", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("fit", sa.Boolean(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("valid_to >= examined_on", name="health_records_days"),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"], name="health_records_worker"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("worker_id", "examined_on", name="health_records_once"),
    )
    op.create_table(
        "team_leaders",
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.CheckConstraint("last_day >= first_day", name="team_leaders_days"),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name="team_leaders_team"),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"], name="team_leaders_worker"),
        sa.PrimaryKeyConstraint("team_id", "first_day"),
    )
    op.create_index(
        "team_leaders_one", "team_leaders", ["team_id"], unique=True, postgresql_where=sa.text("last_day IS NULL")
    )
    op.create_table(
        "team_members",
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.CheckConstraint("last_day >= first_day", name="team_members_days"),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name="team_members_team"),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"], name="team_members_worker"),
        sa.PrimaryKeyConstraint("team_id", "worker_id", "first_day"),
    )
    op.create_index(
        "team_members_one_team",
        "team_members",
        ["project_id", "worker_id"],
        unique=True,
        postgresql_where=sa.text("last_day IS NULL"),
    )
    op.create_index("team_members_worker_id", "team_members", ["worker_id", "project_id"], unique=False)
    op.create_table(
        "assignment_absences",
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expected_back_on", sa.Date(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("ended_at >= began_at", name="assignment_absences_instants"),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignments.id"], name="assignment_absences_assignment"),
        sa.PrimaryKeyConstraint("assignment_id", "began_at"),
    )
    op.create_index(
        "assignment_absences_one_open",
        "assignment_absences",
        ["assignment_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "certificate_notices",
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["worker_certificates.id"], name="certificate_notices_certificate", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("certificate_id", "valid_to", "days"),
    )
    op.add_column("assignment_stays", sa.Column("exit_kind", sa.Text(), nullable=True))
    op.add_column("assignment_stays", sa.Column("reason", sa.Text(), server_default=sa.text("''"), nullable=False))
    op.add_column("assignment_stays", sa.Column("ended_by", sa.Uuid(), nullable=True))
    op.add_column("assignments", sa.Column("barred_on", sa.Date(), nullable=True))
    op.create_check_constraint(
        "assignment_stays_exit_kind",
        "assignment_stays",
        "exit_kind IS NULL OR exit_kind IN ('ordinary', 'forced', 'project_ended')",
    )
    op.drop_constraint("assignments_state", "assignments", type_="check")
    op.create_check_constraint(
        "assignments_state", "assignments", "state IN ('assigned', 'entered', 'on_leave', 'left')"
    )
