"""The first tables of labour."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from chassis.migrations import create_chassis_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Forward only: a mistake is mended by the next migration."""
    create_chassis_tables()
    op.create_table(
        "gate_devices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('active', 'retired')", name="gate_devices_state"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("project_id", "name", name="gate_devices_name_taken"),
    )
    op.create_index("gate_devices_organisation", "gate_devices", ["organisation_id", "id"], unique=False)
    op.create_table(
        "people",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("id_card_type", sa.Text(), nullable=False),
        sa.Column("id_index", sa.LargeBinary(), nullable=False),
        sa.Column("id_number", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("id_index", name="people_once"),
    )
    op.create_table(
        "swipes",
        sa.Column("device_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("employer_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("attend_type", sa.Text(), nullable=False),
        sa.Column("papers_lapsed", sa.Boolean(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("direction IN ('01', '02')", name="swipes_direction"),
        sa.CheckConstraint("sequence >= 0", name="swipes_sequence"),
        sa.PrimaryKeyConstraint("device_id", "sequence"),
    )
    op.create_index("swipes_project", "swipes", ["project_id", "at"], unique=False)
    op.create_table(
        "worker_days",
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("employer_id", sa.Uuid(), nullable=False),
        sa.Column("first_in", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_in", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_out", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_out", sa.DateTime(timezone=True), nullable=True),
        sa.Column("days", sa.Numeric(precision=4, scale=2), nullable=False),
        sa.CheckConstraint("days BETWEEN 0 AND 1", name="worker_days_days"),
        sa.PrimaryKeyConstraint("assignment_id", "day"),
    )
    op.create_index("worker_days_project", "worker_days", ["project_id", "day"], unique=False)
    op.create_table(
        "workers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("employer_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sex", sa.Text(), nullable=False),
        sa.Column("birth_date", sa.Text(), nullable=False),
        sa.Column("work_type", sa.Text(), nullable=False),
        sa.Column("work_role", sa.Text(), nullable=False),
        sa.Column("is_team_leader", sa.Boolean(), nullable=False),
        sa.Column("nation", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("cell_phone", sa.Text(), nullable=False),
        sa.Column("grant_org", sa.Text(), nullable=False),
        sa.Column("payroll_bank_card", sa.Text(), nullable=False),
        sa.Column("payroll_bank_code", sa.Text(), nullable=False),
        sa.Column("urgent_contact", sa.Text(), nullable=False),
        sa.Column("agreement_kind", sa.Text(), nullable=False),
        sa.Column("agreement_number", sa.Text(), nullable=False),
        sa.Column("agreement_from", sa.Date(), nullable=True),
        sa.Column("agreement_to", sa.Date(), nullable=True),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "agreement_kind = '' OR agreement_kind IN ('labour_contract', 'work_agreement')", name="workers_agreement"
        ),
        sa.CheckConstraint("sex IN ('male', 'female')", name="workers_sex"),
        sa.CheckConstraint("agreement_to >= agreement_from", name="workers_agreement_dates"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="workers_person"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("employer_id", "external_id", name="workers_external_id_taken"),
        sa.UniqueConstraint("employer_id", "person_id", name="workers_person_once"),
    )
    op.create_index("workers_employer", "workers", ["employer_id", "id"], unique=False)
    op.create_index("workers_person_id", "workers", ["person_id"], unique=False)
    op.create_table(
        "assignments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("employer_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("risk_class", sa.Text(), nullable=False),
        sa.Column("special_trade", sa.Text(), nullable=False),
        sa.Column("cleared_until", sa.Date(), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("risk_class IN ('normal', 'hazardous')", name="assignments_risk_class"),
        sa.CheckConstraint("state IN ('assigned', 'entered', 'left')", name="assignments_state"),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"], name="assignments_worker"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("project_id", "worker_id", name="assignments_once"),
    )
    op.create_index("assignments_employer", "assignments", ["employer_id", "id"], unique=False)
    op.create_index("assignments_project", "assignments", ["project_id", "id"], unique=False)
    op.create_index("assignments_worker_id", "assignments", ["worker_id"], unique=False)
    op.create_table(
        "worker_certificates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("trade", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.CheckConstraint("valid_to >= valid_from", name="worker_certificates_dates"),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"], name="worker_certificates_worker"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("worker_id", "number", name="worker_certificates_number_taken"),
    )
    op.create_table(
        "worker_trainings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("worker_id", sa.Uuid(), nullable=False),
        sa.Column("trained_on", sa.Date(), nullable=False),
        sa.Column("hours", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.Column("course", sa.Text(), nullable=False),
        sa.Column("training_type", sa.Text(), nullable=False),
        sa.CheckConstraint("hours > 0", name="worker_trainings_hours"),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"], name="worker_trainings_worker"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("worker_id", "trained_on", "course", name="worker_trainings_once"),
    )
    op.create_table(
        "assignment_stays",
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("left_at >= entered_at", name="assignment_stays_instants"),
        sa.ForeignKeyConstraint(["assignment_id"], ["assignments.id"], name="assignment_stays_assignment"),
        sa.PrimaryKeyConstraint("assignment_id", "entered_at"),
    )
    op.create_index(
        "assignment_stays_one_open",
        "assignment_stays",
        ["assignment_id"],
        unique=True,
        postgresql_where=sa.text("left_at IS NULL"),
    )
